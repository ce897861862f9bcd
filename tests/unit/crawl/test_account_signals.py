"""Signals of a website: what a reading tells, and what of it is news."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from keepwell.crawl.accounts.model import Target, WebsiteReading
from keepwell.crawl.accounts.signals import changed, credible, is_doubtful, observed
from keepwell.crawl.model import Rating
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
    assert changed(observed(replace(ALIVE, **unread), OWN), before) == {}


def test_at_first_that_nobody_is_hired_is_no_news_and_later_it_is() -> None:
    found = observed(ALIVE, OWN)
    assert "website.hiring" not in changed(found, [])
    assert changed(found, known(hiring=True))["website.hiring"] == {"now": False, "before": True}


@pytest.mark.parametrize(
    ("now", "is_news"),
    [
        (Rating(4.2, 5, 131), False),
        (Rating(4.24, None, None), False),
        (Rating(4.2, 5, 132), True),
        (Rating(4.2, 5, 108), True),
        (Rating(4.26, 5, 120), True),
        (Rating(4.2, 10, 120), True),
    ],
)
def test_a_rating_is_news_if_its_first_decimal_changed_or_its_count_by_a_tenth(
    now: Rating, *, is_news: bool
) -> None:
    before = known(reviews={"rating": 4.2, "best": 5, "count": 120})
    news = changed(observed(replace(ALIVE, reviews=now), OWN), before)
    assert ("website.reviews" in news) is is_news


def test_a_value_of_another_shape_counts_as_what_was_known() -> None:
    other = [AccountSignal(UUID(int=0), UUID(int=0), "website.title", "Arcade", NOW, NOW)]
    assert "website.title" not in changed(observed(ALIVE, OWN), other)


def test_a_crawl_that_reached_nothing_is_doubted_until_the_next_one_says_the_same_of_few() -> None:
    assert is_doubtful([GONE, replace(GONE, outcome="unreachable")])
    assert is_doubtful([GONE, replace(GONE, state="unknown", outcome="not_asked")])
    assert not is_doubtful([GONE, replace(GONE, outcome="client_error")])
    assert credible(GONE, last_outcome=None, count=1).state == "unknown"
    assert credible(GONE, last_outcome="no_such_host", count=1).state == "dead"
    assert credible(GONE, last_outcome="no_such_host", count=5).state == "unknown"
