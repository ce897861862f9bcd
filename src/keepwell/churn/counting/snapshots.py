"""Accounts as they were looked at on some day: what every kind of snapshot has, for all at once. Days are ordinals."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

import msgspec
import numpy as np

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Vector, Whole

# Later than any day on record.
NEVER = date(9999, 12, 31).toordinal() + 1


class SnapshotColumns(msgspec.Struct, frozen=True, kw_only=True):
    """One row per account and day, sorted by both; `accounts` are places in a list of accounts.

    `mrr` is what is lost a month if the account leaves: its MRR, or its mean spend, or 0 if neither is known. `cancelled` is the
    day on which it announced that it leaves, else `NEVER`.
    """

    accounts: Whole
    days: Whole
    mrr: Vector
    is_annual: Mask
    cancelled: Whole

    @property
    def has_cancelled(self) -> Mask:
        """Whether the account had announced that it leaves."""
        mask: Mask = self.cancelled < NEVER
        return mask

    def where(self, mask: Mask | Whole) -> Self:
        """The rows that `mask` selects, or the rows at these places."""
        return type(self)(**{name: getattr(self, name)[mask] for name in self.__struct_fields__})


def snapshots_on(day: date, accounts: Whole) -> SnapshotColumns:
    """These accounts on one day, in this order, of which nothing else is known."""
    rows = len(accounts)
    return SnapshotColumns(
        accounts=accounts,
        days=np.full(rows, day.toordinal(), np.int64),
        mrr=np.zeros(rows),
        is_annual=np.zeros(rows, np.bool_),
        cancelled=np.full(rows, NEVER, np.int64),
    )
