"""Websites that misbehave: what came of each URL is said, nothing hangs, and the others are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from keepwell.crawl.model import Kind
from keepwell.crawl.sites import State
from tests import thorough
from tests.crawl_site import CrawlSite
from tests.crawls import FAST, crawled


@pytest.fixture
def site() -> Iterator[CrawlSite]:
    with CrawlSite() as running:
        yield running


FAULTS = {
    "/drop": Kind.BROKEN,
    "/cut": Kind.BROKEN,
    "/delay": Kind.TOO_SLOW,
    "/drip": Kind.TOO_SLOW,
    "/broken-chunks": Kind.BROKEN,
    "/bomb": Kind.TOO_LARGE,
    "/not-gzip": Kind.BROKEN,
    "/to/": Kind.BAD_REDIRECT,
    "/to/mailto:a@b.example": Kind.BAD_REDIRECT,
    "/to/http://127.0.0.5:25/": Kind.BAD_REDIRECT,
    "/to/http://127.0.0.5:22/": Kind.BAD_REDIRECT,
    "/headers": Kind.BROKEN,
    "/cookies": Kind.REDIRECT_LOOP,
    "/old": Kind.PAGE,
    "/garbage": Kind.BROKEN,
    "/latin": Kind.PAGE,
    "/pdf": Kind.OTHER_CONTENT,
    "/gone": Kind.CLIENT_ERROR,
    "/unreadable/200": Kind.BROKEN,
    "/unreadable/301": Kind.REDIRECT,
    "/unreadable/404": Kind.CLIENT_ERROR,
    "/unreadable/500": Kind.SERVER_ERROR,
    "/fine": Kind.PAGE,
}


def test_each_fault_has_its_outcome_and_ends_no_other(site: CrawlSite, tmp_path: Path) -> None:
    # Each on a host of its own, and all at once.
    urls = {site.url(path, host): kind for host, (path, kind) in enumerate(FAULTS.items(), 1)}
    done = crawled(list(urls), tmp_path / "f.db", tries=1, deadline=1.5)
    assert {url: done.results[url].kind for url in urls} == urls
    assert done.ending.left == 0


def test_headers_that_are_no_text_end_nothing(site: CrawlSite, tmp_path: Path) -> None:
    done = crawled([site.url("/bytes"), site.url("/bytes/to")], tmp_path / "f.db")
    assert done.results[site.url("/bytes")].kind is Kind.PAGE
    assert done.results[site.url("/bytes")].etag is None
    assert done.results[site.url("/caf%E9")].kind is Kind.PAGE


def test_a_charset_that_does_not_exist_is_guessed(site: CrawlSite, tmp_path: Path) -> None:
    done = crawled([site.url("/latin")], tmp_path / "f.db")
    facts = done.results[site.url("/latin")].facts
    assert facts is not None
    assert facts.title == "caf\u00e9"


def test_a_redirect_into_the_own_network_is_refused(site: CrawlSite, tmp_path: Path) -> None:
    inside = site.url("/secret", host=9)
    done = crawled([site.url(f"/to/{inside}")], tmp_path / "f.db", allowed_networks=("127.0.0.1/32",))
    assert done.results[inside].kind is Kind.ADDRESS_REFUSED
    assert {each.host for each in site.asked} == {"127.0.0.1"}


def test_a_redirect_of_robots_txt_into_the_own_network_is_refused(tmp_path: Path) -> None:
    with CrawlSite() as site:
        site.robots_status = f"301 Moved\r\nLocation: {site.url('/robots.txt', host=9)}"
        done = crawled([site.url("/page")], tmp_path / "f.db", allowed_networks=("127.0.0.1/32",))
        assert done.results[site.url("/page")].kind is Kind.ADDRESS_REFUSED
        assert [(each.host, each.path) for each in site.asked] == [("127.0.0.1", "/robots.txt")]


def test_a_host_that_has_the_robots_txt_of_others_is_asked_at_its_own_pace(tmp_path: Path) -> None:
    with CrawlSite(robots="User-agent: *\nDisallow: /private") as site:
        site.robots_elsewhere = {f"127.0.0.{host}": site.url("/robots.txt", host=99) for host in range(1, 7)}
        # This one asks itself, and has none after five redirects.
        site.robots_elsewhere["127.0.0.7"] = site.url("/robots.txt", host=7)
        site.pages["/"] = "<a href=/private>"
        urls = [site.url("/", host) for host in (*range(1, 8), 99)]
        done = crawled(urls, tmp_path / "f.db", rate=10.0)
        kinds = {url: done.results[url].kind for url in done.results if url.endswith("/private")}
        assert kinds == {
            site.url("/private", host): Kind.PAGE if host == 7 else Kind.FORBIDDEN_BY_ROBOTS
            for host in (*range(1, 8), 99)
        }
        times = defaultdict(list)
        for each in site.asked:
            times[each.host].append(each.at)
        # Six visits and its own robots.txt, beside its page; five redirects.
        assert (len(times["127.0.0.99"]), len(times["127.0.0.7"])) == (8, 8)
        for asked in times.values():
            assert all(later - earlier >= 0.09 for earlier, later in pairwise(asked))


def test_redirects_without_end_are_followed_ten_times(site: CrawlSite, tmp_path: Path) -> None:
    done = crawled([site.url("/hops/0")], tmp_path / "f.db")
    assert len(site.paths()) == FAST.redirects + 1
    assert done.results[site.url("/hops/10")].kind is Kind.BAD_REDIRECT


def test_a_website_that_moved_is_followed_but_a_page_of_it_is_not(site: CrawlSite, tmp_path: Path) -> None:
    new, elsewhere = site.url("/new", host=2), site.url("/elsewhere", host=3)
    site.pages["/new"] = f"<a href='/to/{elsewhere}'>"
    done = crawled([site.url(f"/to/{new}")], tmp_path / "f.db")
    assert done.results[new].kind is Kind.PAGE
    assert done.results[site.url(f"/to/{elsewhere}", host=2)].target == elsewhere
    assert elsewhere not in done.results


def test_a_first_page_that_sends_browsers_on_is_a_redirect(site: CrawlSite, tmp_path: Path) -> None:
    def refresh(url: str) -> str:
        return f"<meta http-equiv=refresh content='0; url={url}'><title>We moved</title><a href=/old>"

    old, new = site.url("/"), site.url("/new", host=2)
    site.pages |= {"/": refresh(new), "/new": "<a href=/deep>", "/deep": refresh(site.url("/x", host=3))}
    site.pages |= {"/a": refresh("/b"), "/b": refresh("/a"), "/self": refresh("/self")}
    done = crawled([old, site.url("/a", host=4), site.url("/self", host=5)], tmp_path / "f.db", rate=10.0)
    moved, loop, itself = sorted(done.ending.sites, key=lambda each: each.url)
    assert (moved.state, moved.moved_to, moved.outcome) == (State.MOVED, new, Kind.PAGE)
    assert (loop.state, loop.outcome) == (State.UNKNOWN, Kind.REDIRECT_LOOP)
    assert (itself.state, itself.title) == (State.ALIVE, "We moved")
    # Only a first page leads anywhere, and the host where it leads is asked for its robots.txt first, at its own pace.
    assert done.results[site.url("/deep", host=2)].kind is Kind.PAGE
    there = [each for each in site.asked if each.host == "127.0.0.2"]
    assert [each.path for each in there] == ["/robots.txt", "/new", "/deep", "/old"]
    assert all(later.at - each.at >= 0.09 for each, later in pairwise(there))
    # Nor is it forgotten when nothing has changed.
    assert crawled([old], tmp_path / "f.db").ending.sites[0].moved_to == new


def test_a_storm_of_429_is_counted_once_and_its_pause_is_kept(site: CrawlSite, tmp_path: Path) -> None:
    # Six at once, all refused: one strike, and one second until the next.
    urls = [site.url(f"/storm-6/{number}") for number in range(6)]
    done = crawled(urls, tmp_path / "f.db", connections_per_host=6, tries=1)
    assert [done.results[url].kind for url in urls] == [Kind.PAGE] * 6
    times = sorted(each.at for each in site.asked if each.path.startswith("/storm"))
    assert times[6] - times[5] >= 0.95
    assert done.tally.retries[Kind.THROTTLED] == 6


def test_a_host_that_never_stops_answering_429_is_given_up(site: CrawlSite, tmp_path: Path) -> None:
    urls = [site.url(f"/storm-999/{number}") for number in range(30)]
    done = crawled(urls, tmp_path / "f.db", tries=1, connections_per_host=1)
    assert {outcome.kind for outcome in done.results.values()} == {Kind.THROTTLED}
    assert len(site.paths()) <= 3


def test_an_error_that_passes_is_tried_again_later(site: CrawlSite, tmp_path: Path) -> None:
    done = crawled([site.url("/flaky")], tmp_path / "f.db")
    assert done.results[site.url("/flaky")].kind is Kind.PAGE
    first, second = [each.at for each in site.asked if each.path == "/flaky"]
    assert second - first >= 1.9


def test_a_calendar_without_end_is_left_at_the_limit_of_its_host(site: CrawlSite, tmp_path: Path) -> None:
    done = crawled([site.url("/calendar/1")], tmp_path / "f.db", depth=50, pages_per_host=40)
    assert done.count == 1 + 40
    assert done.tally.dropped > 0
    assert done.ending.left == 0


def test_robots_txt_without_end_is_read_to_its_bound(tmp_path: Path) -> None:
    with CrawlSite(robots="User-agent: *\nDisallow: /private\n" + "# more\n" * 500_000) as site:
        done = crawled([site.url("/private"), site.url("/public")], tmp_path / "f.db")
        assert done.results[site.url("/private")].kind is Kind.FORBIDDEN_BY_ROBOTS
        assert done.results[site.url("/public")].kind is Kind.PAGE


def test_a_robots_txt_of_many_rules_does_not_hold_up_the_loop(tmp_path: Path) -> None:
    with CrawlSite(robots="User-agent: *\nDisallow: /\n" + "Disallow: /*a$\n" * 12_000) as site:
        done = crawled([site.url(f"/{page}") for page in range(100)], tmp_path / "f.db")
        assert set(done.tally.outcomes) == {Kind.FORBIDDEN_BY_ROBOTS}
        # Judged in one go, they held it up for nearly as long as the crawl took.
        assert done.tally.lag.longest < done.ending.seconds / 3


def test_nothing_is_read_where_robots_txt_fails(tmp_path: Path) -> None:
    with CrawlSite(status="503 Busy") as site:
        done = crawled([site.url("/page")], tmp_path / "f.db", tries=1)
        assert done.results[site.url("/page")].kind is Kind.ROBOTS_UNREACHABLE
        assert site.paths() == []


def test_all_is_read_without_a_robots_txt(tmp_path: Path) -> None:
    with CrawlSite(robots="User-agent: *\nDisallow: /", status="404 Not Found") as site:
        done = crawled([site.url("/page")], tmp_path / "f.db", tries=1)
        assert done.results[site.url("/page")].kind is Kind.PAGE


def test_many_hosts_of_one_page_are_all_read(site: CrawlSite, tmp_path: Path) -> None:
    hosts = thorough.repeats(300, thorough=10_000)
    urls = [site.url("/", host) for host in range(1, hosts + 1)]
    done = crawled(urls, tmp_path / "f.db", connections=100)
    assert {done.results[url].kind for url in urls} == {Kind.PAGE}


def test_a_second_crawl_asks_only_what_has_changed(site: CrawlSite, tmp_path: Path) -> None:
    site.pages |= {"/": "<a href=/a>", "/a": "<a href=/b>", "/b": "<title>b</title>"}
    crawled([site.url("/")], tmp_path / "f.db")
    site.pages["/a"] = "<a href=/b><a href=/c>"
    done = crawled([site.url("/")], tmp_path / "f.db")
    kinds = {url.rsplit("/", 1)[1]: outcome.kind for url, outcome in done.results.items()}
    assert kinds == {"": Kind.NOT_MODIFIED, "a": Kind.PAGE, "b": Kind.NOT_MODIFIED, "c": Kind.PAGE}
    assert done.results[site.url("/b")].facts is not None


def test_names_that_do_not_exist_end_their_urls_alone(site: CrawlSite, tmp_path: Path) -> None:
    nowhere = "http://no-such-name.invalid/"
    done = crawled([nowhere, site.url("/")], tmp_path / "f.db", tries=1)
    assert done.results[nowhere].kind is Kind.NO_SUCH_HOST
    assert done.results[site.url("/")].kind is Kind.PAGE


def test_a_host_that_takes_no_connections_is_given_up_as_a_whole(site: CrawlSite, tmp_path: Path) -> None:
    urls = [f"http://127.0.0.1:1/{number}" for number in range(50)]
    done = crawled(urls, tmp_path / "f.db", tries=1)
    assert {outcome.kind for outcome in done.results.values()} == {Kind.UNREACHABLE}
    # robots.txt said it for all.
    assert done.tally.requests == 1
