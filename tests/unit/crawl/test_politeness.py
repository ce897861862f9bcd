"""Rates, pauses and robots.txt, on a clock of the test's own."""

from __future__ import annotations

import pytest

from keepwell.crawl.model import Kind, Outcome
from keepwell.crawl.politeness.leaky_bucket import LeakyBucket
from keepwell.crawl.politeness.retry import delay_after, retry_after_seconds
from keepwell.crawl.politeness.robots import Robots, robots_of
from keepwell.crawl.politeness.token_bucket import TokenBucket

AGENT = "Keepwell-Crawl/1"


def times(bucket: TokenBucket | LeakyBucket, count: int, *, start: float = 100.0) -> list[float]:
    """When so many requests are let through, each asked for at once."""
    now, taken = start, []
    for _ in range(count):
        now = bucket.ready_at(now)
        bucket.take(now)
        taken.append(round(now - start, 6))
    return taken


@pytest.mark.parametrize(
    "bucket",
    [TokenBucket(2.0, burst=1, ready_at=0, now=100), LeakyBucket(2.0, burst=1, theoretical_arrival=0)],
)
def test_requests_come_at_the_rate(bucket: TokenBucket | LeakyBucket) -> None:
    assert times(bucket, 4) == [0, 0.5, 1, 1.5]


@pytest.mark.parametrize(
    "bucket", [TokenBucket(2.0, burst=3, ready_at=0, now=100), LeakyBucket(2.0, burst=3)]
)
def test_a_burst_comes_after_a_pause_only(bucket: TokenBucket | LeakyBucket) -> None:
    assert times(bucket, 5) == [0, 0, 0, 0.5, 1]


def test_a_bucket_continues_where_another_process_left_it() -> None:
    assert times(TokenBucket(2.0, burst=3, ready_at=100.4, now=100), 2) == [0.4, 0.9]
    assert times(LeakyBucket(2.0, burst=1, theoretical_arrival=100.4), 2) == [0.4, 0.9]


def test_a_clock_that_stands_still_gives_no_token() -> None:
    bucket = TokenBucket(1.0, burst=1, ready_at=0, now=100)
    bucket.take(100)
    assert bucket.ready_at(99) == 100


def test_delays_grow_to_a_bound() -> None:
    assert [delay_after(tries) for tries in (1, 2, 3, 50)] == [2, 6, 18, 600]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("1e309", None),
        ("Fri, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Fri, 31 Dec 2027 23:59:59 +99999999999999", None),
        ("Thu, 01 Jan 1970 00:02:00 GMT", 20),
        ("Wed, 31 Dec 1969 23:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("\u0661", None),
        (None, None),
    ],
)
def test_retry_after_is_understood_in_both_forms(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, now=100) == seconds


def robots(text: str) -> Robots:
    found = robots_of(200, text.encode(), agent=AGENT)
    assert isinstance(found, Robots)
    return found


def test_a_group_of_our_own_goes_before_that_of_all() -> None:
    rules = robots(
        "User-agent: *\nDisallow: /\n\nUser-agent: Keepwell-Crawl\nDisallow: /private\nCrawl-delay: 3"
    )
    assert rules.allows("https://example.com/", AGENT)
    assert not rules.allows("https://example.com/private/x", AGENT)
    assert rules.crawl_delay == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_takes_no_rule_away(encoding: str) -> None:
    found = robots_of(200, "User-agent: *\nDisallow: /".encode(encoding), agent=AGENT)
    assert isinstance(found, Robots)
    assert not found.allows("https://example.com/", AGENT)


def test_a_crawl_delay_without_bound_has_ours() -> None:
    assert robots("User-agent: *\nCrawl-delay: 999999").crawl_delay == 300


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_that_fails_forbids_all(status: int) -> None:
    found = robots_of(status, b"", agent=AGENT)
    assert isinstance(found, Outcome)
    assert found.kind is Kind.ROBOTS_UNREACHABLE


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_robots_txt_that_is_not_there_allows_all(status: int) -> None:
    assert robots_of(status, b"User-agent: *\nDisallow: /", agent=AGENT) == Robots()
