"""The frontier's file: created if there is none, refused if it is another program's, and changed in transactions only."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keepwell.platform.errors import CorruptData, StorageFull, Unavailable

_BUSY_SECONDS, _AGAIN_SECONDS = 30, 0.01
_CACHE_KIBIBYTES = 16_384
_VERSION = 2
# "KWcr": what SQLite keeps for telling whose file it is.
_APPLICATION = 0x4B576372

_TABLES = """
create table process (id text primary key, alive_until real not null) strict, without rowid;
create table host (
    id integer primary key, authority text not null unique, owner text, next_due real,
    ready_at real not null default 0, interval real not null default 0, pages integer not null default 0,
    strikes integer not null default 0, address text, robots_status integer, robots blob, robots_at real
) strict;
create index host_due on host (next_due) where next_due is not null;
create index host_owner on host (owner) where owner is not null;
create table address (address text primary key, owner text, ready_at real not null) strict, without rowid;
create table due (
    host integer not null, priority integer not null, due_at real not null, key integer not null, url text not null,
    depth integer not null, tries integer not null, chain blob not null, seed integer not null, parent integer,
    primary key (host, priority, due_at, key)
) strict, without rowid;
create table seen (key integer primary key) strict;
create table page (
    key integer primary key, url text not null, kind text not null, status integer, target text, etag text,
    last_modified text, facts text, seed integer not null, parent integer, depth integer not null,
    reason text not null, crawl integer not null, read_at real not null
) strict;
create index page_parent on page (parent);
create index page_seed on page (seed);
create table total (id integer primary key check (id = 1), left_over integer not null, crawl integer not null) strict;
insert into total values (1, 0, 0);
"""


class Database:
    """An open file; every method raises StorageFull, CorruptData or Unavailable."""

    def __init__(self, path: Path) -> None:
        """Open or create the file at `path`."""
        self._path = path
        with self.translated():
            # One thread at a time uses it: the crawler's, which is not the one that opens it.
            self.connection = sqlite3.connect(
                path, isolation_level=None, timeout=_BUSY_SECONDS, check_same_thread=False
            )
            # Before anything is written: the file may be another program's.
            self._refuse_others()
            self._use_write_ahead_log()
            # After a power cut, the last transactions may be missing, never half of one: those pages are read again.
            self.connection.execute("pragma synchronous = normal")
            self.connection.execute(f"pragma cache_size = -{_CACHE_KIBIBYTES}")
            self._create()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is changed within the block, or nothing of it."""
        with self.translated():
            self.connection.execute("begin immediate")
            try:
                yield
                self.connection.execute("commit")
            # Whatever interrupts it, cancellation too: the transaction must not stay open. It is raised again.
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("rollback")
                raise

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raise what SQLite raises within the block as an error of ours."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = error.sqlite_errorcode & 0xFF if hasattr(error, "sqlite_errorcode") else None
            if code == sqlite3.SQLITE_FULL:
                raise StorageFull(
                    f"The disk of {self._path} is full.", hint="Free space, then run it again."
                ) from error
            if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
                raise CorruptData(
                    f"{self._path} is no frontier: {error}.", hint="Name another file, or delete this one."
                ) from error
            raise Unavailable(
                f"{self._path}: {error}.", hint="Check that its folder can be written."
            ) from error

    def _refuse_others(self) -> None:
        # One snapshot: another process may be creating the file.
        self.connection.execute("begin")
        application, version = self._one("pragma application_id"), self._one("pragma user_version")
        tables = self._one("select count(*) from sqlite_master")
        self.connection.execute("commit")
        if application == _APPLICATION:
            if version == _VERSION:
                return
            raise CorruptData(
                f"{self._path} was written by another release.", hint="Delete it, and the crawl begins again."
            )
        if application or version or tables:
            raise CorruptData(
                f"{self._path} is no frontier: it is another program's database.", hint="Name another file."
            )

    def _use_write_ahead_log(self) -> None:
        """Change the file's mode, if nobody has; SQLite waits for no lock there, and another process may be creating the file."""
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                self.connection.execute("pragma journal_mode = wal")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(_AGAIN_SECONDS)
            else:
                return

    def _create(self) -> None:
        with self.transaction():
            # Another process may have done so meanwhile.
            if self._one("pragma user_version") == 0:
                for statement in filter(str.strip, _TABLES.split(";")):
                    self.connection.execute(statement)
                self.connection.execute(f"pragma application_id = {_APPLICATION}")
                self.connection.execute(f"pragma user_version = {_VERSION}")

    def _one(self, statement: str) -> int:
        return int(self.connection.execute(statement).fetchone()[0])
