"""The state of an intake folder: one SQLite file, the only record of what is committed.

Its SQL is in `state_sql`. A commit is durable when `transaction()` ends (WAL, synchronous FULL).
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from keepwell.intake import state_sql as sql
from keepwell.intake.files import PRIVATE_FILE, disk_errors, disk_full, is_full
from keepwell.intake.model import (
    RESTORE,
    STREAMS,
    Arrival,
    Block,
    Doubt,
    Erasure,
    SeenEvent,
    Segment,
    Source,
    SourceSpan,
    StreamName,
)
from keepwell.platform.errors import CorruptData, InfrastructureError, Unavailable

STATE_FILE = "state.db"
WITHOUT_LOG = f"a copy of {STATE_FILE} is older than it seems without {STATE_FILE}-wal"
_BUSY_SECONDS = 30
_WAL_ATTEMPTS, _SECONDS_BETWEEN = 200, 0.01
# Held while a new state file is open through a plain descriptor, so that no thread connects to it.
_CREATING = threading.Lock()

_decode_sources = msgspec.json.Decoder(dict[str, SourceSpan]).decode
_decode_blocks = msgspec.json.Decoder(list[Block]).decode
_decode_arrivals = msgspec.json.Decoder(list[Arrival]).decode
_NO_ARRIVALS = "[]"


class State:
    """An open state file; every method raises StorageFull, CorruptData, Unavailable or InfrastructureError."""

    def __init__(self, root: Path) -> None:
        """Open the state of the folder `root`; create or migrate it if necessary."""
        self._path = root / STATE_FILE
        _create_if_missing(self._path)
        with self._translated():
            self._connection = sqlite3.connect(self._path, isolation_level=None, timeout=_BUSY_SECONDS)
        try:
            with self._translated():
                self._use_wal()
                self._connection.execute("pragma synchronous = full")
            self._migrate()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything that is done inside durably, or nothing of it."""
        with self._translated():
            self._connection.execute("begin immediate")
            try:
                yield
                self._connection.execute("commit")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("rollback")
                raise

    def segments(self, stream: StreamName) -> list[Segment]:
        """Every segment of `stream`, oldest first; the last one is open."""
        return self._segments(sql.SEGMENTS, stream)

    def rows(self, stream: StreamName) -> int:
        """The number of rows of all segments of `stream`."""
        return int(self._read(sql.ROWS, stream)[0][0])

    def newest_segments(self, stream: StreamName, *, limit: int) -> list[Segment]:
        """At most `limit` segments of `stream`, newest first; the first one is open."""
        return self._segments(sql.NEWEST_SEGMENTS, stream, limit)

    def put_segment(self, segment: Segment) -> None:
        """Record how far `segment` is committed, or that it is sealed."""
        values = _segment_values(segment)
        self._write(sql.PUT_SEGMENT, [(*values, _checksum(_checked(values)))])

    def put_schema(self, schema_id: str, document: str) -> None:
        """Keep the text of a schema under its id."""
        self._write(sql.PUT_SCHEMA, [(schema_id, document)])

    def schema(self, schema_id: str) -> str | None:
        """The text of a schema that rows were validated by; None if it was never stored."""
        rows = self._read(sql.SCHEMA, schema_id)
        return rows[0][0] if rows else None

    def sources(self) -> list[Source]:
        """Every file that was ever followed, in the order of discovery."""
        rows = self._read(sql.SOURCES)
        for *values, checksum in rows:
            source = Source(*values)
            checked = values if source.place else values[: sql.SOURCE_COLUMNS_BEFORE_EVIDENCE]
            self._check((*checked, checksum), what=f"the record of the source {source.name}")
        return [Source(*row[:-1]) for row in rows]

    def put_sources(self, sources: Iterable[Source]) -> None:
        """Record how far each source is read, and the content that identifies it."""
        rows = [msgspec.structs.astuple(source) for source in sources]
        self._write(sql.PUT_SOURCE, [(*row, _checksum(row)) for row in rows])

    def put_doubts(self, doubts: Iterable[Doubt]) -> None:
        """Keep which sources may have been read before, for as long as the folder exists."""
        rows = [msgspec.structs.astuple(doubt) for doubt in doubts]
        self._write(sql.PUT_DOUBT, [(*row, _checksum(row)) for row in rows])

    def doubts(self) -> list[Doubt]:
        """The sources whose rows may repeat others, oldest first."""
        rows = self._read(sql.DOUBTS)
        for row in rows:
            self._check(row, what=f"the doubt about {row[0]}")
        return [Doubt(*row[:-1]) for row in rows]

    def replayed(self, number: int) -> set[int]:
        """The lines, from 1, of the dead-letter segment `number` that were replayed and accepted."""
        return {line for (line,) in self._read(sql.REPLAYED, number)}

    def remember_replayed(self, letters: Iterable[tuple[int, int]]) -> None:
        """Record that these dead letters, each a segment number and a line in it, have become rows."""
        self._write(sql.REMEMBER_REPLAYED, list(letters))

    def check(self) -> None:
        """Raise CorruptData if the file itself or one of its records is damaged."""
        ((finding,),) = self._read(sql.INTEGRITY)
        if finding != "ok":
            raise self._corrupt(str(finding))
        for stream in STREAMS:
            self.segments(stream)
        self.sources()
        self.doubts()
        self.erasures()

    def seen_events(self, message_ids: Iterable[str]) -> dict[str, SeenEvent]:
        """The accepted events that own one of `message_ids`, by id."""
        rows = self._read(sql.SEEN_EVENTS, json.dumps(list(message_ids)))
        return {row[0]: SeenEvent(*row) for row in rows}

    def remember_events(self, events: Iterable[SeenEvent]) -> None:
        """Record that each event owns its id from now on."""
        rows = [(event.message_id, event.digest, event.source, event.line) for event in events]
        self._write(sql.REMEMBER_EVENT, rows)

    def seen_dead_letters(self, digests: Iterable[str]) -> dict[str, bool]:
        """Those of `digests` that are already stored as dead letters, and whether each is resolved."""
        rows = self._read(sql.SEEN_DEAD_LETTERS, json.dumps(list(digests)))
        return {digest: bool(is_resolved) for digest, is_resolved in rows}

    def remember_dead_letters(self, digests: Iterable[str]) -> None:
        """Record that these dead letters are stored."""
        self._write(sql.REMEMBER_DEAD_LETTER, [(digest,) for digest in digests])

    def reopen_dead_letters(self, digests: Iterable[str]) -> None:
        """Record that these dead letters, whose rows have arrived again, are not resolved."""
        self._write(sql.RESOLVE_DEAD_LETTER, [(None, digest) for digest in digests])

    def resolve_dead_letters(self, digests: Iterable[str], *, at: datetime) -> None:
        """Record that the rows of these dead letters were taken from their corrected file, or are gone from it."""
        self._write(sql.RESOLVE_DEAD_LETTER, [(at.isoformat(), digest) for digest in digests])

    def resolved_dead_letters(self) -> dict[str, datetime]:
        """When each resolved dead letter was resolved, by digest."""
        return {digest: datetime.fromisoformat(at) for digest, at in self._read(sql.RESOLVED)}

    def put_rewritten(self, before: Segment, after: Segment) -> None:
        """Record that the segment `before` was rewritten to `after`."""
        removed = before.rows - after.rows
        self._write(sql.PUT_REWRITTEN, [(before.stream, before.number, before.sha256, after.sha256, removed)])

    def earlier_hashes(self, segment: Segment) -> set[str]:
        """The SHA-256 of each earlier content of `segment`."""
        return {sha256 for (sha256,) in self._read(sql.EARLIER_HASHES, segment.stream, segment.number)}

    def put_erasure(self, erasure: Erasure) -> None:
        """Store the proof of an erasure."""
        values = msgspec.structs.astuple(erasure)
        self._write(sql.PUT_ERASURE, [(*values, _checksum(values))])

    def erasures(self) -> list[Erasure]:
        """Every erasure, oldest first."""
        rows = self._read(sql.ERASURES)
        for row in rows:
            self._check(row, what=f"the record of the erasure of {row[0]}")
        return [Erasure(*row[:-1]) for row in rows]

    def has_read_history(self) -> bool:
        """Whether the files that were there first have been read."""
        return bool(self._read(sql.HAS_READ_HISTORY))

    def end_history(self) -> None:
        """Record that the files that were there first have been read."""
        self._write(sql.END_HISTORY, [()])

    def first_day(self) -> date | None:
        """The first day whose rows are kept; None if all days are."""
        rows = self._read(sql.FIRST_DAY)
        return date.fromisoformat(rows[0][0]) if rows else None

    def keep_from(self, day: date) -> None:
        """Keep no rows of days before `day`; the first kept day never moves back."""
        self._write(sql.KEEP_FROM, [(day.isoformat(),)])

    def _segments(self, statement: str, *parameters: str | int) -> list[Segment]:
        rows = self._read(statement, *parameters)
        for *values, checksum in rows:
            self._check((*_checked(values), checksum), what=f"the manifest of {values[0]}-{values[1]:06d}")
        return [_segment(row) for row in rows]

    def _check(self, row: tuple[Any, ...], *, what: str) -> None:
        *values, checksum = row
        if checksum not in (None, _checksum(values)):
            raise self._corrupt(f"{what} has been changed")

    def _corrupt(self, finding: str) -> CorruptData:
        return CorruptData(f"{self._path}: {finding}.", hint=RESTORE)

    def _read(self, statement: str, *parameters: str | int) -> list[Any]:
        with self._translated():
            return self._connection.execute(statement, parameters).fetchall()

    def _write(self, statement: str, rows: Sequence[tuple[str | int | None, ...]]) -> None:
        with self._translated():
            self._connection.executemany(statement, rows)

    def _use_wal(self) -> None:
        # SQLite waits for other locks, but not if two processes switch a new file at once.
        for is_last in [False] * _WAL_ATTEMPTS + [True]:
            try:
                self._connection.execute("pragma journal_mode = wal")
            except sqlite3.OperationalError as error:
                if is_last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                time.sleep(_SECONDS_BETWEEN)
            else:
                return

    def _migrate(self) -> None:
        with self.transaction():
            (version,) = self._connection.execute(sql.READ_VERSION).fetchone()
            if version > len(sql.MIGRATIONS):
                raise CorruptData(
                    f"{self._path} was written by a newer Keepwell (schema version {version}).",
                    hint="Use that version of Keepwell, or a newer one.",
                )
            if version == 0:
                self._require_no_rows()
            for number, statements in enumerate(sql.MIGRATIONS[version:], start=version + 1):
                for statement in statements:
                    self._connection.execute(statement)
                self._connection.execute(f"pragma user_version = {number}")

    def _require_no_rows(self) -> None:
        """A new state would begin with segments that hold rows already, and overwrite them."""
        for stream in STREAMS:
            for path in sorted(self._path.parent.glob(f"{stream}-*")):
                if not path.is_symlink() and path.stat().st_size:
                    raise self._corrupt(f"is empty, but {path.name} is not: {WITHOUT_LOG}")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._translate(error) from error
        except UnicodeDecodeError as error:
            # Of a name in the damaged schema, which SQLite quotes.
            raise self._corrupt(str(error)) from error

    def _translate(self, error: sqlite3.Error) -> InfrastructureError:
        # The low byte is the primary result code of SQLite.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        # If the shared memory of the WAL does not fit, SQLite reports an I/O error.
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and is_full(self._path)):
            return disk_full(self._path)
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            return self._corrupt(str(error))
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return Unavailable(f"{self._path}: {error}.", hint="Another process is writing; try again.")
        return InfrastructureError(f"{self._path}: {error}.", hint="Fix the disk and run the command again.")


def has_state(root: Path) -> bool:
    """Whether the folder `root` has a state file."""
    return (root / STATE_FILE).exists()


def _create_if_missing(path: Path) -> None:
    """Create an empty state file that only its owner can read; an existing one is not opened.

    SQLite's locks belong to the process: closing any other descriptor of the file drops them, and then the
    next process that closes the database deletes the write-ahead log that this one still writes to. SQLite
    gives the log and its index the permissions of the file.
    """
    with _CREATING, disk_errors(path), suppress(FileExistsError):
        if path.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE))


def _segment_values(segment: Segment) -> tuple[str | int | None, ...]:
    return (
        segment.stream,
        segment.number,
        segment.rows,
        segment.bytes,
        segment.sha256,
        segment.sealed_at.isoformat() if segment.sealed_at else None,
        segment.schema_id,
        msgspec.json.encode(segment.sources).decode(),
        msgspec.json.encode(segment.blocks).decode(),
        msgspec.json.encode(segment.arrivals).decode(),
    )


def _checked(values: Sequence[Any]) -> Sequence[Any]:
    """The values of a segment that its checksum is of: as of an earlier release if there are no arrivals."""
    return values[:-1] if values[-1] == _NO_ARRIVALS else values


def _segment(row: tuple[Any, ...]) -> Segment:
    stream, number, rows, length, sha256, sealed_at, schema_id, sources, blocks, arrivals, _ = row
    return Segment(
        stream=stream,
        number=number,
        rows=rows,
        bytes=length,
        sha256=sha256,
        sealed_at=datetime.fromisoformat(sealed_at) if sealed_at else None,
        schema_id=schema_id,
        sources=_decode_sources(sources),
        blocks=_decode_blocks(blocks),
        arrivals=_decode_arrivals(arrivals),
    )


def _checksum(values: Sequence[Any]) -> str:
    """The checksum of a record's values: SQLite itself detects few flipped bits."""
    return hashlib.blake2b(msgspec.json.encode(values), digest_size=8).hexdigest()
