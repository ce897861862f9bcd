"""How far two samples are apart, by their counts in the parts of a range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepwell.churn.drift.model import STATISTICS

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Vector

# As if half a row more had been seen in each part: one that is empty before, or now, would make the PSI infinite. One that is empty in both
# says nothing, however many rows there are.
_SMOOTHED_BY = 0.5
# PSI and JS are of at most so many parts, by custom tenths; KS of the finer ones.
_COARSE_PARTS = 11


def distances(before: Matrix, now: Matrix) -> Matrix:
    """PSI, KS, JS and the difference of unknown shares of each pair of rows, one column each.

    A row has the counts of one sample by part, and then of what is unknown; there must be at least one. PSI is the sum of (q - p)
    ln(q / p), KS the largest difference of cumulative shares, and JS the root of the Jensen-Shannon divergence in bits: all of what is
    known, and zero if nothing is, before or now.
    """
    shares_unknown = [each[:, -1] / each.sum(axis=1) for each in (before, now)]
    known_before, known_now = before[:, :-1], now[:, :-1]
    are_known = (known_before.sum(axis=1) > 0) & (known_now.sum(axis=1) > 0)
    p, q = _smoothed(known_before, known_now)
    middle = (p + q) / 2
    psi = ((q - p) * np.log(_ratio(q, p))).sum(axis=1)
    divergence = (p * np.log2(_ratio(p, middle)) + q * np.log2(_ratio(q, middle))).sum(axis=1) / 2
    ks = np.abs(_cumulative(known_now) - _cumulative(known_before)).max(axis=1)
    of_known = np.stack([psi, ks, np.sqrt(np.maximum(divergence, 0))], axis=1) * are_known[:, None]
    found: Matrix = np.column_stack([of_known, np.abs(shares_unknown[1] - shares_unknown[0])])
    return found


def evened(found: Matrix) -> Matrix:
    """The distances on scales on which chance is nearly normal: a PSI grows with the square of a shift, the others with it."""
    made = found.copy()
    made[:, STATISTICS.index("psi")] **= 0.5
    return made


def _smoothed(before: Matrix, now: Matrix) -> tuple[Matrix, Matrix]:
    """The shares of both in the coarse parts; zero where both are empty."""
    together = 1 if before.shape[1] <= _COARSE_PARTS else 2
    starts = np.arange(0, before.shape[1], together)
    coarse = [np.add.reduceat(each, starts, axis=1) for each in (before, now)]
    is_seen = (coarse[0] > 0) | (coarse[1] > 0)
    p, q = ((each + _SMOOTHED_BY) * is_seen for each in coarse)
    return _shares(p), _shares(q)


def _shares(counts: Matrix) -> Matrix:
    # Without a row that is known there is nothing to share out.
    shares: Matrix = counts / np.maximum(counts.sum(axis=1, keepdims=True), _SMOOTHED_BY)
    return shares


def _ratio(one: Matrix, other: Matrix) -> Matrix:
    """Their ratio, and 1 where both are zero."""
    ratio: Matrix = np.divide(one, other, out=np.ones_like(one), where=other > 0)
    return ratio


def _cumulative(counts: Matrix) -> Vector:
    sums = np.cumsum(counts, axis=1)
    shares: Vector = sums / np.maximum(sums[:, -1:], 1)
    return shares
