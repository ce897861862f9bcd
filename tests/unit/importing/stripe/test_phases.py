"""The prices of a Stripe subscription by the days that Stripe gives, and by everything that changes what a bill costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.unit.importing.stripe.states import (
    AFTERWARDS,
    History,
    item,
    price,
    seconds,
    state,
)

from keepwell.importing.stripe.conversion import read
from keepwell.importing.stripe.discounts import Discount
from keepwell.importing.stripe.subscriptions.phases import read_items


def amounts(*items: dict[str, Any], of_customer: Discount | None = None, **fields: Any) -> list[Decimal]:
    """What the items cost per interval, at last."""
    readings = read_items(state(*items, **fields), of_customer=of_customer)
    assert [each.why for each in readings] == [None] * len(readings)
    return [each.phases[-1].amount for each in readings]


def discount(
    duration: str = "forever", *, start: str | None = None, end: str | None = None, **coupon: Any
) -> dict[str, Any]:
    days = {"start": start and seconds(start), "end": end and seconds(end)}
    return {"id": "di_1", "coupon": {"duration": duration, **coupon}, **days}


TIERS = [
    {"up_to": 5, "unit_amount": 700, "flat_amount": 100},
    {"up_to": 10, "unit_amount": 650},
    {"up_to": None, "unit_amount_decimal": "600.5"},
]


@pytest.mark.parametrize(
    ("mode", "quantity", "cost"),
    [
        ("graduated", 0, "1"),
        ("graduated", 5, "36"),
        ("graduated", 6, "42.5"),
        ("graduated", 12, "80.51"),
        ("volume", 5, "36"),
        ("volume", 6, "39"),
        ("volume", 12, "72.06"),
    ],
)
def test_a_tiered_price_costs_what_its_tiers_say(mode: str, quantity: int, cost: str) -> None:
    tiered = price(None, billing_scheme="tiered", tiers=TIERS, tiers_mode=mode)
    assert amounts(item(price=tiered, quantity=quantity)) == [Decimal(cost)]


@pytest.mark.parametrize(("rounding", "cost"), [("up", 10), ("down", 5)])
def test_a_package_price_is_billed_by_the_package(rounding: str, cost: int) -> None:
    package = price(500, transform_quantity={"divide_by": 5, "round": rounding})
    assert amounts(item(price=package, quantity=6)) == [Decimal(cost)]


def test_discounts_are_taken_off_one_after_the_other() -> None:
    both = [discount(percent_off=50), discount(amount_off=200)]
    assert amounts(item(discounts=[discount(percent_off=10)]), discounts=both) == [Decimal("2.5")]


def test_a_coupon_reduces_only_the_products_that_it_applies_to() -> None:
    other = item(name="si_2", price=price(500, name="price_b", product="prod_b"))
    limited = discount(percent_off=50, applies_to={"products": ["prod_b"]})
    assert amounts(item(), other, discounts=[limited]) == [Decimal(10), Decimal("2.5")]


def test_the_customers_discount_applies_to_a_subscription_without_its_own() -> None:
    of_customer = read(discount(percent_off=50), Discount)
    assert amounts(of_customer=of_customer) == [Decimal(5)]
    assert amounts(of_customer=of_customer, discount=discount(percent_off=10)) == [Decimal(9)]
    assert amounts(of_customer=of_customer, discount=discount("once", percent_off=10)) == [Decimal(10)]


@pytest.mark.parametrize(("cents", "net"), [(1200, "10"), (999, "8.32")])
def test_a_price_that_includes_tax_counts_without_it_rounded_as_on_the_bill(cents: int, net: str) -> None:
    taxed = item(price=price(cents, tax_behavior="inclusive"))
    rates = [{"percentage": 20.0, "inclusive": True}, {"percentage": 5.0, "inclusive": False}]
    assert amounts(taxed, default_tax_rates=rates) == [Decimal(net)]
    assert amounts({**taxed, "tax_rates": rates[1:]}, default_tax_rates=rates) == [Decimal(cents) / 100]


def test_a_trial_given_later_follows_the_paid_months() -> None:
    gift = state(status="trialing", trial_start=seconds("2026-05-15"), trial_end=seconds("2026-06-15"))
    history = History().seen(gift, on="2026-06-01")
    assert history.spans() == [
        ("sub_1#before", "2026-01-10", "2026-05-15", Decimal(10)),
        ("sub_1#trial", "2026-05-15", "2026-06-15", Decimal(10)),
        ("sub_1", "2026-06-15", None, Decimal(10)),
    ]
    before = dict(history.rows)
    assert history.seen(gift, on="2026-06-20").rows == before


def test_an_item_counts_from_the_day_it_was_added() -> None:
    first = item(created=seconds("2026-01-10"))
    added = item(name="si_2", price=price(500, name="price_b"), created=seconds("2026-05-01"))
    history = History().seen(state(first, added), on="2026-06-01")
    assert [start for _, start, _, _ in history.spans()] == ["2026-01-10", "2026-05-01"]


def test_an_item_added_between_two_readings_counts_from_its_day() -> None:
    added = item(name="si_2", price=price(500, name="price_b"), created=seconds("2026-03-01"))
    history = History().seen(state(), on="2026-02-01")
    history.seen(state(item(created=seconds("2026-01-10")), added), on=AFTERWARDS)
    assert [start for _, start, _, _ in history.spans()] == ["2026-01-10", "2026-03-01"]


@pytest.mark.parametrize("readings", [["2026-06-01"], ["2026-02-01", "2026-06-01"]])
def test_a_discount_counts_from_its_start(readings: list[str]) -> None:
    reduced = state(discount=discount("repeating", percent_off=50, start="2026-03-01", end="2026-09-01"))
    history = History()
    for day in readings[:-1]:
        history.seen(state(), on=day)
    history.seen(reduced, on=readings[-1])
    assert [(start, end, amount) for _, start, end, amount in history.spans()] == [
        ("2026-01-10", "2026-03-01", Decimal(10)),
        ("2026-03-01", "2026-09-01", Decimal(5)),
        ("2026-09-01", None, Decimal(10)),
    ]


TRIAL = {"status": "trialing", "trial_end": seconds("2026-01-24")}
LEAVING = {"cancel_at_period_end": True, "current_period_end": seconds("2026-03-10")}


def test_a_trial_that_was_extended_unseen_was_never_paid() -> None:
    history = History().seen(state(**TRIAL), on="2026-01-11")
    history.seen(state(**{**TRIAL, "trial_end": seconds("2026-02-24")}), on="2026-02-01")
    assert history.spans() == [
        ("sub_1#trial", "2026-01-10", "2026-02-24", Decimal(10)),
        ("sub_1", "2026-02-24", None, Decimal(10)),
    ]


def test_a_trial_that_was_extended_unseen_and_then_cancelled_was_never_paid() -> None:
    history = History().seen(state(**TRIAL), on="2026-01-11")
    extended = {"trial_end": seconds("2026-02-24"), "ended_at": seconds("2026-02-20"), "status": "canceled"}
    history.seen(state(**extended), on="2026-03-01")
    assert history.spans() == [("sub_1#trial", "2026-01-10", "2026-02-20", Decimal(10))]


def test_an_announced_end_that_did_not_come_leaves_no_gap() -> None:
    history = History().seen(state(**LEAVING), on="2026-02-01").seen(state(), on="2026-04-01")
    assert history.spans() == [("sub_1", "2026-01-10", None, Decimal(10))]


def test_an_announced_end_that_came_later_is_the_later_day() -> None:
    history = History().seen(state(**LEAVING), on="2026-02-01")
    history.seen(state(status="canceled", ended_at=seconds("2026-04-20")), on="2026-05-01")
    assert history.spans() == [("sub_1", "2026-01-10", "2026-04-20", Decimal(10))]


def test_a_discount_that_expired_as_foretold_is_no_longer_shown_and_changes_nothing() -> None:
    reduced = state(discount=discount("repeating", percent_off=50, start="2026-01-10", end="2026-04-10"))
    history = History().seen(reduced, on="2026-02-01")
    before = history.spans()
    assert history.seen(state(), on="2026-06-05").spans() == before


def test_a_discount_that_was_extended_unseen_continues() -> None:
    def reduced(end: str) -> Any:
        return state(discount=discount("repeating", percent_off=50, start="2026-01-10", end=end))

    history = (
        History().seen(reduced("2026-04-10"), on="2026-02-01").seen(reduced("2026-08-10"), on="2026-06-05")
    )
    assert [(start, end, amount) for _, start, end, amount in history.spans()] == [
        ("2026-01-10", "2026-08-10", Decimal(5)),
        ("2026-08-10", None, Decimal(10)),
    ]


def test_a_trial_that_was_extended_while_the_price_changed_was_never_paid() -> None:
    def trial(end: str, *, amount: int) -> Any:
        days = {"trial_start": seconds("2026-01-10"), "trial_end": seconds(end)}
        return state(item(price=price(amount)), status="trialing", **days)

    history = History().seen(trial("2026-02-10", amount=1000), on="2026-02-01")
    history.seen(trial("2026-03-10", amount=2500), on="2026-02-20")
    assert [(start, end, amount) for _, start, end, amount in history.spans()] == [
        ("2026-01-10", "2026-02-20", Decimal(10)),
        ("2026-02-20", "2026-03-10", Decimal(25)),
        ("2026-03-10", None, Decimal(25)),
    ]
    assert [row.is_trial for row in sorted(history.rows.values(), key=lambda row: row.starts_on)][:2] == [
        True
    ] * 2


def test_a_trial_that_was_extended_while_the_price_became_unreadable_was_never_paid() -> None:
    days = {"trial_start": seconds("2026-01-10"), "status": "trialing"}
    history = History().seen(state(trial_end=seconds("2026-02-10"), **days), on="2026-02-01")
    tiered = item(price=price(None, billing_scheme="tiered"))
    history.seen(state(tiered, trial_end=seconds("2026-03-10"), **days), on="2026-02-20")
    assert history.spans() == [
        ("sub_1#trial", "2026-01-10", "2026-03-10", Decimal(10)),
        ("sub_1", "2026-03-10", None, Decimal(10)),
    ]


def test_a_discount_that_was_extended_while_the_price_changed_never_expired() -> None:
    def reduced(end: str, *, amount: int) -> Any:
        coupon = discount("repeating", percent_off=50, start="2026-01-10", end=end)
        return state(item(price=price(amount)), discount=coupon)

    history = History().seen(reduced("2026-04-10", amount=1000), on="2026-02-01")
    history.seen(reduced("2026-08-10", amount=3000), on="2026-06-05")
    assert [(start, end, amount) for _, start, end, amount in history.spans()] == [
        ("2026-01-10", "2026-06-05", Decimal(5)),
        ("2026-06-05", "2026-08-10", Decimal(15)),
        ("2026-08-10", None, Decimal(30)),
    ]


def test_reading_an_ended_subscription_again_changes_nothing() -> None:
    ended = state(item(quantity=3), status="canceled", ended_at=seconds("2026-04-20"))
    history = History().seen(state(), on="2026-02-01").seen(ended, on="2026-05-01")
    before = dict(history.rows)
    assert history.spans() == [("sub_1", "2026-01-10", "2026-04-20", Decimal(10))]
    assert history.seen(ended, on="2026-05-02").rows == before
