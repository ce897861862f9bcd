"""Reads one mapped file: valid rows go to the caller, the others to the dead letters, and all are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Generic, Protocol, TypeVar

import msgspec

from keepwell.importing.import_log.model import EntityCounts
from keepwell.importing.mapping.columns import ColumnMatch, Columns
from keepwell.importing.mapping.fields import Fields
from keepwell.importing.mapping.mapping_file import EntityMapping
from keepwell.importing.mapping.rows import EventRow
from keepwell.importing.source_files import RowFile, TextRow
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import Row
from keepwell.importing.upserts.service import Counts
from keepwell.intake.model import AppendResult, Context, DeadLetter, Event, SourcedRow
from keepwell.intake.service import Change, DriftReport
from keepwell.platform.clock import Clock
from keepwell.platform.progress import Progress, counted

ReadRow = TypeVar("ReadRow", bound=Row)

_MOST_NAMED = 5
_BATCH = 5000


class RowSink(Protocol):
    """Where events and dead letters go: the event journal, or a counter in a dry run."""

    def append(self, rows: Iterable[SourcedRow[Event]]) -> AppendResult:
        """Store events."""
        ...

    def reject(self, letters: Iterable[DeadLetter]) -> AppendResult:
        """Store dead letters."""
        ...


class _OfErasedPerson(Exception):
    """The row belongs to an account whose person was erased."""


class _LocatedRow(msgspec.Struct, Generic[ReadRow], frozen=True):
    source: TextRow
    row: ReadRow


class EntityReader:
    """Reads the file of one entity once, counting the outcome of each row in `counts`.

    `drift` reports how its columns differ from the mapping. A column that no field uses is new if it is not
    among `known`, the columns of the previous import. `assumptions` are sentences for the import's report.
    """

    def __init__(
        self,
        file: RowFile,
        mapping: EntityMapping,
        *,
        journal: RowSink,
        clock: Clock,
        known: Sequence[str] | None = None,
    ) -> None:
        self.counts = EntityCounts(file=file.path.name)
        self.drift = DriftReport()
        self.columns: dict[str, None] = {}
        self.assumptions: list[str] = []
        self._file = file
        self._mapping = mapping
        self._columns = Columns(mapping.aliases())
        self._journal = journal
        self._clock = clock
        self._known = known
        self._rejected: list[DeadLetter] = []
        self._sources: dict[str, TextRow] = {}
        self._erased_lines: list[int] = []
        # Ids whose rows are skipped, because Stripe's API knows more about them than an export.
        self.ids_from_api: frozenset[str] = frozenset()
        # Rows whose `owner` is one of `erased` are skipped too, since their person was erased; `erased_ids` are theirs.
        self.owner = "account"
        self.erased: Container[str] = frozenset()
        self.erased_ids: set[str] = set()
        # Applied to what dead letters keep of a row.
        self.mask: Callable[[str], str] = str
        self._last_found: ColumnMatch | None = None
        self._last_differences: Sequence[Change] = ()

    @property
    def owner_is_subscription(self) -> bool:
        """Whether the rows name a subscription in place of their account."""
        source = self._mapping.fields.get(self.owner)
        return source is not None and source.via == "subscriptions"

    @property
    def mapped_fields(self) -> Collection[str]:
        """The fields that the mapping fills."""
        return self._mapping.fields.keys()

    def unique_rows(
        self,
        convert: Callable[[Fields], Sequence[ReadRow]],
        *,
        progress: Progress,
        on_rejected: Callable[[Fields, RejectedRow], None] | None = None,
        on_duplicate: Callable[[ReadRow, ReadRow, RejectedRow], None] | None = None,
    ) -> list[ReadRow]:
        """The good rows, one per id: the first keeps it, and a later one that differs is dead-lettered.

        `on_rejected` is called with what can be read of each bad row; `on_duplicate` with the first row of an id, the
        later one, and why.
        """
        firsts: dict[str, _LocatedRow[ReadRow]] = {}
        for located in self._good_rows(convert, progress, on_rejected):
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
                if on_duplicate is not None:
                    on_duplicate(first.row, located.row, why)
        self._hand_in_rejected()
        self._sources = {external_id: located.source for external_id, located in firsts.items()}
        return [located.row for located in firsts.values()]

    def reject_unwritable(self, external_id: str, why: RejectedRow) -> None:
        """Dead-letter a row of `unique_rows` that could not be written."""
        if source := self._sources.get(external_id):
            self._reject(source, why)
            self._hand_in_rejected()

    def wrote(self, written: Counts) -> None:
        """Add the outcome of writing the unique rows."""
        self.counts.imported += written.written
        self.counts.updated += written.changed
        self.counts.unchanged += written.unchanged

    def journal_events(self, convert: Callable[[Fields], EventRow], *, progress: Progress) -> None:
        """Pass the valid rows to the journal as events, in batches."""
        rows = self._good_rows(lambda fields: [convert(fields)], progress)
        while batch := list(islice(rows, _BATCH)):
            appended = self._journal.append(self._sourced(located) for located in batch)
            self.counts.imported += appended.accepted
            self.counts.unchanged += appended.unchanged
            self._count_rejected(appended)
            self._hand_in_rejected()
        self._hand_in_rejected()

    def _good_rows(
        self,
        convert: Callable[[Fields], Sequence[ReadRow]],
        progress: Progress,
        on_rejected: Callable[[Fields, RejectedRow], None] | None = None,
    ) -> Iterator[_LocatedRow[ReadRow]]:
        with progress.step(f"Reading {self.counts.file}", total=self._file.count_lines()) as step:
            for source in counted(self._file.rows(), step):
                self.counts.read += 1
                try:
                    rows = self._converted(source, convert)
                except _OfErasedPerson:
                    self._skip_erased(source)
                except RejectedRow as rejection:
                    self._reject(source, rejection)
                    if on_rejected is not None:
                        matched = self._columns.find(list(source.values)).matched
                        on_rejected(Fields(_matched(source, matched), self._mapping), rejection)
                else:
                    self.counts.derived += max(0, len(rows) - 1)
                    yield from (_LocatedRow(source, row) for row in rows)

    def _converted(
        self, source: TextRow, convert: Callable[[Fields], Sequence[ReadRow]]
    ) -> Sequence[ReadRow]:
        """The rows that `source` yields, none if it is skipped; raises RejectedRow."""
        if source.code:
            raise RejectedRow("", source.code, source.reason)
        found: ColumnMatch = self._columns.find(list(source.values))
        if found.ambiguous:
            column, names = next(iter(found.ambiguous.items()))
            reason = f"{' and '.join(map(repr, names))} could each be the column {column!r}."
            raise RejectedRow(column, "ambiguous-column", reason)
        values = _matched(source, found.matched)
        if any(values.get(column) in texts for column, texts in self._mapping.skip.items()):
            self.counts.skipped += 1
            return []
        place = f"{self.counts.file}:{source.line}"
        # Also for a rejected row: its columns are those of the file.
        self.drift.note(self._differences(found), place=place)
        fields: Fields = Fields(values, self._mapping)
        if self.ids_from_api and fields.optional("id") in self.ids_from_api:
            self.counts.skipped += 1
            return []
        if fields.optional(self.owner) in self.erased:
            self.erased_ids.add(fields.optional("id") or "")
            raise _OfErasedPerson
        rows = convert(fields)
        form = "texts with an apostrophe before a formula, which was left out"
        changes: list[Change] = [Change("type", column, form) for column in source.escaped]
        self.drift.note([*fields.changes, *changes], place=place)
        return rows

    def _skip_erased(self, source: TextRow) -> None:
        self.counts.skipped += 1
        self._erased_lines.append(source.line)

    def report_erased(self) -> None:
        """Add to the assumptions which rows were skipped since their person was erased; by line, never by name."""
        if lines := self._erased_lines:
            first = ", ".join(f"{self.counts.file}:{line}" for line in lines[:_MOST_NAMED])
            more = f" and {len(lines) - _MOST_NAMED} more" if len(lines) > _MOST_NAMED else ""
            self.assumptions.append(f"rows of erased persons were skipped: {len(lines)} ({first}{more})")
            self._erased_lines = []

    def _differences(self, found: ColumnMatch) -> Sequence[Change]:
        if found is not self._last_found:
            self._last_found = found
            self._last_differences = [*found.changes(known=self._known)]
            self.columns |= dict.fromkeys((*found.matched.values(), *found.unmapped))
            self.counts.unmapped += [name for name in found.unmapped if name not in self.counts.unmapped]
        return self._last_differences

    def _reject(self, source: TextRow, why: RejectedRow) -> None:
        self._rejected.append(
            DeadLetter(
                source=self.counts.file,
                line=source.line,
                code=why.reason_code,
                reason=self.mask(why.reason),
                field=why.field,
                row=self.mask(source.text),
                length=source.length,
                sha256=source.sha256,
                received_at=self._clock.now(),
            )
        )

    def _hand_in_rejected(self) -> None:
        self._count_rejected(self._journal.reject(self._rejected))
        self._rejected = []

    def _count_rejected(self, appended: AppendResult) -> None:
        self.counts.dead_lettered += appended.dead_lettered
        self.counts.already_dead_lettered += appended.already_dead_lettered
        self.counts.reasons = dict(Counter(self.counts.reasons) + Counter(appended.reasons))

    def _sourced(self, located: _LocatedRow[EventRow]) -> SourcedRow[Event]:
        row = located.row
        event = Event(
            message_id=row.external_id,
            event=row.event,
            timestamp=row.at,
            context=Context(group_id=row.account),
            properties=row.properties,
        )
        source = located.source
        return SourcedRow(source=self.counts.file, line=source.line, row=event, text=source.text)


def _matched(source: TextRow, columns: Mapping[str, str]) -> dict[str, str]:
    return {expected: source.values[name] for expected, name in columns.items()}
