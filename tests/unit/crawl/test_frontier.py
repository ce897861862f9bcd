"""The frontier's file: what is due comes once, and only one process may ask a host or an address."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from keepwell.crawl.accounts.readings import readings_of
from keepwell.crawl.frontier.kept.store import kept_results
from keepwell.crawl.frontier.leases.store import LEASE_SECONDS
from keepwell.crawl.frontier.model import Claim, Lease, Release, Report, Wanted
from keepwell.crawl.frontier.store import Frontier
from keepwell.crawl.model import Due, Facts, Kind, Outcome, Result
from keepwell.crawl.pages.urls import key_of
from keepwell.platform.errors import CorruptData, DataValidationError, Unavailable

NOW = 1_000.0
Opened = Callable[[str], Frontier]


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Opened]:
    opened: list[Frontier] = []

    def opens(owner: str) -> Frontier:
        # Another machine's, so that nobody looks for its process.
        opened.append(Frontier(tmp_path / "f.db", owner=f"elsewhere.invalid/{owner}/x"))
        return opened[-1]

    yield opens
    for each in opened:
        each.close()


def leases(frontier: Frontier, *, now: float = NOW) -> list[Lease]:
    return frontier.exchange(Report(hosts=10), now=now).leases


def due(
    frontier: Frontier, lease: Lease, *, now: float = NOW, held: frozenset[int] = frozenset()
) -> list[Due]:
    return frontier.exchange(Report(wanted=[Wanted(lease.id, held, 10)]), now=now).due[lease.id]


def release(lease: Lease, *, ready_at: float = 0.0, is_full: bool = False) -> Release:
    return Release(
        id=lease.id, authority=lease.authority, ready_at=ready_at, interval=1.0, pages=0, is_full=is_full
    )


def test_a_url_is_due_once_and_leaves_when_it_is_done(frontier: Opened) -> None:
    one = frontier("1")
    one.begin(["http://a.example/", "http://a.example/", "http://a.example/b"], now=NOW)
    (lease,) = leases(one)
    first, second = due(one, lease)
    assert due(one, lease, held=frozenset({first.key})) == [second]
    done = Report(results=[Result(first, Outcome(kind=Kind.PAGE, status=200))], found=[first])
    assert one.exchange(done, now=NOW).left == 1
    assert due(one, lease) == [second]


def test_what_is_nearer_comes_first_and_what_is_due_later_does_not_come_yet(frontier: Opened) -> None:
    one = frontier("1")
    one.begin(["http://a.example/"], now=NOW)
    (lease,) = leases(one)
    (seed,) = due(one, lease)
    deep = Due(key=1, url="http://a.example/deep", depth=2, priority=2, due_at=NOW, was_due_at=NOW)
    near = Due(key=2, url="http://a.example/near", depth=1, priority=1, due_at=NOW, was_due_at=NOW)
    again = Due(**{**{name: getattr(seed, name) for name in seed.__struct_fields__}, "due_at": NOW + 5})
    one.exchange(Report(found=[deep, near], again=[again]), now=NOW)
    assert [each.key for each in due(one, lease)] == [2, 1]
    assert [each.key for each in due(one, lease, now=NOW + 5)] == [seed.key, 2, 1]


def test_a_host_belongs_to_one_process_until_it_is_given_back(frontier: Opened) -> None:
    one, two = frontier("1"), frontier("2")
    one.begin(["http://a.example/"], now=NOW)
    (lease,) = leases(one)
    assert leases(two) == []
    one.exchange(Report(releases=[release(lease, ready_at=NOW + 5)]), now=NOW)
    assert leases(two) == []
    (taken,) = leases(two, now=NOW + 5)
    assert taken.ready_at == NOW + 5


def test_a_process_that_does_not_report_loses_its_hosts_and_hears_of_it(frontier: Opened) -> None:
    one, two = frontier("1"), frontier("2")
    one.begin(["http://a.example/"], now=NOW)
    (lease,) = leases(one)
    one.exchange(Report(paced=[(lease.id, 30.0)]), now=NOW)
    later = NOW + LEASE_SECONDS + 1
    (taken,) = leases(two, now=later)
    # It may have been asked just before, and wants 30 seconds between two requests.
    assert taken.ready_at == later + 30
    assert one.exchange(Report(), now=later).has_lost_all
    # The other one still has it.
    assert leases(one, now=later) == []
    assert not one.exchange(Report(), now=later).has_lost_all


def test_an_address_belongs_to_one_process_and_its_hosts_follow(frontier: Opened) -> None:
    one, two = frontier("1"), frontier("2")
    one.begin(["http://a.example/"], now=NOW)
    (first,) = leases(one)
    assert one.exchange(Report(claims=[Claim(first.id, "192.0.2.1")]), now=NOW).claims == {first.id: 0.0}
    two.begin(["http://b.example/"], now=NOW)
    (second,) = leases(two)
    assert two.exchange(Report(claims=[Claim(second.id, "192.0.2.1")]), now=NOW).claims == {}
    # Once it is given back, it goes to the process that has the address.
    two.exchange(Report(releases=[release(second)]), now=NOW)
    assert leases(two) == []
    assert [lease.authority for lease in leases(one)] == ["b.example"]
    one.exchange(
        Report(releases=[release(first), release(second)], address_releases={"192.0.2.1": NOW + 3}), now=NOW
    )
    again, _ = leases(two)
    assert two.exchange(Report(claims=[Claim(again.id, "192.0.2.1")]), now=NOW).claims == {again.id: NOW + 3}


def test_a_visit_hears_when_the_host_is_ready(frontier: Opened) -> None:
    one, two = frontier("1"), frontier("2")
    one.begin(["http://a.example/", "http://b.example/"], now=NOW)
    first, second = leases(one)
    two.begin([], now=NOW)
    claim = Claim(first.id, "192.0.2.1", visits="b.example")
    given_back = Report(releases=[release(second, ready_at=NOW + 7)], claims=[claim])
    assert one.exchange(given_back, now=NOW).visits == {first.id: NOW + 7}
    # One that the other process has may have been asked just now; of one that nobody knows, nothing is known.
    assert len(leases(two, now=NOW + 7)) == 1
    assert one.exchange(Report(claims=[claim]), now=NOW + 7).visits == {first.id: NOW + 8}
    unknown = replace(claim, visits="c.example")
    assert one.exchange(Report(claims=[unknown]), now=NOW).visits == {first.id: 0.0}


def test_a_host_at_its_limit_drops_the_links_and_keeps_what_was_named(frontier: Opened) -> None:
    one = frontier("1")
    one.begin(["http://a.example/1", "http://a.example/2"], now=NOW)
    (lease,) = leases(one)
    first, second = due(one, lease)
    links = [replace(first, key=number, depth=1, priority=1) for number in range(5)]
    one.exchange(Report(found=links, results=[Result(first, Outcome(kind=Kind.PAGE))]), now=NOW)
    supply = one.exchange(Report(wanted=[Wanted(lease.id, frozenset(), 10, named_only=True)]), now=NOW)
    assert supply.due[lease.id] == [second]
    supply = one.exchange(Report(releases=[release(lease, is_full=True)]), now=NOW)
    assert (supply.dropped, supply.left) == (5, 1)


def test_an_unfinished_crawl_continues_and_a_finished_one_begins_again(frontier: Opened) -> None:
    one = frontier("1")
    assert not one.begin(["http://a.example/"], now=NOW)
    assert one.begin(["http://a.example/"], now=NOW)
    (lease,) = leases(one)
    (seed,) = due(one, lease)
    page = Outcome(kind=Kind.PAGE, status=200, etag='"1"')
    assert one.leave(Report(results=[Result(seed, page)], releases=[release(lease)]), now=NOW).left == 0
    assert not one.begin(["http://a.example/"], now=NOW)
    (lease,) = leases(one)
    (seed,) = due(one, lease)
    assert seed.etag == '"1"'


def test_the_summary_has_what_another_process_read_since_the_crawl_began(frontier: Opened) -> None:
    one, two = frontier("1"), frontier("2")
    one.begin(["http://a.example/", "http://b.example/", "http://c.example/"], now=NOW)
    for lease in leases(one)[:2]:
        (seed,) = due(one, lease)
        page = Outcome(kind=Kind.PAGE, status=200, facts=Facts(title=lease.authority))
        one.exchange(Report(results=[Result(seed, page)]), now=NOW + lease.id)
    assert two.begin([], now=NOW)
    (result,) = two.results(1)
    assert result.due.url == "http://a.example/"
    assert result.outcome.facts == Facts(title="a.example")
    assert two.websites() == 2


def test_a_crawl_that_begins_again_knows_nothing_of_the_one_before(frontier: Opened) -> None:
    one = frontier("1")
    one.begin(["http://a.example/"], now=NOW)
    (lease,) = leases(one)
    gone = Result(due(one, lease)[0], Outcome(kind=Kind.BROKEN, reason="cut off"))
    one.leave(Report(results=[gone], releases=[release(lease)]), now=NOW)
    assert [result.outcome.reason for result in one.results(9)] == ["cut off"]
    assert not one.begin(["http://a.example/"], now=NOW)
    assert (list(one.results(9)), one.websites()) == ([], 0)


def test_seeds_that_end_in_an_error_leave_nothing_half_done(frontier: Opened) -> None:
    def seeds() -> Iterator[str]:
        yield "http://a.example/"
        raise DataValidationError("Cannot read more.")

    one = frontier("1")
    with pytest.raises(DataValidationError):
        one.begin(seeds(), now=NOW)
    assert not one.begin(["http://a.example/"], now=NOW)
    assert [lease.authority for lease in leases(one)] == ["a.example"]


def test_a_file_that_another_process_is_just_creating_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "frontier.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("begin immediate")
        timer = threading.Timer(0.2, other.execute, ["rollback"])
        timer.start()
        Frontier(path, owner="here/1/one").close()
        timer.join()


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_bytes(b"no database at all " * 100)
    with pytest.raises(CorruptData, match="no frontier"):
        Frontier(tmp_path / "text.db", owner="x/1/x")
    with pytest.raises(Unavailable):
        Frontier(tmp_path / "missing" / "f.db", owner="x/1/x")


def test_a_file_of_another_release_is_refused(tmp_path: Path) -> None:
    Frontier(tmp_path / "f.db", owner="here/1/x").close()
    other = sqlite3.connect(tmp_path / "f.db")
    other.execute("pragma user_version = 99")
    other.close()
    with pytest.raises(CorruptData, match="another release"):
        Frontier(tmp_path / "f.db", owner="x/1/x")


@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path, version: int) -> None:
    with sqlite3.connect(tmp_path / "notes.db") as notes:
        notes.execute("create table notes (text)")
        notes.execute(f"pragma user_version = {version}")
    notes.close()
    before = (tmp_path / "notes.db").read_bytes()
    with pytest.raises(CorruptData, match="another program's"):
        Frontier(tmp_path / "notes.db", owner="here/1/x")
    assert (tmp_path / "notes.db").read_bytes() == before


def test_a_url_that_another_process_has_read_meanwhile_is_not_due_again(frontier: Opened) -> None:
    slow, quick = frontier("slow"), frontier("quick")
    slow.begin(["http://a.example/", "http://a.example/b"], now=NOW)
    (lease,) = leases(slow)
    first, _ = due(slow, lease)
    later = NOW + LEASE_SECONDS + 1
    (taken,) = leases(quick, now=later)
    same, other = due(quick, taken, now=later + 2)
    assert same == first
    quick.exchange(Report(results=[Result(same, Outcome(kind=Kind.PAGE))]), now=later + 2)
    again = replace(first, tries=1, due_at=later + 3)
    assert slow.exchange(Report(again=[again]), now=later + 3).left == 1
    assert due(quick, taken, now=later + 4) == [other]


def test_what_was_read_when_the_clock_was_ahead_is_asked_for_now(frontier: Opened) -> None:
    ahead = NOW + 400 * 86_400.0
    one = frontier("1")
    one.begin(["http://a.example/", "http://a.example/b"], now=ahead)
    (lease,) = leases(one, now=ahead)
    (first, second) = due(one, lease, now=ahead)
    later = replace(second, due_at=ahead + 60)
    one.exchange(Report(results=[Result(first, Outcome(kind=Kind.PAGE))], again=[later]), now=ahead)
    one.exchange(Report(releases=[release(lease, ready_at=ahead + 1)]), now=ahead)
    two = frontier("2")
    assert two.begin(["http://a.example/"], now=NOW)
    (again,) = leases(two)
    assert [each.url for each in due(two, again)] == [second.url]


SHOP, JOBS = "http://a.example/", "http://a.example/jobs"
HIRES = Outcome(kind=Kind.PAGE, status=200, facts=Facts(is_hiring=True))


def read_shop(frontier: Frontier, *, jobs: Outcome | None, now: float) -> None:
    """A crawl of SHOP, which links to JOBS; what comes of that, or None if it ends before."""
    frontier.begin([SHOP], now=now)
    (lease,) = leases(frontier, now=now)
    (first,) = due(frontier, lease, now=now)
    link = Due(key=key_of(JOBS), url=JOBS, depth=1, due_at=now, seed=first.key, parent=first.key)
    done = Result(first, replace(HIRES, facts=Facts()))
    frontier.exchange(Report(results=[done], found=[link]), now=now)
    if jobs is not None:
        (second,) = due(frontier, lease, now=now)
        frontier.exchange(Report(results=[Result(second, jobs)]), now=now)
    frontier.exchange(Report(releases=[release(lease)]), now=now)


@pytest.mark.parametrize(
    ("jobs", "is_hiring"),
    [
        pytest.param(replace(HIRES, facts=Facts()), False, id="read"),
        pytest.param(Outcome(kind=Kind.SERVER_ERROR, status=500), True, id="failed"),
        pytest.param(Outcome(kind=Kind.THROTTLED, status=429), True, id="put off"),
        pytest.param(Outcome(kind=Kind.CLIENT_ERROR, status=404), False, id="gone"),
        pytest.param(None, True, id="not reached"),
    ],
)
def test_a_page_that_could_not_be_read_shows_what_it_did_before(
    frontier: Opened, tmp_path: Path, jobs: Outcome | None, *, is_hiring: bool
) -> None:
    one = frontier("1")
    read_shop(one, jobs=HIRES, now=NOW)
    read_shop(one, jobs=jobs, now=NOW + 100)
    [reading] = readings_of(kept_results(tmp_path / "f.db", {key_of(SHOP)}), urls={SHOP}).values()
    assert (reading.state, reading.is_hiring) == ("alive", is_hiring)
