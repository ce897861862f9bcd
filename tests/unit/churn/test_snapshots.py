"""Snapshots contain what was known on their day, labels what happened afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.churn.counting.paying import (
    as_snapshots,
    departures,
    paid_snapshots,
    plan_changes,
    span_columns,
)
from keepwell.churn.counting.renewals import Periods, next_renewals
from keepwell.churn.model import Snapshot
from keepwell.churn.snapshots import (
    change_days,
    complete_days,
    next_renewal,
    scored_on,
    spans_by_account,
)
from keepwell.records.model import Interval
from keepwell.revenue.model import PayingSpan, Rates
from keepwell.revenue.rates.model import DatedRate, StoredRates
from tests.unit.churn.building import AS_OF, USD, snapshot, span


def taken_on(spans: Iterable[PayingSpan], as_of: date, *, rates: Rates = USD) -> list[Snapshot]:
    listed = list(spans)
    columns = span_columns(listed)
    taken = paid_snapshots(columns, [as_of], rates=rates)
    found = as_snapshots(columns, taken, own=spans_by_account(listed), rates=rates)
    assert [float(each.mrr) for each in found] == pytest.approx(taken.mrr.tolist())
    return found


def departs(spans: Iterable[PayingSpan], as_of: date) -> bool:
    columns = span_columns(spans)
    (found,) = departures(columns, paid_snapshots(columns, [as_of], rates=USD), horizon_days=30)
    return bool(found)


def test_an_unannounced_end_does_not_change_the_snapshot() -> None:
    running = span("2024-01-25")
    ended = span("2024-01-25", "2025-03-20", cancelled_on="2025-03-05")
    assert taken_on([running], AS_OF) == taken_on([ended], AS_OF)


def test_a_cancellation_on_the_day_itself_is_not_known_yet() -> None:
    taken = taken_on([span("2024-01-25", "2025-03-25", cancelled_on="2025-03-01")], AS_OF)
    assert taken[0].cancelled_on is None


def test_an_announced_cancellation_sets_the_end_of_service() -> None:
    taken = taken_on([span("2024-01-20", "2025-04-20", cancelled_on="2025-02-27")], AS_OF)
    assert taken[0].cancelled_on == date(2025, 2, 27)
    assert taken[0].paid_until == date(2025, 4, 20)


def test_an_account_with_one_of_two_subscriptions_cancelled_has_not_cancelled() -> None:
    spans = [span("2024-01-20", "2025-03-20", cancelled_on="2025-02-27"), span("2024-06-28", amount=20)]
    (taken,) = taken_on(spans, AS_OF)
    assert taken.cancelled_on is None
    assert taken.mrr == Fraction(70)
    assert taken.paid_until == date(2025, 3, 28)


def test_the_plan_is_that_of_the_largest_subscription() -> None:
    spans = [span("2024-01-20", plan="Team", amount=10), span("2024-02-20", plan="Business", amount=90)]
    (taken,) = taken_on(spans, AS_OF)
    assert taken.plan == "Business"


def test_amounts_count_in_the_reports_currency_at_the_rate_of_the_day() -> None:
    days = {date(2024, 1, 1): "0.01", date(2025, 3, 2): "9"}
    rates = StoredRates([DatedRate("JPY", day, Decimal(rate)) for day, rate in days.items()], own="USD")
    spans = [
        span("2024-01-20", plan="Tokyo", amount=3000, currency="JPY"),
        span("2024-02-20", plan="Boston", amount=40),
    ]
    (taken,) = taken_on(spans, AS_OF, rates=rates)
    assert (taken.mrr, taken.plan) == (Fraction(70), "Boston")


def test_tenure_counts_from_the_first_payment_through_a_break() -> None:
    spans = [span("2024-01-01", "2024-03-01"), span("2025-02-01")]
    (taken,) = taken_on(spans, AS_OF)
    assert taken.tenure_days == (AS_OF - date(2024, 1, 1)).days


def test_accounts_that_do_not_pay_on_the_day_have_no_snapshot() -> None:
    spans = [
        span("2025-03-02"),
        span("2024-01-01", "2025-03-01", account=2),
        span("2024-01-01", account=3, amount=0),
    ]
    assert taken_on(spans, AS_OF) == []


@given(
    days=st.lists(st.integers(0, 400), min_size=3, max_size=3).map(sorted),
    cancelled=st.booleans(),
    interval=st.sampled_from(list(Interval)),
)
def test_events_on_or_after_the_day_never_change_a_snapshot(
    days: list[int], *, cancelled: bool, interval: Interval
) -> None:
    start, cancelled_on, ends_on = (AS_OF + timedelta(days=day - 200) for day in days)
    running = span(start.isoformat(), interval=interval)
    known = msgspec.structs.replace(
        running, ends_on=ends_on, cancelled_on=cancelled_on if cancelled else None
    )
    announced = cancelled and cancelled_on < AS_OF
    if ends_on > AS_OF and not announced:
        taken = taken_on([known], AS_OF)
        assert taken == taken_on([running], AS_OF)


@pytest.mark.parametrize(
    ("spans", "leaves"),
    [
        ([span("2024-01-01")], False),
        ([span("2024-01-01", "2025-03-02")], True),
        ([span("2024-01-01", "2025-03-31")], True),
        ([span("2024-01-01", "2025-04-01")], False),
        ([span("2024-01-01", "2025-03-10"), span("2025-03-10")], False),
        ([span("2024-01-01", "2025-03-10"), span("2025-03-11")], True),
        ([span("2024-01-01", "2025-03-10"), span("2024-02-01")], False),
    ],
    ids=[
        "runs on", "ends tomorrow", "ends on the last day", "ends later", "changes plan", "pauses a day", "keeps one",
    ],
)  # fmt: skip
def test_an_account_leaves_when_all_it_pays_for_ends(spans: list[PayingSpan], *, leaves: bool) -> None:
    assert departs(spans, AS_OF) is leaves


@pytest.mark.parametrize(
    ("starts_on", "interval", "expected"),
    [
        ("2025-01-31", Interval.MONTH, "2025-03-31"),
        ("2025-02-01", Interval.MONTH, "2025-04-01"),
        ("2024-11-30", Interval.QUARTER, "2025-05-30"),
        ("2024-02-29", Interval.YEAR, "2026-02-28"),
        ("2025-02-20", Interval.WEEK, "2025-03-06"),
        ("2025-01-01", Interval.DAY, "2025-03-02"),
    ],
)
def test_the_next_renewal_keeps_the_day_of_the_month(
    starts_on: str, interval: Interval, expected: str
) -> None:
    found = next_renewal(date.fromisoformat(starts_on), interval, after=AS_OF)
    assert found == date.fromisoformat(expected)


def changed(*spans: PayingSpan, today: date = AS_OF) -> list[date]:
    return change_days(spans_by_account(spans), before=today)


def test_subscriptions_change_when_they_start_and_when_they_end() -> None:
    spans = [span("2024-01-01", "2024-12-31"), span("2024-05-01", account=2)]
    assert changed(*spans) == [date(2024, 1, 1), date(2024, 5, 1), date(2024, 12, 31)]


def test_a_future_end_is_no_change_yet() -> None:
    assert changed(span("2025-02-01", "2025-12-01")) == [date(2025, 2, 1)]


def test_an_announced_end_changed_the_records_when_it_was_announced() -> None:
    assert changed(span("2024-02-10", "2025-02-10", cancelled_on="2025-01-20")) == [
        date(2024, 2, 10),
        date(2025, 1, 20),
    ]


def test_without_events_accounts_are_scored_on_the_last_announced_end_that_has_passed() -> None:
    ends = ("2025-02-10", "2025-06-10")
    spans = spans_by_account([span("2024-02-10", end, cancelled_on="2025-01-20") for end in ends])
    observed = date(2025, 1, 21)
    assert scored_on(spans, observed=observed, has_events=False, today=AS_OF) == date(2025, 2, 10)
    assert scored_on(spans, observed=observed, has_events=True, today=AS_OF) == observed


def test_an_account_whose_announced_end_has_passed_no_longer_pays() -> None:
    spans = span_columns(
        [
            span("2024-02-10", "2025-02-28", cancelled_on="2025-01-20"),
            span("2024-02-10", "2025-03-02", cancelled_on="2025-01-20", account=2),
        ]
    )
    assert spans.pay_on(date(2025, 1, 21)).tolist() == [True, True]
    assert spans.pay_on(AS_OF).tolist() == [False, True]


def test_many_snapshots_are_those_of_each_day_sorted_by_account() -> None:
    spans = span_columns([span("2024-01-01", account=2), span("2025-02-20", "2025-03-02", account=1)])
    days = [AS_OF, AS_OF + timedelta(days=1), AS_OF - timedelta(days=30)]
    taken = paid_snapshots(spans, days, rates=USD)
    places = list(zip(taken.accounts.tolist(), taken.days.tolist(), strict=True))
    assert places == sorted(places)
    assert taken.tenure_days.tolist() == [9, 395, 425, 426]
    assert departures(spans, taken, horizon_days=30).tolist() == [True, False, False, False]


@given(
    start=st.dates(date(2020, 1, 1), date(2025, 3, 1)),
    interval=st.sampled_from(list(Interval)),
)
def test_many_renewals_at_once_are_those_of_each(start: date, interval: Interval) -> None:
    periods = Periods.of(np.array([start.toordinal()]), [interval])
    found = next_renewals(periods, after=AS_OF.toordinal()).tolist()
    assert found == [next_renewal(start, interval, after=AS_OF).toordinal()]


def test_changes_of_plan_and_seats_are_counted_and_new_prices_are_not() -> None:
    spans = span_columns(
        [
            span("2024-06-01", "2025-01-15"),
            span("2025-01-15", "2025-02-01", plan="Business"),
            span("2025-02-01", "2025-02-20", plan="Business", amount=60),
            span("2025-02-20", plan="Business", seats=3),
            span("2025-02-25", account=2),
        ]
    )
    taken = paid_snapshots(spans, [AS_OF], rates=USD)
    assert plan_changes(spans, taken, days=60).tolist() == [2, 0]
    assert plan_changes(spans, taken, days=10).tolist() == [1, 0]
    assert taken.seats.tolist() == [3, 1]


def test_the_horizon_of_every_snapshot_day_is_observed() -> None:
    spans = spans_by_account([span("2024-11-20")])
    days = complete_days(spans, until=AS_OF, horizon_days=30)
    assert days == [date(2024, 12, 1), date(2024, 12, 31), date(2025, 1, 30)]


def test_days_left_count_to_the_end_of_the_paid_period() -> None:
    assert snapshot().paid_days_left == 12
