"""What chance alone does to the distances, by a bootstrap at this shop's size: with few accounts, fixed bounds such as 0.1 mean nothing.

Two samples are drawn many times: one of as many accounts as the training's rows are worth, from all of its days, and one of as many as the
night has, from one of its days. So what differs between days of the training anyway, by season or growth, is no drift; of each day's difference
from the mean of all, what chance explains is taken off first (James and Stein's shrinkage). Inputs are drawn apart from each other: inputs that go
together exceed a common bound less often, so the rate that is promised is not exceeded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from keepwell.churn.drift.model import DriftReference, InputReference
from keepwell.churn.drift.statistics import distances, evened

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Vector

_DRAWS = 10_000
_USUAL = 95
# The unknown share of an input that was always known is drawn as if half a row had been unknown.
_SMOOTHED_BY = 0.5


class Chance(NamedTuple):
    """What the distances of each input and statistic are by chance, on even scales: mean and spread; what is `usual` is on their own.

    `furthest` has the most that any of them was away from its mean, in spreads, in each draw, ascending.
    """

    mean: Matrix
    spread: Matrix
    usual: Matrix
    furthest: Vector

    def exceeded(self, by: float) -> float:
        """How often chance alone takes any of them at least so many spreads from its mean."""
        beyond = len(self.furthest) - int(np.searchsorted(self.furthest, by, side="left"))
        return (beyond + 1) / (len(self.furthest) + 1)


def chance_of(reference: DriftReference, *, accounts: int, seed: int) -> Chance:
    """What chance does if `accounts` accounts are compared with the reference, which has an input; the same seed draws the same."""
    random = np.random.default_rng(seed)
    day = random.integers(len(reference.days), size=_DRAWS)
    drawn = []
    for each in reference.inputs:
        by_day = _shares_by_day(each, accounts=reference.accounts)
        before = random.multinomial(
            round(reference.accounts), _pooled(each, accounts=reference.accounts), size=_DRAWS
        )
        drawn.append(distances(before.astype(float), random.multinomial(accounts, by_day[day]).astype(float)))
    even = np.stack([evened(each) for each in drawn])
    mean, spread = even.mean(axis=1), np.maximum(even.std(axis=1), 1 / (2 * accounts))
    furthest = ((even - mean[:, None]) / spread[:, None]).max(axis=(0, 2))
    return Chance(
        mean=mean,
        spread=spread,
        usual=np.stack([np.percentile(each, _USUAL, axis=0) for each in drawn]),
        furthest=np.sort(furthest),
    )


def scaled(reference: InputReference, *, accounts: float) -> Vector:
    """The counts of all days together, as if there were so many rows."""
    counts = np.array(reference.counts, dtype=float).sum(axis=0)
    as_if: Vector = counts * (accounts / counts.sum())
    return as_if


def _pooled(reference: InputReference, *, accounts: float) -> Vector:
    shares: Vector = _with_unknown(scaled(reference, accounts=accounts)[None])[0]
    return shares


def _shares_by_day(reference: InputReference, *, accounts: float) -> Matrix:
    """The shares on each day, nearer to those of all days the more of the difference chance explains."""
    counts = np.array(reference.counts, dtype=float)
    pooled = counts.sum(axis=0) / counts.sum()
    rows = counts.sum(axis=1, keepdims=True)
    seen = pooled > 0
    squares = float((rows * (counts / rows - pooled)[:, seen] ** 2 / pooled[seen]).sum())
    by_chance = (len(counts) - 1) * (int(seen.sum()) - 1)
    kept = max(0.0, 1 - by_chance / squares) if squares > 0 else 0.0
    return _with_unknown((pooled + kept * (counts / rows - pooled)) * accounts)


def _with_unknown(counts: Matrix) -> Matrix:
    counts = counts.copy()
    counts[:, -1] += _SMOOTHED_BY
    shares: Matrix = counts / counts.sum(axis=1, keepdims=True)
    return shares
