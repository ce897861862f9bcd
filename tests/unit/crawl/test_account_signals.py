"""Signals of a website: what a reading tells, and what of it is news."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from keepwell.crawl.accounts.judging import judged
from keepwell.crawl.accounts.model import LastRead, Target, WebsiteReading
from keepwell.crawl.accounts.readings import readings_of
from keepwell.crawl.accounts.signals import changed, credible, is_cut_off, observed
from keepwell.crawl.frontier.kept.store import KeptResult
from keepwell.crawl.model import Due, Kind, Outcome, Rating, Result
from keepwell.crawl.pages.urls import key_of
from keepwell.records.account_signals.model import AccountSignal

NOW = datetime(2026, 5, 20, tzinfo=UTC)
OWN = Target(UUID(int=0), "Arcade", "https://arcade.example")
OTHER = replace(OWN, website="https://status.example/arcade", place=1)
ALIVE = WebsiteReading(
    url="https://arcade.example/",
    state="alive",
    read_at=NOW,
    outcome="page",
    status=200,
    title="Arcade",
    technologies=["stripe"],
    prices=["$29"],
    pages=3,
)
GONE = WebsiteReading(url="https://arcade.example/", state="dead", read_at=NOW, outcome="no_such_host")


def known(**values: Any) -> list[AccountSignal]:
    return [
        AccountSignal(UUID(int=0), UUID(int=0), f"website.{kind}", {"now": now, "before": None}, NOW, NOW)
        for kind, now in values.items()
    ]


def news(found: dict[str, Any], before: list[AccountSignal]) -> dict[str, Any]:
    return changed(found, before, at=NOW)


def test_a_website_that_may_not_be_asked_tells_nothing() -> None:
    assert observed(replace(ALIVE, state="unknown"), OWN) == {}


def test_of_a_dead_website_only_that_is_known() -> None:
    assert observed(replace(GONE, title="Sorry", pages=1), OWN) == {
        "website.status": {"state": "dead", "outcome": "no_such_host", "status": None}
    }


def test_of_a_page_elsewhere_everything_counts_except_what_it_is_made_with() -> None:
    assert observed(ALIVE, OTHER) == {
        "webpage.status": {"state": "alive"},
        "webpage.title": "Arcade",
        "webpage.pricing": ["$29"],
        "webpage.hiring": False,
        "webpage.mentions": [],
    }


@pytest.mark.parametrize("unread", [{"title": None}, {"prices": []}])
def test_what_no_page_shows_is_unknown_and_no_news(unread: dict[str, Any]) -> None:
    before = known(title="Arcade", pricing=["$29"], status={"state": "alive"}, technologies=["stripe"])
    assert news(observed(replace(ALIVE, **unread), OWN), before) == {}


def test_what_is_missing_while_pages_are_unread_is_no_news_and_what_is_new_is() -> None:
    before = known(hiring=True, mentions=["Shop"], technologies=["nginx", "stripe"], pricing=["$29", "$99"])
    found = {"website.title": "Arcade", "website.status": {"state": "alive"}}
    partial = changed(observed(ALIVE, OWN), before, at=NOW, is_partial=True)
    assert {kind: value["now"] for kind, value in partial.items()} == found
    other = observed(replace(ALIVE, technologies=["php"], prices=["$39"]), OWN)
    added = changed(other, before, at=NOW, is_partial=True)
    assert added["website.technologies"]["now"] == ["nginx", "php", "stripe"]
    assert added["website.pricing"] == {"now": ["$39"], "before": ["$29", "$99"]}
    assert {"website.hiring", "website.mentions"} <= {*news(observed(ALIVE, OWN), before)}


@pytest.mark.parametrize("is_partial", [False, True])
def test_a_reading_is_partial_while_pages_of_the_website_are_to_be_read(*, is_partial: bool) -> None:
    key = key_of(ALIVE.url)
    page = Due(key=key, url=ALIVE.url, depth=0, seed=key)
    kept = KeptResult(Result(page, Outcome(kind=Kind.PAGE, status=200)), NOW.timestamp())
    readings = readings_of([kept], urls={ALIVE.url}, unfinished={key, 1} if is_partial else {1})
    assert readings[ALIVE.url].is_partial is is_partial


def test_at_first_that_nobody_is_hired_is_no_news_and_later_it_is() -> None:
    found = observed(ALIVE, OWN)
    assert "website.hiring" not in news(found, [])
    assert news(found, known(hiring=True))["website.hiring"] == {"now": False, "before": True}


@pytest.mark.parametrize(
    ("now", "is_news"),
    [
        (Rating(4.2, 5, 131), False),
        (Rating(4.24, None, None), False),
        (Rating(4.2, 5, 132), True),
        (Rating(4.2, 5, 108), True),
        (Rating(4.26, 5, 120), False),
        (Rating(4.3, 5, 120), True),
        (Rating(4.2, 10, 120), True),
    ],
)
def test_a_rating_is_news_if_it_changed_by_a_fiftieth_of_the_best_or_its_count_by_a_tenth(
    now: Rating, *, is_news: bool
) -> None:
    before = known(reviews={"rating": 4.2, "best": 5, "count": 120})
    assert ("website.reviews" in news(observed(replace(ALIVE, reviews=now), OWN), before)) is is_news


def test_a_value_of_another_shape_counts_as_what_was_known() -> None:
    other = [AccountSignal(UUID(int=0), UUID(int=0), "website.title", "Arcade", NOW, NOW)]
    assert "website.title" not in news(observed(ALIVE, OWN), other)


def test_a_crawl_that_reached_none_of_many_says_nothing_of_them() -> None:
    assert is_cut_off([GONE, *[replace(GONE, outcome="unreachable")] * 4])
    assert is_cut_off([GONE, *[replace(GONE, state="unknown", outcome="not_asked")] * 4])
    assert not is_cut_off([replace(GONE, outcome="client_error"), *[GONE] * 4])
    assert not is_cut_off([GONE] * 4)


BUSY = replace(GONE, outcome="server_error", status=503)


@pytest.mark.parametrize(
    ("reading", "last_outcome", "state"),
    [
        (BUSY, None, "unknown"),
        (BUSY, "page", "unknown"),
        (BUSY, "unreachable", "unknown"),
        (BUSY, "server_error", "dead"),
        (replace(GONE, outcome="client_error", status=404), "page", "dead"),
        (ALIVE, "server_error", "alive"),
    ],
)
def test_what_may_pass_is_dead_only_if_it_was_so_the_last_time_too(
    reading: WebsiteReading, last_outcome: str | None, state: str
) -> None:
    last = last_outcome and LastRead(UUID(int=0), OWN.website, "unknown", last_outcome, NOW, NOW)
    assert credible(reading, last or None).state == state


def test_a_website_that_failed_twice_is_dead_since_the_first_time() -> None:
    at_first = NOW - timedelta(hours=6)
    last = LastRead(UUID(int=0), OWN.website, "unknown", "server_error", at_first, at_first)
    before = known(status={"state": "alive"})
    row, [signal] = judged(OWN, BUSY, last=last, known=before, now=NOW)
    assert (row["since"], signal.observed_at) == (at_first, at_first)
    _, [other] = judged(
        OWN, replace(BUSY, outcome="client_error", status=404), last=last, known=before, now=NOW
    )
    assert other.observed_at == NOW


@pytest.mark.parametrize(
    ("kind", "before", "now"),
    [
        ("title", "(3) Acme", "Acme"),
        ("title", "Acme on 2026-05-20, 10:04", "Acme on 2026-05-21, 09:58"),
        ("pricing", ["$29", "1.299,50\u20ac"], ["\u20ac1,299.50", "29.00$"]),
        ("pricing", ["CHF1'200", "29,-\u20ac"], ["1200.00CHF", "EUR29"]),
        ("pricing", ["49,00z\u0142", "kr499"], ["PLN49", "499kr"]),
        ("status", {"state": "dead", "outcome": "server_error", "status": 502}, {"state": "dead", "outcome": "server_error", "status": 504}),
        ("status", {"state": "moved", "to": "https://new.example/?visitor=1"}, {"state": "moved", "to": "https://www.new.example/?visitor=2"}),
    ],
)  # fmt: skip
def test_what_differs_at_each_visit_is_no_news(kind: str, before: Any, now: Any) -> None:
    assert news({f"website.{kind}": now}, known(**{kind: before})) == {}


@pytest.mark.parametrize(
    ("kind", "before", "now"),
    [
        ("title", "Acme", "Account suspended"),
        ("pricing", ["$29"], ["$39"]),
        ("pricing", ["$29"], ["\u20ac29"]),
        ("pricing", ["$1.29"], ["$129"]),
        ("status", {"state": "dead", "outcome": "server_error", "status": 502}, {"state": "dead", "outcome": "no_such_host", "status": None}),
        ("status", {"state": "moved", "to": "https://new.example/"}, {"state": "moved", "to": "https://newer.example/"}),
    ],
)  # fmt: skip
def test_what_is_another_thing_to_people_is_news(kind: str, before: Any, now: Any) -> None:
    assert list(news({f"website.{kind}": now}, known(**{kind: before}))) == [f"website.{kind}"]


@pytest.mark.parametrize(("days", "is_news"), [(1, False), (9, False), (10, True)])
def test_prices_that_are_shown_by_turns_are_no_news_each_day(days: int, *, is_news: bool) -> None:
    [signal] = known(pricing=["$39"])
    before = [replace(signal, value={"now": ["$39"], "before": ["$29"]})]
    found = changed({"website.pricing": ["$29"]}, before, at=NOW + timedelta(days=days))
    assert bool(found) is is_news
    assert changed({"website.pricing": ["$49"]}, before, at=NOW)


def test_a_website_that_is_there_again_is_news_at_once() -> None:
    [signal] = known(status={"state": "dead", "outcome": "client_error", "status": 404})
    before = [replace(signal, value={**signal.value, "before": {"state": "alive"}})]
    assert news({"website.status": {"state": "alive"}}, before)
