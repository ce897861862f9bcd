"""The turns of hosts: in time, within the limits, and never without a lease."""

from __future__ import annotations

from keepwell.crawl.engine.scheduler import Scheduler
from keepwell.crawl.engine.steps import GetPage, GetRobots, Resolve
from keepwell.crawl.fetch.transport import Answer
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


def test_a_host_whose_address_is_anothers_is_given_back() -> None:
    made = scheduler(hosts=1)
    made.supplied(Report(claims=[Claim(0, "192.0.2.9")]), Supply(), now=NOW)
    assert hosts_of(made, NOW) == []
    report = Report()
    made.ask(report, now=NOW)
    assert made.hosts == {}
    assert [release.id for release in report.releases] == [0]
    assert list(report.address_releases) == ["192.0.2.1"]


VISITORS = (20, 21)


def visitors(made: Scheduler, target: str, *, ready_at: float = 0.0) -> None:
    """Lease two hosts whose robots.txt is at `target`, which has the address 192.0.2.9."""
    file = RobotsFile.after(1, target, now=NOW)
    leases = [Lease(host, f"{host}.example", robots=file) for host in VISITORS]
    made.supplied(Report(), Supply(leases=leases), now=NOW)
    claims = []
    for step in list(made.take(NOW)):
        assert isinstance(step, Resolve)
        host = made.hosts[step.host]
        assert step.authority == host.visits
        host.resolved("192.0.2.9", now=NOW)
        made.ended(host, now=NOW)
        claims.append(Claim(host.id, "192.0.2.9", visits=host.visits))
    supply = Supply(claims=dict.fromkeys(VISITORS, 0.0), visits=dict.fromkeys(VISITORS, ready_at))
    made.supplied(Report(claims=claims), supply, now=NOW)
    for number in VISITORS:
        host = made.hosts[number]
        host.queue.fill(
            [Due(key=number, url=f"http://{number}.example/", depth=0, host=number)], host.queue.ask(64)
        )


def robots_of(made: Scheduler, now: float) -> list[GetRobots]:
    steps = list(made.take(now))
    assert all(isinstance(step, GetRobots) for step in steps)
    return [step for step in steps if isinstance(step, GetRobots)]


def test_hosts_whose_robots_txt_is_at_one_other_host_ask_there_at_its_pace() -> None:
    made = Scheduler(LIMITS, Tally())
    visitors(made, "http://9.example/r", ready_at=NOW + 5)
    assert robots_of(made, NOW) == []
    (first,) = robots_of(made, NOW + 5)
    assert first.url == "http://9.example/r"
    assert robots_of(made, NOW + 5.9) == []
    (second,) = robots_of(made, NOW + 6)
    assert {first.host, second.host} == set(VISITORS)
    # So does the host itself once it is leased.
    made.supplied(Report(), Supply(leases=[Lease(9, "9.example")]), now=NOW + 6)
    list(made.take(NOW + 6))
    made.hosts[9].resolved("192.0.2.9", now=NOW + 6)
    made.ended(made.hosts[9], now=NOW + 6)
    made.supplied(Report(claims=[Claim(9, "192.0.2.9")]), Supply(claims={9: 0.0}), now=NOW + 6)
    made.hosts[9].queue.fill(
        [Due(key=9, url="http://9.example/", depth=0, host=9)], made.hosts[9].queue.ask(1)
    )
    assert robots_of(made, NOW + 6.9) == []
    assert [step.host for step in robots_of(made, NOW + 7)] == [9]


def test_a_visit_to_a_host_that_is_leased_takes_from_its_own_bucket() -> None:
    made = scheduler(hosts=1)
    assert hosts_of(made, NOW) == [0]
    visitors(made, "http://0.example/r")
    assert list(made.take(NOW + 0.9)) == []
    assert len(list(made.take(NOW + 1))) == 1


def test_an_address_that_was_left_is_given_back_and_not_asked_soon_after_a_visit() -> None:
    made = Scheduler(LIMITS, Tally())
    visitors(made, "http://9.example/r")
    (step,) = robots_of(made, NOW)
    host = made.hosts[step.host]
    host.got_robots(Answer(404, {}, b"", 0.1), now=NOW)
    made.ended(host, now=NOW)
    made.hosts[sum(VISITORS) - host.id].refuse()
    made.ask(Report(), now=NOW)
    assert list(made.take(NOW)) == [Resolve(host.id, host.authority)]
    host.resolved("192.0.2.1", now=NOW)
    made.ended(host, now=NOW)
    made.supplied(Report(claims=[Claim(host.id, "192.0.2.1")]), Supply(claims={host.id: 0.0}), now=NOW)
    report = Report()
    made.ask(report, now=NOW)
    assert report.address_releases == {"192.0.2.9": NOW + 1}
    assert hosts_of(made, NOW + 1) == [host.id]


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
        host.queue.take()
    made.ask(report, now=NOW)
    assert [(wanted.host, wanted.count) for wanted in report.wanted] == [(0, 33)]
