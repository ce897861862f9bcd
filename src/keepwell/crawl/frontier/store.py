"""The frontier: one SQLite file with what is still to be read, what was read, and who may ask which host.

Hosts are leased, not URLs, so one process owns a host's pace and needs no limiter that all share. Rows that are read leave the
table of due rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from keepwell.crawl.frontier.history.store import History
from keepwell.crawl.frontier.leases.store import Leases
from keepwell.crawl.frontier.model import Release, Report, Supply
from keepwell.crawl.frontier.processes import has_ended
from keepwell.crawl.model import Due, Facts, Kind, Result
from keepwell.crawl.pages.urls import authority_of, key_of
from keepwell.crawl.sites import Site, Sites
from keepwell.platform.errors import CorruptData, StorageFull, Unavailable

_BUSY_SECONDS = 30
_CACHE_KIBIBYTES = 16_384
_KNOWN_HOSTS = 50_000
_BATCH = 5_000
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
create table total (id integer primary key check (id = 1), left_over integer not null, crawl integer not null) strict;
insert into total values (1, 0, 0);
"""
_DUE = """
select due.key, due.url, due.depth, due.host, due.priority, due.due_at, due.tries, due.chain, due.seed, due.parent,
    page.etag, page.last_modified
from due left join page on page.key = due.key
where due.host = ? and due.due_at <= ? order by due.priority, due.due_at limit ?
"""
_ADD_DUE = "insert or replace into due values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_REMOVE_DUE = "delete from due where host = ? and priority = ? and due_at = ? and key = ?"
_PUT_PAGE = (
    "insert or replace into page values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (select crawl from total), ?)"
)

_decode_facts = msgspec.json.Decoder(Facts).decode
_encode = msgspec.json.encode


class Frontier:
    """An open file; every method raises StorageFull, CorruptData or Unavailable. Times are seconds since 1970."""

    def __init__(self, path: Path, *, owner: str) -> None:
        """Open or create the file at `path` for the process `owner`, whose name nobody else has."""
        self._path = path
        self._hosts: dict[str, int] = {}
        with self._translated():
            # One thread at a time uses it: the crawler's, which is not the one that opens it.
            self._db = sqlite3.connect(
                path, isolation_level=None, timeout=_BUSY_SECONDS, check_same_thread=False
            )
            # Before anything is written: the file may be another program's.
            self._refuse_others()
            self._db.execute("pragma journal_mode = wal")
            # After a power cut, the last transactions may be missing, never half of one: those pages are read again.
            self._db.execute("pragma synchronous = normal")
            self._db.execute(f"pragma cache_size = -{_CACHE_KIBIBYTES}")
            self._create()
        self._leases = Leases(self._db, owner)
        self._history = History(self._db)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def begin(self, seeds: Iterable[str], *, now: float) -> bool:
        """Make the canonical URLs `seeds` due; whether this continues a crawl that has not come to its end.

        A finished crawl begins again: all may be read once more, with the validators of the last time.
        """
        with self._transaction():
            self._leases.forget_dead(has_ended)
            self._leases.stay_alive(now)
            continues = self._left() > 0 or self._leases.others(now) > 0
            if not continues:
                self._db.execute("delete from seen")
                self._db.execute("update total set crawl = crawl + 1")
                self._db.execute(
                    "update host set next_due = null, pages = 0 where pages > 0 or next_due is not null"
                )
        waiting = iter(seeds)
        while some := list(islice(waiting, _BATCH)):
            with self._transaction():
                self._leases.stay_alive(now)
                self._add(self._seed(url, now) for url in some)
        return continues

    def exchange(self, report: Report, *, now: float) -> Supply:
        """Write what was done, and hand out what is wanted, in one transaction."""
        supply = Supply()
        with self._transaction():
            supply.has_lost_all = not self._leases.stay_alive(now)
            if supply.has_lost_all:
                self._leases.give_up_all()
            supply.results = [self._finish(result, now=now) for result in report.results]
            self._again(report.again)
            self._add(report.found)
            for release in report.releases:
                supply.dropped += self._release(release, now=now)
            self._leases.release_addresses(report.address_releases)
            if not supply.has_lost_all:
                self._serve(report, supply, now=now)
            if report.hosts:
                supply.leases = self._leases.lease(report.hosts, now=now)
                if not supply.leases:
                    self._leases.forget_dead(has_ended)
                    supply.next_due = self._leases.next_due(now)
            supply.left = self._left()
            supply.others = self._leases.others(now)
        return supply

    def _serve(self, report: Report, supply: Supply, *, now: float) -> None:
        """Answer what the process wants for the hosts that it has."""
        self._leases.pace(report.paced)
        for claim in report.claims:
            ready_at = self._leases.claim(claim.address, host=claim.host, now=now)
            if ready_at is not None:
                supply.claims[claim.host] = ready_at
                if claim.visits is not None:
                    supply.visits[claim.host] = self._leases.ready_at(claim.visits, now=now)
        for wanted in report.wanted:
            supply.due[wanted.host] = self._due(wanted.host, held=wanted.held, count=wanted.count, now=now)

    def leave(self, report: Report, *, now: float) -> Supply:
        """As `exchange`, and the process holds nothing afterwards."""
        supply = self.exchange(report, now=now)
        with self._transaction():
            self._leases.end(now)
        return supply

    def _refuse_others(self) -> None:
        # One snapshot: another process may be creating the file.
        self._db.execute("begin")
        application, version = self._one("pragma application_id"), self._one("pragma user_version")
        tables = self._one("select count(*) from sqlite_master")
        self._db.execute("commit")
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

    def websites(self, most: int) -> tuple[list[Site], int]:
        """What the crawl says so far of the first `most` URLs that were named, and how many more there are."""
        with self._translated():
            sites = Sites(most)
            for result in self._history.results(most):
                sites.add(result)
            return sites.all(), max(0, self._history.websites() - most)

    def _create(self) -> None:
        with self._transaction():
            # Another process may have done so meanwhile.
            if self._one("pragma user_version") == 0:
                for statement in filter(str.strip, _TABLES.split(";")):
                    self._db.execute(statement)
                self._db.execute(f"pragma application_id = {_APPLICATION}")
                self._db.execute(f"pragma user_version = {_VERSION}")

    def _finish(self, result: Result, *, now: float) -> Result:
        due, outcome = result.due, result.outcome
        self._remove([due])
        if outcome.kind is Kind.NOT_MODIFIED:
            return self._unmodified(result, now=now)
        facts = None if outcome.facts is None else _encode(outcome.facts).decode()
        self._db.execute(
            _PUT_PAGE,
            (
                *(due.key, due.url, outcome.kind, outcome.status, outcome.target, outcome.etag),
                *(outcome.last_modified, facts, due.seed, due.parent, due.depth),
                *(outcome.reason, now),
            ),
        )
        return result

    def _unmodified(self, result: Result, *, now: float) -> Result:
        """Keep what is known of the page; the pages that were found on it are due again."""
        due = result.due
        self._db.execute(
            "update page set read_at = ?, seed = ?, depth = ?, crawl = (select crawl from total) where key = ?",
            (now, due.seed, due.depth, due.key),
        )
        if result.outcome.links_wanted:
            children = self._db.execute("select key, url from page where parent = ?", (due.key,)).fetchall()
            self._add(
                Due(
                    key=key,
                    url=url,
                    depth=due.depth + 1,
                    priority=due.depth + 1,
                    due_at=now,
                    seed=due.seed,
                    parent=due.key,
                )
                for key, url in children
                if authority_of(url) == authority_of(due.url)
            )
        facts = self._one("select facts from page where key = ?", (due.key,))
        if facts is None:
            return result
        return Result(due, msgspec.structs.replace(result.outcome, facts=_decode_facts(facts)))

    def _again(self, rows: Sequence[Due]) -> None:
        """Each row is due at its new time in place of its old one, which `Due.was_due_at` names.

        One that is not there any more was read by the process that took the host over.
        """
        for due in rows:
            old = (due.host, due.priority, due.was_due_at, due.key)
            if self._db.execute(_REMOVE_DUE, old).rowcount:
                self._db.execute(_ADD_DUE, _row(due, due.host))

    def _add(self, rows: Iterable[Due]) -> None:
        """Make rows due whose keys were never seen in this crawl."""
        execute = self._db.execute
        new = [due for due in rows if execute("insert or ignore into seen values (?)", (due.key,)).rowcount]
        if not new:
            return
        earliest: dict[int, float] = {}
        values = []
        for due in new:
            host = self._host(authority_of(due.url))
            earliest[host] = min(due.due_at, earliest.get(host, due.due_at))
            values.append(_row(due, host))
        self._db.executemany(_ADD_DUE, values)
        self._db.executemany(
            "update host set next_due = min(coalesce(next_due, ?1), ?1) where id = ?2",
            [(at, host) for host, at in earliest.items()],
        )
        self._count(len(values))

    def _remove(self, rows: Sequence[Due]) -> None:
        removed = self._db.executemany(
            _REMOVE_DUE, [(due.host, due.priority, due.was_due_at, due.key) for due in rows]
        )
        self._count(-removed.rowcount)

    def _release(self, release: Release, *, now: float) -> int:
        """Give a host back; how many of its URLs were dropped."""
        dropped = 0
        if release.is_full:
            dropped = self._db.execute("delete from due where host = ?", (release.id,)).rowcount
            self._count(-dropped)
        self._leases.release(release, next_due=self._next_due(release.id, now=now))
        return dropped

    def _next_due(self, host: int, *, now: float) -> float | None:
        if self._one("select 1 from due where host = ? and due_at <= ? limit 1", (host, now)):
            return now
        found: float | None = self._one("select min(due_at) from due where host = ?", (host,))
        return found

    def _due(self, host: int, *, held: frozenset[int], count: int, now: float) -> list[Due]:
        rows = self._db.execute(_DUE, (host, now, count + len(held)))
        found = [
            Due(
                key=key, url=url, depth=depth, host=of, priority=priority, due_at=due_at, was_due_at=due_at, tries=tries,
                chain=_keys(chain), seed=seed, parent=parent, etag=etag, last_modified=modified,
            )
            for key, url, depth, of, priority, due_at, tries, chain, seed, parent, etag, modified in rows
            if key not in held
        ]  # fmt: skip
        return found[:count]

    def _seed(self, url: str, now: float) -> Due:
        key = key_of(url)
        return Due(key=key, url=url, depth=0, due_at=now, seed=key)

    def _host(self, authority: str) -> int:
        host = self._hosts.get(authority)
        if host is None:
            self._db.execute("insert or ignore into host (authority) values (?)", (authority,))
            host = int(self._one("select id from host where authority = ?", (authority,)))
            if len(self._hosts) >= _KNOWN_HOSTS:
                self._hosts.clear()
            self._hosts[authority] = host
        return host

    def _left(self) -> int:
        return int(self._one("select left_over from total"))

    def _count(self, by: int) -> None:
        if by:
            self._db.execute("update total set left_over = left_over + ?", (by,))

    def _one(self, statement: str, values: Sequence[object] | dict[str, object] = ()) -> Any:
        row = self._db.execute(statement, values).fetchone()
        return None if row is None else row[0]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._translated():
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            # Whatever interrupts it, cancellation too: the transaction must not stay open. It is raised again.
            except BaseException:
                # What was added is unknown again.
                self._hosts.clear()
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
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


def _row(due: Due, host: int) -> tuple[object, ...]:
    chain = b"".join(key.to_bytes(8, "big", signed=True) for key in due.chain)
    place = (host, due.priority, due.due_at, due.key, due.url)
    return (*place, due.depth, due.tries, chain, due.seed, due.parent)


def _keys(chain: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(chain[at : at + 8], "big", signed=True) for at in range(0, len(chain), 8))
