"""Prices at Stripe that say nothing of the revenue: metered, tiered, or in a currency without a rate."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from keepwell.revenue.rates.model import DatedRate
from keepwell.revenue.rates.service import set_rates
from tests.integration.stripe.importing import JUNE, LONGER_THAN_A_SECOND, Keepwell
from tests.stripe_shop import StripeShop

pytestmark = pytest.mark.anyio


async def test_a_metered_price_counts_as_zero_and_is_listed_as_an_assumption(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    metered = shop.plan("Metered", 5, usage_type="metered")
    shop.subscribe(shop.customer("A Ltd"), metered)
    summary = await keepwell.import_stripe()
    assert [(plan, amount) for plan, _, amount, _ in await keepwell.stored_subscriptions()] == [
        (metered, "0")
    ]
    assert any("billed by usage counts as zero" in each for each in summary.assumptions)
    assert keepwell.dead_letters() == []


# Without a tier for larger quantities the price is unknown.
TIERS = {
    "billing_scheme": "tiered",
    "tiers_mode": "graduated",
    "tiers": [{"up_to": 5, "unit_amount": 700}],
}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(("name", "fields"), [("Tiered", TIERS), ("Metered", {"usage_type": "metered"})])
async def test_a_move_to_an_unreadable_price_is_not_churn(
    shop: StripeShop, keepwell: Keepwell, *, name: str, fields: dict[str, Any], full: bool
) -> None:
    team, unreadable = shop.plan("Team", 1000), shop.plan(name, 5, **fields)
    customer = shop.customer("A Ltd")
    made = shop.subscribe(customer, team, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": unreadable}])
    summary = await keepwell.import_stripe(full=full)
    assert await keepwell.stored_subscriptions() == [(team, 1, "10.00", True)]
    assert [kind for _, kind in await keepwell.movements()] == ["new"]
    ((source, _, code, field),) = keepwell.dead_letters()
    assert (source, code) == ("stripe:subscription", f"{name.lower()}-price")
    since, why = (await keepwell.uncertain())[customer]
    assert since == datetime.now(UTC).date().isoformat()
    assert why.startswith(f"{made['id']}: {field}: ")
    assert any("continues at its last known price" in each for each in summary.assumptions)


async def test_a_readable_price_clears_the_mark_and_undoing_it_restores_the_mark(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    team, tiered, large = shop.plan("Team", 1000), shop.plan("Tiered", 5, **TIERS), shop.plan("Large", 5000)
    made = shop.subscribe(shop.customer("A Ltd"), team, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    for plan in (tiered, large):
        shop.wait(LONGER_THAN_A_SECOND)
        shop.change(f"subscriptions/{made['id']}", items=[{"plan": plan}])
        marked = await keepwell.uncertain()
        last = await keepwell.import_stripe()
    assert await keepwell.stored_subscriptions() == [(team, 1, "10.00", False), (large, 1, "50.00", True)]
    assert await keepwell.uncertain() == {}
    await keepwell.undo(last.id)
    assert await keepwell.uncertain() == marked != {}
    assert await keepwell.stored_subscriptions() == [(team, 1, "10.00", True)]


async def test_undoing_the_import_that_marked_an_account_removes_the_mark(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    team, tiered = shop.plan("Team", 1000), shop.plan("Tiered", 5, **TIERS)
    made = shop.subscribe(shop.customer("A Ltd"), team, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": tiered}])
    before = await keepwell.state()
    await keepwell.undo((await keepwell.import_stripe()).id)
    assert await keepwell.state() == before


async def test_reading_the_same_state_again_keeps_the_mark(shop: StripeShop, keepwell: Keepwell) -> None:
    team, tiered = shop.plan("Team", 1000), shop.plan("Tiered", 5, **TIERS)
    made = shop.subscribe(shop.customer("A Ltd"), team, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": tiered}])
    await keepwell.import_stripe()
    before = await keepwell.state()
    assert not (await keepwell.import_stripe(full=True)).changed
    assert await keepwell.state() == before


async def test_cancelling_an_unreadable_subscription_is_churn(shop: StripeShop, keepwell: Keepwell) -> None:
    team, tiered = shop.plan("Team", 1000), shop.plan("Tiered", 5, **TIERS)
    made = shop.subscribe(shop.customer("A Ltd"), team, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": tiered}])
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.delete(f"subscriptions/{made['id']}")
    await keepwell.import_stripe()
    assert [kind for _, kind in await keepwell.movements()] == ["new", "churn"]
    assert await keepwell.uncertain() == {}


async def test_a_currency_without_a_rate_is_a_dead_letter(shop: StripeShop, keepwell: Keepwell) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 1000, currency="eur"))
    summary = await keepwell.import_stripe()
    assert summary.entities["subscriptions"].reasons == {"no-exchange-rate": 1}
    assert await keepwell.unrated(datetime.now(UTC).date()) == {"EUR": 1}


async def test_a_subscription_that_waited_for_a_rate_is_read_by_the_next_import(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    plan = shop.plan("Team", 1000, currency="eur")
    shop.subscribe(shop.customer("A Ltd"), plan, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    async with keepwell.database.workspace(keepwell.workspace.id) as connection:
        rate = DatedRate("EUR", date(2025, 1, 1), Decimal("1.10"))
        await set_rates(connection, [rate], workspace_id=keepwell.workspace.id, today=date(2026, 1, 1))
    shop.wait(LONGER_THAN_A_SECOND)
    await keepwell.import_stripe()
    assert await keepwell.stored_subscriptions() == [(plan, 1, "10.00", True)]
    assert await keepwell.mrr(date(2025, 7, 1)) == ("11.00", 1)
    assert await keepwell.uncertain() == {}
