"""What a subscription costs a year: coupons, intervals, currencies, and prices that are no fixed amount."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from tests.unit.importing.stripe.states import History, at, coupon, item, price, state

from keepwell.importing.stripe.subscriptions.rows import reconcile
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.records.model import Interval


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
