"""Webhooks from Stripe: a verified event is ingested once, and everything else is refused."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
import stripe

from keepwell.app.listeners import event_bus
from keepwell.identity.model import Workspace
from keepwell.importing.import_log import service as import_log
from keepwell.importing.import_log.model import STRIPE_WEBHOOKS
from keepwell.importing.stripe import store
from keepwell.importing.stripe.conversion import read
from keepwell.importing.stripe.event_model import Event
from keepwell.importing.stripe.events.webhook import Secrets, receive
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.runtime import system_runtime
from keepwell.platform.secrets import secret_of
from tests.app_client import AppClient
from tests.integration.apps import create_app

pytestmark = pytest.mark.anyio

SIGNER = "whsec_canary_of_the_test"
_NUMBERS = count(1)


class Inlet:
    """The webhook endpoint of one workspace."""

    def __init__(self, client: AppClient, database: Database, workspace: Workspace) -> None:
        self.client = client
        self.database = database
        self.workspace = workspace

    async def send(
        self, event: dict[str, Any], *, signed_by: str = SIGNER, signed_at: int | None = None
    ) -> tuple[int, dict[str, Any]]:
        body = json.dumps(event)
        header = stripe.WebhookSignature.generate_signature_header(body, signed_by, signed_at)
        return await self.post(body.encode(), {"Stripe-Signature": header})

    async def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        answer = await self.client.post(
            f"/v1/stripe-webhooks/{self.workspace.id}", content=body, headers=headers
        )
        return answer.status_code, answer.json()

    async def rows(self, sql: Any) -> list[tuple[Any, ...]]:
        async with self.database.workspace(self.workspace.id) as connection:
            return await (await connection.execute(sql)).fetchall()


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture
async def inlet(database: Database, workspace: Workspace, settings_of_test: Settings) -> AsyncIterator[Inlet]:
    async with database.workspace(workspace.id) as connection:
        secrets = Secrets(secret_of(settings_of_test.secret_file))
        await secrets.store(connection, SIGNER, workspace_id=workspace.id)
    app = create_app(database, settings=settings_of_test, runtime=system_runtime())
    async with AppClient(app) as client:
        yield Inlet(client, database, workspace)


def event(kind: str, *, created: int | None = None, **shown: Any) -> dict[str, Any]:
    """A present event about a customer or subscription."""
    what = "subscription" if kind.startswith("customer.subscription") else kind.partition(".")[0]
    return {
        "id": f"evt_{next(_NUMBERS)}",
        "object": "event",
        "type": kind,
        "created": created or int(time.time()),
        "data": {"object": {"object": what, "created": 1_750_000_000, **shown}},
    }


def subscribed(amount: int, *, at: int, **price: Any) -> dict[str, Any]:
    shown = {"id": "price_1", "currency": "usd", "unit_amount": amount, "recurring": {"interval": "month"}}
    return event(
        "customer.subscription.updated",
        created=at,
        id="sub_1",
        customer="cus_1",
        status="active",
        start_date=1_750_000_000,
        items={"data": [{"id": "si_1", "quantity": 1, "price": {**shown, **price}}]},
    )


def merge(shown: dict[str, Any], changes: dict[str, Any]) -> None:
    """Change some fields of an object, including those of items in its lists."""
    for name, value in changes.items():
        if isinstance(value, dict) and name in shown:
            merge(shown[name], value)
        elif name == "data":
            for one, change in zip(shown[name], value, strict=True):
                merge(one, change)
        else:
            shown[name] = value


CUSTOMER: dict[str, Any] = {"id": "cus_1", "name": "A Ltd"}


async def test_a_signed_event_is_ingested(inlet: Inlet) -> None:
    assert await inlet.send(event("customer.created", **CUSTOMER)) == (200, {"status": "ingested"})
    assert await inlet.rows("select name from accounts") == [("A Ltd",)]


async def test_a_repeated_event_is_ingested_once(inlet: Inlet) -> None:
    sent = event("customer.created", **CUSTOMER)
    await inlet.send(sent)
    assert await inlet.send(sent) == (200, {"status": "duplicate"})


async def test_the_accounts_are_scored_once_for_webhooks_that_change_something_and_the_list_is_outdated_until_then(
    inlet: Inlet,
) -> None:
    due = "select due_at from due_work where kind = 'churn.import'"
    changed = partial(import_log.has_changed_after, workspace_id=inlet.workspace.id)
    created = event("customer.created", **CUSTOMER)
    await inlet.send(created)
    ((first_due_at,),) = await inlet.rows(due)
    read_at = datetime.now(UTC)
    for unchanging in (created, event("payout.paid", id="po_1"), event("customer.updated", **CUSTOMER)):
        await inlet.send(unchanging)
    async with inlet.database.workspace(inlet.workspace.id) as connection:
        assert not await changed(connection, read_at)
    await inlet.send(event("customer.updated", created=int(time.time()) + 1, **CUSTOMER | {"name": "B Ltd"}))
    async with inlet.database.workspace(inlet.workspace.id) as connection:
        assert await changed(connection, read_at)
        assert not await changed(connection, read_at, apart_from=STRIPE_WEBHOOKS)
    assert await inlet.rows(due) == [(first_due_at,)]


async def test_an_irrelevant_event_is_acknowledged(inlet: Inlet) -> None:
    assert await inlet.send(event("payout.paid", id="po_1")) == (200, {"status": "ignored"})


async def test_a_price_event_keeps_the_plan_name(inlet: Inlet) -> None:
    await inlet.send(event("customer.created", **CUSTOMER))
    await inlet.send(subscribed(2000, at=int(time.time())))
    async with inlet.database.workspace(inlet.workspace.id) as connection:
        await connection.execute("update plans set name = 'Team'")
    changed = event("price.updated", id="price_1", currency="usd", unit_amount=2000, product="prod_1")
    assert await inlet.send(changed) == (200, {"status": "ignored"})
    assert await inlet.rows("select name from plans") == [("Team",)]


async def test_a_signature_with_another_secret_is_refused(inlet: Inlet) -> None:
    status, problem = await inlet.send(event("customer.created", **CUSTOMER), signed_by="whsec_other")
    assert (status, problem["code"]) == (400, "signature-refused")
    assert await inlet.rows("select name from accounts") == []


@pytest.mark.parametrize("age", [600, -600])
async def test_an_old_or_future_signature_is_refused(inlet: Inlet, age: int) -> None:
    status, problem = await inlet.send(
        event("customer.created", **CUSTOMER), signed_at=int(time.time()) - age
    )
    assert (status, problem["code"]) == (400, "signature-refused")


@pytest.mark.parametrize("added", ["{header},t={now}", "t={now},{header}"])
async def test_an_old_request_does_not_become_fresh_by_a_second_time(inlet: Inlet, added: str) -> None:
    body, now = json.dumps(event("customer.created", **CUSTOMER)), int(time.time())
    header = stripe.WebhookSignature.generate_signature_header(body, SIGNER, now - 600)
    status, problem = await inlet.post(
        body.encode(), {"Stripe-Signature": added.format(header=header, now=now)}
    )
    assert (status, problem["code"]) == (400, "signature-refused")
    assert await inlet.rows("select name from accounts") == []


async def test_a_body_that_is_not_utf8_is_refused(inlet: Inlet) -> None:
    header = stripe.WebhookSignature.generate_signature_header("{}", SIGNER)
    status, _ = await inlet.post(b"\xff", {"Stripe-Signature": header})
    assert status == 400


async def test_a_changed_body_is_refused(inlet: Inlet) -> None:
    body = json.dumps(event("customer.created", **CUSTOMER))
    header = stripe.WebhookSignature.generate_signature_header(body, SIGNER)
    status, _ = await inlet.post(body.replace("A Ltd", "B Ltd").encode(), {"Stripe-Signature": header})
    assert status == 400


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "t=1"},
        {"Stripe-Signature": "t=x,v1=00"},
        {"Stripe-Signature": "v1=00"},
        {"Stripe-Signature": f"t={10**400},v1=00"},
    ],
)
async def test_a_missing_or_broken_signature_is_refused(inlet: Inlet, headers: dict[str, str]) -> None:
    status, problem = await inlet.post(b"{}", headers)
    assert (status, problem["code"]) == (400, "signature-refused")


@pytest.mark.parametrize(
    "body",
    ["{}", "[]", "nonsense", '{"id": 1}', "[" * 100_000 + "]" * 100_000, '{"a":' * 5_000 + "1" + "}" * 5_000],
)
async def test_a_signed_body_that_is_not_an_event_is_refused(inlet: Inlet, body: str) -> None:
    header = stripe.WebhookSignature.generate_signature_header(body, SIGNER)
    status, problem = await inlet.post(body.encode(), {"Stripe-Signature": header})
    assert (status, problem["code"]) == (400, "invalid-data")


async def test_a_binary_body_is_refused(inlet: Inlet) -> None:
    status, _ = await inlet.post(b"\xff\xfe", {"Stripe-Signature": "t=1,v1=00"})
    assert status == 400


async def test_a_workspace_without_webhooks_answers_like_an_unknown_one(inlet: Inlet) -> None:
    answer = await inlet.client.post(f"/v1/stripe-webhooks/{uuid4()}", content=b"{}")
    assert answer.status_code == 404


async def test_an_older_state_does_not_replace_a_newer_one(inlet: Inlet) -> None:
    now = int(time.time())
    await inlet.send(subscribed(2000, at=now))
    await inlet.send(subscribed(1000, at=now - 100))
    assert await inlet.rows("select amount::text from subscriptions") == [("20.00",)]


async def test_of_two_states_in_one_second_the_later_stage_wins_in_any_order(inlet: Inlet) -> None:
    now = int(time.time())
    invoice = {"id": "in_1", "customer": "cus_1", "currency": "usd", "total": 2000}
    for status in ("paid", "draft", "open"):
        await inlet.send(event("invoice.updated", created=now, status=status, **invoice))
    assert await inlet.rows("select status from invoices") == [("paid",)]


async def test_an_event_that_cannot_be_ingested_is_kept_with_the_reason(inlet: Inlet) -> None:
    sent = subscribed(5, at=int(time.time()), billing_scheme="tiered")
    assert await inlet.send(sent) == (200, {"status": "deferred"})
    ((problem,),) = await inlet.rows("select problem from stripe_events")
    assert "by tiers" in problem


UNREADABLE: dict[str, dict[str, Any]] = {
    "a tiered price": {"items": {"data": [{"id": "si_1", "price": {"billing_scheme": "tiered"}}]}},
    "a metered price": {
        "items": {
            "data": [{"id": "si_1", "price": {"recurring": {"interval": "month", "usage_type": "metered"}}}]
        }
    },
    "a discount of one item": {"items": {"data": [{"id": "si_1", "discounts": ["di_1"]}]}},
    "several discounts": {"discounts": ["di_1", "di_2"]},
    "more than ten items": {"items": {"has_more": True}},
    "another currency": {"items": {"data": [{"id": "si_1", "price": {"currency": "eur"}}]}},
    "a negative quantity": {"items": {"data": [{"id": "si_1", "quantity": -1}]}},
    "another shape": {"start_date": "in spring"},
}


@pytest.mark.parametrize("case", UNREADABLE)
async def test_an_unreadable_event_ends_nothing_and_marks_the_account(inlet: Inlet, case: str) -> None:
    now = int(time.time())
    await inlet.send(subscribed(2000, at=now - 100))
    unreadable = subscribed(2000, at=now)
    merge(unreadable["data"]["object"], UNREADABLE[case])
    assert await inlet.send(unreadable) == (200, {"status": "deferred"})
    assert await inlet.rows("select amount::text, ends_on from subscriptions") == [("20.00", None)]
    assert await inlet.rows("select kind from movement_facts where 'default' = any(policies)") == [("new",)]
    assert len(await inlet.rows("select from unreadable_subscriptions where until is null")) == 1
    await inlet.send(subscribed(3000, at=now + 100))
    assert await inlet.rows("select from unreadable_subscriptions where until is null") == []


@pytest.mark.parametrize("case", sorted(UNREADABLE.keys() - {"a metered price"}))
async def test_an_unreadable_first_event_marks_a_new_account_and_adds_no_revenue(
    inlet: Inlet, case: str
) -> None:
    unreadable = subscribed(2000, at=int(time.time()))
    merge(unreadable["data"]["object"], UNREADABLE[case])
    assert await inlet.send(unreadable) == (200, {"status": "deferred"})
    assert await inlet.rows("select external_id from accounts") == [("cus_1",)]
    assert await inlet.rows("select from subscriptions") == []
    assert await inlet.rows("select external_id from unreadable_subscriptions") == [("sub_1",)]


async def test_an_unreadable_item_keeps_its_price_beside_a_readable_one(inlet: Inlet) -> None:
    now = int(time.time())
    for at, changes in ((now - 100, {}), (now, {"billing_scheme": "tiered"})):
        sent = subscribed(2000, at=at)
        items = sent["data"]["object"]["items"]["data"]
        items.append(
            {"id": "si_2", "price": {**items[0]["price"], "id": "price_2", "unit_amount": 500, **changes}}
        )
        await inlet.send(sent)
    assert await inlet.rows("select amount::text, ends_on from subscriptions order by plan") == [
        ("20.00", None),
        ("5.00", None),
    ]
    assert await inlet.rows("select field from unreadable_subscriptions") == [("items/si_2/billing_scheme",)]


async def test_the_end_of_a_subscription_counts_even_if_its_price_is_unreadable(inlet: Inlet) -> None:
    now = int(time.time())
    await inlet.send(subscribed(2000, at=now - 100))
    ended = subscribed(2000, at=now)
    merge(ended["data"]["object"], {"discounts": ["di_1", "di_2"], "status": "canceled", "ended_at": now})
    assert await inlet.send(ended) == (200, {"status": "ingested"})
    assert len(await inlet.rows("select from subscriptions where ends_on is not null")) == 1


async def test_the_events_of_a_day_are_listed_as_one_import(inlet: Inlet) -> None:
    for number in range(3):
        await inlet.send(event("customer.created", id=f"cus_{number}"))
    async with inlet.database.workspace(inlet.workspace.id) as connection:
        found = await import_log.list_imports(connection, workspace_id=inlet.workspace.id)
    assert [(each.source, each.status) for each in found.items] == [("stripe-webhook", "finished")]


async def test_a_concurrent_event_waits_and_joins_the_same_import(
    database: Database, workspace: Workspace
) -> None:
    first, second = (event("customer.created", id=f"cus_{number}") for number in range(2))
    async with database.workspace(workspace.id) as connection:
        await store.ENSURE_LINK.run(connection, workspace_id=workspace.id)

    async def receive_in(connection: Connection, sent: dict[str, Any]) -> str:
        event, runtime = read(sent, Event), system_runtime()
        bus = event_bus(runtime)
        received = await receive(connection, event, workspace_id=workspace.id, runtime=runtime, bus=bus)
        return received.status

    async def receive_in_transaction(sent: dict[str, Any]) -> str:
        async with database.workspace(workspace.id) as connection:
            return await receive_in(connection, sent)

    async with database.workspace(workspace.id) as connection:
        assert await receive_in(connection, first) == "ingested"
        waiting = asyncio.create_task(receive_in_transaction(second))
        await asyncio.sleep(0.3)
        assert not waiting.done()
    assert await waiting == "ingested"
    async with database.workspace(workspace.id) as connection:
        found = await import_log.list_imports(connection, workspace_id=workspace.id)
    assert len(found.items) == 1


async def test_the_secret_is_not_stored_in_plain_text(inlet: Inlet) -> None:
    ((kept,),) = await inlet.rows("select webhook_secret from stripe_links")
    assert b"canary" not in bytes(kept)
