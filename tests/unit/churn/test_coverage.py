"""To which day the sources reach, and when one of them has gone silent."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from keepwell.churn.sources.coverage import (
    Coverage,
    Source,
    SourceName,
    coverage_of,
    first_covered,
    longest_usual_pause,
)

TODAY = date(2025, 7, 1)


def daily(last: date, *, count: int = 200) -> list[date]:
    return [last - timedelta(days=back) for back in reversed(range(count))]


def working_days(last: date, *, count: int = 200) -> list[date]:
    return [day for day in daily(last, count=count) if day.weekday() < 5]


def covered(*sources: tuple[SourceName, list[date]], read_on: date | None = None) -> Coverage:
    listed = [
        Source(name=name, days=days, read_on=None if name is SourceName.EVENTS else read_on)
        for name, days in sources
    ]
    return coverage_of(listed, today=TODAY)


def test_sources_that_end_together_reach_to_the_day_after() -> None:
    last = date(2025, 6, 20)
    found = covered((SourceName.SUBSCRIPTIONS, daily(last)), (SourceName.EVENTS, daily(last)))
    assert (found.until, found.silence) == (date(2025, 6, 21), None)


def test_without_any_record_everything_before_today_is_covered() -> None:
    assert covered((SourceName.SUBSCRIPTIONS, [])) == Coverage(TODAY)


def test_a_tracker_that_went_silent_three_weeks_ago_ends_what_is_known() -> None:
    last = date(2025, 6, 9)
    found = covered((SourceName.SUBSCRIPTIONS, daily(date(2025, 6, 30))), (SourceName.EVENTS, daily(last)))
    assert (found.observed, found.until) == (TODAY, date(2025, 6, 10))
    assert found.silence is not None
    assert found.silence.sentence == (
        "There are no events of use after 2025-06-09, although other records go on until 2025-06-30; so far the longest pause "
        "to be expected was 2 days. What happened since is unknown, not quiet."
    )


def test_subscriptions_of_april_under_events_until_july_end_in_april() -> None:
    changes = [date(2024, 9, 1) + timedelta(days=30 * month) for month in range(8)]
    found = covered((SourceName.SUBSCRIPTIONS, changes), (SourceName.EVENTS, daily(date(2025, 6, 30))))
    assert found.until == changes[-1] + timedelta(days=1)


def test_subscriptions_that_were_read_in_july_may_have_changed_last_in_april() -> None:
    changes = [date(2024, 9, 1) + timedelta(days=30 * month) for month in range(8)]
    last = date(2025, 6, 30)
    found = covered((SourceName.SUBSCRIPTIONS, changes), (SourceName.EVENTS, daily(last)), read_on=last)
    assert (found.until, found.silence) == (TODAY, None)


def test_a_weekend_is_no_silence_for_who_works_on_five_days() -> None:
    friday, sunday = date(2025, 6, 27), date(2025, 6, 29)
    found = covered((SourceName.PAYMENTS, daily(sunday)), (SourceName.EVENTS, working_days(friday)))
    assert found.silence is None


def test_the_same_pause_is_a_silence_for_who_works_every_day() -> None:
    friday, sunday = date(2025, 6, 27), date(2025, 6, 30)
    found = covered((SourceName.PAYMENTS, daily(sunday)), (SourceName.EVENTS, daily(friday)))
    assert found.silence is not None


def test_a_source_with_three_records_cannot_be_judged() -> None:
    changes = [date(2024, 9, 1), date(2024, 10, 1), date(2024, 11, 1)]
    found = covered((SourceName.SUBSCRIPTIONS, changes), (SourceName.EVENTS, daily(date(2025, 6, 30))))
    assert (found.until, found.silence) == (TODAY, None)


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.7])
def test_chance_alone_rarely_looks_like_silence(rate: float) -> None:
    rng = Random(1)
    shops = [[day for day in daily(TODAY, count=365) if rng.random() < rate] for _ in range(200)]
    judged = [(days, longest_usual_pause(days)) for days in shops if days]
    alarms = sum(usual is not None and (TODAY - days[-1]).days + 1 > usual for days, usual in judged)
    assert alarms <= 2


def test_one_event_long_before_the_tracker_is_not_where_recording_begins() -> None:
    tracked = daily(date(2025, 6, 30), count=150)
    assert first_covered([tracked[0] - timedelta(days=200), *tracked]) == tracked[0]


def test_an_event_of_a_clock_that_was_never_set_is_not_where_recording_begins() -> None:
    tracked = daily(date(2025, 6, 30), count=20)
    assert first_covered([date(1969, 12, 31), date(1970, 1, 1), *tracked]) == tracked[0]


def test_a_first_day_with_records_begins_them() -> None:
    assert first_covered([date(2025, 1, 5), date(2025, 2, 28)]) == date(2025, 1, 5)
    assert first_covered([]) is None
