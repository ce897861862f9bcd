"""Stripe's events: which of several in one second is the newest, and which lack what we read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from math import factorial
from typing import Any

import msgspec
import pytest

from keepwell.importing.stripe import store
from keepwell.importing.stripe.conversion import read
from keepwell.importing.stripe.event_model import Event
from keepwell.importing.stripe.ingest.same_second import SeenState, SeenStates, seen_in
from keepwell.importing.stripe.model import StripeObject

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


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
    assert seen_in(event(shown, before)).may_follow(seen_in(OLDER)) == replaces


def price_change(amount: int, before: int | None) -> SeenState:
    previous = None if before is None else {"plan": {"id": f"price_{before}", "object": "plan"}}
    return seen_in(event({"items": items(amount)}, previous))


def newest_of(states: Sequence[SeenState]) -> StripeObject:
    """The newest state, as the states arrive one after another."""
    known: store.KnownObject | None = None
    for each in states:
        seen = SeenStates.after(each, NOW, known=known)
        known = store.KnownObject("sub_1", NOW, msgspec.to_builtins(seen.states))
    return seen.states[-1].state


CHAIN = [price_change(*each) for each in ((1000, 400), (2500, 1000), (4000, 2500), (4500, 4000))]
CREATED = SeenState(event({"status": "active", "items": items(400)}).state, "created")


@pytest.mark.parametrize("first", [[], [CREATED]])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_updates_of_one_second_end_right_in_any_order(first: list[SeenState], count: int) -> None:
    chain = [*first, *CHAIN[:count]]
    assert [newest_of(order) for order in permutations(chain)] == [chain[-1].state] * factorial(len(chain))


def test_a_change_that_is_taken_back_within_the_second_is_the_newer() -> None:
    there, back = price_change(1000, 400), price_change(400, 1000)
    for order in permutations([CREATED, there, back, SeenState(back.state)]):
        assert newest_of(order) == back.state


@pytest.mark.parametrize("missing", CHAIN[1:3])
def test_what_is_read_in_the_same_second_is_newer_than_an_update_with_a_gap(missing: SeenState) -> None:
    read_state = SeenState(CHAIN[3].state)
    for order in permutations([CHAIN[0], read_state, missing]):
        assert newest_of(order) == read_state.state


def test_an_update_of_what_was_read_in_the_same_second_is_newer() -> None:
    for order in permutations([SeenState(CHAIN[1].state), CHAIN[2]]):
        assert newest_of(order) == CHAIN[2].state


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
