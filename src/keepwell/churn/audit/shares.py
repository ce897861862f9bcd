"""Shares of predictions with intervals that know that predictions of one account are not independent.

A share of clustered rows has the interval of Wilson (1927) at its effective sample size (Korn and Graubard, 1998): as many
independent rows as would vary as much. Differences have the interval of Newcombe (1998), made of both intervals.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import msgspec

from keepwell.churn.arrays import numpy
from keepwell.churn.learning.judgement import weighted_auc

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Vector, Whole

CONFIDENCE = 0.95
_RESAMPLES = 200


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A share `value` of `size` independent rows; what is stated is `offset` less that, or the share itself if it is None."""

    value: float
    size: float
    offset: float | None = None

    @property
    def stated(self) -> float:
        """The figure that is shown."""
        return self.value if self.offset is None else self.offset - self.value

    def bounds(self, confidence: float) -> tuple[float, float]:
        """The interval of the stated figure at a confidence below 1."""
        z = NormalDist().inv_cdf((1 + confidence) / 2)
        shrunk = 1 + z * z / self.size
        centre = (self.value + z * z / (2 * self.size)) / shrunk
        spread = self.value * (1 - self.value) / self.size + z * z / (4 * self.size * self.size)
        half = z * math.sqrt(spread) / shrunk
        # Exactly, where rounding errors would leave a trace.
        low = 0.0 if self.value == 0 else centre - half
        high = 1.0 if self.value == 1 else centre + half
        return (low, high) if self.offset is None else (self.offset - high, self.offset - low)


def share_of(hits: Mask, accounts: Whole) -> Share:
    """The share of the rows that `hits` marks; `accounts` has the number of each row's account."""
    np = numpy()
    _, account_of = np.unique(accounts, return_inverse=True)
    rows, marked = np.bincount(account_of), np.bincount(account_of, weights=hits)
    value = float(hits.mean())
    return Share(value=value, size=_effective_size(value, rows, marked))


def auc_of(chances: Vector, labels: Whole, *, accounts: Whole, seed: int) -> Share:
    """The share of pairs of a departure and a stay that are ranked right; its variance is of a bootstrap over accounts.

    There must be both. The same rows and seed give the same interval.
    """
    np = numpy()
    _, account_of = np.unique(accounts, return_inverse=True)
    count = int(account_of.max()) + 1
    rank = weighted_auc(chances, labels)
    random = np.random.default_rng(seed)
    drawn: list[float] = []
    for _ in range(_RESAMPLES):
        weights = np.bincount(random.integers(0, count, count), minlength=count)[account_of]
        if weights[labels == 1].any() and weights[labels == 0].any():
            drawn.append(rank(weights))
    value, variance = rank(np.ones(len(labels))), float(np.var(drawn))
    fewest = min(len(set(accounts[labels == label].tolist())) for label in (0, 1))
    # Without any variation, as if each account of the smaller side were one trial.
    return Share(value=value, size=value * (1 - value) / variance if variance > 0 else fewest)


def difference(one: Share, other: Share, *, confidence: float) -> tuple[float, float]:
    """The interval of one stated figure less the other, of accounts that are not the same."""
    low, high = one.bounds(confidence)
    other_low, other_high = other.bounds(confidence)
    between = one.stated - other.stated
    down = math.hypot(one.stated - low, other_high - other.stated)
    up = math.hypot(high - one.stated, other.stated - other_low)
    return between - down, between + up


def _effective_size(value: float, rows: Whole, marked: Vector) -> float:
    accounts, total = len(rows), int(rows.sum())
    spread = float(((marked - value * rows) ** 2).sum())
    if accounts == 1 or spread == 0:
        # All or none: how much they would vary is unknown, so an account counts once.
        return float(accounts)
    variance = accounts / (accounts - 1) * spread / total**2
    return min(value * (1 - value) / variance, float(total))
