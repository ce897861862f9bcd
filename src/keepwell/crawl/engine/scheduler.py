"""Which host's turn it is. Pure: it decides, and the crawler does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import count

from keepwell.crawl.engine.host import Host
from keepwell.crawl.engine.pace import BURST_SECONDS, Pace
from keepwell.crawl.engine.steps import Finish, Step, Wait
from keepwell.crawl.frontier.model import Lease, Report, Supply, Wanted
from keepwell.crawl.metrics import Tally
from keepwell.crawl.model import Due, Limits
from keepwell.crawl.politeness.leaky_bucket import LeakyBucket

# So many of a host's URLs are kept at hand, and fewer if there are many hosts; with less than half, the frontier is asked.
_MOST_AT_HAND = 64
_LEAST_AT_HAND = 4
_AT_HAND_OF_ALL = 16_000
# A host that waits longer is given back meanwhile.
_LONG_WAIT = 20.0
_MOST_HOSTS_PER_CONNECTION = 5
_MOST_HOSTS = 2_000
_LEASED_AT_ONCE = 200


class _Address:
    """The bucket of an address, the hosts that ask there, and the pace of each host that was visited there."""

    __slots__ = ("bucket", "hosts", "visited")

    def __init__(self, bucket: LeakyBucket) -> None:
        self.bucket = bucket
        self.hosts: set[int] = set()
        self.visited: dict[str, Pace] = {}

    def ready_at(self, now: float) -> float:
        """When another process may ask there; it knows nothing of the visits."""
        return max([self.bucket.theoretical_arrival, *(pace.token_at(now) for pace in self.visited.values())])


class Scheduler:
    """The leased hosts, in the order in which they may be asked."""

    def __init__(self, limits: Limits, tally: Tally) -> None:
        self.hosts: dict[int, Host] = {}
        self.in_flight = 0
        self.is_stopping = False
        # After this time the lease is no longer certain, so nothing is asked.
        self.fence = float("inf")
        self._limits = limits
        self._tally = tally
        self._addresses: dict[str, _Address] = {}
        # Those that were left since the last report.
        self._left: dict[str, float] = {}
        self._turns: list[tuple[float, int, int]] = []
        self._numbers = count()
        self._most_hosts = min(_MOST_HOSTS, max(20, limits.connections * _MOST_HOSTS_PER_CONNECTION))

    def take(self, now: float) -> Iterator[Step]:
        """Everything that may be done now."""
        while self._turns and self._turns[0][0] <= now and self._may_ask(now):
            host = self.hosts.get(heappop(self._turns)[2])
            if host is None:
                continue
            host.is_scheduled = False
            step = host.next(now)
            if step is None:
                continue
            if isinstance(step, Wait):
                self._tally.waited[step.cause.value] += step.until - now
                self._schedule(host, step.until)
                continue
            self._schedule(host, now)
            if not isinstance(step, Finish):
                self.in_flight += 1
            yield step

    def wake_at(self, now: float) -> float | None:
        """When the next host's turn is; None if something must end or be supplied first."""
        return self._turns[0][0] if self._turns and self._may_ask(now) else None

    def ended(self, host: Host, *, now: float) -> None:
        """A step of the host has ended, so it may have another turn."""
        self.in_flight -= 1
        self._schedule(host, now)

    def ask(self, report: Report, *, now: float) -> None:
        """Add to `report` what the scheduler wants, and the hosts that it gives back."""
        self._report_left(report)
        at_hand = min(_MOST_AT_HAND, max(_LEAST_AT_HAND, _AT_HAND_OF_ALL // max(1, len(self.hosts))))
        for host in list(self.hosts.values()):
            if self._is_idle(host, now):
                self._give_back(host, report, now=now)
            elif host.wants_more and len(host.queue) < at_hand // 2 and not self.is_stopping:
                report.wanted.append(host.queue.ask(at_hand - len(host.queue), named_only=host.is_full))
        if not self.is_stopping:
            report.hosts = max(0, min(self._most_hosts - len(self.hosts), _LEASED_AT_ONCE))

    def has_something_to_ask(self) -> bool:
        """Whether a host waits for the frontier, or can be given back."""
        return any(host.is_done or host.wants_more for host in self.hosts.values())

    def give_all_back(self, report: Report, *, now: float) -> None:
        """Add the release of every host to `report`."""
        self._report_left(report)
        for host in list(self.hosts.values()):
            self._give_back(host, report, now=now)

    def supplied(self, report: Report, supply: Supply, *, now: float) -> None:
        """Take what the frontier answered to `report`."""
        if supply.has_lost_all:
            self.hosts.clear()
            self._addresses.clear()
            self._left.clear()
        for wanted in report.wanted:
            self._filled(wanted, supply.due.get(wanted.host, []), now=now)
        for claim in report.claims:
            host = self.hosts.get(claim.host)
            if host is None:
                continue
            ready_at = supply.claims.get(claim.host)
            if ready_at is None:
                host.refuse()
                continue
            self._move(host, claim.address, ready_at=ready_at, now=now)
            address = self._addresses[claim.address]
            shared = address.visited.get(host.visits or host.authority)
            if host.visits is not None and shared is None:
                shared = self._pace_of(host.visits, ready_at=supply.visits[claim.host], now=now)
                address.visited[host.visits] = shared
            host.claimed(claim.address, address.bucket, now=now, shared=shared)
            self._schedule(host, now)
        self._leased(supply.leases, now=now)

    def _may_ask(self, now: float) -> bool:
        return self.in_flight < self._limits.connections and not self.is_stopping and now < self.fence

    def _schedule(self, host: Host, at: float) -> None:
        if not host.is_scheduled:
            host.is_scheduled = True
            heappush(self._turns, (at, next(self._numbers), host.id))

    def _filled(self, wanted: Wanted, rows: Sequence[Due], *, now: float) -> None:
        host = self.hosts.get(wanted.host)
        if host is None:
            return
        host.queue.fill(rows, wanted)
        self._schedule(host, now)

    def _leased(self, leases: Sequence[Lease], *, now: float) -> None:
        for lease in leases:
            host = self.hosts[lease.id] = Host(lease, limits=self._limits, now=now)
            self._schedule(host, now)

    def _move(self, host: Host, name: str, *, ready_at: float, now: float) -> None:
        """Have the host ask at the address `name`, and no more where it asked before."""
        if name not in self._addresses:
            rate = self._limits.address_rate
            ready_at = max(ready_at, self._left.pop(name, 0.0))
            self._addresses[name] = _Address(
                LeakyBucket(rate, burst=max(1.0, rate * BURST_SECONDS), theoretical_arrival=ready_at)
            )
        self._addresses[name].hosts.add(host.id)
        if host.address not in {None, name}:
            self._leave(host, self._left, now=now)

    def _leave(self, host: Host, left: dict[str, float], *, now: float) -> None:
        """Have the host ask no more where it did; an address where no host asks is one that was left."""
        if host.address is None:
            return
        address = self._addresses[host.address]
        address.hosts.discard(host.id)
        if not address.hosts:
            left[host.address] = self._addresses.pop(host.address).ready_at(now)

    def _report_left(self, report: Report) -> None:
        report.address_releases.update(self._left)
        self._left.clear()

    def _pace_of(self, authority: str, *, ready_at: float, now: float) -> Pace:
        """The pace of a host that another one visits: its own if this process has leased it."""
        leased = (host.pace for host in self.hosts.values() if host.authority == authority)
        return next(leased, None) or Pace(self._limits.rate, ready_at=ready_at, now=now)

    def _is_idle(self, host: Host, now: float) -> bool:
        if host.is_done:
            return True
        return host.is_resting(now + _LONG_WAIT)

    def _give_back(self, host: Host, report: Report, *, now: float) -> None:
        report.releases.append(host.release(now))
        del self.hosts[host.id]
        self._leave(host, report.address_releases, now=now)
