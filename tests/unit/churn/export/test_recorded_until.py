"""Until which day an export's labels are known."""

from __future__ import annotations

from datetime import date

from keepwell.churn.export.service import _recorded_until
from keepwell.churn.export.store import EventPeriod
from tests.unit.churn.building import span

TODAY = date(2026, 7, 1)


def test_subscriptions_exported_before_the_last_event_end_the_period() -> None:
    spans = [span("2026-01-01", "2026-04-10")]
    period = EventPeriod(9, date(2026, 1, 1), date(2026, 6, 30))
    assert _recorded_until(spans, period, before=TODAY) == date(2026, 4, 11)


def test_events_that_stop_first_end_the_period() -> None:
    spans = [span("2026-06-01")]
    period = EventPeriod(9, date(2026, 1, 1), date(2026, 3, 3))
    assert _recorded_until(spans, period, before=TODAY) == date(2026, 3, 4)


def test_an_announced_end_is_no_change_on_its_own_day() -> None:
    spans = [span("2026-01-01", "2026-06-20", cancelled_on="2026-05-05")]
    assert _recorded_until(spans, EventPeriod(0, None, None), before=TODAY) == date(2026, 5, 6)
