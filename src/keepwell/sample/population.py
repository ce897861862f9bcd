"""Who the customers are, and when each signed up."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from keepwell.sample.life import Life
from keepwell.sample.model import WINDOW, Account, AccountHistory, Window
from keepwell.sample.names import COUNTRIES, INDUSTRIES, company_names

# This share was there when the window opened.
_THERE_BEFORE = 0.45


def lives(seed: int, window: Window, *, accounts: int) -> Iterator[AccountHistory]:
    """The histories of `accounts` accounts, at most 11,200, in the order of their sign-up.

    Each account has randomness of its own: changing how one lives leaves the others as they were.
    """
    for account in population(seed, window, count=accounts):
        yield Life(account, rng=_random(seed, account.account_id), window=window).history()


def population(seed: int, window: Window, *, count: int) -> list[Account]:
    """The accounts in the order of their sign-up: a growing business, a part older than the window."""
    rng = _random(seed, "population")
    names = company_names(rng, count=count)
    days = sorted(_sign_up_day(rng, window) for _ in range(count))
    return [
        Account(
            account_id=f"A-{number:04}",
            name=name,
            industry=rng.choice(INDUSTRIES),
            country=rng.choice(COUNTRIES),
            signed_up_on=day,
        )
        for number, (name, day) in enumerate(zip(names, days, strict=True), start=1)
    ]


def _sign_up_day(rng: Random, window: Window) -> date:
    share = rng.random()
    if rng.random() < _THERE_BEFORE:
        return window.start - timedelta(days=1 + int(share * (WINDOW.days - 1)))
    # The power makes later days likelier: about a third more at the end than at the start.
    return window.start + timedelta(days=int(math.pow(share, 0.85) * WINDOW.days))


def _random(seed: int, what: str) -> Random:
    return Random(f"{seed}/{what}")  # noqa: S311  a simulation, not a secret
