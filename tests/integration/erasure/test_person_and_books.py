"""Nothing of the person is left in any table or file, the books keep their sums, and imports leave it so."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.integration.erasure.person import CUSTOMER, NAME, PHONE, customer_event
from tests.integration.erasure.world import World
from tests.integration.records import problem_code

pytestmark = pytest.mark.anyio


async def test_an_erasure_leaves_nothing_of_the_person_and_keeps_the_books(world: World) -> None:
    tables, files = world.left()
    planted = {"accounts", "contacts", "payment_methods", "subscriptions", "invoices", "charges", "refunds"}
    planted |= {"import_changes", "imports", "audit_entries", "webhook_messages", "mails", "account_signals"}
    planted |= {"stripe_objects", "stripe_events", "stripe_discounts", "unreadable_subscriptions", "due_work"}
    planted |= {"save_cases", "save_case_contacts", "account_websites", "named_websites"}
    assert (set(tables), files) == (planted, {"ok", "dlq", "lake"})
    before, entries = await world.books(), await world.verified()
    erasure = await world.erase()
    assert (erasure["files"], world.left()[0]) == ("due", {})
    await world.erase_files()
    assert world.left() == ({}, set())
    assert await world.books() == before
    after = await world.verified()
    assert (after.findings, after.redacted > 0, after.entries) == ([], True, entries.entries + 1)
    (case,) = (await world.client.get("/v1/save-cases")).json()["items"]
    assert (case["arm"], case["opened_on"], case["contacts"], case["reasons"]) == (
        "hold",
        "2024-02-01",
        1,
        [],
    )
    done = (await world.client.get(f"/v1/accounts/{world.account_id}/erasure")).json()
    assert (done["files"], done["last_error"]) == ("done", None)
    shown = (await world.client.get(f"/v1/accounts/{world.account_id}")).json()
    assert (shown["name"], shown["external_id"]) == ("Erased account", f"erased-{world.account_id}")
    assert [code for _, _, code, _ in world.shop.dead_letters()] == ["erased"]
    await _require_not_resurrected(world, before)


async def _require_not_resurrected(world: World, before: dict[str, Any]) -> None:
    """The same export and the same events of Stripe, once more."""
    summary = await world.shop.import_export()
    skipped = {name: counts.skipped for name, counts in summary.entities.items()}
    assert skipped == {
        "accounts": 1,
        "payment_methods": 1,
        "subscriptions": 2,
        "invoices": 2,
        "charges": 3,
        "refunds": 1,
        "events": 1,
    }
    assert "accounts: rows of erased persons were skipped: 1 (accounts.csv:2)" in summary.assumptions
    again = [
        customer_event("customer.updated", phone=PHONE, address=None, balance=0),
        customer_event("customer.discount.created", object="discount", customer=CUSTOMER, phone=PHONE),
    ]
    assert await world.receive(again) == ["ignored", "ignored"]
    assert world.left() == ({}, set())
    assert await world.books() == before
    answer = await world.client.post("/v1/accounts", json={"external_id": CUSTOMER, "name": NAME})
    assert (answer.status_code, problem_code(answer)) == (409, "erased-account")


async def test_an_account_with_very_many_contacts_is_erased(world: World) -> None:
    """Postgres refuses one expression with all of their texts."""
    with psycopg.connect(world.conninfo) as superuser:
        superuser.execute(
            "insert into contacts (workspace_id, id, external_id, account_id, name, email)"
            " select a.workspace_id, gen_random_uuid(), 'K' || n, a.id, 'Desk',"
            " n || repeat('.a', 100) || '@' || repeat('b', 60) || '.example'"
            " from accounts a, generate_series(1, 400) n where a.id = %s",
            (world.account_id,),
        )
    await world.erase()
    assert world.left()[0] == {}
