"""Until which day an export's labels are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from keepwell.churn.export.service import recorded_until
from keepwell.revenue.model import PayingSpan
from tests.unit.churn.building import span

TODAY = date(2026, 7, 1)


def days(first: str, last: str, *, every: int = 1) -> Sequence[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [begin + timedelta(days=day) for day in range(0, (end - begin).days + 1, every)]


def begun_on(started: Sequence[date]) -> Sequence[PayingSpan]:
    return [span(str(day)) for day in started]


def test_subscriptions_exported_long_before_the_last_event_end_the_period() -> None:
    spans = begun_on(days("2026-01-01", "2026-04-09", every=7))
    assert recorded_until(spans, days("2026-01-01", "2026-06-30"), before=TODAY) == date(2026, 4, 10)


def test_subscriptions_that_change_now_and_then_go_on_until_the_last_event() -> None:
    spans = begun_on(days("2026-01-01", "2026-06-20", every=17))
    assert recorded_until(spans, days("2026-01-01", "2026-06-30"), before=TODAY) == TODAY


def test_events_that_stop_first_end_the_period() -> None:
    spans = begun_on(days("2026-01-01", "2026-06-30", every=10))
    assert recorded_until(spans, days("2026-01-01", "2026-03-03"), before=TODAY) == date(2026, 3, 4)


def test_an_announced_end_is_no_change_on_its_own_day() -> None:
    spans = [span("2026-01-01", "2026-06-20", cancelled_on="2026-05-05")]
    assert recorded_until(spans, [], before=TODAY) == date(2026, 5, 6)
