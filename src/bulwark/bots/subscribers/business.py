"""The subscribers and when each signed up: a growing business, part of it older than the window."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from bulwark.bots.population.referee import Referee
from bulwark.bots.subscribers.account import Account, AccountHistory, AccountLife, Window
from bulwark.bots.subscribers.names import COUNTRIES, guilds, handles
from bulwark.bots.subscribers.terms import PriceList

# Share of accounts that signed up before the window opened, and at most how many days before.
_EXISTING_SHARE = 0.45
_MAX_DAYS_BEFORE = 180
_GUILD_SHARE = 0.12
# The price rises after this share of the window.
_PRICE_RISES = 0.6


def histories(seed: int, window: Window, *, accounts: int, referee: Referee) -> Iterator[AccountHistory]:
    """The histories of `accounts` accounts in order of sign-up.

    Each has its own randomness, except for the bots' matches: a record used by one player is not available to the next.
    """
    days = (window.until - window.start).days
    prices = PriceList(raised_on=window.start + timedelta(days=round(_PRICE_RISES * days)))
    for account in subscribers(seed, window, count=accounts):
        rng = _random(seed, account.account_id)
        yield AccountLife(account, rng=rng, window=window, prices=prices, referee=referee).history()


def subscribers(seed: int, window: Window, *, count: int) -> list[Account]:
    """The accounts in order of sign-up."""
    rng = _random(seed, "subscribers")
    are_guilds = [rng.random() < _GUILD_SHARE for _ in range(count)]
    of_guilds = iter(guilds(rng, count=sum(are_guilds)))
    of_others = iter(handles(rng, count=count - sum(are_guilds)))
    signed_up = sorted(_sign_up_day(rng, window) for _ in range(count))
    return [
        Account(
            account_id=f"A-{number:04}",
            name=next(of_guilds if is_guild else of_others),
            is_guild=is_guild,
            country=rng.choice(COUNTRIES),
            signed_up_on=day,
        )
        for number, (is_guild, day) in enumerate(zip(are_guilds, signed_up, strict=True), start=1)
    ]


def _sign_up_day(rng: Random, window: Window) -> date:
    share = rng.random()
    if rng.random() < _EXISTING_SHARE:
        return window.start - timedelta(days=1 + int(share * _MAX_DAYS_BEFORE))
    # The exponent makes later days more likely: about a third more at the end than at the start.
    return window.start + timedelta(days=int(math.pow(share, 0.85) * (window.until - window.start).days))


def _random(seed: int, what: str) -> Random:
    return Random(f"{seed}/{what}")  # noqa: S311  a simulation, not a secret
