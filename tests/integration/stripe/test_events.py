"""Later imports from Stripe, which read only its events."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from keepwell.importing.stripe.conversion import read
from keepwell.importing.stripe.event_model import Event
from keepwell.importing.stripe.events.webhook import receive
from keepwell.importing.stripe.http.client import StripeApi
from tests.integration.stripe.importing import JUNE, LATER, LONGER_THAN_A_SECOND, QUICK, Keepwell
from tests.stripe_shop import KEY, StripeShop

pytestmark = pytest.mark.anyio


async def test_an_event_ends_the_old_price_and_starts_the_new_one(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    small, large = shop.plan("Small", 1000), shop.plan("Large", 5000)
    made = shop.subscribe(shop.customer("A Ltd"), small, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": large}])
    await keepwell.import_stripe()
    assert await keepwell.stored_subscriptions() == [(small, 1, "10.00", False), (large, 1, "50.00", True)]


async def test_events_import_a_cancellation_and_a_new_customer(shop: StripeShop, keepwell: Keepwell) -> None:
    plan = shop.plan("Team", 1000)
    made = shop.subscribe(shop.customer("A Ltd"), plan, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.delete(f"subscriptions/{made['id']}")
    shop.subscribe(shop.customer("B Ltd"), plan, quantity=2, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    assert await keepwell.stored_subscriptions() == [(plan, 1, "10.00", False), (plan, 2, "20.00", True)]
    assert await keepwell.rows("select name from accounts order by name") == [("A Ltd",), ("B Ltd",)]


async def test_an_event_imports_a_refund(shop: StripeShop, keepwell: Keepwell) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 2900))
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.create("refunds", charge=shop.listed("charges")[0]["id"], amount=500)
    await keepwell.import_stripe()
    assert await keepwell.rows("select amount::text from refunds") == [("5.00",)]


async def test_events_of_a_new_price_and_a_renamed_product_update_plan_names(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    shop.plan("Team", 2900, nickname="monthly")
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    product = shop.listed("products")[0]["id"]
    shop.change(f"products/{product}", name="Crew")
    shop.plan("Solo", 900)
    await keepwell.import_stripe()
    assert await keepwell.rows("select name from plans order by name") == [("Crew monthly",), ("Solo",)]


async def test_an_event_in_a_later_api_version_imports_the_current_object(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    small, middle, large = shop.plan("Small", 1000), shop.plan("Middle", 2000), shop.plan("Large", 5000)
    made = shop.subscribe(shop.customer("A Ltd"), small, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    path = f"subscriptions/{made['id']}"
    for plan in (middle, large):
        shop.change(path, items=[{"plan": plan}])
    shop.send_events_in(LATER)
    asked = shop.requests(f"/v1/{path}")
    summary = await keepwell.import_stripe()
    assert await keepwell.stored_subscriptions() == [(small, 1, "10.00", False), (large, 1, "50.00", True)]
    assert shop.requests(f"/v1/{path}") - asked == 1
    assert any("later version" in each for each in summary.assumptions)


async def test_a_webhook_in_a_later_api_version_is_kept_until_an_import_fetches_the_object(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    small, large = shop.plan("Small", 1000), shop.plan("Large", 5000)
    made = shop.subscribe(shop.customer("A Ltd"), small, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": large}])
    shop.send_events_in(LATER)
    event = read(shop.listed("events")[0], Event)
    async with keepwell.database.workspace(keepwell.workspace.id) as connection:
        received = await receive(
            connection,
            event,
            workspace_id=keepwell.workspace.id,
            runtime=keepwell.work.runtime,
            bus=keepwell.work.bus,
        )
    assert received.status == "deferred"
    assert await keepwell.stored_subscriptions() == [(small, 1, "10.00", True)]
    await keepwell.import_stripe()
    assert await keepwell.stored_subscriptions() == [(small, 1, "10.00", False), (large, 1, "50.00", True)]


async def test_no_transaction_is_open_while_an_object_is_fetched(
    shop: StripeShop, keepwell: Keepwell, conninfo: str
) -> None:
    open_transactions: list[int] = []

    class Watching(StripeApi):
        async def object(self, path: str, **parameters: Any) -> dict[str, Any]:
            with psycopg.connect(conninfo) as connection:
                query = "select count(*)::int from pg_stat_activity where datname = current_database()"
                found = connection.execute(f"{query} and state = 'idle in transaction'").fetchone()
            assert found is not None
            open_transactions.append(found[0])
            return await super().object(path, **parameters)

    small, large = shop.plan("Small", 1000), shop.plan("Large", 5000)
    made = shop.subscribe(shop.customer("A Ltd"), small, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.send_events_in(LATER)
    for plan in (small, large):
        shop.change(f"subscriptions/{made['id']}", items=[{"plan": plan}])
    event = read(shop.listed("events")[0], Event)
    async with keepwell.database.workspace(keepwell.workspace.id) as connection:
        await receive(
            connection,
            event,
            workspace_id=keepwell.workspace.id,
            runtime=keepwell.work.runtime,
            bus=keepwell.work.bus,
        )
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": small}])
    async with Watching.open(KEY, base=shop.url, patience=QUICK) as keepwell.api:
        await keepwell.import_stripe()
    # For the event that was kept, and for those that Stripe lists.
    assert len(open_transactions) > 1
    assert set(open_transactions) == {0}


async def test_a_full_import_after_events_changes_nothing(shop: StripeShop, keepwell: Keepwell) -> None:
    small, large = shop.plan("Small", 1000), shop.plan("Large", 5000)
    made = shop.subscribe(shop.customer("A Ltd"), small, backdate_start_date=JUNE)
    await keepwell.import_stripe()
    shop.wait(LONGER_THAN_A_SECOND)
    shop.change(f"subscriptions/{made['id']}", items=[{"plan": large}])
    await keepwell.import_stripe()
    stored_subscriptions = await keepwell.stored_subscriptions()
    again = await keepwell.import_stripe(full=True)
    assert again.entities["subscriptions"].imported == 0
    assert await keepwell.stored_subscriptions() == stored_subscriptions
