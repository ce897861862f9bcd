"""Replaying the dead letters of a folder: those that a corrected schema accepts become rows."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack, closing
from pathlib import Path

from keepwell.intake.files import Fs, LocalFs, exclusive_lock
from keepwell.intake.journal.dead_letters import ReplayResult, StoredDeadLetter, dead_letters_of
from keepwell.intake.journal.folders import require_journals
from keepwell.intake.journal.journal import Journal
from keepwell.intake.model import ACCEPTED, DEAD_LETTERS, STREAMS, Chunk, Sizes, SourceSpan
from keepwell.intake.schema.validation import Schema, compile_schema
from keepwell.intake.store import State, has_state
from keepwell.platform.clock import Clock
from keepwell.platform.errors import DataValidationError


def replay(
    root: Path, *, schema: Schema | None, clock: Clock, code: str | None = None, files: Fs | None = None
) -> ReplayResult:
    """Validate the dead letters of `root` again; a row that is valid now joins the accepted rows.

    By `schema`, or if it is None by the last one used. Each row is added once, however often this runs and
    wherever it is interrupted. Raises Conflict naming the process that holds the folder, DataValidationError
    if no schema is known, NotFound if `root` has no journal, CorruptData, StorageFull or InfrastructureError.
    """
    require_journals(root)
    with ExitStack() as stack:
        stack.enter_context(exclusive_lock(root / "lock", purpose="writing rows"))
        state = stack.enter_context(closing(State(root)))
        schema = schema or _last_schema(root, state)
        journal = Journal(
            root, state=state, files=files or LocalFs(), clock=clock, segment_bytes=Sizes().segment
        )
        stack.callback(journal.close)
        state.put_schema(schema.id, schema.text)
        journal.use_schema(schema.id)
        return _replay(dead_letters_of(root, state, code=code), schema, journal=journal, state=state)


def _replay(
    letters: Iterable[StoredDeadLetter], schema: Schema, *, journal: Journal, state: State
) -> ReplayResult:
    batch = _Batch()
    accepted = refused = without_row = 0
    for stored in letters:
        if stored.resolved_at is not None:
            continue
        row = stored.letter.row_bytes()
        if row is None:
            without_row += 1
        elif schema.validate(row):
            refused += 1
        else:
            batch.add(stored, row)
            accepted += 1
        if batch.size >= Sizes().commit:
            batch = batch.committed(journal, state)
    batch.committed(journal, state)
    return ReplayResult(accepted, refused, without_row)


def contains_events(root: Path) -> bool:
    """Whether the rows of `root` are events, not rows of a schema file."""
    if not has_state(root):
        return False
    with closing(State(root)) as state:
        return not any(segment.schema_id for stream in STREAMS for segment in state.segments(stream))


def _last_schema(root: Path, state: State) -> Schema:
    # Without a dead letter, there is nothing to replay by it.
    for segment in [*reversed(state.segments(DEAD_LETTERS)), *reversed(state.segments(ACCEPTED))]:
        if segment.schema_id and (text := state.schema(segment.schema_id)):
            return compile_schema(text.encode(), place=f"the schema {segment.schema_id[:12]}")
    raise DataValidationError(
        f"The schema that the rows of {root} were validated by is unknown.", hint="Name one with --schema."
    )


class _Batch:
    def __init__(self) -> None:
        self.size = 0
        self._rows: list[bytes] = []
        self._sources: dict[str, SourceSpan] = {}
        self._letters: list[tuple[int, int]] = []

    def add(self, stored: StoredDeadLetter, row: bytes) -> None:
        offset = stored.letter.offset if stored.letter.offset is not None else stored.letter.line or 0
        span = SourceSpan(offset, offset + len(row) + 1, 1)
        source = stored.letter.source
        self._sources[source] = self._sources[source].joined(span) if source in self._sources else span
        self._rows.append(row)
        self._letters.append((stored.number, stored.line))
        self.size += len(row)

    def committed(self, journal: Journal, state: State) -> _Batch:
        """Commit it, and return an empty one."""
        if self._rows:
            chunk = Chunk(b"\n".join([*self._rows, b""]), len(self._rows), self._sources)
            journal.commit({ACCEPTED: chunk}, remember=lambda: state.remember_replayed(self._letters))
        return _Batch()
