"""The URLs of a frontier: due rows, which leave when they are done, and the keys of all that were seen in this crawl.

Every method runs inside the transaction of its caller.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from keepwell.crawl.frontier.model import Wanted
from keepwell.crawl.model import Due
from keepwell.crawl.pages.urls import authority_of

_KNOWN_HOSTS = 50_000
_DUE = """
select due.key, due.url, due.depth, due.host, due.priority, due.due_at, due.tries, due.chain, due.seed, due.parent,
    page.etag, page.last_modified
from due left join page on page.key = due.key
where due.host = ? and due.due_at <= ? and (due.depth = 0 or not ?) order by due.priority, due.due_at limit ?
"""
_ADD_DUE = "insert or replace into due values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_REMOVE_DUE = "delete from due where host = ? and priority = ? and due_at = ? and key = ?"


class Urls:
    """What is still to be read, of all hosts."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database
        self._hosts: dict[str, int] = {}

    def forget_hosts(self) -> None:
        """Know no host: the transaction in which some were added has failed."""
        self._hosts.clear()

    def begin_again(self) -> None:
        """Take every URL for one that was never seen, and every host for one of which no page was read."""
        self._db.execute("delete from seen")
        self._db.execute("update host set next_due = null, pages = 0 where pages > 0 or next_due is not null")

    def again(self, rows: Sequence[Due]) -> None:
        """Each row is due at its new time in place of its old one, which `Due.was_due_at` names.

        One that is not there any more was read by the process that took the host over.
        """
        for due in rows:
            old = (due.host, due.priority, due.was_due_at, due.key)
            if self._db.execute(_REMOVE_DUE, old).rowcount:
                self._db.execute(_ADD_DUE, _row(due, due.host))

    def add(self, rows: Iterable[Due]) -> None:
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

    def remove(self, rows: Sequence[Due]) -> None:
        """These are done."""
        removed = self._db.executemany(
            _REMOVE_DUE, [(due.host, due.priority, due.was_due_at, due.key) for due in rows]
        )
        self._count(-removed.rowcount)

    def next_due(self, host: int, *, now: float) -> float | None:
        """When the next URL of the host is due; `now` if one is, None if it has none."""
        if self._one("select 1 from due where host = ? and due_at <= ? limit 1", (host, now)):
            return now
        found: float | None = self._one("select min(due_at) from due where host = ?", (host,))
        return found

    def due(self, wanted: Wanted, *, now: float) -> list[Due]:
        """The URLs of the host that are due and `wanted`."""
        rows = self._db.execute(_DUE, (wanted.host, now, wanted.named_only, wanted.count + len(wanted.held)))
        found = [
            Due(
                key=key, url=url, depth=depth, host=of, priority=priority, due_at=due_at, was_due_at=due_at, tries=tries,
                chain=_keys(chain), seed=seed, parent=parent, etag=etag, last_modified=modified,
            )
            for key, url, depth, of, priority, due_at, tries, chain, seed, parent, etag, modified in rows
            if key not in wanted.held
        ]  # fmt: skip
        return found[: wanted.count]

    def drop(self, host: int) -> int:
        """Forget what is due of a host and was found by links; how many those were."""
        dropped = self._db.execute("delete from due where host = ? and depth > 0", (host,)).rowcount
        self._count(-dropped)
        return dropped

    def _host(self, authority: str) -> int:
        host = self._hosts.get(authority)
        if host is None:
            self._db.execute("insert or ignore into host (authority) values (?)", (authority,))
            host = int(self._one("select id from host where authority = ?", (authority,)))
            if len(self._hosts) >= _KNOWN_HOSTS:
                self._hosts.clear()
            self._hosts[authority] = host
        return host

    def left(self) -> int:
        """How many are due or being read."""
        return int(self._one("select left_over from total"))

    def _count(self, by: int) -> None:
        if by:
            self._db.execute("update total set left_over = left_over + ?", (by,))

    def _one(self, statement: str, values: Sequence[object] = ()) -> Any:
        row = self._db.execute(statement, values).fetchone()
        return None if row is None else row[0]


def _row(due: Due, host: int) -> tuple[object, ...]:
    chain = b"".join(key.to_bytes(8, "big", signed=True) for key in due.chain)
    place = (host, due.priority, due.due_at, due.key, due.url)
    return (*place, due.depth, due.tries, chain, due.seed, due.parent)


def _keys(chain: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(chain[at : at + 8], "big", signed=True) for at in range(0, len(chain), 8))
