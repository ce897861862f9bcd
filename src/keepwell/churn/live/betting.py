"""A test of probabilities that may be looked at after every list: somebody bets against them, and gains only if they are wrong.

A bet multiplies what is staked on it by exp(the sum of v over those who left), divided by the most that is to be expected of
that: its mean under each set of probabilities that is within the tolerance. So no bet gains on average while the probabilities hold,
and what is owned is an e-value (Henzi and Ziegel, Biometrika 2022; Arnold, Henzi and Ziegel, Annals of Applied Statistics 2023). Money is
staked again on every list, since a model may break late: all that is owned is an e-detector (Shin, Ramdas and Rinaldo, New England
Journal of Statistics in Data Science 2024). The mean of it on any day is at most what was staked until then. So it reaches `BROKEN_AT` times
a year's stakes in at most one of so many first years, and within k years in at most k of so many.

The outcomes of two lists depend on each other if their horizons overlap. So one list in each horizon is bet on: the outcomes of the one
before are known when its probabilities are made, and every account that is on both is counted for two different months.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import log, sqrt
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from keepwell.churn.live.model import BREAKS, BROKEN_AT, BreakName, Wagers

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Matrix, Vector, Whole

# The odds may be off by a twentieth, and the accounts' log-odds a fifth closer together or further apart, before they are called wrong: no
# model that was learnt is exactly right.
_LEAST_TOLERANCE, _SPREAD_TOLERANCE = 0.05, 0.2
_STANDARD_ERRORS = 2.0
_DAYS_PER_YEAR = 365
# Of the first year's stakes, what is put on the first list: a model may be wrong from its first day on.
_AT_FIRST = 0.5
# Half of the last place with which probabilities are kept.
_LEAST = 5e-5
_MOST_OWNED = 1e12
_BISECTIONS = 50
_FURTHEST = 40.0


class Bet(NamedTuple):
    """A way in which probabilities could be wrong: odds `ratio` times as high, or accounts `spread` times as far apart in log-odds."""

    against: BreakName
    share: float
    ratio: float = 1.0
    spread: float = 1.0


# The shares of each stake add up to 1: a third on more, on fewer, and on how far accounts are apart.
BETS: Sequence[Bet] = (
    *(Bet("more_left", 1 / 12, ratio=each) for each in (1.25, 1.5, 2.0, 3.0)),
    *(Bet("fewer_left", 1 / 12, ratio=1 / each) for each in (1.25, 1.5, 2.0, 3.0)),
    *(Bet("overconfident", 1 / 9, spread=each) for each in (0.0, 0.5)),
    Bet("underconfident", 1 / 9, spread=1.5),
)
SHARES = np.array([each.share for each in BETS])


class SettledList(NamedTuple):
    """A list whose horizon is over: the probability of each account, whether it `left`, and whether nobody worked on it.

    Work on an account makes its leaving less likely: so whether fewer left than expected, and the order of accounts, is judged by the
    `undisturbed` ones only, while more departures than expected are too many in spite of any work.
    """

    as_of: date
    model_version: int
    chances: Vector
    left: Whole
    undisturbed: Mask
    tolerance: float


def tolerance_of(departed: int) -> float:
    """By which share the odds may be off of a model that was learnt from so many departures: two standard errors of their number.

    With a fixed share, or one and a half standard errors, too many models that were learnt from a few dozen departures are called wrong in years in
    which nothing changes: `./keepwell bench drift` counts those of six months.
    """
    return max(_LEAST_TOLERANCE, _STANDARD_ERRORS / sqrt(max(1, departed)))


def after(settled: SettledList, before: Wagers | None, *, horizon_days: int) -> Wagers:
    """What is owned after one more list; the test begins again if the probabilities were broken and another model made the list.

    `before` must be of a list at least a horizon earlier, of the same question.
    """
    if before is not None and not _goes_on(before, settled):
        before = None
    earlier = np.zeros(len(BETS)) if before is None else np.array(before.owned)
    stake = staked(0 if before is None else before.lists, horizon_days=horizon_days)
    owned = np.minimum((earlier + stake * SHARES) * np.exp(log_gains(settled)), _MOST_OWNED)
    now = Wagers(
        as_of=settled.as_of,
        began_on=settled.as_of,
        model_version=settled.model_version,
        lists=1,
        owned=owned.tolist(),
        departed=int(settled.left.sum()),
        expected=round(float(settled.chances.sum()), 4),
    )
    if before is not None:
        now = msgspec.structs.replace(
            now,
            began_on=before.began_on,
            lists=before.lists + 1,
            departed=before.departed + now.departed,
            expected=round(before.expected + now.expected, 4),
            broken_on=before.broken_on,
            broken_by=before.broken_by,
        )
    if now.broken_on is None and now.multiple >= BROKEN_AT:
        return msgspec.structs.replace(now, broken_on=now.as_of, broken_by=_by_whom(owned))
    return now


def _goes_on(before: Wagers, settled: SettledList) -> bool:
    """Whether the test of earlier lists goes on: another release may have other bets."""
    is_new_start = before.broken_on is not None and settled.model_version != before.model_version
    return len(before.owned) == len(BETS) and not is_new_start


def staked(lists: int, *, horizon_days: int) -> float:
    """What is put on the next list, after so many, as a share of a year's stakes: they are 1 in each year."""
    per_year = max(1.0, _DAYS_PER_YEAR / horizon_days)
    if lists >= per_year or per_year == 1:
        return 1 / per_year
    return _AT_FIRST if lists == 0 else (1 - _AT_FIRST) / (per_year - 1)


def log_gains(settled: SettledList) -> Vector:
    """The logarithm of what each of `BETS` is multiplied by."""
    rows = settled.undisturbed
    alone = _gains(settled.chances[rows], settled.left[rows], tolerance=settled.tolerance)
    every = alone if bool(rows.all()) else _gains(settled.chances, settled.left, tolerance=settled.tolerance)
    on_all = np.array([bet.against == "more_left" for bet in BETS])
    gains: Vector = np.where(on_all, every, alone)
    return gains


def tolerated(odds: Vector, tolerance: float) -> Matrix:
    """The probabilities that are within the tolerance of these log-odds, at its corners and middles, one set a row."""
    spreads = (1 - _SPREAD_TOLERANCE, 1.0, 1 + _SPREAD_TOLERANCE)
    level = log(1 + tolerance)
    within = np.stack([spread_by(odds, each) + by for each in spreads for by in (-level, 0.0, level)])
    chances: Matrix = _chance(within)
    return chances


def log_odds(chances: Vector) -> Vector:
    """The log-odds of probabilities, as far as four places tell."""
    held = np.clip(chances, _LEAST, 1 - _LEAST)
    odds: Vector = np.log(held / (1 - held))
    return odds


def spread_by(odds: Vector, spread: float) -> Vector:
    """The log-odds `spread` times as far apart, moved so that the same number of departures is expected."""
    if spread == 1 or not len(odds):
        return odds
    wanted = float(_chance(odds).sum())
    stretched = spread * odds
    low, high = -_FURTHEST, _FURTHEST
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if float(_chance(stretched + middle).sum()) < wanted else (low, middle)
    moved: Vector = stretched + (low + high) / 2
    return moved


def _gains(chances: Vector, left: Whole, *, tolerance: float) -> Vector:
    odds = log_odds(chances)
    allowed = tolerated(odds, tolerance)
    gains = []
    for bet in BETS:
        tilt = np.full(len(odds), log(bet.ratio)) + spread_by(odds, bet.spread) - odds
        most_expected = float(np.log1p(allowed * np.expm1(tilt)).sum(axis=1).max(initial=-np.inf))
        gains.append(float(tilt @ left) - most_expected)
    return np.array(gains)


def _by_whom(owned: Vector) -> BreakName:
    of = {
        name: sum(amount for bet, amount in zip(BETS, owned, strict=True) if bet.against == name)
        for name in BREAKS
    }
    return max(BREAKS, key=lambda name: of[name])


def _chance(odds: Matrix | Vector) -> Matrix | Vector:
    chances: Matrix | Vector = 1 / (1 + np.exp(-odds))
    return chances
