"""What passes between the scheduler and the frontier's file. Pure."""

from __future__ import annotations

import msgspec

from keepwell.crawl.model import Due, Result

_REDIRECTED = 300


class RobotsFile(msgspec.Struct, frozen=True):
    """The robots.txt of a host as it answered, and when; kept so that another lease need not ask again.

    While it is being looked for, the status is 300 and the number of redirects so far, and the body is where they lead.
    """

    status: int
    body: bytes
    at: float

    @classmethod
    def after(cls, redirects: int, target: str, *, now: float) -> RobotsFile:
        """One that is still to be read at `target`."""
        return cls(_REDIRECTED + redirects, target.encode(), now)

    @property
    def redirects(self) -> int:
        """How many redirects led to `target`."""
        return self.status - _REDIRECTED if self.target is not None else 0

    @property
    def target(self) -> str | None:
        """Where it is to be read; None if it was."""
        return self.body.decode() if self.status // 100 == _REDIRECTED // 100 and self.body else None


class Lease(msgspec.Struct, frozen=True):
    """A host that this process alone may ask. It is ready at `ready_at`; `interval` is what was known of its pace."""

    id: int
    authority: str
    ready_at: float = 0.0
    interval: float = 0.0
    pages: int = 0
    strikes: int = 0
    robots: RobotsFile | None = None


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A host given back, with what the next lease must know; `is_full` drops what links led to."""

    id: int
    authority: str
    ready_at: float
    interval: float
    pages: int
    strikes: int = 0
    robots: RobotsFile | None = None
    is_full: bool = False


class Claim(msgspec.Struct, frozen=True):
    """A host's address, which only one process may ask at a time; or that of the host `visits`, which has its robots.txt."""

    host: int
    address: str
    visits: str | None = None


class Wanted(msgspec.Struct, frozen=True):
    """At most `count` more of one host's URLs; `held` are the keys of those that the process has. Perhaps none that links led to."""

    host: int
    held: frozenset[int]
    count: int
    named_only: bool = False


class Report(msgspec.Struct):
    """What the process did since its last report, and what it wants."""

    results: list[Result] = []
    again: list[Due] = []
    found: list[Due] = []
    paced: list[tuple[int, float]] = []
    claims: list[Claim] = []
    releases: list[Release] = []
    address_releases: dict[str, float] = {}
    wanted: list[Wanted] = []
    hosts: int = 0


class Supply(msgspec.Struct):
    """What the frontier answers.

    `left` URLs are due or being read, of all processes; `next_due` is when the next host that nobody has is due, and is
    asked for only by a process that wants hosts and got none. `others` are the other processes that are alive.
    """

    due: dict[int, list[Due]] = {}
    leases: list[Lease] = []
    # Of each claim that was granted, when the address is ready; what is missing is another process's to ask.
    claims: dict[int, float] = {}
    # And when the host that it visits is ready.
    visits: dict[int, float] = {}
    # The process was taken for dead, so that every host that it had may be another's.
    has_lost_all: bool = False
    # What is committed now, with the facts of before where a page was not modified.
    results: list[Result] = []
    dropped: int = 0
    left: int = 0
    next_due: float | None = None
    others: int = 0
