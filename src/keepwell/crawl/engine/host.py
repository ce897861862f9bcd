"""One host that this process has leased: what may be done with it now. Pure: time comes as an argument."""

from __future__ import annotations

from enum import Enum, auto

from msgspec.structs import replace

from keepwell.crawl.engine.pace import Pace
from keepwell.crawl.engine.robots_search import RobotsSearch
from keepwell.crawl.engine.steps import Cause, Finish, GetPage, GetRobots, Resolve, Step, Wait, Work
from keepwell.crawl.engine.url_queue import UrlQueue
from keepwell.crawl.fetch.transport import Answer, Failure
from keepwell.crawl.frontier.model import Lease, Release, RobotsFile
from keepwell.crawl.model import Due, Kind, Limits, Outcome, Result
from keepwell.crawl.pages.urls import scheme_of
from keepwell.crawl.politeness.leaky_bucket import LeakyBucket
from keepwell.crawl.politeness.retry import delay_after, retry_after_seconds
from keepwell.crawl.politeness.robots import Robots, robots_of

# A host that asks for a longer pause is given up, so that it keeps nobody's crawl from ever coming to its end.
LONGEST_PAUSE = 86_400.0
_PAUSES = frozenset({429, 503})
# Connections that fail one after the other, until the host is taken for dead.
_MOST_UNREACHABLE = 12
# What says something of us, or of where we may go, and nothing of the host that has the robots.txt.
_OURS = frozenset({Kind.NOT_ASKED, Kind.ADDRESS_REFUSED})
_PASSING_ROBOTS = frozenset(
    {Kind.ROBOTS_UNREACHABLE, Kind.UNREACHABLE, Kind.BROKEN, Kind.TOO_SLOW, Kind.NO_SUCH_HOST, Kind.NOT_ASKED}
)


class _Phase(Enum):
    NAME = auto()
    ADDRESS = auto()
    ROBOTS = auto()
    READY = auto()
    DEAD = auto()
    REFUSED = auto()


_WITH_URLS = frozenset({_Phase.ROBOTS, _Phase.READY, _Phase.DEAD})


class Host:
    """The state of a leased host. Every method returns what to do, and does no I/O.

    Its name is looked up, its address claimed, its robots.txt read. If that is at another host, the same is done for that one first,
    and it is asked at its own pace.
    """

    def __init__(self, lease: Lease, *, limits: Limits, now: float) -> None:
        self.id = lease.id
        self.authority = lease.authority
        self.queue = UrlQueue(lease.id)
        self.in_flight = 0
        self.is_scheduled = False
        self.address: str | None = None
        self.pace = Pace(limits.rate, ready_at=lease.ready_at, now=now)
        self._limits = limits
        self._address_bucket: LeakyBucket | None = None
        # That of the host that has its robots.txt, while it is asked.
        self._visited: Pace | None = None
        self._phase = _Phase.NAME
        self._is_busy = False
        self._tries = 0
        self._retry_at = 0.0
        self._strikes = lease.strikes
        self._unreachable = 0
        self._backed_off_at = 0.0
        self._pages = lease.pages
        self._robots = Robots()
        self._search = RobotsSearch(lease.authority, lease.robots, now=now)
        # How all of the host's URLs end, and those of one scheme: a port of 443 that is closed says nothing of 80.
        self._end: Outcome | None = None
        self._ends: dict[str, Outcome] = {}
        self._allowed: int | None = None

    @property
    def interval(self) -> float:
        """The seconds between two requests at least."""
        return self.pace.interval

    @property
    def visits(self) -> str | None:
        """The other host that has its robots.txt, while that is asked."""
        return self._search.visits

    @property
    def is_full(self) -> bool:
        """Whether as many pages that links lead to were read as may be; what was named is read in any case."""
        return self._pages >= self._limits.pages_per_host

    @property
    def wants_more(self) -> bool:
        """Whether the frontier should be asked for more URLs; not before it is known where the host is."""
        if self._phase not in _WITH_URLS:
            return False
        return not self.queue.is_asking and not self.queue.is_exhausted

    @property
    def is_done(self) -> bool:
        """Whether it can be given back."""
        if self._phase is _Phase.REFUSED:
            return True
        if self._is_under_way or self._phase not in _WITH_URLS:
            return False
        return self.queue.is_exhausted and not self.queue

    def expect_more(self) -> None:
        """The frontier hears of more URLs of this host with the next report."""
        self.queue.expect_more()

    def is_resting(self, until: float) -> bool:
        """Whether nothing is under way, and nothing may be done before `until`."""
        if self._is_under_way or self._phase in {_Phase.ADDRESS, _Phase.DEAD}:
            return False
        return max(self.pace.rests_until, self._retry_at) > until

    def next(self, now: float) -> Step | Wait | None:
        """What to do now; None if something else must happen first."""
        if self._is_busy or self._phase in {_Phase.ADDRESS, _Phase.REFUSED}:
            return None
        if self._retry_at > now:
            return Wait(self._retry_at, Cause.RETRY)
        if self._phase is _Phase.NAME:
            self._is_busy = True
            return Resolve(self.id, self._search.asks)
        ended = self._ended()
        if ended is not None or self._phase is _Phase.DEAD:
            return ended
        if self._phase is _Phase.ROBOTS:
            return (self._wait(now) or self._get_robots(now)) if self.queue else None
        return self._next_page(now)

    def resolved(self, got: str | Failure, *, now: float) -> str | None:
        """Take the address that the name has; it is to be claimed before anything is asked."""
        self._is_busy = False
        if isinstance(got, Failure):
            if self.visits is None:
                self._failed(Outcome(kind=got.kind, reason=got.reason), now=now)
            else:
                self._robots_failed(got, now=now)
            return None
        self._phase, self._tries = _Phase.ADDRESS, 0
        return got

    def claimed(self, address: str, bucket: LeakyBucket, *, now: float, shared: Pace | None = None) -> None:
        """The address is this process's to ask; `shared` is the pace of the host there, if others ask it too."""
        self.address = address
        self._address_bucket = bucket
        self._visited = shared if self.visits else None
        if self.visits is None and shared is not None and shared is not self.pace:
            shared.rest(self.pace.ready_at(now))
            self.pace = shared
        if (file := self._search.found) is not None:
            self._judge(file, now=now)
        else:
            self._phase = _Phase.ROBOTS

    def refuse(self) -> None:
        """The address is another process's, which is to have the host."""
        self._phase = _Phase.REFUSED

    def got_robots(self, got: Answer | Failure, *, now: float) -> None:
        """Take what came of asking for robots.txt."""
        self._is_busy = False
        if isinstance(got, Failure):
            self._robots_failed(got, now=now)
            return
        pause = retry_after_seconds(got.headers.get("Retry-After"), now=now)
        if pause is not None and got.status in _PAUSES:
            self._rest(pause, Outcome(kind=Kind.THROTTLED, status=got.status, reason="robots.txt"), now=now)
            return
        asked = self._search.asks
        if (file := self._search.take(got, now=now)) is not None:
            self._judge(file, now=now)
        elif self._search.asks != asked:
            self._phase = _Phase.NAME

    def finished(self, step: GetPage, outcome: Outcome, *, now: float) -> Result | Due:
        """What becomes of a URL that was asked for: a final result, or a later due time."""
        self.in_flight -= 1
        due = step.due
        self.queue.done(due)
        if outcome.kind is Kind.THROTTLED:
            return self._throttled(step, outcome, now=now)
        self._unreachable = self._unreachable + 1 if outcome.kind is Kind.UNREACHABLE else 0
        if self._unreachable > _MOST_UNREACHABLE:
            self._phase, self._end = _Phase.DEAD, outcome
            return Result(due, outcome)
        if outcome.is_passing and due.tries + 1 < self._limits.tries:
            return replace(due, tries=due.tries + 1, due_at=now + delay_after(due.tries + 1))
        if not outcome.is_passing:
            self._strikes = 0
        return Result(due, outcome)

    def abandoned(self, step: Work) -> None:
        """The step was cut short; its URL stays due."""
        if isinstance(step, GetPage):
            self.in_flight -= 1
            self.queue.done(step.due)
        else:
            self._is_busy = False

    def release(self, now: float) -> Release:
        """What the next lease must know."""
        return Release(
            id=self.id,
            authority=self.authority,
            ready_at=max(self.pace.ready_at(now), self._retry_at),
            interval=self.interval,
            pages=self._pages,
            strikes=self._strikes,
            robots=self._search.file,
            is_full=self.is_full,
        )

    @property
    def _is_under_way(self) -> bool:
        return self._is_busy or self.queue.is_asking or self.in_flight > 0

    def _next_page(self, now: float) -> Step | Wait | None:
        if self.is_full:
            self.queue.pass_over_found()
        if self.in_flight >= self._limits.connections_per_host or not self.queue:
            return None
        due = self.queue.first
        if due.key != self._allowed and not self._robots.allows(due.url, self._limits.user_agent):
            self.queue.done(self.queue.take())
            return Finish(Result(due, Outcome(kind=Kind.FORBIDDEN_BY_ROBOTS, reason="robots.txt forbids it")))
        self._allowed = due.key
        if (wait := self._wait(now)) is not None:
            return wait
        self.queue.take()
        self._take(now)
        self.in_flight += 1
        self._pages += due.depth > 0
        return GetPage(due, now)

    def _get_robots(self, now: float) -> GetRobots:
        self._is_busy = True
        self._take(now)
        # By the scheme of the host's first page; the same file counts for the other one.
        return GetRobots(self.id, self._search.url(scheme_of(self.queue.first.url)), now)

    def _ended(self) -> Finish | None:
        if not self.queue:
            return None
        end = self._end or self._ends.get(scheme_of(self.queue.first.url))
        if end is None:
            return None
        due = self.queue.take()
        self.queue.done(due)
        return Finish(Result(due, end))

    def _wait(self, now: float) -> Wait | None:
        """The longest of what keeps the host waiting; None if nothing does."""
        latest, cause = self.pace.next(now)
        if self._visited is not None:
            latest, cause = max((latest, cause), self._visited.next(now), key=lambda each: each[0])
        if self._address_bucket is not None and (at := self._address_bucket.ready_at(now)) > latest:
            latest, cause = at, Cause.ADDRESS
        return Wait(latest, cause) if latest > now else None

    def _take(self, now: float) -> None:
        self.pace.take(now)
        if self._visited is not None:
            self._visited.take(now)
        if self._address_bucket is not None:
            self._address_bucket.take(now)

    def _judge(self, file: RobotsFile, *, now: float) -> None:
        robots = robots_of(file.status, file.body, agent=self._limits.user_agent)
        if isinstance(robots, Outcome):
            self._failed(robots, now=now)
            return
        self._robots, self._tries = robots, 0
        self.pace.obey(robots.crawl_delay or 0.0, now=now)
        self._phase = _Phase.NAME if self.visits else _Phase.READY
        self._search.end(file)

    def _robots_failed(self, failure: Failure, *, now: float) -> None:
        # A host whose robots.txt is not to be had elsewhere is there.
        kind = failure.kind if failure.kind in _OURS or not self.visits else Kind.ROBOTS_UNREACHABLE
        outcome = Outcome(kind=kind, reason=f"robots.txt: {failure.reason}")
        self._failed(outcome, now=now, scheme=self._search.scheme)

    def _failed(self, outcome: Outcome, *, now: float, scheme: str = "") -> None:
        """Try the name or robots.txt again later; after the last try, all URLs of the host, or of `scheme`, end like this."""
        self._tries += 1
        if outcome.kind in _PASSING_ROBOTS and self._tries < self._limits.tries:
            self._retry_at = now + delay_after(self._tries)
        elif scheme:
            self._ends[scheme], self._tries = outcome, 0
            self._phase = _Phase.NAME if self.visits else self._phase
            self._search.end(None)
        else:
            self._phase, self._end = _Phase.DEAD, outcome

    def _throttled(self, step: GetPage, outcome: Outcome, *, now: float) -> Result | Due:
        # What was under way when the host asked for a pause belongs to the same storm.
        if step.started >= self._backed_off_at:
            pause = outcome.retry_after if outcome.retry_after is not None else delay_after(self._strikes + 1)
            self._rest(pause, outcome, now=now)
        if self._phase is _Phase.DEAD:
            return Result(step.due, outcome)
        return replace(step.due, due_at=self.pace.backoff_until)

    def _rest(self, pause: float, outcome: Outcome, *, now: float) -> None:
        """Ask nothing for a while; after too many pauses, or for one that is too long, the host is given up."""
        self._strikes += 1
        self._backed_off_at = now
        for each in (self.pace, self._visited):
            if each is not None:
                each.rest(now + min(pause, LONGEST_PAUSE))
        if self._strikes > self._limits.tries or pause > LONGEST_PAUSE:
            self._phase, self._end = _Phase.DEAD, outcome
