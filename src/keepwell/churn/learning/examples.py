"""Examples as columns of numbers, which is what fitting and judging read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from keepwell.churn.arrays import numpy
from keepwell.platform.errors import DataValidationError

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Matrix, Vector, Whole


class UnusableInput(DataValidationError):
    """An input of an example is a number that a model cannot learn from."""

    code = "unusable-input"


class ExampleTable(msgspec.Struct, frozen=True, kw_only=True):
    """One row per example, and one column of `inputs` per name.

    `inputs` are in natural units (days, counts, MRR in the report's currency), and NaN is unknown: models make of them what they
    need, whichever columns there are. `labels` are 1 if the account left within `horizon_days` and 0 if it stayed, `accounts` the
    accounts' numbers and `days` ordinals. The rest is what a row is judged by: the `mrr` that is lost if the account leaves, and whether
    it pays by the year, has an open payment, and has announced that it leaves.
    """

    names: Sequence[str]
    horizon_days: int
    inputs: Matrix
    labels: Whole
    accounts: Whole
    days: Whole
    mrr: Vector
    is_annual: Mask
    has_open_payment: Mask
    has_cancelled: Mask

    def where(self, mask: Mask) -> ExampleTable:
        """The rows that `mask` selects; no copy of them if they are one after the other."""
        rows = numpy().flatnonzero(mask)
        if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
            return self.in_order(slice(int(rows[0]), int(rows[-1]) + 1))
        return self.in_order(rows)

    def in_order(self, rows: Whole | slice) -> ExampleTable:
        """The rows with these numbers, in this order."""
        kept = {name: getattr(self, name)[rows] for name in _BY_ROW}
        return ExampleTable(names=self.names, horizon_days=self.horizon_days, **kept)

    def between(self, start: date | None, end: date | None) -> ExampleTable:
        """The rows from the day `start` on, before the day `end`."""
        low, high = (None if day is None else day.toordinal() for day in (start, end))
        mask = numpy().ones(len(self.days), dtype=bool)
        if low is not None:
            mask &= self.days >= low
        if high is not None:
            mask &= self.days < high
        return self.where(mask)

    def known_by(self, day: date) -> ExampleTable:
        """The rows whose horizon is over by `day`: the label of any other was not known then."""
        return self.where(self.days + self.horizon_days <= day.toordinal())

    def column(self, name: str) -> Vector:
        """The input `name` of every row; raises ValueError if there is none."""
        column: Vector = self.inputs[:, list(self.names).index(name)]
        return column

    def accounts_with(self, label: int) -> int:
        """How many accounts have a row with this label."""
        return len(numpy().unique(self.accounts[self.labels == label]))

    @property
    def base_rate(self) -> float:
        """The share of the rows that left."""
        return float(self.labels.mean())


# What has one entry per row.
_BY_ROW = tuple(name for name in ExampleTable.__struct_fields__ if name not in {"names", "horizon_days"})


def require_usable(table: ExampleTable) -> None:
    """Raise UnusableInput, which names the first column and row, if an input is infinite; NaN is unknown."""
    np = numpy()
    rows, columns = np.nonzero(np.isinf(table.inputs))
    if len(rows):
        day = date.fromordinal(int(table.days[rows[0]]))
        raise UnusableInput(
            f"{table.names[columns[0]]} of account number {int(table.accounts[rows[0]])} on {day} is infinite.",
            hint="Look for an amount or a duration that is far too large in what was imported.",
        )
