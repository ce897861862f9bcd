"""What is kept of a training to compare later nights with: counts by part of each input's range, a few kilobytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from keepwell.churn.drift.model import DriftReference, InputReference

if TYPE_CHECKING:
    from keepwell.churn.arrays import Vector, Whole

# Enough for a year with its seasons; what is older says little about today's accounts.
_LATEST_DAYS = 365
_PARTS = 20


def reference_of(
    names: Sequence[str], columns: Iterable[Vector], *, days: Whole, accounts: Whole
) -> DriftReference:
    """The reference of the latest year of these rows, which has a row per account and day; NaN is unknown.

    The `columns` have the order of their `names`, and are read one after the other.

    The parts of an input's range have about as many rows each. There must be a row.
    """
    latest = days > days.max() - _LATEST_DAYS
    days, accounts = days[latest], accounts[latest]
    ordinals, day_of = np.unique(days, return_inverse=True)
    per_account = np.bincount(np.unique(accounts, return_inverse=True)[1])
    return DriftReference(
        days=[date.fromordinal(day) for day in ordinals.tolist()],
        accounts=float(per_account.sum() ** 2 / (per_account**2).sum()),
        inputs=[
            _input(name, column[latest], day_of=day_of, days=len(ordinals))
            for name, column in zip(names, columns, strict=True)
        ],
    )


def counted(edges: Sequence[float], values: Vector) -> Whole:
    """The number of values in each part that the `edges` make, and then of those that are unknown."""
    codes = _codes(np.array(edges), values)
    counts: Whole = np.bincount(codes, minlength=len(edges) + 2)
    return counts


def _input(name: str, values: Vector, *, day_of: Whole, days: int) -> InputReference:
    known = values[~np.isnan(values)]
    shares = np.arange(1, _PARTS) / _PARTS
    edges = np.unique(np.quantile(known, shares, method="inverted_cdf")) if len(known) else np.zeros(0)
    if len(edges) and edges[0] == known.min():
        # Whatever is below a least value that many have: a price of everybody can fall as well as rise.
        edges = np.concatenate([[np.nextafter(edges[0], -np.inf)], edges])
    width = len(edges) + 2
    cells = np.bincount(day_of * width + _codes(edges, values), minlength=days * width)
    return InputReference(name=name, edges=edges.tolist(), counts=cells.reshape(days, width).tolist())


def _codes(edges: Vector, values: Vector) -> Whole:
    """The part of each value; unknown is the last."""
    codes: Whole = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left"))
    return codes
