"""The I/O of a crawl: asks, reads and reports what the scheduler decides. One task group, and no queue between workers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial

from msgspec.structs import replace

from keepwell.crawl.engine.host import Host
from keepwell.crawl.engine.outcomes import (
    is_followed,
    linked,
    outcome_of,
    outcome_of_page,
    redirected,
)
from keepwell.crawl.engine.parsing import ParsingThreads
from keepwell.crawl.engine.scheduler import Scheduler
from keepwell.crawl.engine.steps import Finish, GetPage, GetRobots, Resolve, Work
from keepwell.crawl.fetch.transport import Answer, Failure, Transport
from keepwell.crawl.frontier.leases.store import LEASE_SECONDS
from keepwell.crawl.frontier.model import Claim, Report, Supply
from keepwell.crawl.frontier.store import Frontier
from keepwell.crawl.metrics import Tally
from keepwell.crawl.model import Due, Kind, Limits, Outcome, Result
from keepwell.platform.errors import KeepwellError

Sink = Callable[[Sequence[Result]], None]

_REPORT_SECONDS, _IDLE_SECONDS = 0.1, 0.5
_LEAST_SECONDS = 0.02
_FULL_REPORT = 500
# Links that the file has not taken yet: with more, nothing is asked for until it has.
_MOST_FOUND = 10_000
_LAG_SECONDS = 0.05
_TURN_SECONDS = 0.02
# Links to what was seen lately need not go to the file again.
_RECENT = 100_000
_FENCE_SECONDS = LEASE_SECONDS / 2


class Crawler:
    """Reads what a frontier has due, until nothing is or `stop` is called."""

    def __init__(
        self,
        frontier: Frontier,
        transport: Transport,
        *,
        limits: Limits,
        now: Callable[[], float],
        tally: Tally,
        sink: Sink,
    ) -> None:
        """`now` gives seconds since 1970 that never go back; `sink` gets results once they are committed."""
        self.is_interrupted = False
        self.left_for_later = 0
        self._frontier = frontier
        self._transport = transport
        self._limits = limits
        self._now = now
        self._tally = tally
        self._sink = sink
        self._scheduler = Scheduler(limits, tally)
        self._report = Report()
        self._recent: set[int] = set()
        self._changed = asyncio.Event()
        self._urgent = asyncio.Event()
        self._are_taken = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_over = False
        self._parsing = ParsingThreads()
        self._disk = ThreadPoolExecutor(1, "frontier")

    async def run(self, stop: asyncio.Event) -> None:
        """Crawl. Once `stop` is set, what is under way ends, or is cut short after a while; what is cut short stays due.

        Raises StorageFull, CorruptData or Unavailable of the frontier, and what the sink raises if it cannot write.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                reports = tasks.create_task(self._exchange_reports())
                helpers = [tasks.create_task(each) for each in (self._watch_lag(), self._watch_stop(stop))]
                await self._dispatch(tasks)
                await asyncio.wait([reports])
                for helper in helpers:
                    helper.cancel()
        except* (KeepwellError, OSError) as group:
            raise _first(group) from None
        finally:
            self._parsing.close()
            self._disk.shutdown()
            self._leave()

    async def _watch_stop(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.is_interrupted = self._scheduler.is_stopping = True
        self._changed.set()
        await asyncio.sleep(self._limits.patience)
        for task in self._tasks:
            task.cancel()

    async def _dispatch(self, tasks: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        while not self._is_over:
            now = self._now()
            for step in () if self._is_behind else self._scheduler.take(now):
                if isinstance(step, Finish):
                    self._finish(step.result)
                else:
                    task = tasks.create_task(self._do(step))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
                if self._now() - now > _TURN_SECONDS:
                    # Judging one URL by a robots.txt of 30,000 rules takes as long. Others have their turn in between.
                    self._changed.set()
                    await asyncio.sleep(0)
                    break
            if self._scheduler.is_stopping and not self._scheduler.in_flight:
                break
            self._tally.in_flight = self._scheduler.in_flight
            wake_at = None if self._is_behind else self._scheduler.wake_at(now)
            timer = None if wake_at is None else loop.call_later(max(0.0, wake_at - now), self._changed.set)
            await self._changed.wait()
            self._changed.clear()
            if timer is not None:
                timer.cancel()
        self._is_over = True
        self._urgent.set()

    async def _do(self, step: Work) -> None:
        host = self._scheduler.hosts.get(step.due.host if isinstance(step, GetPage) else step.host)
        if host is None:
            return
        try:
            match step:
                case Resolve():
                    await self._resolve(host, step)
                case GetRobots():
                    await self._get_robots(host, step)
                case GetPage():
                    await self._get_page(host, step)
        except asyncio.CancelledError:
            host.abandoned(step)
            raise
        finally:
            self._scheduler.ended(host, now=self._now())
            self._changed.set()

    async def _resolve(self, host: Host, step: Resolve) -> None:
        got = await self._transport.resolve(step.authority)
        first = got if isinstance(got, Failure) else got[0]
        address = host.resolved(first, now=self._now())
        if address is not None:
            self._report.claims.append(Claim(host.id, address, host.visits))
        self._urgent.set()

    async def _get_robots(self, host: Host, step: GetRobots) -> None:
        async with self._get(
            step.url, {}, most_bytes=self._limits.robots_bytes, or_its_beginning=True
        ) as got:
            host.got_robots(got, now=self._now())
        self._report.paced.append((host.id, host.interval))
        self._urgent.set()

    async def _get_page(self, host: Host, step: GetPage) -> None:
        due = step.due
        headers = _validators(due)
        if not host.queue:
            # Probably the last one: thousands of hosts with a page each would leave as many connections open.
            headers["Connection"] = "close"
        async with self._get(due.url, headers, most_bytes=self._limits.body_bytes) as got:
            outcome = outcome_of(due, got, limits=self._limits, now=self._now())
            if outcome.kind is Kind.PAGE and isinstance(got, Answer):
                content = await self._parsing.read(
                    due, got, mentions=self._limits.mentions, with_links=outcome.links_wanted
                )
                outcome = outcome_of_page(due, outcome, content, limits=self._limits)
        await self._until_links_are_taken()
        now = self._now()
        if outcome.links or outcome.target is not None or outcome.kind is Kind.NOT_MODIFIED:
            self._follow(host, due, outcome, now=now)
        ended = host.finished(step, outcome, now=now)
        if isinstance(ended, Result):
            self._finish(ended)
        else:
            self._report.again.append(ended)
            self._tally.retries[outcome.kind] += 1
            host.expect_more()
        if not host.queue:
            # It starves until the frontier hears of this.
            self._urgent.set()

    @asynccontextmanager
    async def _get(
        self, url: str, headers: Mapping[str, str], *, most_bytes: int, or_its_beginning: bool = False
    ) -> AsyncIterator[Answer | Failure]:
        self._tally.requests += 1
        asked = self._transport.get(
            url, headers=headers, most_bytes=most_bytes, or_its_beginning=or_its_beginning
        )
        async with asked as got:
            if isinstance(got, Answer):
                self._tally.statuses[got.status] += 1
                self._tally.bytes += len(got.body)
            yield got

    @property
    def _is_behind(self) -> bool:
        return len(self._report.found) > _MOST_FOUND

    async def _until_links_are_taken(self) -> None:
        while self._is_behind:
            self._urgent.set()
            await self._are_taken.wait()

    def _follow(self, host: Host, due: Due, outcome: Outcome, *, now: float) -> None:
        """Add what a page links to, or a redirect leads to."""
        host.expect_more()
        if outcome.kind is Kind.REDIRECT and outcome.target is not None:
            if is_followed(due, outcome.target):
                self._report.found.append(redirected(due, outcome.target, now=now))
            return
        if len(self._recent) > _RECENT:
            self._recent.clear()
        recent = self._recent
        for link in outcome.links:
            if link.key not in recent:
                recent.add(link.key)
                self._report.found.append(linked(due, link, now=now))

    def _finish(self, result: Result) -> None:
        outcome = replace(result.outcome, links=[]) if result.outcome.links else result.outcome
        self._report.results.append(Result(result.due, outcome))
        self._tally.outcomes[outcome.kind] += 1
        if len(self._report.results) >= _FULL_REPORT:
            self._urgent.set()

    async def _exchange_reports(self) -> None:
        """Report to the frontier and take its supply, at short intervals, until nothing is left."""
        loop = asyncio.get_running_loop()
        while not self._is_over:
            now = self._now()
            self._scheduler.ask(self._report, now=now)
            report, self._report = self._report, Report()
            self._are_taken.set()
            self._are_taken.clear()
            supply = await loop.run_in_executor(self._disk, partial(self._frontier.exchange, report, now=now))
            self._supplied(report, supply, now=now)
            self._is_over = self._is_over or self._is_at_its_end(supply)
            self._changed.set()
            if not self._is_over:
                await self._pause(supply)

    def _supplied(self, report: Report, supply: Supply, *, now: float) -> None:
        scheduler, tally = self._scheduler, self._tally
        for release in report.releases:
            # Its addresses are looked up again at the next lease.
            self._transport.forget(release.authority)
        scheduler.fence = now + _FENCE_SECONDS
        scheduler.supplied(report, supply, now=self._now())
        tally.left, tally.hosts = supply.left, len(scheduler.hosts)
        tally.dropped += supply.dropped
        if supply.results:
            self._sink(supply.results)

    def _is_at_its_end(self, supply: Supply) -> bool:
        if self._scheduler.hosts or supply.leases or self._is_reporting or self._scheduler.is_stopping:
            return False
        if supply.left == 0:
            return True
        self.left_for_later = supply.left
        soon = self._now() + self._limits.longest_wait
        return not supply.others and (supply.next_due is None or supply.next_due > soon)

    @property
    def _is_reporting(self) -> bool:
        report = self._report
        return bool(report.results or report.again or report.found or report.releases)

    async def _pause(self, supply: Supply) -> None:
        """Wait for the next report: briefly while there is work, longer while everything waits."""
        is_busy = self._is_reporting or self._scheduler.in_flight or supply.leases
        await asyncio.sleep(_LEAST_SECONDS)
        if not self._scheduler.in_flight and self._scheduler.has_something_to_ask():
            return
        timer = asyncio.get_running_loop().call_later(
            _REPORT_SECONDS if is_busy else _IDLE_SECONDS, self._urgent.set
        )
        await self._urgent.wait()
        self._urgent.clear()
        timer.cancel()

    async def _watch_lag(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _LAG_SECONDS
            await asyncio.sleep(_LAG_SECONDS)
            self._tally.lag.add(max(0.0, loop.time() - due))

    def _leave(self) -> None:
        """Give everything back. Runs where nothing else does any more, so it may wait for the disk."""
        now = self._now()
        self._scheduler.give_all_back(self._report, now=now)
        supply = self._frontier.leave(self._report, now=now)
        self._tally.left = supply.left
        self._tally.in_flight = self._tally.hosts = 0
        if supply.results:
            self._sink(supply.results)


def _first(group: BaseExceptionGroup[KeepwellError | OSError]) -> KeepwellError | OSError:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _validators(due: Due) -> dict[str, str]:
    headers = {}
    if due.etag:
        headers["If-None-Match"] = due.etag
    if due.last_modified:
        headers["If-Modified-Since"] = due.last_modified
    return headers
