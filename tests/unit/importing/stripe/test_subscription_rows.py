"""The history of a subscription, built from the states that Stripe shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.importing.stripe.states import History, item, price, seconds, state

from keepwell.records.model import EndReason, Interval


def test_a_subscription_is_one_span_of_price_times_quantity() -> None:
    (row,) = History().seen(state(item(quantity=3)), on="2026-02-01").rows.values()
    assert (row.external_id, row.account, row.plan, row.seats) == ("sub_1", "cus_1", "price_a", 3)
    assert (row.amount, row.amount_per, row.currency) == (Decimal(30), Interval.MONTH, "USD")
    assert (row.starts_on, row.ends_on) == (date(2026, 1, 10), None)


def test_a_price_change_ends_one_span_and_starts_another() -> None:
    history = History().seen(state(), on="2026-02-01")
    history.seen(state(item(quantity=2)), on="2026-03-05")
    assert history.spans() == [
        ("sub_1", "2026-01-10", "2026-03-05", Decimal(10)),
        ("sub_1#2026-03-05", "2026-03-05", None, Decimal(20)),
    ]


def test_the_last_of_two_changes_on_one_day_counts() -> None:
    history = History().seen(state(), on="2026-02-01").seen(state(item(quantity=2)), on="2026-03-05")
    history.seen(state(item(quantity=5)), on="2026-03-05")
    assert history.spans() == [
        ("sub_1", "2026-01-10", "2026-03-05", Decimal(10)),
        ("sub_1#2026-03-05.2", "2026-03-05", None, Decimal(50)),
    ]


def test_replacing_an_item_by_one_of_the_same_price_changes_nothing() -> None:
    history = History().seen(state(), on="2026-02-01")
    history.seen(state(item(name="si_other")), on="2026-03-05")
    assert history.spans() == [("sub_1", "2026-01-10", None, Decimal(10))]


def test_each_item_is_a_span_and_a_removed_one_ends() -> None:
    second = item(name="si_2", price=price(500, name="price_b"))
    history = History().seen(state(item(), second), on="2026-02-01")
    history.seen(state(item()), on="2026-04-01")
    assert history.spans() == [
        ("sub_1", "2026-01-10", None, Decimal(10)),
        ("sub_1/si_2", "2026-01-10", "2026-04-01", Decimal(5)),
    ]


def test_a_trial_is_a_separate_span_and_the_price_starts_after_it() -> None:
    history = History().seen(state(status="trialing", trial_end=seconds("2026-01-24")), on="2026-01-11")
    assert history.spans() == [
        ("sub_1#trial", "2026-01-10", "2026-01-24", Decimal(10)),
        ("sub_1", "2026-01-24", None, Decimal(10)),
    ]
    assert [row.is_trial for row in history.rows.values()] == [True, False]


def test_an_extended_trial_moves_the_start_of_the_price() -> None:
    history = History().seen(state(status="trialing", trial_end=seconds("2026-01-24")), on="2026-01-11")
    history.seen(state(status="trialing", trial_end=seconds("2026-02-24")), on="2026-01-20")
    assert history.spans() == [
        ("sub_1#trial", "2026-01-10", "2026-02-24", Decimal(10)),
        ("sub_1", "2026-02-24", None, Decimal(10)),
    ]


def test_a_shortened_trial_starts_the_price_on_that_day() -> None:
    history = History().seen(state(status="trialing", trial_end=seconds("2026-01-24")), on="2026-01-11")
    history.seen(state(trial_end=seconds("2026-01-15")), on="2026-01-15")
    assert [(start, end) for _, start, end, _ in history.spans()] == [
        ("2026-01-10", "2026-01-15"),
        ("2026-01-15", None),
    ]


def test_a_cancelled_trial_was_never_paid() -> None:
    gone = state(
        status="canceled",
        trial_end=seconds("2026-01-24"),
        ended_at=seconds("2026-01-20"),
        canceled_at=seconds("2026-01-20"),
    )
    history = History().seen(gone, on="2026-02-01")
    assert history.spans() == [("sub_1#trial", "2026-01-10", "2026-01-20", Decimal(10))]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("cancellation_requested", EndReason.VOLUNTARY),
        ("payment_failed", EndReason.INVOLUNTARY),
        ("payment_disputed", EndReason.INVOLUNTARY),
        (None, None),
    ],
)
def test_an_end_has_the_reason_from_stripe(reason: str | None, expected: EndReason | None) -> None:
    history = History().seen(state(), on="2026-02-01")
    gone = state(
        status="canceled",
        ended_at=seconds("2026-05-01"),
        canceled_at=seconds("2026-04-20"),
        cancellation_details={"reason": reason},
    )
    (row,) = history.seen(gone, on="2026-05-01").rows.values()
    assert (row.ends_on, row.cancelled_on, row.end_reason) == (
        date(2026, 5, 1),
        date(2026, 4, 20),
        expected,
    )


def test_a_cancellation_at_the_end_of_the_period_is_scheduled_and_can_be_revoked() -> None:
    leaving = state(
        cancel_at_period_end=True,
        current_period_end=seconds("2026-03-10"),
        canceled_at=seconds("2026-02-20"),
    )
    history = History().seen(state(), on="2026-02-01").seen(leaving, on="2026-02-20")
    assert history.spans() == [("sub_1", "2026-01-10", "2026-03-10", Decimal(10))]
    history.seen(state(), on="2026-02-25")
    assert history.spans() == [("sub_1", "2026-01-10", None, Decimal(10))]


def test_an_unpaid_subscription_ended_with_the_last_paid_period() -> None:
    history = History().seen(state(), on="2026-02-01")
    history.seen(state(status="unpaid", current_period_start=seconds("2026-03-10")), on="2026-04-02")
    (row,) = history.rows.values()
    assert (row.ends_on, row.end_reason) == (date(2026, 3, 10), EndReason.INVOLUNTARY)


@pytest.mark.parametrize(
    "leaves",
    [{"cancel_at": "2027-01-01"}, {"cancel_at_period_end": True, "current_period_end": "2026-05-10"}],
)
@pytest.mark.parametrize(("status", "since"), [("unpaid", "current_period_start"), ("paused", "trial_end")])
def test_what_is_not_paid_for_does_not_count_until_an_announced_end(
    status: str, since: str, leaves: Mapping[str, Any]
) -> None:
    days = {since: "2026-03-10", **leaves}
    shown = {name: seconds(day) if isinstance(day, str) else day for name, day in days.items()}
    history = History().seen(state(status=status, **shown), on="2026-04-02")
    assert [row.ends_on for row in history.rows.values() if not row.is_trial] == [date(2026, 3, 10)]


@pytest.mark.parametrize("status", ["unpaid", "paused", "canceled"])
def test_a_status_without_its_day_ends_on_the_day_of_the_reading(status: str) -> None:
    history = History().seen(state(), on="2026-02-01").seen(state(status=status), on="2026-04-02")
    assert [row.ends_on for row in history.rows.values()] == [date(2026, 4, 2)]


def test_a_price_counts_in_the_currency_that_it_is_billed_in() -> None:
    options = {"eur": {"unit_amount": 900, "unit_amount_decimal": "900"}}
    shown = state(item(price=price(currency_options=options)), currency="eur")
    (row,) = History().seen(shown, on="2026-02-01").rows.values()
    assert (row.amount, row.currency) == (Decimal(9), "EUR")


def test_an_incomplete_subscription_never_started() -> None:
    assert History().seen(state(status="incomplete"), on="2026-02-01").rows == {}


QUANTITIES = st.lists(st.integers(1, 4), min_size=1, max_size=8)


@given(QUANTITIES)
def test_reading_the_last_state_of_any_history_again_changes_nothing(quantities: Sequence[int]) -> None:
    history = History()
    days = [f"2026-0{1 + number // 3}-{11 + 7 * (number % 3)}" for number in range(len(quantities))]
    for quantity, day in zip(quantities, days, strict=True):
        history.seen(state(item(quantity=quantity)), on=day)
    before = dict(history.rows)
    history.seen(state(item(quantity=quantities[-1])), on=days[-1])
    assert history.rows == before


@given(QUANTITIES)
def test_on_each_day_of_any_history_exactly_the_last_shown_price_applies(
    quantities: Sequence[int],
) -> None:
    history = History()
    days = [f"2026-0{1 + number // 3}-{11 + 7 * (number % 3)}" for number in range(len(quantities))]
    for quantity, day in zip(quantities, days, strict=True):
        history.seen(state(item(quantity=quantity)), on=day)
    for quantity, day in zip(quantities, days, strict=True):
        running = [
            amount for _, start, end, amount in history.spans() if start <= day and (end is None or day < end)
        ]
        assert running == [Decimal(10 * quantity)]
