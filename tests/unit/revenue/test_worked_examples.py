"""The worked examples E1 to E12 of docs/metrics.md, by their numbers."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest

from keepwell.records.model import EndReason, Interval
from keepwell.revenue.adjustments import (
    charge_entries,
    discounted,
    dunning_schedule,
    end_after_failure,
    processor_fee,
    prorate,
    refund_entries,
)
from keepwell.revenue.model import (
    Movement,
    MovementKind,
    Period,
    Span,
    display,
    monthly,
    months,
    movements,
    mrr_by_account,
    periods,
)
from keepwell.revenue.retention import (
    cohorts,
    gross_retention,
    monthly_rate,
    movement_net_retention,
    net_retention,
    quick_ratio,
)

CUSTOMER = UUID(int=1)


def span(starts_on: str, ends_on: str | None = None, *, amount: Fraction | int, account: int = 1) -> Span:
    return Span(
        account_id=UUID(int=account),
        monthly_amount=Fraction(amount),
        starts_on=date.fromisoformat(starts_on),
        ends_on=None if ends_on is None else date.fromisoformat(ends_on),
    )


def totals(found: list[Movement]) -> dict[str, str]:
    sums: defaultdict[MovementKind, Fraction] = defaultdict(Fraction)
    for movement in found:
        sums[movement.kind] += movement.amount
    return {kind.value: display(amount) for kind, amount in sums.items()}


def mrr(spans: list[Span], on: str) -> str:
    return display(sum(mrr_by_account(spans, date.fromisoformat(on)).values(), Fraction()))


def test_e1_intervals_are_normalised_to_months() -> None:
    total = (
        monthly(Decimal(29), Interval.MONTH)
        + monthly(Decimal(81), Interval.QUARTER)
        + monthly(Decimal(290), Interval.YEAR)
        + monthly(Decimal(10), Interval.WEEK)
    )
    assert display(total) == "123.50"


def test_e1_a_thousand_annual_subscriptions_are_rounded_once_and_not_each() -> None:
    assert display(1000 * monthly(Decimal(100), Interval.YEAR)) == "8333.33"


def test_e2_seats_added_dropped_cancelled_and_bought_again() -> None:
    annual_seat = monthly(Decimal(500), Interval.YEAR)
    spans = [
        span("2024-01-01", "2024-04-01", amount=4 * annual_seat),
        span("2024-02-01", "2024-03-01", amount=2 * 30),
        span("2024-05-01", amount=3 * 50),
    ]
    assert totals(movements(spans)) == {
        "new": "166.67",
        "expansion": "60.00",
        "contraction": "-60.00",
        "churn": "-166.67",
        "reactivation": "150.00",
    }
    assert mrr(spans, "2024-05-01") == "150.00"


@pytest.fixture(name="march")
def _march() -> list[Span]:
    """E3: A expands, B churns, C contracts, D returns, E is new, F joins and leaves within the month."""
    return [
        span("2024-01-01", "2024-03-10", amount=100, account=1),
        span("2024-03-10", amount=150, account=1),
        span("2024-01-01", "2024-03-12", amount=50, account=2),
        span("2024-01-01", "2024-03-14", amount=200, account=3),
        span("2024-03-14", amount=120, account=3),
        span("2023-01-01", "2023-06-01", amount=30, account=4),
        span("2024-03-05", amount=30, account=4),
        span("2024-03-07", amount=60, account=5),
        span("2024-03-08", "2024-03-20", amount=25, account=6),
    ]


def period_of(spans: list[Span], start: str, end: str) -> Period:
    bounds = [(date.fromisoformat(start), date.fromisoformat(end))]
    return periods(movements(spans), bounds)[0]


def test_e3_a_month_of_movements_leads_from_opening_to_closing(march: list[Span]) -> None:
    period = period_of(march, "2024-03-01", "2024-03-31")
    assert display(period.opening) == "350.00"
    assert {kind.value: display(amount) for kind, amount in period.totals.items()} == {
        "new": "85.00",
        "expansion": "50.00",
        "reactivation": "30.00",
        "contraction": "-80.00",
        "churn": "-75.00",
        "fx": "0.00",
    }
    assert display(period.closing) == "360.00"


def test_e3a_retention_point_to_point_and_by_movements_differ(march: list[Span]) -> None:
    opening = mrr_by_account(march, date(2024, 2, 29))
    now = mrr_by_account(march, date(2024, 3, 31))
    assert net_retention(opening, now) == Fraction(270, 350)
    assert gross_retention(opening, now) == Fraction(220, 350)
    by_movements = movement_net_retention(period_of(march, "2024-03-01", "2024-03-31"))
    assert by_movements == Fraction(275, 350)


def test_quick_ratio_counts_reactivation_as_gained(march: list[Span]) -> None:
    assert quick_ratio(period_of(march, "2024-03-01", "2024-03-31")) == Fraction(85 + 50 + 30, 80 + 75)


def test_e4_a_discount_reduces_mrr_while_it_runs_and_its_expiry_is_an_expansion() -> None:
    spans = discounted(span("2024-01-01", amount=100), share=Fraction(1, 2), until=date(2024, 4, 1))
    shown = [mrr(spans, day) for day in ("2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30")]
    assert shown == ["50.00", "50.00", "50.00", "100.00"]
    assert totals(movements(spans)) == {"new": "50.00", "expansion": "50.00"}


def test_e6_a_trial_counts_from_the_day_it_is_paid_and_joins_that_months_cohort() -> None:
    spans = [span("2024-02-03", amount=49)]
    bounds = months(date(2024, 1, 1), date(2024, 2, 29))
    january, february = cohorts(spans, movements(spans), month_bounds=bounds, today=date(2024, 3, 1))
    assert mrr(spans, "2024-01-31") == "0.00"
    assert (january.size, february.size) == (0, 1)


def test_e7_a_change_inside_a_cycle_rounds_each_line_and_sums_them() -> None:
    lines = prorate(old=Decimal(30), new=Decimal(60), days_left=16, cycle_days=31)
    assert (lines.credit, lines.charge, lines.invoice) == (
        Decimal("15.48"),
        Decimal("30.97"),
        Decimal("15.49"),
    )
    change = [span("2024-05-01", "2024-05-16", amount=30), span("2024-05-16", amount=60)]
    assert totals(movements(change))["expansion"] == "30.00"


def test_e8_churn_falls_on_the_end_of_service_and_a_cheaper_return_is_a_reactivation() -> None:
    spans = [span("2024-10-23", "2024-11-23", amount=50), span("2024-12-10", amount=20)]
    assert [(each.on, each.kind, each.amount) for each in movements(spans)[1:]] == [
        (date(2024, 11, 23), MovementKind.CHURN, Fraction(-50)),
        (date(2024, 12, 10), MovementKind.REACTIVATION, Fraction(20)),
    ]


def test_e9_dunning_retries_four_times_and_then_ends_the_service() -> None:
    retries = [date(2024, 3, 3), date(2024, 3, 8), date(2024, 3, 15), date(2024, 3, 22)]
    assert dunning_schedule(date(2024, 3, 1)) == retries
    assert end_after_failure(date(2024, 3, 1)) == (date(2024, 3, 22), EndReason.INVOLUNTARY)


def test_e9_a_retry_that_is_paid_ends_nothing() -> None:
    assert end_after_failure(date(2024, 3, 1), paid_on=date(2024, 3, 15)) is None


def test_e9_a_customer_who_cancels_during_dunning_leaves_voluntarily() -> None:
    end = end_after_failure(date(2024, 3, 1), cancelled_on=date(2024, 3, 10))
    assert end is not None
    assert end.reason is EndReason.VOLUNTARY


def test_e11_a_rate_over_ninety_days_is_not_divided_by_three() -> None:
    assert round(monthly_rate(0.15, days=90), 4) == 0.0534


def test_e12_a_refund_whose_fee_is_kept_leaves_the_processor_balance_negative() -> None:
    amount = Decimal("49.00")
    fee = processor_fee(amount, share=Decimal("0.029"), fixed=Decimal("0.30"))
    charged = charge_entries(amount, fee=fee)
    entries = [*charged, *refund_entries(amount)]
    assert fee == Decimal("1.72")
    assert sum(entry.amount for entry in charged if entry.account == "processor") == Decimal("47.28")
    assert sum(entry.amount for entry in entries if entry.account == "processor") == Decimal("-1.72")
    assert sum(entry.amount for entry in entries) == 0


def test_a_cohort_leaves_months_that_have_not_ended_blank_and_keeps_returning_customers() -> None:
    spans = [span("2024-01-05", "2024-02-10", amount=10), span("2024-03-20", amount=10)]
    bounds = months(date(2024, 1, 1), date(2024, 4, 30))
    january = cohorts(spans, movements(spans), month_bounds=bounds, today=date(2024, 4, 10))[0]
    assert january.paying == [1, 0, 1, None]
