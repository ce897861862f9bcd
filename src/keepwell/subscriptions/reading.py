"""Reading one mapped file: good rows to the caller, the others to the dead letters, all of them counted."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from keepwell.platform.csv_records import Record
from keepwell.subscriptions.rows import AccountRow, EventRow, SubscriptionRow

Row = TypeVar("Row", AccountRow, SubscriptionRow, EventRow)


class EntityCounts(msgspec.Struct):
    """What became of one file's rows: read = imported + unchanged + dead-lettered.

    `already_dead_lettered` of the dead-lettered were held from an earlier import. `reasons` counts
    the dead-lettered by code.
    """

    file: str
    read: int = 0
    imported: int = 0
    unchanged: int = 0
    dead_lettered: int = 0
    already_dead_lettered: int = 0
    reasons: dict[str, int] = {}

    @property
    def changed(self) -> bool:
        """Whether anything is there now that was not before."""
        return self.imported > 0 or self.dead_lettered > self.already_dead_lettered


class _Located(msgspec.Struct, Generic[Row], frozen=True):
    record: Record
    row: Row
