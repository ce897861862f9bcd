"""The turns of hosts: in time, within the limits, and never without a lease."""

from __future__ import annotations

from keepwell.crawl.engine.scheduler import Scheduler
from keepwell.crawl.engine.steps import GetPage, Resolve
from keepwell.crawl.frontier.model import Claim, Lease, Report, RobotsFile, Supply
from keepwell.crawl.metrics import Tally
from keepwell.crawl.model import Due, Limits

NOW = 100.0
LIMITS = Limits(rate=1.0, address_rate=1_000.0, connections=3)


def scheduler(hosts: int = 2, *, pages: int = 5) -> Scheduler:
    """Hosts that are ready, each with pages at hand."""
    made = Scheduler(LIMITS, Tally())
    robots = RobotsFile(404, b"", NOW)
    leases = [Lease(host, f"{host}.example", robots=robots) for host in range(hosts)]
    made.supplied(Report(), Supply(leases=leases), now=NOW)
    for step in list(made.take(NOW)):
        assert isinstance(step, Resolve)
        host = made.hosts[step.host]
        host.resolved("192.0.2.1", now=NOW)
        made.ended(host, now=NOW)
    claims = [Claim(host, "192.0.2.1") for host in range(hosts)]
    made.supplied(Report(claims=claims), Supply(claims=dict.fromkeys(range(hosts), 0.0)), now=NOW)
    report = Report()
    made.ask(report, now=NOW)
    due = {
        host: [
            Due(key=host * 100 + number, url=f"http://{host}.example/{number}", depth=0, host=host)
            for number in range(pages)
        ]
        for host in range(hosts)
    }
    made.supplied(report, Supply(due=due), now=NOW)
    return made


def hosts_of(made: Scheduler, now: float) -> list[int]:
    steps = list(made.take(now))
    assert all(isinstance(step, GetPage) for step in steps)
    return [step.due.host for step in steps if isinstance(step, GetPage)]


def test_hosts_take_turns_at_their_rates() -> None:
    made = scheduler()
    assert sorted(hosts_of(made, NOW)) == [0, 1]
    assert made.wake_at(NOW) == NOW + 1
    assert len(hosts_of(made, NOW + 1)) == 1  # The third connection.
    assert made.wake_at(NOW + 1) is None


def test_no_connection_is_beyond_the_limit() -> None:
    made = scheduler(hosts=10)
    assert len(hosts_of(made, NOW)) == 3
    assert made.in_flight == 3


def test_nothing_is_asked_once_the_lease_is_uncertain_or_a_stop_was_wanted() -> None:
    made = scheduler()
    made.fence = NOW
    assert hosts_of(made, NOW) == []
    assert made.wake_at(NOW) is None
    made.fence, made.is_stopping = NOW + 9, True
    assert hosts_of(made, NOW) == []


def test_a_process_that_lost_its_leases_asks_nobody() -> None:
    made = scheduler()
    made.supplied(Report(), Supply(has_lost_all=True), now=NOW)
    assert hosts_of(made, NOW + 9) == []
    assert made.hosts == {}


def test_a_host_whose_address_is_anothers_is_dropped() -> None:
    made = scheduler(hosts=1)
    made.supplied(Report(claims=[Claim(0, "192.0.2.9")]), Supply(), now=NOW)
    assert made.hosts == {}


def test_an_address_is_given_back_with_its_last_host() -> None:
    made = scheduler(pages=0)
    report = Report()
    made.ask(report, now=NOW)
    assert [release.id for release in report.releases] == [0, 1]
    assert list(report.address_releases) == ["192.0.2.1"]


def test_more_is_asked_for_before_a_host_has_nothing() -> None:
    made = scheduler(hosts=1, pages=64)
    report = Report()
    made.ask(report, now=NOW)
    assert report.wanted == []
    host = made.hosts[0]
    while len(host.queue) > 31:
        host.queue.popleft()
    made.ask(report, now=NOW)
    assert [(wanted.host, wanted.count) for wanted in report.wanted] == [(0, 33)]
