"""Reading one mapped file: good rows to the caller, the others to the dead letters, all of them counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Generic, Protocol, TypeVar

import msgspec

from keepwell.intake.model import Appended, Context, DeadLetter, Event, Sourced
from keepwell.intake.service import Change, DriftReport
from keepwell.platform.clock import Clock
from keepwell.platform.progress import Progress, counted
from keepwell.subscriptions.columns import Columns, Found
from keepwell.subscriptions.fields import Fields, RejectedRow
from keepwell.subscriptions.mapping import EntityMapping
from keepwell.subscriptions.row_files import RowFile, TextRow
from keepwell.subscriptions.rows import AccountRow, EventRow, InvoiceRow, PlanRow, SubscriptionRow
from keepwell.subscriptions.upserts import Counts

Row = TypeVar("Row", PlanRow, AccountRow, SubscriptionRow, InvoiceRow, EventRow)

_BATCH = 5000


class Journal(Protocol):
    """Where events and dead letters go: intake, or what stands for it in a dry run."""

    def append(self, rows: Iterable[Sourced[Event]]) -> Appended:
        """Take events in."""
        ...

    def reject(self, letters: Iterable[DeadLetter]) -> Appended:
        """Hold dead letters."""
        ...


class EntityCounts(msgspec.Struct):
    """What became of one file's rows: read + split = imported + unchanged + dead-lettered + skipped.

    `imported` are those that were not there and the `updated` that differed. `split` are the rows that a trial
    gave beside its own. `already_dead_lettered` of the dead-lettered were held from an earlier import.
    `reasons` counts the dead-lettered by code. `unmapped` are the columns that no field uses.
    """

    file: str
    read: int = 0
    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    split: int = 0
    dead_lettered: int = 0
    already_dead_lettered: int = 0
    reasons: dict[str, int] = {}
    unmapped: list[str] = []

    @property
    def changed(self) -> bool:
        """Whether anything is there now that was not before."""
        return self.imported > 0 or self.dead_lettered > self.already_dead_lettered


class _Located(msgspec.Struct, Generic[Row], frozen=True):
    source: TextRow
    row: Row


class EntityReader:
    """Reads the file of one entity once, and counts in `counts` what became of each row.

    `drift` reports how its columns differ from the mapping. A column that no field uses is new where `known`,
    the columns of the import before, do not have it.
    """

    def __init__(
        self,
        file: RowFile,
        mapping: EntityMapping,
        *,
        journal: Journal,
        clock: Clock,
        known: Sequence[str] | None = None,
    ) -> None:
        self.counts = EntityCounts(file=file.path.name)
        self.drift = DriftReport()
        self.columns: dict[str, None] = {}
        self._file = file
        self._mapping = mapping
        self._columns = Columns(mapping.aliases())
        self._journal = journal
        self._clock = clock
        self._known = known
        self._rejected: list[DeadLetter] = []
        self._last_found: Found | None = None
        self._last_differences: Sequence[Change] = ()

    def unique_rows(
        self,
        convert: Callable[[Fields], Sequence[Row]],
        *,
        progress: Progress,
        refused: Callable[[Row, Row, RejectedRow], None] | None = None,
    ) -> list[Row]:
        """The good rows, one per id: the first keeps it, and a later one that differs is dead-lettered.

        `refused` is called with the first, the later one, and why.
        """
        firsts: dict[str, _Located[Row]] = {}
        for located in self._good_rows(convert, progress):
            first = firsts.setdefault(located.row.external_id, located)
            if first is located:
                continue
            if first.row == located.row:
                self.counts.unchanged += 1
            else:
                reason = (
                    f"line {first.source.line} has the id {located.row.external_id!r} already, and differs."
                )
                why = RejectedRow("id", "duplicate-id", reason)
                self._reject(located.source, why)
                if refused is not None:
                    refused(first.row, located.row, why)
        self._hand_in_rejected()
        return [located.row for located in firsts.values()]

    def wrote(self, written: Counts) -> None:
        """Note what became of the unique rows."""
        self.counts.imported += written.written
        self.counts.updated += written.changed
        self.counts.unchanged += written.unchanged

    def journal_events(self, convert: Callable[[Fields], EventRow], *, progress: Progress) -> None:
        """Hand the good rows to intake as events, batch by batch."""
        rows = self._good_rows(lambda fields: [convert(fields)], progress)
        while batch := list(islice(rows, _BATCH)):
            appended = self._journal.append(self._sourced(located) for located in batch)
            self.counts.imported += appended.accepted
            self.counts.unchanged += appended.unchanged
            self._count_rejected(appended)
            self._hand_in_rejected()
        self._hand_in_rejected()

    def _good_rows(
        self, convert: Callable[[Fields], Sequence[Row]], progress: Progress
    ) -> Iterator[_Located[Row]]:
        with progress.step(f"Reading {self.counts.file}", total=self._file.count_lines()) as step:
            for source in counted(self._file.rows(), step):
                self.counts.read += 1
                try:
                    rows = self._converted(source, convert)
                except RejectedRow as rejection:
                    self._reject(source, rejection)
                else:
                    self.counts.split += max(0, len(rows) - 1)
                    yield from (_Located(source, row) for row in rows)

    def _converted(self, source: TextRow, convert: Callable[[Fields], Sequence[Row]]) -> Sequence[Row]:
        """The rows that `source` gives, none where it is left out; raises RejectedRow."""
        if source.code:
            raise RejectedRow("", source.code, source.reason)
        found: Found = self._columns.find(list(source.values))
        if found.ambiguous:
            column, names = next(iter(found.ambiguous.items()))
            reason = f"{' and '.join(map(repr, names))} could each be the column {column!r}."
            raise RejectedRow(column, "ambiguous-column", reason)
        values = {wanted: source.values[came] for wanted, came in found.taken.items()}
        if any(values.get(column) in texts for column, texts in self._mapping.skip.items()):
            self.counts.skipped += 1
            return []
        place = f"{self.counts.file}:{source.line}"
        # Also of a row that cannot be taken: its columns are those of the file.
        self.drift.note(self._differences(found), place=place)
        fields: Fields = Fields(values, self._mapping)
        rows = convert(fields)
        self.drift.note(fields.changes, place=place)
        return rows

    def _differences(self, found: Found) -> Sequence[Change]:
        if found is not self._last_found:
            self._last_found = found
            self._last_differences = [*found.changes(known=self._known)]
            self.columns |= dict.fromkeys((*found.taken.values(), *found.unmapped))
            self.counts.unmapped += [name for name in found.unmapped if name not in self.counts.unmapped]
        return self._last_differences

    def _reject(self, source: TextRow, why: RejectedRow) -> None:
        self._rejected.append(
            DeadLetter(
                source=self.counts.file,
                line=source.line,
                code=why.reason_code,
                reason=why.reason,
                field=why.field,
                row=source.text,
                length=source.length,
                sha256=source.sha256,
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
        source = located.source
        return Sourced(source=self.counts.file, line=source.line, row=event, text=source.text)
