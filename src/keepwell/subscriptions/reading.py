"""Reading one mapped file: good rows to the caller, the others to the dead letters, all of them counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Generic, TypeVar

import msgspec

from keepwell.intake.model import Appended, Context, DeadLetter, Event, Sourced
from keepwell.intake.service import Intake
from keepwell.platform.clock import Clock
from keepwell.platform.csv_records import BrokenRecord, CsvFile, Record
from keepwell.platform.progress import Progress, counted
from keepwell.subscriptions.mapping import EntityMapping
from keepwell.subscriptions.rows import AccountRow, EventRow, Fields, RejectedRow, SubscriptionRow

Row = TypeVar("Row", AccountRow, SubscriptionRow, EventRow)

_BATCH = 5000


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


class EntityReader:
    """Reads the file of one entity once, and counts in `counts` what became of each row."""

    def __init__(self, file: CsvFile, mapping: EntityMapping, *, journal: Intake, clock: Clock) -> None:
        self.counts = EntityCounts(file=file.path.name)
        self._file = file
        self._mapping = mapping
        self._journal = journal
        self._clock = clock
        self._rejected: list[DeadLetter] = []

    def unique_rows(self, convert: Callable[[Fields], Row], *, progress: Progress) -> list[Row]:
        """The good rows, one per id: the first keeps it, and a later one that differs is dead-lettered."""
        firsts: dict[str, _Located[Row]] = {}
        for located in self._good_rows(convert, progress):
            first = firsts.setdefault(located.row.external_id, located)
            if first is located:
                continue
            if first.row == located.row:
                self.counts.unchanged += 1
            else:
                reason = (
                    f"line {first.record.line} has the id {located.row.external_id!r} already, and differs."
                )
                self._reject(located.record, RejectedRow("id", "duplicate-id", reason))
        self._hand_in_rejected()
        return [located.row for located in firsts.values()]

    def wrote(self, imported: int, *, of: int) -> None:
        """Note that `imported` of the unique rows were not there, or differed."""
        self.counts.imported += imported
        self.counts.unchanged += of - imported

    def journal_events(self, convert: Callable[[Fields], EventRow], *, progress: Progress) -> None:
        """Hand the good rows to intake as events, batch by batch."""
        rows = self._good_rows(convert, progress)
        while batch := list(islice(rows, _BATCH)):
            appended = self._journal.append(self._sourced(located) for located in batch)
            self.counts.imported += appended.accepted
            self.counts.unchanged += appended.unchanged
            self._count_rejected(appended)
            self._hand_in_rejected()
        self._hand_in_rejected()

    def _good_rows(self, convert: Callable[[Fields], Row], progress: Progress) -> Iterator[_Located[Row]]:
        with progress.step(f"Reading {self.counts.file}", total=self._file.count_lines()) as step:
            for record in counted(self._file.records(), step):
                self.counts.read += 1
                if isinstance(record, BrokenRecord):
                    self._reject(record, RejectedRow("", record.code, record.reason))
                    continue
                try:
                    row = convert(Fields(record.values, self._mapping))
                except RejectedRow as rejection:
                    self._reject(record, rejection)
                else:
                    yield _Located(record, row)

    def _reject(self, record: Record | BrokenRecord, why: RejectedRow) -> None:
        self._rejected.append(
            DeadLetter(
                source=self.counts.file,
                line=record.line,
                code=why.reason_code,
                reason=why.reason,
                field=why.field,
                row=record.text,
                received_at=self._clock.now(),
            )
        )

    def _hand_in_rejected(self) -> None:
        self._count_rejected(self._journal.reject(self._rejected))
        self._rejected = []

    def _count_rejected(self, appended: Appended) -> None:
        self.counts.dead_lettered += appended.dead_lettered
        self.counts.already_dead_lettered += appended.already_dead_lettered
        self.counts.reasons = dict(Counter(self.counts.reasons) + Counter(appended.reasons))

    def _sourced(self, located: _Located[EventRow]) -> Sourced[Event]:
        row = located.row
        event = Event(
            message_id=row.external_id,
            event=row.event,
            timestamp=row.at,
            context=Context(group_id=row.account),
            properties=row.properties,
        )
        record = located.record
        return Sourced(source=self.counts.file, line=record.line, row=event, text=record.text)
