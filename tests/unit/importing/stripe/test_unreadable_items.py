"""An item whose price cannot be read keeps its last known price, and the others go on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from tests.unit.importing.stripe.states import AFTERWARDS, History, at, coupon, item, price, seconds, state

from keepwell.importing.stripe.subscriptions.rows import reconcile
from keepwell.importing.upserts.rejection import RejectedRow

TIERED = item(price=price(None, name="price_tiered", billing_scheme="tiered"))
METERED = item(price=price(5, name="price_metered", recurring={"usage_type": "metered"}))
ITEM_DISCOUNT = item(discounts=["di_1"])


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
