"""The leases of hosts and addresses, in the frontier's file. A lease holds as long as its process reports in time.

Every method runs inside the transaction of its caller.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence

from keepwell.crawl.frontier.model import Lease, Release, RobotsFile

LEASE_SECONDS = 15.0
# After a process that died with an address, nobody knows when it last asked.
_PAUSE_AFTER_DEATH = 1.0

# No pause is longer than a day (engine/host.py): what is later was written when the clock was ahead.
_AHEAD_SECONDS = 2 * 86_400.0
_SET_BACK = (
    "delete from process where alive_until > :latest",
    "update host set ready_at = 0 where ready_at > :latest",
    "update host set next_due = :now where next_due > :latest",
    "update host set robots_at = 0 where robots_at > :latest",
    "update address set ready_at = 0 where ready_at > :latest",
    "update due set due_at = :now where due_at > :latest",
)

_LEASABLE = """
with living as (select id from process where alive_until >= :now)
select host.id, host.authority, host.ready_at, host.interval, host.pages, host.strikes, host.robots_status,
    host.robots, host.robots_at, host.owner
from host left join address on address.address = host.address
where host.next_due <= :now and host.ready_at <= :now and (host.owner is null or host.owner not in living)
    and (address.owner is null or address.owner = :me or address.owner not in living)
order by host.next_due limit :count
"""
_NEXT_DUE = """
with living as (select id from process where alive_until >= ?)
select min(max(next_due, ready_at)) from host where next_due is not null and (owner is null or owner not in living)
"""
_RELEASE = """
update host set owner = null, ready_at = ?, interval = ?, pages = ?, strikes = ?, robots_status = ?, robots = ?,
    robots_at = ?, next_due = ?
where id = ? and owner = ?
"""


class Leases:
    """What the process `owner` may ask."""

    def __init__(self, database: sqlite3.Connection, owner: str) -> None:
        self._db = database
        self._owner = owner

    def stay_alive(self, now: float) -> bool:
        """Report; False if the process was taken for dead meanwhile, and may have lost its hosts."""
        row = self._db.execute("select alive_until from process where id = ?", (self._owner,)).fetchone()
        self._db.execute("insert or replace into process values (?, ?)", (self._owner, now + LEASE_SECONDS))
        return row is None or row[0] >= now

    def forget_dead(self, is_dead: Callable[[str], bool]) -> None:
        """Forget the processes that `is_dead` knows to have ended, in place of waiting until they would have reported."""
        for (owner,) in self._db.execute("select id from process").fetchall():
            if is_dead(owner):
                self._db.execute("delete from process where id = ?", (owner,))

    def set_back(self, now: float) -> None:
        """Ask at `now` what would wait for a time that the clock had by mistake, perhaps for years."""
        for statement in _SET_BACK:
            self._db.execute(statement, {"now": now, "latest": now + _AHEAD_SECONDS})

    def others(self, now: float) -> int:
        """How many other processes are alive."""
        statement = "select count(*) from process where id <> ? and alive_until >= ?"
        return int(self._db.execute(statement, (self._owner, now)).fetchone()[0])

    def give_up_all(self) -> None:
        """Give back every host and address."""
        mine = (None, self._owner)
        self._db.execute("update host set owner = ? where owner = ?", mine)
        self._db.execute("update address set owner = ? where owner = ?", mine)

    def end(self, now: float) -> None:
        """Give everything back, and forget this process and those that are dead."""
        self.give_up_all()
        self._db.execute("delete from process where id = ? or alive_until < ?", (self._owner, now))

    def lease(self, count: int, *, now: float) -> list[Lease]:
        """At most `count` hosts that have something due, which this process alone may ask now."""
        values = {"now": now, "me": self._owner, "count": count}
        leases = []
        for row in self._db.execute(_LEASABLE, values).fetchall():
            host, authority, ready_at, interval, pages, strikes, status, robots, robots_at, owner = row
            # Its last owner died, perhaps right after asking.
            ready = ready_at if owner is None else max(ready_at, now + interval)
            file = None if status is None else RobotsFile(status, robots, robots_at)
            leases.append(Lease(host, authority, ready, interval, pages, strikes, file))
        self._db.executemany(
            "update host set owner = ? where id = ?", [(self._owner, each.id) for each in leases]
        )
        return leases

    def next_due(self, now: float) -> float | None:
        """When the next host that nobody has may be asked."""
        found: float | None = self._db.execute(_NEXT_DUE, (now,)).fetchone()[0]
        return found

    def pace(self, intervals: Sequence[tuple[int, float]]) -> None:
        """Note how many seconds each host wants between two requests, in case that this process dies."""
        self._db.executemany(
            "update host set interval = ? where id = ?", [(seconds, host) for host, seconds in intervals]
        )

    def claim(self, address: str, *, host: int, now: float) -> float | None:
        """When the address is ready for this process; None if another one has it, which gets the host once it is given back."""
        self._db.execute("update host set address = ? where id = ?", (address, host))
        row = self._db.execute("select owner, ready_at from address where address = ?", (address,)).fetchone()
        owner, ready_at = row or (None, 0.0)
        if owner not in {None, self._owner}:
            if self._is_alive(owner, now):
                return None
            ready_at = max(ready_at, now) + _PAUSE_AFTER_DEATH
        self._db.execute("insert or replace into address values (?, ?, ?)", (address, self._owner, ready_at))
        return float(ready_at)

    def ready_at(self, authority: str, *, now: float) -> float:
        """When a host is ready that nobody has leased."""
        row = self._db.execute(
            "select ready_at, interval, owner from host where authority = ?", (authority,)
        ).fetchone()
        if row is None:
            return 0.0
        ready_at, interval, owner = row
        # As in `lease`: who had it may have asked just now.
        return float(ready_at if owner is None else max(ready_at, now + interval))

    def release(self, release: Release, *, next_due: float | None) -> None:
        """Give a host back, whose next URL is due at `next_due`."""
        robots = release.robots
        file = (robots.status, robots.body, robots.at) if robots else (None, None, None)
        pace = (release.ready_at, release.interval, release.pages, release.strikes)
        self._db.execute(_RELEASE, (*pace, *file, next_due, release.id, self._owner))

    def release_addresses(self, addresses: Mapping[str, float]) -> None:
        """Give addresses back, each with when it is ready."""
        self._db.executemany(
            "update address set owner = null, ready_at = ? where address = ? and owner = ?",
            [(at, address, self._owner) for address, at in addresses.items()],
        )

    def _is_alive(self, owner: str, now: float) -> bool:
        statement = "select 1 from process where id = ? and alive_until >= ?"
        return self._db.execute(statement, (owner, now)).fetchone() is not None
