"""The history of a subscription, built from the states that Stripe shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.importing.stripe.conversion import read
from keepwell.importing.stripe.subscriptions.objects import Subscription
from keepwell.importing.stripe.subscriptions.rows import ReadingContext, ReconciledRows, reconcile
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import SubscriptionRow
from keepwell.records.model import EndReason, Interval


def seconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def at(day: str, *, read_on: date | None = None) -> ReadingContext:
    return ReadingContext(on=date.fromisoformat(day), read_on=read_on)


def price(amount: int | None = 1000, *, name: str = "price_a", **fields: Any) -> dict[str, Any]:
    recurring = {"interval": "month", "interval_count": 1, **fields.pop("recurring", {})}
    return {"id": name, "currency": "usd", "unit_amount": amount, "recurring": recurring, **fields}


def item(*, name: str = "si_1", quantity: int = 1, **fields: Any) -> dict[str, Any]:
    return {"id": name, "quantity": quantity, "price": price(), **fields}


def state(*items: Mapping[str, Any], **fields: Any) -> Subscription:
    shown = {
        "id": "sub_1",
        "customer": "cus_1",
        "status": "active",
        "currency": "usd",
        "items": {"data": items or [item()]},
        "start_date": seconds("2026-01-10"),
        **fields,
    }
    return read(shown, Subscription)


def coupon(duration: str, *, end: str | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "discount": {
            "coupon": {"duration": duration, **fields},
            "end": seconds(end) if end else None,
        }
    }


class History:
    """The stored rows of a subscription after several states."""

    def __init__(self) -> None:
        self.rows: dict[str, SubscriptionRow] = {}
        self.last: ReconciledRows | None = None
        self.read_on: date | None = None

    def seen(self, shown: Subscription, *, on: str) -> History:
        self.last = reconcile(shown, list(self.rows.values()), reading=at(on, read_on=self.read_on))
        self.read_on = date.fromisoformat(on)
        self.rows |= {row.external_id: row for row in self.last.rows}
        return self

    def codes(self) -> list[str]:
        """The codes of the unreadable items in the last state."""
        assert self.last is not None
        return [each.why.reason_code for each in self.last.rejections]

    def metered(self) -> int:
        assert self.last is not None
        return self.last.metered

    def spans(self) -> list[tuple[str, str, str | None, Decimal]]:
        """The non-empty spans: id, first day, first day without, amount."""
        return [
            (
                row.external_id,
                row.starts_on.isoformat(),
                row.ends_on.isoformat() if row.ends_on else None,
                row.amount,
            )
            for row in sorted(self.rows.values(), key=lambda row: (row.starts_on, row.external_id))
            if row.starts_on != row.ends_on
        ]


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


def test_a_coupon_with_an_end_lowers_the_price_until_then() -> None:
    shown = state(**coupon("repeating", end="2026-04-10", percent_off=25))
    history = History().seen(shown, on="2026-02-01")
    assert history.spans() == [
        ("sub_1#discount", "2026-01-10", "2026-04-10", Decimal("7.5")),
        ("sub_1", "2026-04-10", None, Decimal(10)),
    ]
    assert history.rows["sub_1#discount"].list_amount == Decimal(10)


def test_a_later_coupon_applies_from_its_day() -> None:
    history = History().seen(state(), on="2026-02-01")
    history.seen(state(**coupon("repeating", end="2026-06-01", amount_off=300)), on="2026-03-01")
    assert [each[1:] for each in history.spans()] == [
        ("2026-01-10", "2026-03-01", Decimal(10)),
        ("2026-03-01", "2026-06-01", Decimal(7)),
        ("2026-06-01", None, Decimal(10)),
    ]
    history.seen(state(), on="2026-06-05")
    assert len(history.spans()) == 3


def test_a_coupon_without_an_end_is_the_price() -> None:
    history = History().seen(state(**coupon("forever", percent_off=12.5)), on="2026-02-01")
    assert history.spans() == [("sub_1", "2026-01-10", None, Decimal("8.75"))]
    assert history.rows["sub_1"].list_amount is None


def test_a_one_time_coupon_changes_nothing() -> None:
    history = History().seen(state(**coupon("once", percent_off=50)), on="2026-02-01")
    assert history.spans() == [("sub_1", "2026-01-10", None, Decimal(10))]


def test_an_amount_off_that_exceeds_the_first_item_continues_with_the_next() -> None:
    second = item(name="si_2", price=price(500, name="price_b"))
    history = History().seen(state(item(), second, **coupon("forever", amount_off=1200)), on="2026-02-01")
    assert [amount for *_, amount in history.spans()] == [Decimal(0), Decimal(3)]


def test_a_price_every_six_months_counts_twice_a_year() -> None:
    half_yearly = item(price=price(6000, recurring={"interval_count": 6}))
    (row,) = (
        History()
        .seen(state(half_yearly, **coupon("forever", amount_off=1000)), on="2026-02-01")
        .rows.values()
    )
    assert (row.amount, row.amount_per) == (Decimal(100), Interval.YEAR)


@pytest.mark.parametrize(
    ("interval", "number", "amount", "amount_per"),
    [
        ("day", 7, 10, Interval.WEEK),
        ("week", 2, 260, Interval.YEAR),
        ("week", 8, 65, Interval.YEAR),
        ("week", 4, 130, Interval.YEAR),
        ("month", 3, 10, Interval.QUARTER),
        ("month", 12, 10, Interval.YEAR),
        ("month", 5, 24, Interval.YEAR),
        ("month", 24, 5, Interval.YEAR),
        ("day", 730, 5, Interval.YEAR),
        ("year", 1, 10, Interval.YEAR),
        ("year", 2, 5, Interval.YEAR),
    ],
)
def test_any_interval_count_becomes_an_exact_amount_per_year(
    interval: str, number: int, amount: int, amount_per: Interval
) -> None:
    shown = item(price=price(recurring={"interval": interval, "interval_count": number}))
    (row,) = History().seen(state(shown), on="2026-02-01").rows.values()
    assert (row.amount, row.amount_per) == (Decimal(amount), amount_per)


def test_a_price_every_three_years_is_read_if_a_third_is_a_finite_decimal() -> None:
    three_years = item(price=price(30000, recurring={"interval": "year", "interval_count": 3}))
    (row,) = History().seen(state(three_years), on="2026-02-01").rows.values()
    assert (row.amount, row.amount_per) == (Decimal(100), Interval.YEAR)


def test_an_amount_per_year_that_is_not_finite_has_twelve_places() -> None:
    three_years = item(price=price(10000, recurring={"interval": "year", "interval_count": 3}))
    (row,) = History().seen(state(three_years), on="2026-02-01").rows.values()
    assert row.amount == Decimal("33.333333333333")


def test_a_coupon_reduces_each_bill_of_a_two_year_price() -> None:
    two_years = item(price=price(24000, recurring={"interval": "year", "interval_count": 2}))
    shown = state(two_years, **coupon("forever", amount_off=4000))
    (row,) = History().seen(shown, on="2026-02-01").rows.values()
    assert (row.amount, row.amount_per) == (Decimal(100), Interval.YEAR)


@pytest.mark.parametrize(
    ("code", "amount"),
    [("jpy", "1234"), ("JPY", "1234"), ("kwd", "1.234"), ("isk", "12.34"), ("Eur", "12.34")],
)
def test_an_amount_has_the_digits_of_its_currency(code: str, amount: str) -> None:
    shown = state(item(price=price(1234, currency=code)), currency=code.lower())
    (row,) = History().seen(shown, on="2026-02-01").rows.values()
    assert (row.amount, row.currency) == (Decimal(amount), code.upper())


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (item(price=price(None, billing_scheme="tiered")), "tiered-price"),
        (item(price=price(5, recurring={"interval_count": 0})), "unsupported-interval"),
        (item(price=price(5, recurring={"interval": "moon"})), "unsupported-interval"),
        (item(discounts=["di_1"]), "unexpanded-discount"),
        (item(price=None), "no-price"),
    ],
)
def test_an_item_without_a_fixed_price_is_rejected_with_the_reason(
    broken: Mapping[str, Any], code: str
) -> None:
    fine = item(name="si_2")
    done = reconcile(state(broken, fine), [], reading=at("2026-02-01"))
    assert [each.why.reason_code for each in done.rejections] == [code]
    assert [row.external_id for row in done.rows] == ["sub_1/si_2"]


TIERED = item(price=price(None, name="price_tiered", billing_scheme="tiered"))
METERED = item(price=price(5, name="price_metered", recurring={"usage_type": "metered"}))
ITEM_DISCOUNT = item(discounts=["di_1"])
AFTERWARDS = "2026-03-05"


@pytest.mark.parametrize("unreadable", [TIERED, METERED, ITEM_DISCOUNT])
def test_a_span_continues_when_its_item_becomes_unreadable(unreadable: Mapping[str, Any]) -> None:
    history = History().seen(state(), on="2026-02-01").seen(state(unreadable), on=AFTERWARDS)
    assert history.spans() == [("sub_1", "2026-01-10", None, Decimal(10))]
    assert history.codes() != []


def test_only_the_unreadable_item_of_two_keeps_its_old_price() -> None:
    second = item(name="si_2", price=price(500, name="price_b"))
    history = History().seen(state(item(), second), on="2026-02-01")
    history.seen(state(item(quantity=2), {**TIERED, "id": "si_2"}), on=AFTERWARDS)
    assert history.spans() == [
        ("sub_1", "2026-01-10", AFTERWARDS, Decimal(10)),
        ("sub_1/si_2", "2026-01-10", None, Decimal(5)),
        (f"sub_1#{AFTERWARDS}", AFTERWARDS, None, Decimal(20)),
    ]


def test_a_removed_item_ends_beside_an_unreadable_one() -> None:
    second = item(name="si_2", price=price(500, name="price_b"))
    history = History().seen(state(item(), second), on="2026-02-01").seen(state(TIERED), on=AFTERWARDS)
    assert history.spans() == [
        ("sub_1", "2026-01-10", None, Decimal(10)),
        ("sub_1/si_2", "2026-01-10", AFTERWARDS, Decimal(5)),
    ]


def test_reordered_items_keep_their_spans() -> None:
    second = item(name="si_2", price=price(500, name="price_b"))
    history = History().seen(state(item(), second), on="2026-02-01")
    history.seen(state({**second, "quantity": 3}, TIERED), on=AFTERWARDS)
    assert history.spans() == [
        ("sub_1", "2026-01-10", None, Decimal(10)),
        ("sub_1/si_2", "2026-01-10", AFTERWARDS, Decimal(5)),
        (f"sub_1#{AFTERWARDS}", AFTERWARDS, None, Decimal(15)),
    ]


def test_an_unreadable_item_with_a_new_id_keeps_the_item_it_replaced() -> None:
    history = History().seen(state(), on="2026-02-01")
    history.seen(state({**TIERED, "id": "si_9"}), on=AFTERWARDS)
    assert history.spans() == [("sub_1", "2026-01-10", None, Decimal(10))]


def test_adding_an_unreadable_item_leaves_the_others_unchanged() -> None:
    history = History().seen(state(), on="2026-02-01")
    history.seen(state(item(quantity=2), {**TIERED, "id": "si_2"}), on=AFTERWARDS)
    assert [amount for _, _, end, amount in history.spans() if end is None] == [Decimal(20)]


def test_an_unreadable_subscription_ends_when_it_is_cancelled() -> None:
    history = History().seen(state(), on="2026-02-01")
    leaving = {"cancel_at_period_end": True, "current_period_end": seconds("2026-04-10")}
    history.seen(state(TIERED, **leaving), on=AFTERWARDS)
    assert history.spans() == [("sub_1", "2026-01-10", "2026-04-10", Decimal(10))]


def test_a_revoked_cancellation_removes_the_end_even_if_the_price_is_unreadable() -> None:
    leaving = {"cancel_at_period_end": True, "current_period_end": seconds("2026-04-10")}
    history = History().seen(state(**leaving), on="2026-02-01").seen(state(TIERED), on=AFTERWARDS)
    assert history.spans() == [("sub_1", "2026-01-10", None, Decimal(10))]


def test_a_trial_continues_at_its_last_known_price_if_the_new_one_is_unreadable() -> None:
    trial = {"status": "trialing", "trial_end": seconds("2026-03-24")}
    history = History().seen(state(**trial), on="2026-02-01").seen(state(TIERED, **trial), on=AFTERWARDS)
    assert history.spans() == [
        ("sub_1#trial", "2026-01-10", "2026-03-24", Decimal(10)),
        ("sub_1", "2026-03-24", None, Decimal(10)),
    ]


def test_a_readable_price_follows_the_continued_one() -> None:
    history = History().seen(state(), on="2026-02-01").seen(state(TIERED), on=AFTERWARDS)
    history.seen(state(item(quantity=2)), on="2026-04-01")
    assert history.spans() == [
        ("sub_1", "2026-01-10", "2026-04-01", Decimal(10)),
        ("sub_1#2026-04-01", "2026-04-01", None, Decimal(20)),
    ]


def test_a_metered_item_costs_zero_beside_a_paid_one() -> None:
    history = History().seen(state(item(), {**METERED, "id": "si_2"}), on="2026-02-01")
    assert [amount for *_, amount in history.spans()] == [Decimal(10), Decimal(0)]
    assert (history.codes(), history.metered()) == ([], 1)


def test_a_metered_price_may_replace_a_metered_one() -> None:
    other = item(price=price(9, name="price_other", recurring={"usage_type": "metered"}))
    history = History().seen(state(METERED), on="2026-02-01").seen(state(other), on=AFTERWARDS)
    assert [end for _, _, end, _ in history.spans()] == [AFTERWARDS, None]
    assert history.codes() == []


def test_an_amount_off_all_items_is_not_split_if_one_item_is_unreadable() -> None:
    with pytest.raises(RejectedRow, match="off all items together"):
        reconcile(
            state(TIERED, item(name="si_2"), **coupon("forever", amount_off=500)), [], reading=at(AFTERWARDS)
        )


def test_an_unexpanded_discount_is_rejected_and_not_ignored() -> None:
    with pytest.raises(RejectedRow, match="only the id"):
        reconcile(state(discounts=["di_1"]), [], reading=at("2026-02-01"))


@pytest.mark.parametrize(
    "fields",
    [
        {"start_date": 10**12},
        {"items": {"data": [item(quantity=-1)]}},
        {"customer": "cus_\x00"},
        {"items": {"data": [item(price=price(currency="dollars"))]}},
        {"items": {"data": [item(price=price(-5))]}},
    ],
)
def test_values_that_the_tables_would_refuse_are_rejected_on_reading(fields: Mapping[str, Any]) -> None:
    with pytest.raises(RejectedRow):
        state(**fields)


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
