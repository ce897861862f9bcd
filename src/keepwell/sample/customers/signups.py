"""The customers, and when each signed up: a growing business, part of it older than the window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from keepwell.sample.customers.names import COUNTRIES, names
from keepwell.sample.customers.traits import TRAITS
from keepwell.sample.model import Account, Kind, Window
from keepwell.sample.prices import currency_of

# Share of accounts that signed up before the window opened.
_EXISTING_SHARE = 0.5
# Successive multiples of it spread evenly over [0, 1): any number of accounts has each kind by its share.
_GOLDEN = (math.sqrt(5) - 1) / 2


def customers(rng: Random, window: Window, *, count: int) -> list[Account]:
    """The accounts in order of sign-up."""
    drawn = [(kind, _sign_up_day(kind, rng, window)) for kind in _kinds(rng, count)]
    drawn.sort(key=lambda each: each[1])
    kinds = [kind for kind, _ in drawn]
    own = {kind: iter(names(kind, rng, count=kinds.count(kind))) for kind in Kind}
    accounts = []
    for number, (kind, day) in enumerate(drawn, start=1):
        country = rng.choice(COUNTRIES)
        name = next(own[kind])
        accounts.append(Account(f"A-{number:04}", name, kind, country, currency_of(country), day))
    return accounts


def _kinds(rng: Random, count: int) -> Sequence[Kind]:
    at, kinds = rng.random(), []
    for _ in range(count):
        at = (at + _GOLDEN) % 1
        kinds.append(_kind_at(at))
    return kinds


def _kind_at(share: float) -> Kind:
    for kind, traits in TRAITS.items():
        share -= traits.share
        if share < 0:
            return kind
    return Kind.INDIVIDUAL


def _sign_up_day(kind: Kind, rng: Random, window: Window) -> date:
    share = rng.random()
    if rng.random() < _EXISTING_SHARE:
        return window.start - timedelta(days=1 + int(share * TRAITS[kind].days_before))
    # The exponent makes later days more likely: about a third more at the end than at the start.
    return window.start + timedelta(days=int(math.pow(share, 0.85) * (window.until - window.start).days))
