"""One host's turns, on a clock of the test's own: nothing here is done, only decided."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from keepwell.crawl.engine.host import Host
from keepwell.crawl.engine.pace import Pace
from keepwell.crawl.engine.steps import Cause, Finish, GetPage, GetRobots, Resolve, Wait
from keepwell.crawl.fetch.transport import Answer, Failure
from keepwell.crawl.frontier.model import Lease, RobotsFile
from keepwell.crawl.model import Due, Kind, Limits, Outcome, Result
from keepwell.crawl.politeness.leaky_bucket import LeakyBucket

LIMITS = Limits(rate=1.0, tries=3, connections_per_host=2)
PAGE = Outcome(kind=Kind.PAGE, status=200)
ALL = RobotsFile(200, b"", 0.0)
NOW = 100.0


def due(key: int) -> Due:
    return Due(key=key, url=f"http://a.example/{key}", depth=0, host=7)


def leased(*, limits: Limits = LIMITS, robots: RobotsFile | None = ALL, ready_at: float = 0.0) -> Host:
    return Host(Lease(7, "a.example", ready_at=ready_at, robots=robots), limits=limits, now=NOW)


def ready(
    *, limits: Limits = LIMITS, robots: RobotsFile | None = ALL, pages: int = 9, rate: float = 1_000.0
) -> Host:
    host = leased(limits=limits, robots=robots)
    assert host.next(NOW) == Resolve(7, "a.example")
    assert host.resolved("192.0.2.1", now=NOW) == "192.0.2.1"
    assert host.next(NOW) is None
    host.claimed("192.0.2.1", LeakyBucket(rate, burst=1), now=NOW)
    host.queue.fill([due(number) for number in range(pages)], host.queue.ask(64))
    return host


def page(host: Host, now: float) -> GetPage:
    step = host.next(now)
    assert isinstance(step, GetPage)
    return step


def answer(status: int, body: bytes = b"") -> Answer:
    return Answer(status, {}, body, 0.1)


def test_pages_come_at_the_hosts_rate() -> None:
    host = ready()
    page(host, NOW)
    assert host.next(NOW) == Wait(NOW + 1, Cause.RATE)
    page(host, NOW + 1)


def test_an_address_that_is_busy_is_waited_for() -> None:
    host = ready(rate=0.1)
    page(host, NOW)
    assert host.next(NOW + 1) == Wait(NOW + 10, Cause.ADDRESS)


def test_no_more_requests_are_under_way_than_allowed() -> None:
    host = ready()
    page(host, NOW)
    step = page(host, NOW + 1)
    assert host.next(NOW + 2) is None
    host.finished(step, PAGE, now=NOW + 3)
    page(host, NOW + 3)


def test_robots_txt_is_asked_first_and_counts_as_a_request() -> None:
    host = ready(robots=None)
    assert host.next(NOW) == GetRobots(7, "http://a.example/robots.txt", NOW)
    host.got_robots(answer(200, b"User-agent: *\nDisallow: /0\nCrawl-delay: 5"), now=NOW + 0.5)
    forbidden = host.next(NOW + 0.5)
    assert isinstance(forbidden, Finish)
    assert forbidden.result.outcome.kind is Kind.FORBIDDEN_BY_ROBOTS
    assert host.next(NOW + 0.5) == Wait(NOW + 5.5, Cause.CRAWL_DELAY)
    page(host, NOW + 5.5)
    assert host.next(NOW + 6) == Wait(NOW + 10.5, Cause.CRAWL_DELAY)


def redirect(url: str) -> Answer:
    return Answer(301, {"Location": url}, b"", 0.1)


def test_a_redirect_of_robots_txt_waits_for_the_hosts_turn() -> None:
    host = ready(robots=None)
    assert isinstance(host.next(NOW), GetRobots)
    host.got_robots(redirect("https://a.example/r"), now=NOW)
    assert host.next(NOW) == Wait(NOW + 1, Cause.RATE)
    assert host.next(NOW + 1) == GetRobots(7, "https://a.example/r", NOW + 1)
    host.got_robots(answer(404), now=NOW + 1)
    page(host, NOW + 2)


def test_a_robots_txt_at_another_host_is_asked_at_its_address_and_pace_and_counts_here() -> None:
    host = ready(robots=None)
    assert isinstance(host.next(NOW), GetRobots)
    host.got_robots(redirect("http://b.example/r"), now=NOW)
    assert host.next(NOW) == Resolve(7, "b.example")
    assert host.resolved("192.0.2.2", now=NOW) == "192.0.2.2"
    there = Pace(1.0, ready_at=NOW + 3, now=NOW)
    host.claimed("192.0.2.2", LeakyBucket(0.1, burst=1, theoretical_arrival=NOW), now=NOW, shared=there)
    assert host.next(NOW + 1) == Wait(NOW + 3, Cause.RATE)
    # Another process goes on from there.
    kept = host.release(NOW + 1).robots
    assert leased(robots=kept).next(NOW + 1) == Resolve(7, "b.example")
    assert host.next(NOW + 3) == GetRobots(7, "http://b.example/r", NOW + 3)
    assert there.ready_at(NOW + 3) == NOW + 4
    host.got_robots(answer(200, b"User-agent: *\nDisallow: /0"), now=NOW + 3)
    assert host.next(NOW + 3) == Resolve(7, "a.example")
    host.resolved("192.0.2.1", now=NOW + 3)
    host.claimed("192.0.2.1", LeakyBucket(1_000.0, burst=1), now=NOW + 3)
    assert isinstance(host.next(NOW + 3), Finish)
    page(host, NOW + 4)


def test_there_is_no_robots_txt_after_five_redirects() -> None:
    host = ready(robots=None)
    for number in range(6):
        assert isinstance(host.next(NOW + number), GetRobots)
        host.got_robots(redirect(f"/{number}"), now=NOW + number)
    page(host, NOW + 6)


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (Kind.NO_SUCH_HOST, Kind.ROBOTS_UNREACHABLE),
        (Kind.ADDRESS_REFUSED, Kind.ADDRESS_REFUSED),
        (Kind.NOT_ASKED, Kind.NOT_ASKED),
    ],
)
def test_a_host_whose_robots_txt_leads_nowhere_is_not_dead(failure: Kind, kind: Kind) -> None:
    host = ready(robots=None, limits=replace(LIMITS, tries=1))
    assert isinstance(host.next(NOW), GetRobots)
    host.got_robots(redirect("http://gone.example/robots.txt"), now=NOW)
    assert host.next(NOW) == Resolve(7, "gone.example")
    assert host.resolved(Failure(failure, "no"), now=NOW) is None
    # What is kept is no robots.txt, and the host itself is asked again for the other scheme.
    assert host.release(NOW).robots is None
    assert host.next(NOW) == Resolve(7, "a.example")
    host.resolved("192.0.2.1", now=NOW)
    host.claimed("192.0.2.1", LeakyBucket(1_000.0, burst=1), now=NOW)
    ended = host.next(NOW + 1)
    assert isinstance(ended, Finish)
    assert (ended.result.outcome.kind, ended.result.outcome.reason) == (kind, "robots.txt: no")


def test_robots_txt_of_yesterday_is_asked_for_again() -> None:
    host = ready(robots=replace(ALL, at=NOW - 90_000))
    assert isinstance(host.next(NOW), GetRobots)


@pytest.mark.parametrize("got", [answer(503), Failure(Kind.UNREACHABLE, "no connection")])
def test_robots_txt_that_fails_is_tried_again_and_then_ends_every_url(got: Answer | Failure) -> None:
    host = ready(robots=None)
    for now in (NOW, NOW + 2, NOW + 8):
        assert isinstance(host.next(now), GetRobots)
        host.got_robots(got, now=now)
    ends = [host.next(NOW + 20) for _ in range(9)]
    assert all(isinstance(each, Finish) for each in ends)
    assert host.next(NOW + 20) is None


def test_an_address_inside_ends_every_url_at_once() -> None:
    host = leased()
    host.next(NOW)
    assert host.resolved(Failure(Kind.ADDRESS_REFUSED, "inside"), now=NOW) is None
    host.queue.fill([due(1)], host.queue.ask(64))
    end = host.next(NOW)
    assert isinstance(end, Finish)
    assert end.result.outcome.kind is Kind.ADDRESS_REFUSED


def test_a_failure_that_passes_is_due_again_later_and_final_after_the_last_try() -> None:
    host = ready()
    error = Outcome(kind=Kind.SERVER_ERROR, status=500)
    again = host.finished(page(host, NOW), error, now=NOW)
    assert isinstance(again, Due)
    assert (again.tries, again.due_at) == (1, NOW + 2)
    last = host.finished(GetPage(replace(again, tries=2), NOW), error, now=NOW)
    assert isinstance(last, Result)


def test_a_storm_is_one_strike_and_stops_the_host() -> None:
    host = ready()
    storm = Outcome(kind=Kind.THROTTLED, status=429, retry_after=60.0)
    one, two = page(host, NOW), page(host, NOW + 1)
    first = host.finished(one, storm, now=NOW + 2)
    second = host.finished(two, storm, now=NOW + 3)
    assert isinstance(first, Due)
    assert isinstance(second, Due)
    # The second one was under way when the first was answered.
    assert first.due_at == second.due_at == NOW + 62
    assert (first.tries, host.release(NOW + 3).strikes) == (0, 1)
    assert host.next(NOW + 3) == Wait(NOW + 62, Cause.BACKOFF)
    assert host.is_resting(NOW + 20)
    assert host.release(NOW + 3).ready_at == NOW + 62


def test_a_host_that_wants_a_pause_of_years_is_given_up() -> None:
    host = ready()
    done = host.finished(page(host, NOW), Outcome(kind=Kind.THROTTLED, status=429, retry_after=1e9), now=NOW)
    assert isinstance(done, Result)
    # The URLs that it still has are not kept for a time that never comes.
    assert not host.is_resting(NOW + 20)
    assert isinstance(host.next(NOW + 1), Finish)
    assert host.release(NOW).ready_at == NOW + 86_400


def test_a_pause_that_robots_txt_asks_for_is_kept() -> None:
    host = ready(robots=None)
    assert isinstance(host.next(NOW), GetRobots)
    host.got_robots(Answer(503, {"Retry-After": "60"}, b"", 0.0), now=NOW)
    assert host.next(NOW + 2) == Wait(NOW + 60, Cause.BACKOFF)
    assert isinstance(host.next(NOW + 60), GetRobots)


def test_a_release_says_when_the_next_request_may_come() -> None:
    host = ready()
    step = page(host, NOW)
    host.finished(step, PAGE, now=NOW)
    assert host.release(NOW).ready_at == NOW + 1
    # And the next lease keeps to it.
    later = leased(ready_at=NOW + 1)
    later.next(NOW)
    later.resolved("192.0.2.1", now=NOW)
    later.claimed("192.0.2.1", LeakyBucket(1_000.0, burst=1), now=NOW)
    later.queue.fill([due(1)], later.queue.ask(64))
    assert later.next(NOW) == Wait(NOW + 1, Cause.RATE)


def test_a_host_that_is_never_reached_is_given_up() -> None:
    host = ready(limits=replace(LIMITS, rate=1_000.0, connections_per_host=99), pages=40)
    outcomes = []
    for second in range(13):
        step = page(host, NOW + second)
        outcomes.append(host.finished(step, Outcome(kind=Kind.UNREACHABLE), now=NOW + second))
    assert isinstance(host.next(NOW + 20), Finish)


def test_a_host_is_done_when_the_frontier_has_no_more_and_heard_of_none() -> None:
    host = ready(pages=0)
    assert host.is_done
    wanted = host.queue.ask(64)
    host.expect_more()
    host.queue.fill([], wanted)
    assert not host.is_done
    assert host.wants_more


def test_what_was_cut_short_is_not_held_any_more() -> None:
    host = ready()
    step = page(host, NOW)
    host.abandoned(step)
    assert step.due.key not in host.queue.ask(1).held
    assert host.in_flight == 0


def test_pages_by_http_are_read_where_https_does_not_answer() -> None:
    host = ready(limits=replace(LIMITS, tries=1), robots=None, pages=0)
    host.queue.fill([replace(due(1), url="https://a.example/"), due(2)], host.queue.ask(64))
    assert host.next(NOW) == GetRobots(7, "https://a.example/robots.txt", NOW)
    host.got_robots(Failure(Kind.UNREACHABLE, "refused"), now=NOW)
    ended = host.next(NOW)
    assert isinstance(ended, Finish)
    assert ended.result.due.key == 1
    assert host.next(NOW + 1) == GetRobots(7, "http://a.example/robots.txt", NOW + 1)
    host.got_robots(answer(404), now=NOW + 1)
    assert page(host, NOW + 2).due.key == 2
