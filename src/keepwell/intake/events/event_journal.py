"""Accepting rows: each ends in the journal or among the dead letters, or is a repeat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias, TypeVar

import msgspec

from keepwell.intake.files import Fs, LocalFs, create_folder, exclusive_lock
from keepwell.intake.journal.dead_letters import (
    ReplayResult,
    StoredDeadLetter,
    read_dead_letters,
    stored_dead_letters,
)
from keepwell.intake.journal.journal import Journal
from keepwell.intake.model import (
    ACCEPTED,
    DEAD_LETTERS,
    AppendResult,
    ArrivalKind,
    Chunk,
    DeadLetter,
    Event,
    Refusal,
    SeenEvent,
    Sizes,
    SourcedRow,
    SourceSpan,
    StreamName,
    dead_letter,
)
from keepwell.intake.schema.events import content_digest, is_of_content, read_event, reused_id
from keepwell.intake.store import State
from keepwell.platform.clock import Clock
from keepwell.platform.errors import Unavailable

AnySourcedRow: TypeAlias = SourcedRow[Event] | SourcedRow[bytes]
Entry = TypeVar("Entry")


class EventJournal:
    """The journal of one folder, opened by this process alone.

    A messageId identifies an event within the journal. The same id with the same content again is unchanged
    and not written; with other content, the first row keeps the id and the later one becomes a dead letter
    with the code `duplicate-id`. So appending all rows again after a crash, at any point and in any order,
    loses nothing and duplicates nothing.

    Every method raises StorageFull or InfrastructureError if the disk fails; what was returned before stays,
    and the journal must then be opened again.
    """

    def __init__(
        self,
        root: Path,
        *,
        journal: Journal,
        state: State,
        clock: Clock,
        commit_bytes: int,
        ignores_times: bool,
        arrival: ArrivalKind,
    ) -> None:
        self._root = root
        self._commit_bytes = commit_bytes
        self._journal = journal
        self._state = state
        self._clock = clock
        self._ignores_times = ignores_times
        self._arrival = arrival
        self._ended = False
        self._rejected: set[str] = set()

    @classmethod
    @contextmanager
    def open(
        cls,
        root: Path,
        *,
        clock: Clock,
        files: Fs | None = None,
        sizes: Sizes | None = None,
        ignores_times: bool = False,
        arrival: ArrivalKind = "history",
    ) -> Iterator[EventJournal]:
        """Open the journal in the folder `root`, created if missing, and recover from a crash.

        With `ignores_times`, compare only what the sender says: it sends other times when it sends a call again. Of the
        events that are appended, `arrival` says how they became known; what an import brings is a history.

        Raises Conflict naming the process that holds it, and CorruptData if a file is damaged.
        """
        files, sizes = files or LocalFs(), sizes or Sizes()
        create_folder(root, files=files)
        with ExitStack() as stack:
            stack.enter_context(exclusive_lock(root / "lock", purpose="writing rows"))
            state = State(root)
            stack.callback(state.close)
            journal = Journal(root, state=state, files=files, clock=clock, segment_bytes=sizes.segment)
            stack.callback(journal.close)
            yield cls(
                root,
                journal=journal,
                state=state,
                clock=clock,
                commit_bytes=sizes.commit,
                ignores_times=ignores_times,
                arrival=arrival,
            )

    def append(self, rows: Iterable[AnySourcedRow], *, arrival: ArrivalKind | None = None) -> AppendResult:
        """Append `rows`, durably when this returns; about 1 MB of them are in memory at a time.

        `arrival` says how they became known, if not as all others.
        """
        total = AppendResult()
        for batch in _batches(_encoded(rows), limit=self._commit_bytes):
            total += self._append(batch, arrival or self._arrival)
        return total

    def reject(self, letters: Iterable[DeadLetter]) -> AppendResult:
        """Store `letters` of rows that the caller refuses, durably when this returns."""
        total = AppendResult()
        sized = ((letter, len(letter.row)) for letter in letters)
        for batch in _batches(sized, limit=self._commit_bytes):
            total += self._commit(_Outcome(letters=batch), self._arrival)
        return total

    def resolve(self, sources: Collection[str]) -> None:
        """Mark the dead letters of these sources as resolved, except those that were rejected since `open`.

        Call it when each source was read completely: a row that is not rejected any more was corrected or removed.
        """
        resolved = [
            digest
            for stored in stored_dead_letters(self._root)
            if stored.letter.source in sources and (digest := stored.letter.digest()) not in self._rejected
        ]
        with self._state.transaction():
            self._state.resolve_dead_letters(resolved, at=self._clock.now())

    def seal(self) -> None:
        """Close the open segment of accepted rows, so that the lake can be built from it."""
        with self._committing():
            self._journal.seal(ACCEPTED)

    def dead_letters(self, *, code: str | None = None) -> Iterator[DeadLetter]:
        """Every dead letter, oldest first; only those with `code` if it is given."""
        return read_dead_letters(self._root, code=code)

    def replay(self, *, code: str | None = None, ids: Collection[str] | None = None) -> ReplayResult:
        """Append the dead letters again, by `code` or `ids` if given; those that are valid now become rows.

        An event whose id belongs to an event with the same content is a repeat, and leaves the dead letters
        too.
        """
        accepted = refused = without_row = 0
        for batch in _batches(
            (
                (stored, len(stored.letter.row))
                for stored in stored_dead_letters(self._root, code=code)
                if ids is None or stored.id in ids
            ),
            limit=self._commit_bytes,
        ):
            readable = {stored: row for stored in batch if (row := stored.letter.row_bytes()) is not None}
            replayed = self._replay_batch(readable)
            accepted += replayed
            refused += len(readable) - replayed
            without_row += len(batch) - len(readable)
        return ReplayResult(accepted, refused, without_row)

    def correct(self, stored: StoredDeadLetter, row: bytes) -> Refusal | None:
        """Append the event `row` in place of a dead letter, which leaves the list; or say why `row` is refused.

        After a crash between the two, the same call is a repeat of the event, and ends what was begun.
        """
        event = read_event(row)
        if isinstance(event, Refusal):
            return event
        letter = stored.letter
        holder = self._state.seen_events([event.message_id]).get(event.message_id)
        if holder is not None and not self._is_repeat(row, event, of=holder):
            seen = SeenEvent(event.message_id, "", letter.source, letter.line or 0)
            return reused_id(seen, of=holder)
        self.append([SourcedRow(letter.source, letter.line or 0, row)], arrival=self._arrival_of_replayed)
        with self._state.transaction():
            self._state.remember_replayed([(stored.number, stored.line)])
        return None

    def _replay_batch(self, rows: Mapping[StoredDeadLetter, bytes]) -> int:
        events = {
            stored: event for stored, row in rows.items() if isinstance(event := read_event(row), Event)
        }
        # An event whose id another one has stays a dead letter, and must not become one more.
        known = self._state.seen_events(event.message_id for event in events.values())
        new: dict[str, StoredDeadLetter] = {}
        for stored, event in events.items():
            new.setdefault(event.message_id, stored)
        self.append(
            (
                SourcedRow(stored.letter.source, stored.letter.line or 0, rows[stored])
                for message_id, stored in new.items()
                if message_id not in known
            ),
            arrival=self._arrival_of_replayed,
        )
        holders = self._state.seen_events(event.message_id for event in events.values())
        replayed = [
            (stored.number, stored.line)
            for stored, event in events.items()
            if self._is_repeat(rows[stored], event, of=holders[event.message_id])
        ]
        with self._state.transaction():
            self._state.remember_replayed(replayed)
        return len(replayed)

    @property
    def _arrival_of_replayed(self) -> ArrivalKind:
        # Received long ago, but not known to anybody who read events until now.
        return "committed" if self._arrival == "received" else self._arrival

    def _append(self, batch: Sequence[_EncodedRow], arrival: ArrivalKind) -> AppendResult:
        outcome = _Outcome()
        candidates: list[_Candidate] = []
        for encoded in batch:
            event = read_event(encoded.row)
            if isinstance(event, Refusal):
                outcome.letters.append(self._refused(encoded, event))
            else:
                candidates.append(self._candidate(encoded, event))
        owners = self._state.seen_events(candidate.seen.message_id for candidate in candidates)
        for candidate in candidates:
            first = owners.setdefault(candidate.seen.message_id, candidate.seen)
            if first is candidate.seen:
                outcome.accepted.append(candidate)
            elif self._is_repeat(candidate.encoded.row, candidate.event, of=first):
                outcome.unchanged += 1
            else:
                outcome.letters.append(self._refused(candidate.encoded, reused_id(candidate.seen, of=first)))
        return self._commit(outcome, arrival)

    def _candidate(self, encoded: _EncodedRow, event: Event) -> _Candidate:
        digest = content_digest(encoded.row) if self._ignores_times else event.digest()
        place = encoded.sourced
        return _Candidate(encoded, event, SeenEvent(event.message_id, digest, place.source, place.line))

    def _is_repeat(self, row: bytes, event: Event, *, of: SeenEvent) -> bool:
        """Whether a row with the id of the event `of` is that event again."""
        if is_of_content(of.digest):
            return of.digest == content_digest(row)
        # An earlier release recorded a digest with the times of receipt, which says nothing about a repeat.
        return self._ignores_times or of.digest == event.digest()

    def _commit(self, outcome: _Outcome, arrival: ArrivalKind) -> AppendResult:
        letters = {letter.digest(): letter for letter in outcome.letters}
        known = self._state.seen_dead_letters(letters)
        new = {digest: letter for digest, letter in letters.items() if digest not in known}
        self._rejected.update(letters)
        chunks: dict[StreamName, Chunk] = {}
        if outcome.accepted:
            rows = [_one_line(candidate.encoded.row) for candidate in outcome.accepted]
            places = [candidate.encoded.sourced for candidate in outcome.accepted]
            chunks[ACCEPTED] = msgspec.structs.replace(_chunk(rows, places), arrival=arrival)
        if new:
            chunks[DEAD_LETTERS] = _chunk(map(msgspec.json.encode, new.values()), new.values())

        def remember() -> None:
            self._state.remember_events(candidate.seen for candidate in outcome.accepted)
            self._state.remember_dead_letters(new)

        if recurring := [digest for digest, is_resolved in known.items() if is_resolved]:
            with self._state.transaction():
                self._state.reopen_dead_letters(recurring)
        if chunks:
            with self._committing():
                self._journal.commit(chunks, remember=remember)
        return AppendResult(
            accepted=len(outcome.accepted),
            unchanged=outcome.unchanged,
            dead_lettered=len(outcome.letters),
            already_dead_lettered=len(outcome.letters) - len(new),
            reasons=Counter(letter.code for letter in outcome.letters),
        )

    def _refused(self, encoded: _EncodedRow, why: Refusal) -> DeadLetter:
        sourced = encoded.sourced
        row = encoded.row if sourced.text is None else sourced.text.encode()
        return dead_letter(row, why, source=sourced.source, line=sourced.line or None, now=self._clock.now())

    @contextmanager
    def _committing(self) -> Iterator[None]:
        """If a commit fails, Ctrl-C included, memory no longer matches the files: accept no more."""
        if self._ended:
            raise Unavailable(
                f"The journal in {self._root} was closed after an error.",
                hint="Open it again; everything acknowledged is kept.",
            )
        self._ended = True
        yield
        self._ended = False


class _EncodedRow(msgspec.Struct, frozen=True):
    sourced: AnySourcedRow
    row: bytes


class _Candidate(msgspec.Struct, frozen=True):
    encoded: _EncodedRow
    event: Event
    seen: SeenEvent


class _Outcome(msgspec.Struct):
    """What to do with the rows of a batch."""

    accepted: list[_Candidate] = []
    unchanged: int = 0
    letters: list[DeadLetter] = []


def _encoded(rows: Iterable[AnySourcedRow]) -> Iterator[tuple[_EncodedRow, int]]:
    for sourced in rows:
        row = sourced.row if isinstance(sourced.row, bytes) else msgspec.json.encode(sourced.row)
        yield _EncodedRow(sourced, row), len(row)


def _batches(sized: Iterable[tuple[Entry, int]], *, limit: int) -> Iterator[list[Entry]]:
    """Lists of entries of about `limit` bytes together."""
    batch: list[Entry] = []
    total = 0
    for entry, size in sized:
        batch.append(entry)
        total += size
        if total >= limit:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch


def _chunk(rows: Iterable[bytes], places: Iterable[AnySourcedRow | DeadLetter]) -> Chunk:
    lines = list(rows)
    sources: dict[str, SourceSpan] = {}
    for place in places:
        line = place.line or 0
        span = SourceSpan(line, line + 1, 1)
        sources[place.source] = sources[place.source].joined(span) if place.source in sources else span
    return Chunk(b"\n".join([*lines, b""]), len(lines), sources)


def _one_line(row: bytes) -> bytes:
    """`row` without line feeds, which in JSON are only between tokens."""
    return msgspec.json.format(row, indent=-1) if b"\n" in row else row
