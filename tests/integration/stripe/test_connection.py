"""Connecting Stripe by key over HTTP, and what a worker then does, against localstripe in a separate process."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import stripe

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.app.listeners import event_bus
from keepwell.identity.model import Workspace
from keepwell.importing.service import ImportContext
from keepwell.importing.stripe.cli import connected_key
from keepwell.importing.stripe.connection import jobs
from keepwell.importing.stripe.connection.service import SYNC
from keepwell.importing.stripe.http import client as http_client
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import NotFound
from keepwell.platform.progress import SilentProgress
from keepwell.platform.runtime import system_runtime
from keepwell.platform.work.kinds import LeasedKind
from keepwell.platform.work.leases import LeasedJobs
from keepwell.platform.work.store import Queue
from tests.integration.due_work import rows
from tests.integration.records import Client, client_of, problem_code
from tests.stripe_shop import KEY, StripeShop

pytestmark = pytest.mark.anyio

RUNTIME = system_runtime()
SECRET = "whsec_canary0123456789"  # noqa: S105  of a test


@pytest.fixture
def settings_of_test(shared_settings: Settings, running: StripeShop) -> Settings:
    return msgspec.structs.replace(shared_settings, stripe_api_base=running.url)


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as opened:
        yield opened


async def connected(client: Client, **fields: Any) -> dict[str, Any]:
    answer = await client.put("/v1/stripe", json={"api_key": KEY, **fields})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def state(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get("/v1/stripe")).json()
    return found


async def work(database: Database, workspace: Workspace, settings: Settings) -> None:
    """What a worker does about it now."""
    (kind,) = jobs.kinds(
        database, settings, runtime=RUNTIME, bus=event_bus(RUNTIME), registry=IMPORT_ENTITIES
    )
    assert isinstance(kind, LeasedKind)
    leased = LeasedJobs(database, clock=RUNTIME.clock, jitter=lambda: 0)
    for each in await leased.claim(Queue(workspace.id, SYNC, None), kind, limit=1):
        await leased.run(kind, each)


async def test_without_a_connection_the_state_says_so(client: Client, workspace: Workspace) -> None:
    found = await state(client)
    assert (found["is_connected"], found["sync"], found["last_import"]) == (False, None, None)
    assert found["webhook"] == {
        "path": f"/v1/stripe-webhooks/{workspace.id}",
        "url": None,
        "is_accepted": False,
        "event_received_at": None,
    }


async def test_a_connected_account_is_read_by_a_worker_and_counted(
    shop: StripeShop, client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 2900))
    found = await connected(client)
    assert (found["account_name"], found["mode"], found["sync"]["status"]) == (
        "Northwind Studio",
        "test",
        "due",
    )
    await work(database, workspace, settings_of_test)
    after = await state(client)
    assert after["sync"]["status"] == "waiting"
    assert (after["last_import"]["status"], after["last_import"]["kept_aside"]) == ("finished", 0)
    assert after["last_import"]["rows_read"] == 5
    assert after["last_success_at"] == after["last_import"]["finished_at"]
    (started, *_) = (await client.get("/v1/audit-entries", params={"action": "import.started"})).json()[
        "items"
    ]
    assert started["request_id"] == "stripe-sync"


async def test_the_key_is_stored_encrypted_and_in_no_answer(
    shop: StripeShop, client: Client, database: Database, workspace: Workspace
) -> None:
    answer = await client.put("/v1/stripe", json={"api_key": KEY, "signing_secret": SECRET})
    entries = await client.get("/v1/audit-entries", params={"action": "stripe_connection.created"})
    shown = answer.text + (await client.get("/v1/stripe")).text + entries.text
    assert entries.json()["items"][0]["after"]["account_name"] == "Northwind Studio"
    assert "canary" not in shown
    (row,) = await rows(
        database, "select api_key, webhook_secret from stripe_links", workspace_id=workspace.id
    )
    assert b"canary" not in row[0] + row[1]


async def test_a_key_that_stripe_does_not_accept_is_refused_and_not_kept(
    shop: StripeShop, client: Client
) -> None:
    shop.fail("/v1/plans", "401")
    answer = await client.put("/v1/stripe", json={"api_key": KEY})
    assert (answer.status_code, problem_code(answer)) == (400, "stripe-key-refused")
    assert "canary" not in answer.text
    assert (await state(client))["is_connected"] is False


async def test_a_key_that_may_not_read_charges_is_refused_naming_them(
    shop: StripeShop, client: Client
) -> None:
    shop.fail("/v1/charges", "403")
    answer = await client.put("/v1/stripe", json={"api_key": KEY})
    assert problem_code(answer) == "stripe-key-refused"
    assert answer.json()["detail"] == "api_key: the key may not read charges."


async def test_a_key_that_may_not_read_its_account_connects_without_its_name(
    shop: StripeShop, client: Client
) -> None:
    shop.fail("/v1/account", "403", times=2)
    missing = await client.put("/v1/stripe", json={"api_key": KEY})
    assert (missing.status_code, missing.json()["detail"].partition(":")[0]) == (400, "currency")
    found = await connected(client, currency="EUR")
    assert (found["account_name"], found["is_connected"]) == (None, True)
    assert (await client.get("/v1/workspace")).json()["currency"] == "EUR"


@pytest.mark.parametrize("text", ["pk_live_canary_4242", "rk_test_canary_4242\n"])
async def test_a_text_that_is_no_key_is_refused_before_stripe_is_asked(
    shop: StripeShop, client: Client, text: str
) -> None:
    answer = await client.put("/v1/stripe", json={"api_key": text})
    assert answer.status_code == 400
    assert "canary" not in answer.text
    assert shop.requests("/v1/plans") == 0


async def test_a_live_key_is_refused_in_a_synthetic_workspace_before_stripe_is_asked(
    shop: StripeShop, client: Client, database: Database, workspace: Workspace
) -> None:
    async with database.workspace(workspace.id) as connection:
        await connection.execute("update workspaces set synthetic = true where id = %s", [workspace.id])
    answer = await client.put("/v1/stripe", json={"api_key": "rk_live_canary_4242"})
    assert (answer.status_code, problem_code(answer)) == (409, "stripe-live-key-refused")
    assert "another workspace" in answer.json()["hint"]
    assert shop.requests("/v1/plans") == 0


async def test_a_key_of_other_data_is_refused_while_an_account_is_connected(
    shop: StripeShop, client: Client
) -> None:
    await connected(client)
    answer = await client.put("/v1/stripe", json={"api_key": "sk_live_canary_4242"})
    assert (answer.status_code, problem_code(answer)) == (409, "conflict")
    assert (await state(client))["mode"] == "test"


async def test_a_sync_that_fails_is_shown_with_its_error_and_tried_again(
    shop: StripeShop, client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    await connected(client)
    shop.fail("/v1/customers", "401")
    await work(database, workspace, settings_of_test)
    failing = await state(client)
    assert failing["sync"]["status"] == "failing"
    assert failing["sync"]["last_error"].startswith("Stripe does not accept this key")
    assert failing["last_import"]["status"] == "failed"
    assert (await client.post("/v1/stripe/sync")).json()["sync"]["due_at"] <= failing["sync"]["due_at"]
    await work(database, workspace, settings_of_test)
    assert (await state(client))["last_import"]["status"] == "finished"


async def test_a_running_import_shows_what_it_has_read_so_far(
    shop: StripeShop,
    client: Client,
    database: Database,
    workspace: Workspace,
    settings_of_test: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 2900))
    await connected(client)
    seen = []
    ask = http_client.StripeApi.page

    async def page(api: http_client.StripeApi, path: str, **given: Any) -> http_client.StripePage:
        if path == "/v1/invoices":
            seen.append(await state(client))
        return await ask(api, path, **given)

    monkeypatch.setattr(http_client.StripeApi, "page", page)
    await work(database, workspace, settings_of_test)
    (during,) = seen
    assert (during["sync"]["status"], during["sync"]["reading"]) == ("running", "invoice")
    assert (during["last_import"]["status"], during["last_import"]["rows_read"]) == ("running", 3)


async def test_disconnecting_forgets_key_and_secret_and_keeps_what_was_read(
    shop: StripeShop, client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    shop.customer("A Ltd")
    await connected(client, signing_secret=SECRET)
    await work(database, workspace, settings_of_test)
    for _ in range(2):
        assert (await client.delete("/v1/stripe")).status_code == 204
    found = await state(client)
    assert (found["is_connected"], found["webhook"]["is_accepted"], found["sync"]) == (False, False, None)
    assert len((await client.get("/v1/accounts")).json()["items"]) == 1
    assert (await client.post("/v1/stripe/sync")).status_code == 404
    entries = await client.get("/v1/audit-entries", params={"action": "stripe_connection.deleted"})
    assert len(entries.json()["items"]) == 1


async def test_the_newest_signed_event_is_noted(shop: StripeShop, client: Client) -> None:
    found = await connected(client, signing_secret=SECRET)
    assert found["webhook"]["is_accepted"] is True
    event = {"id": "evt_1", "type": "price.updated", "created": 1, "data": {"object": {"id": "price_1"}}}
    body = json.dumps(event)
    stamp = int(RUNTIME.clock.now().timestamp())
    signature = stripe.WebhookSignature._compute_signature(f"{stamp}.{body}", SECRET)
    for signed, status in ((f"t={stamp},v1=0000", 400), (f"t={stamp},v1={signature}", 200)):
        assert (await state(client))["webhook"]["event_received_at"] is None
        answer = await client.post(
            found["webhook"]["path"],
            content=body,
            headers={"Stripe-Signature": signed, "Content-Type": "application/json"},
        )
        assert answer.status_code == status, answer.text
    assert (await state(client))["webhook"]["event_received_at"] is not None


async def test_a_command_reads_by_the_connected_key_and_says_if_there_is_none(
    shop: StripeShop, client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    context = ImportContext(
        database=database,
        settings=settings_of_test,
        slug=workspace.slug,
        runtime=RUNTIME,
        bus=event_bus(RUNTIME),
        progress=SilentProgress(),
        registry=IMPORT_ENTITIES,
    )
    with pytest.raises(NotFound, match="not connected"):
        await connected_key(context)
    await connected(client)
    assert await connected_key(context) == KEY


@pytest.mark.parametrize("fault", ["429-for-ever", "not-stripe", "drop-before"])
async def test_a_stripe_that_cannot_say_now_is_no_refusal_of_the_key(
    shop: StripeShop, client: Client, fault: str
) -> None:
    shop.fail("/v1/plans", fault, times=9)
    answer = await client.put("/v1/stripe", json={"api_key": KEY})
    assert answer.status_code == 503
    assert "canary" not in answer.text
    assert (await state(client))["is_connected"] is False
