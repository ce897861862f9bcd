"""Imports from Stripe's API, tested against localstripe in a separate process on loopback."""

from __future__ import annotations

import pytest

from tests.integration.stripe.importing import JUNE, LONGER_THAN_A_SECOND, Keepwell, counts
from tests.stripe_shop import StripeShop

pytestmark = pytest.mark.anyio


async def test_the_first_import_reads_everything(shop: StripeShop, keepwell: Keepwell) -> None:
    plan, customer = shop.plan("Team", 2900), shop.customer("A Ltd")
    shop.subscribe(customer, plan, quantity=3, backdate_start_date=JUNE)
    charge = shop.listed("charges")[0]
    shop.create("refunds", charge=charge["id"], amount=500)
    summary = await keepwell.import_stripe()
    assert counts(summary) == {
        "plans": (1, 1, 0),
        "accounts": (1, 1, 0),
        "contacts": (0, 1, 0),
        # Shown by the customer and by the charge, and no object of its own.
        "payment_methods": (0, 1, 0),
        "subscriptions": (1, 1, 0),
        "invoices": (1, 1, 0),
        "charges": (1, 1, 0),
        "refunds": (1, 1, 0),
    }
    assert await keepwell.stored_subscriptions() == [(plan, 3, "87.00", True)]
    assert await keepwell.rows(
        "select p.last4, p.exp_month, p.exp_year, p.gateway, p.is_default, c.payment_method_id = p.id"
        " from payment_methods p, charges c"
    ) == [("4242", 12, 2040, "stripe", True, True)]
    assert await keepwell.rows("select name, amount::text, amount_per, currency from plans") == [
        ("Team", "29.00", "month", "USD")
    ]
    assert await keepwell.rows("select status, total::text, amount_paid::text from invoices") == [
        ("paid", "87.00", "87.00")
    ]
    assert await keepwell.rows("select amount::text from refunds") == [("5.00",)]


async def test_a_second_import_reads_events_only_and_changes_nothing(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 2900))
    shop.wait(LONGER_THAN_A_SECOND)
    await keepwell.import_stripe()
    asked = shop.requests("/v1/customers")
    again = await keepwell.import_stripe()
    assert not again.changed
    assert shop.requests("/v1/customers") == asked
    assert shop.requests("/v1/events") > 0


async def test_all_pages_are_read(shop: StripeShop, keepwell: Keepwell) -> None:
    for number in range(205):
        shop.create("customers", name=f"Customer {number}")
    assert counts(await keepwell.import_stripe())["accounts"] == (205, 205, 0)
    assert shop.requests("/v1/customers") - 205 == 3


async def test_an_unlisted_customer_becomes_an_account(shop: StripeShop, keepwell: Keepwell) -> None:
    customer = shop.customer("Gone Ltd")
    shop.subscribe(customer, shop.plan("Team", 1000))
    shop.delete(f"customers/{customer}")
    summary = await keepwell.import_stripe()
    assert await keepwell.rows("select name from accounts") == [(customer,)]
    assert any("no longer lists" in each for each in summary.assumptions)


async def test_assumptions_are_listed(shop: StripeShop, keepwell: Keepwell) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 1000))
    assumptions = (await keepwell.import_stripe()).assumptions
    assert any("an earlier price is unknown" in each and each.endswith(": 1") for each in assumptions)


async def test_a_dry_run_shows_changes_without_making_them(shop: StripeShop, keepwell: Keepwell) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 1000))
    found = await keepwell.dry_run_stripe()
    assert counts(found.summary)["subscriptions"] == (1, 1, 0)
    assert await keepwell.stored_subscriptions() == []
    assert await keepwell.rows("select read_at from stripe_links") == []


async def test_an_undone_import_is_read_again(shop: StripeShop, keepwell: Keepwell) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 1000))
    done = await keepwell.import_stripe()
    await keepwell.undo(done.id)
    assert await keepwell.stored_subscriptions() == []
    assert counts(await keepwell.import_stripe())["subscriptions"] == (1, 1, 0)
