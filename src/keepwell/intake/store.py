"""The state of an intake folder: one SQLite file, the only truth about how much of the data files counts.

All SQL of the room. A commit is on the disk when `transaction()` ends (WAL, synchronous FULL).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from keepwell.intake.files import disk_full, is_full, make_private
from keepwell.intake.model import RESTORE, SeenEvent, Segment, StreamName
from keepwell.platform.errors import CorruptData, InfrastructureError, Unavailable

STATE_FILE = "state.db"
_BUSY_SECONDS = 30

_MIGRATIONS: Sequence[Sequence[str]] = (
    (
        """
        create table segment (
            stream text not null, number integer not null, rows integer not null, bytes integer not null,
            sha256 text not null, sealed_at text, primary key (stream, number)
        ) strict
        """,
        "create unique index segment_open on segment (stream) where sealed_at is null",
        """
        create table seen_event (
            message_id text primary key, digest text not null, source text not null, line integer not null
        ) strict, without rowid
        """,
        "create table seen_dead_letter (digest text primary key) strict, without rowid",
        """
        create table lake_segment (
            workspace text not null, number integer not null, rows integer not null, files integer not null,
            primary key (workspace, number)
        ) strict, without rowid
        """,
    ),
)

_READ_VERSION = "pragma user_version"
_SEGMENT_COLUMNS = "stream, number, rows, bytes, sha256, sealed_at"
_SEGMENTS = f"select {_SEGMENT_COLUMNS} from segment where stream = ? order by number"  # noqa: S608  our own columns
_PUT_SEGMENT = """
    insert into segment (stream, number, rows, bytes, sha256, sealed_at) values (?, ?, ?, ?, ?, ?)
    on conflict (stream, number) do update set
        rows = excluded.rows, bytes = excluded.bytes, sha256 = excluded.sha256, sealed_at = excluded.sealed_at
"""
_SEEN_EVENTS = """
    select message_id, digest, source, line from seen_event
    where message_id in (select value from json_each(?))
"""
_REMEMBER_EVENT = "insert into seen_event (message_id, digest, source, line) values (?, ?, ?, ?)"
_SEEN_DEAD_LETTERS = "select digest from seen_dead_letter where digest in (select value from json_each(?))"
_REMEMBER_DEAD_LETTER = "insert into seen_dead_letter (digest) values (?)"
_UNBUILT_SEGMENTS = f"""
    select {_SEGMENT_COLUMNS} from segment
    where stream = 'ok' and sealed_at is not null
      and number not in (select number from lake_segment where workspace = ?)
    order by number
"""  # noqa: S608  our own columns
_RECORD_BUILT = "insert into lake_segment (workspace, number, rows, files) values (?, ?, ?, ?)"
_FORGET_BUILT = "delete from lake_segment where workspace = ?"


class State:
    """An open state file; every method raises StorageFull, CorruptData, Unavailable or InfrastructureError."""

    def __init__(self, root: Path) -> None:
        """Open the state of the folder `root`; made, or brought up to date, where it is not."""
        self._path = root / STATE_FILE
        make_private(self._path)
        with self._translated():
            self._connection = sqlite3.connect(self._path, isolation_level=None, timeout=_BUSY_SECONDS)
        try:
            with self._translated():
                self._connection.execute("pragma journal_mode = wal")
                self._connection.execute("pragma synchronous = full")
            self._migrate()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is done inside, durably, or nothing of it."""
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
        return self._segments(_SEGMENTS, stream)

    def put_segment(self, segment: Segment) -> None:
        """Record how far `segment` is committed, or that it is sealed."""
        sealed_at = segment.sealed_at.isoformat() if segment.sealed_at else None
        values = (segment.stream, segment.number, segment.rows, segment.bytes, segment.sha256, sealed_at)
        self._write(_PUT_SEGMENT, [values])

    def seen_events(self, message_ids: Iterable[str]) -> dict[str, SeenEvent]:
        """The events that hold those of `message_ids` that are taken."""
        rows = self._read(_SEEN_EVENTS, json.dumps(list(message_ids)))
        return {row[0]: SeenEvent(*row) for row in rows}

    def remember_events(self, events: Iterable[SeenEvent]) -> None:
        """Let each event hold its id from now on."""
        rows = [(event.message_id, event.digest, event.source, event.line) for event in events]
        self._write(_REMEMBER_EVENT, rows)

    def seen_dead_letters(self, digests: Iterable[str]) -> set[str]:
        """Those of `digests` whose dead letter is held."""
        return {digest for (digest,) in self._read(_SEEN_DEAD_LETTERS, json.dumps(list(digests)))}

    def remember_dead_letters(self, digests: Iterable[str]) -> None:
        """Note that these dead letters are held from now on."""
        self._write(_REMEMBER_DEAD_LETTER, [(digest,) for digest in digests])

    def unbuilt_segments(self, workspace: str) -> list[Segment]:
        """The sealed segments of accepted rows that are not in the lake of `workspace`, oldest first."""
        return self._segments(_UNBUILT_SEGMENTS, workspace)

    def record_built(self, workspace: str, segment: Segment, *, files: int) -> None:
        """Note that the rows of `segment` are in the lake of `workspace`, in so many files."""
        self._write(_RECORD_BUILT, [(workspace, segment.number, segment.rows, files)])

    def forget_built(self, workspace: str) -> None:
        """Note that the lake of `workspace` holds nothing."""
        self._write(_FORGET_BUILT, [(workspace,)])

    def _segments(self, statement: str, parameter: str) -> list[Segment]:
        rows = self._read(statement, parameter)
        return [
            Segment(
                stream=stream,
                number=number,
                rows=count,
                bytes=length,
                sha256=sha256,
                sealed_at=datetime.fromisoformat(sealed_at) if sealed_at else None,
            )
            for stream, number, count, length, sha256, sealed_at in rows
        ]

    def _read(self, statement: str, parameter: str) -> list[Any]:
        with self._translated():
            return self._connection.execute(statement, (parameter,)).fetchall()

    def _write(self, statement: str, rows: Sequence[tuple[str | int | None, ...]]) -> None:
        with self._translated():
            self._connection.executemany(statement, rows)

    def _migrate(self) -> None:
        with self.transaction():
            (version,) = self._connection.execute(_READ_VERSION).fetchone()
            if version > len(_MIGRATIONS):
                raise CorruptData(
                    f"{self._path} was written by a newer Keepwell (version {version} of its form).",
                    hint="Use that Keepwell, or a newer one.",
                )
            for number, statements in enumerate(_MIGRATIONS[version:], start=version + 1):
                for statement in statements:
                    self._connection.execute(statement)
                self._connection.execute(f"pragma user_version = {number}")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._translate(error) from error

    def _translate(self, error: sqlite3.Error) -> InfrastructureError:
        # The low byte is the primary result code of SQLite, the rest says more about it.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        # Where the shared memory of the WAL does not fit, SQLite speaks of an I/O error.
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and is_full(self._path)):
            return disk_full(self._path)
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            return CorruptData(f"{self._path}: {error}.", hint=RESTORE.format(folder=self._path.parent))
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return Unavailable(f"{self._path}: {error}.", hint="Another process is writing; try again.")
        return InfrastructureError(
            f"{self._path}: {error}.", hint="Set the disk right and run the command again."
        )
