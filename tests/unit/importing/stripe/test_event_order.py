"""Stripe's events: which of two in one second is the older, and which lack what we read."""

from __future__ import annotations

from typing import Any

import pytest

from keepwell.importing.stripe.conversion import read
from keepwell.importing.stripe.event_model import Event


def event(shown: dict[str, Any], before: dict[str, Any] | None = None) -> Event:
    state = {"id": "sub_1", "object": "subscription", **shown}
    return read(
        {
            "id": "evt_1",
            "type": "customer.subscription.updated",
            "created": 1_750_000_000,
            "data": {"object": state, "previous_attributes": before},
        },
        Event,
    )


def items(*amounts: int) -> dict[str, Any]:
    prices = [{"id": f"price_{each}", "object": "price", "unit_amount": each} for each in amounts]
    return {"data": [{"id": "si_1", "price": each, "quantity": 1} for each in prices]}


OLDER = event({"status": "active", "items": items(1000)})


@pytest.mark.parametrize(
    ("shown", "before", "replaces"),
    [
        ({"items": items(2500)}, {"items": items(1000)}, True),
        ({"items": items(2500)}, {"plan": {"id": "price_1000", "object": "plan"}}, True),
        ({"items": items(2500)}, {"plan": {"id": "price_400", "object": "plan"}}, False),
        ({"items": items(1000), "quantity": 3}, {"quantity": 1}, True),
        ({"items": items(2500)}, {"items": items(1000, 500)}, False),
        ({"status": "past_due"}, {"status": "active"}, True),
        ({"status": "past_due"}, {"status": "trialing"}, False),
    ],
)
def test_an_event_replaced_the_state_that_its_previous_attributes_are_part_of(
    shown: dict[str, Any], before: dict[str, Any], *, replaces: bool
) -> None:
    newer = event(shown, before).replaced
    assert newer is not None
    assert newer.was(OLDER.state, change=OLDER.replaced) == replaces


def test_a_change_that_is_taken_back_within_the_second_is_the_newer() -> None:
    there = event({"items": items(2500)}, {"plan": {"id": "price_1000", "object": "plan"}})
    back = event({"items": items(1000)}, {"plan": {"id": "price_2500", "object": "plan"}})
    assert there.replaced is not None
    assert not there.replaced.was(back.state, change=back.replaced)


@pytest.mark.parametrize(
    ("shown", "needs"),
    [
        ({"discounts": ["di_1"], "discount": {"id": "di_1"}}, False),
        ({"discounts": ["di_1", "di_2"], "discount": {"id": "di_1"}}, True),
        ({"items": {"data": [{"discounts": ["di_1"]}]}}, True),
        ({"items": {"data": [{"discounts": [{"id": "di_1"}]}]}}, False),
        ({"items": "odd", "discounts": 7}, False),
        ({"object": "discount", "customer": "cus_1"}, True),
        ({"object": "discount", "customer": "cus_1", "subscription": "sub_1"}, False),
    ],
)
def test_an_event_without_all_discounts_needs_the_current_object(
    shown: dict[str, Any], *, needs: bool
) -> None:
    assert event(shown).needs_current_object == needs
