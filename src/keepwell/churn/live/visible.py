"""What a shop of this size can see at all: the smallest shift that the test finds within a year in four cases of five."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import TYPE_CHECKING

import numpy as np

from keepwell.churn.live.betting import BETS, log_odds, staked, tolerated
from keepwell.churn.live.model import BROKEN_AT

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Vector, Whole

_DAYS_PER_YEAR = 365
_YEARS = 400
_FOUND = 0.8
_GROUPS = 100
# As odds; a list of more would say more than four hundred simulated years can tell.
_RATIOS: Sequence[float] = (1.1, 1.15, 1.2, 1.25, 1.3, 1.35, 1.4, 1.5, 1.6, 1.7, 1.8, 2.0, 2.25, 2.5, 3.0)
_LEVELS = [place for place, bet in enumerate(BETS) if bet.spread == 1]


def smallest_visible(chances: Vector, *, horizon_days: int, tolerance: float, seed: int) -> float | None:
    """How many times the expected departures must happen, from the first list on; None if three times the odds are still missed.

    By simulated years of lists like this one. Bets on how far accounts are apart are left out, so a shift may be found a little earlier.
    """
    lists = max(1, _DAYS_PER_YEAR // horizon_days)
    random = np.random.default_rng(seed)
    odds = log_odds(chances)
    expected = float(chances.sum())
    for ratio in _RATIOS if expected > 0 else ():
        moved = 1 / (1 + np.exp(-(odds + log(ratio))))
        departed = departures_drawn(moved, size=(_YEARS, lists), random=random)
        allowed = tolerated(odds, tolerance)
        if _share_found(departed, allowed, horizon_days=horizon_days) >= _FOUND:
            return round(float(moved.sum()) / expected, 2)
    return None


def departures_drawn(chances: Vector, *, size: tuple[int, ...], random: np.random.Generator) -> Whole:
    """How many leave, drawn so often: accounts in a hundred groups of nearly one probability each, since there may be many."""
    groups = np.array_split(np.sort(chances), min(_GROUPS, max(1, len(chances))))
    drawn: Whole = sum(
        (random.binomial(len(each), float(each.mean()), size=size) for each in groups if len(each)),
        start=np.zeros(size, dtype=np.int64),
    )
    return drawn


def _share_found(departed: Whole, allowed: Matrix, *, horizon_days: int) -> float:
    tilts = np.array([log(BETS[place].ratio) for place in _LEVELS])
    shares = np.array([BETS[place].share for place in _LEVELS])
    means = np.array([np.log1p(allowed * np.expm1(tilt)).sum(axis=1).max() for tilt in tilts])
    owned: Matrix = np.zeros((len(departed), len(tilts)))
    found = np.zeros(len(departed), dtype=bool)
    for number, each in enumerate(departed.T):
        stake = staked(number, horizon_days=horizon_days) * shares
        owned = (owned + stake) * np.exp(each[:, None] * tilts - means)
        found |= owned.sum(axis=1) >= BROKEN_AT
    return float(found.mean())
