"""What `./keepwell site` understands, and the ids that it gives."""

from __future__ import annotations

from datetime import UTC, date, datetime

import click
import pytest

from keepwell.app.site.cli import site
from keepwell.app.site.model import CountedIds, StandingClock
from keepwell.app.site.plan.days import (
    Days,
    months_before,
    start_of_month_before,
    twelve_months_to,
    view_to,
    year_before,
)

BASE = next(each for each in site.params if each.name == "base_path")


@pytest.mark.parametrize(
    ("given", "base"),
    [("", "/"), ("/", "/"), ("keepwell", "/keepwell/"), ("/keepwell", "/keepwell/"), ("//a/b/", "/a/b/")],
)
def test_a_base_path_gets_a_slash_at_both_ends(given: str, base: str) -> None:
    assert BASE.type.convert(given, None, None) == base


@pytest.mark.parametrize("given", ["https://example.org/keepwell", 'a"b', "a b", "a?b"])
def test_what_is_not_a_path_is_refused(given: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a path"):
        BASE.type.convert(given, None, None)


def test_counted_ids_are_the_same_again_and_in_order() -> None:
    clock = StandingClock(datetime(2026, 6, 30, tzinfo=UTC))
    first, second = CountedIds(clock), CountedIds(clock)
    ids = [first.new() for _ in range(3)]
    assert ids == [second.new() for _ in range(3)] == sorted(set(ids))


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 6, 30), 12, date(2025, 6, 30)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 15), 11, date(2025, 2, 15)),
    ],
)
def test_months_before_a_day_end_with_the_last_day_of_a_shorter_month(
    day: date, months: int, before: date
) -> None:
    assert months_before(day, months) == before


@pytest.mark.parametrize(
    ("by", "start", "start_before"),
    [
        ("day", date(2026, 6, 1), date(2025, 6, 1)),
        ("week", date(2026, 4, 6), date(2025, 4, 7)),
        ("month", date(2025, 7, 1), date(2024, 7, 1)),
        ("quarter", date(2024, 7, 1), date(2023, 7, 1)),
        ("year", date(2022, 1, 1), date(2021, 1, 1)),
    ],
)
def test_a_view_ends_on_its_day_and_is_compared_with_the_year_before(
    by: str, start: date, start_before: date
) -> None:
    day = date(2026, 6, 30)
    assert view_to(by, day) == Days(start, day)
    assert year_before(by, day).start == start_before


def test_ratios_look_back_over_twelve_whole_months() -> None:
    assert twelve_months_to(date(2026, 6, 30)) == Days(date(2025, 7, 1), date(2026, 6, 30))


def test_a_month_begins_some_months_before_across_the_turn_of_the_year() -> None:
    assert start_of_month_before(date(2026, 6, 30), 11) == date(2025, 7, 1)
    assert start_of_month_before(date(2026, 6, 30), 6) == date(2025, 12, 1)
