"""Which host's turn it is. Pure: it decides, and the crawler does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import count

from keepwell.crawl.engine.host import Host
from keepwell.crawl.engine.pace import BURST_SECONDS
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
    """The bucket of an address, and the hosts that are there."""

    __slots__ = ("bucket", "hosts")

    def __init__(self, bucket: LeakyBucket) -> None:
        self.bucket = bucket
        self.hosts: set[int] = set()


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
        at_hand = min(_MOST_AT_HAND, max(_LEAST_AT_HAND, _AT_HAND_OF_ALL // max(1, len(self.hosts))))
        for host in list(self.hosts.values()):
            if self._is_idle(host, now):
                self._give_back(host, report, now=now)
            elif host.wants_more and len(host.queue) < at_hand // 2 and not self.is_stopping:
                report.wanted.append(host.ask(at_hand - len(host.queue)))
        if not self.is_stopping:
            report.hosts = max(0, min(self._most_hosts - len(self.hosts), _LEASED_AT_ONCE))

    def has_something_to_ask(self) -> bool:
        """Whether a host waits for the frontier, or can be given back."""
        return any(host.is_done or host.wants_more for host in self.hosts.values())

    def give_all_back(self, report: Report, *, now: float) -> None:
        """Add the release of every host to `report`."""
        for host in list(self.hosts.values()):
            self._give_back(host, report, now=now)

    def supplied(self, report: Report, supply: Supply, *, now: float) -> None:
        """Take what the frontier answered to `report`."""
        if supply.has_lost_all:
            self.hosts.clear()
            self._addresses.clear()
        for wanted in report.wanted:
            self._filled(wanted, supply.due.get(wanted.host, []), now=now)
        for claim in report.claims:
            host = self.hosts.get(claim.host)
            if host is None:
                continue
            ready_at = supply.claims.get(claim.host)
            if ready_at is None:
                self._forget(host)
                continue
            host.claimed(claim.address, self._bucket_of(claim.address, host, ready_at), now=now)
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
        host.fill(rows, wanted)
        self._schedule(host, now)

    def _leased(self, leases: Sequence[Lease], *, now: float) -> None:
        for lease in leases:
            host = self.hosts[lease.id] = Host(lease, limits=self._limits, now=now)
            self._schedule(host, now)

    def _bucket_of(self, name: str, host: Host, ready_at: float) -> LeakyBucket:
        address = self._addresses.get(name)
        if address is None:
            rate = self._limits.address_rate
            bucket = LeakyBucket(rate, burst=max(1.0, rate * BURST_SECONDS), theoretical_arrival=ready_at)
            address = self._addresses[name] = _Address(bucket)
        address.hosts.add(host.id)
        return address.bucket

    def _is_idle(self, host: Host, now: float) -> bool:
        if host.is_done:
            return True
        return host.is_resting(now + _LONG_WAIT)

    def _give_back(self, host: Host, report: Report, *, now: float) -> None:
        report.releases.append(host.release(now))
        address = self._forget(host)
        if address is not None and host.address is not None:
            report.address_releases[host.address] = address.bucket.theoretical_arrival

    def _forget(self, host: Host | None) -> _Address | None:
        """Drop the host; the address if it was the last there."""
        if host is None or self.hosts.pop(host.id, None) is None or host.address is None:
            return None
        address = self._addresses[host.address]
        address.hosts.discard(host.id)
        if address.hosts:
            return None
        return self._addresses.pop(host.address)
