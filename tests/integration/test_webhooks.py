"""Webhooks out, from a change over the API to a receiver that checks the signature."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, LiteralString

import msgspec
import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.clock import today
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from keepwell.platform.work.worker import Worker
from keepwell.webhooks.jobs import Deliveries, opened_kinds, sweep
from keepwell.webhooks.sender import Sender
from keepwell.webhooks.signing import signer_of
from tests.conftest import migrated_database
from tests.integration.receiver import Planned, Receiver, receiver
from tests.integration.records import Client, account, client_of, made

pytestmark = pytest.mark.anyio

RUNTIME = system_runtime()
ENDPOINTS = "/v1/webhook-endpoints"
DELIVERIES = "/v1/webhook-deliveries"
# As when the time of the next attempt has come.
COME_DUE: LiteralString = "update due_work set due_at = now()"


@pytest.fixture(scope="module")
def conninfo(server: str) -> Iterator[str]:
    # A worker looks into every workspace.
    with migrated_database(server) as own:
        yield own


@pytest.fixture
def settings_of_test(settings_of_module: Settings) -> Settings:
    return settings_of_module


@pytest.fixture
def settings(settings_of_test: Settings) -> Settings:
    return msgspec.structs.replace(settings_of_test, allow_private_webhooks=True)


@pytest.fixture
async def client(database: Database, workspace: Workspace, settings: Settings) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=settings, runtime=RUNTIME) as opened:
        yield opened


@pytest.fixture
def shop() -> Iterator[Receiver]:
    with receiver() as opened:
        yield opened


@pytest.fixture
async def worker(database: Database, settings: Settings) -> AsyncIterator[Worker]:
    async with Sender.open(allow_private=True, clock=RUNTIME.clock, timeout_seconds=0.5) as sender:
        yield worker_of(database, sender, settings)


def worker_of(database: Database, sender: Sender, settings: Settings) -> Worker:
    deliveries = Deliveries(database, sender, signer=signer_of(settings), runtime=RUNTIME)
    return Worker(database, [deliveries.kind()], clock=RUNTIME.clock)


@asynccontextmanager
async def working(database: Database, settings: Settings) -> AsyncIterator[None]:
    async with opened_kinds(database, settings=settings, runtime=RUNTIME) as kinds:
        task = asyncio.create_task(Worker(database, kinds, clock=RUNTIME.clock).work())
        yield
        task.cancel()
        await asyncio.wait([task])


async def endpoint(client: Client, shop: Receiver, **fields: Any) -> dict[str, Any]:
    return await made(client, ENDPOINTS, {"url": shop.url, **fields})


async def deliveries(client: Client, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(f"{DELIVERIES}?sort=id{query}")).json()["items"]
    return items


async def later(database: Database, workspace: Workspace, statement: LiteralString = COME_DUE) -> None:
    async with database.workspace(workspace.id) as connection:
        await connection.execute(statement)


async def test_a_change_is_delivered_signed_with_the_record_as_the_api_returns_it(
    client: Client, shop: Receiver, worker: Worker
) -> None:
    hook = await endpoint(client, shop)
    answered = await account(client)
    await worker.round()
    [received] = shop.received
    document = received.verified_by(hook["secret"])
    assert (document["type"], document["data"]) == ("account.created", answered)
    assert received.headers["content-type"] == "application/json"
    [delivery] = await deliveries(client)
    assert (delivery["status"], delivery["message_id"]) == ("delivered", received.message_id)


async def test_a_rolled_back_change_is_not_published(client: Client, shop: Receiver, worker: Worker) -> None:
    await endpoint(client, shop)
    await account(client)
    assert (await client.post("/v1/accounts", json={"external_id": "A-1", "name": "B"})).status_code == 409
    await worker.round()
    assert len(shop.received) == 1


async def test_an_endpoint_gets_only_the_events_it_subscribes_to(
    client: Client, shop: Receiver, worker: Worker
) -> None:
    await endpoint(client, shop, events=["account.deleted"])
    added = await account(client)
    await client.delete(f"/v1/accounts/{added['id']}", headers={"If-Match": "*"})
    await worker.round()
    assert [each.document["type"] for each in shop.received] == ["account.deleted"]


async def test_an_unknown_event_is_refused(client: Client, shop: Receiver) -> None:
    answer = await client.post(ENDPOINTS, json={"url": shop.url, "events": ["acount.created"]})
    assert answer.status_code == 400


async def test_failed_attempts_are_retried_with_the_same_id(
    client: Client, shop: Receiver, worker: Worker, database: Database, workspace: Workspace
) -> None:
    await endpoint(client, shop)
    shop.plan(Planned(500), Planned(502))
    await account(client)
    for _ in range(3):
        await worker.round()
        await later(database, workspace)
    assert len(shop.received) == 3
    assert len(set(shop.ids)) == 1
    [delivery] = await deliveries(client)
    assert (delivery["status"], delivery["attempts"]) == ("delivered", 3)
    [hook] = (await client.get(ENDPOINTS)).json()["items"]
    assert hook["failing_since"] is None


async def test_a_retry_waits_until_it_is_due(client: Client, shop: Receiver, worker: Worker) -> None:
    await endpoint(client, shop)
    shop.plan(Planned(503, {"Retry-After": "3600"}))
    await account(client)
    await worker.round()
    await worker.round()
    assert len(shop.received) == 1
    [delivery] = await deliveries(client)
    wait = datetime.fromisoformat(delivery["due_at"]) - RUNTIME.clock.now()
    assert timedelta(minutes=59) < wait <= timedelta(minutes=60)


async def test_a_delivery_fails_after_the_last_attempt_and_can_be_replayed(
    client: Client, shop: Receiver, worker: Worker, database: Database, workspace: Workspace
) -> None:
    hook = await endpoint(client, shop)
    shop.plan(Planned(500))
    await account(client)
    await later(database, workspace, "update due_work set attempts = 9")
    await worker.round()
    [delivery] = await deliveries(client, "&status=failed")
    assert (delivery["attempts"], delivery["last_status_code"], delivery["due_at"]) == (10, 500, None)
    answer = await client.post(f"{ENDPOINTS}/{hook['id']}/replay", json={"since": "2020-01-01T00:00:00Z"})
    assert answer.json() == {"deliveries": 1}
    await worker.round()
    assert len(set(shop.ids)) == 1
    assert [each["status"] for each in await deliveries(client)] == ["delivered"]


async def test_a_replayed_delivery_keeps_its_id(client: Client, shop: Receiver, worker: Worker) -> None:
    await endpoint(client, shop)
    await account(client)
    await worker.round()
    [delivery] = await deliveries(client)
    answer = await client.post(f"{DELIVERIES}/{delivery['id']}/replay")
    assert answer.json()["status"] == "due"
    await worker.round()
    assert shop.ids == [delivery["message_id"]] * 2


async def test_status_410_disables_the_endpoint_and_is_published_and_audited(
    client: Client, shop: Receiver, worker: Worker
) -> None:
    hook = await endpoint(client, shop, events=["account.created"])
    with receiver() as other:
        await endpoint(client, other, events=["webhook_endpoint.disabled"])
        shop.plan(Planned(410))
        await account(client)
        await worker.round()
        await account(client, 2)
        await worker.round()
        assert [each.document["data"]["id"] for each in other.received] == [hook["id"]]
    assert len(shop.received) == 1
    after = (await client.get(f"{ENDPOINTS}/{hook['id']}")).json()
    assert after["disabled_because"] == "gone"
    entries = (await client.get("/v1/audit-entries?action=webhook_endpoint.disabled")).json()["items"]
    assert [entry["subject"] for entry in entries] == [f"webhook_endpoint:{hook['id']}"]


async def test_five_days_of_failures_disable_the_endpoint_and_missed_deliveries_can_be_replayed(
    client: Client, shop: Receiver, worker: Worker, database: Database, workspace: Workspace
) -> None:
    hook = await endpoint(client, shop)
    shop.plan(Planned(500))
    await account(client)
    await later(
        database, workspace, "update webhook_endpoints set failing_since = now() - interval '121 hours'"
    )
    await worker.round()
    path = f"{ENDPOINTS}/{hook['id']}"
    assert (await client.get(path)).json()["disabled_because"] == "failing"
    enabled = await client.patch(path, json={"is_enabled": True}, headers={"If-Match": "*"})
    assert (enabled.json()["disabled_at"], enabled.json()["failing_since"]) == (None, None)
    await client.post(f"{path}/replay", json={})
    await worker.round()
    assert [each["status"] for each in await deliveries(client)] == ["delivered"]


async def test_a_slow_receiver_times_out_without_delaying_others(
    client: Client, shop: Receiver, worker: Worker
) -> None:
    await endpoint(client, shop)
    shop.plan(Planned(after=60.0))
    with receiver() as other:
        await endpoint(client, other)
        await account(client)
        async with asyncio.timeout(30):
            await worker.round()
        assert len(other.received) == 1
    slow = [each for each in await deliveries(client) if each["status"] == "due"]
    assert [each["last_error"] for each in slow] == ["No answer within 0.5 seconds."]


async def test_whatever_goes_wrong_in_sending_is_an_attempt(
    client: Client, database: Database, workspace: Workspace, shop: Receiver, worker: Worker
) -> None:
    await endpoint(client, shop)
    await account(client)
    # As an earlier release accepted it; httpx raises no HTTPError for it.
    await later(database, workspace, "update webhook_endpoints set url = 'https://[v1.x]/'")
    await worker.round()
    [found] = await deliveries(client)
    assert (found["status"], found["attempts"]) == ("due", 1)
    assert found["last_error"].startswith("InvalidURL")


async def test_a_redirect_is_a_failure_and_is_not_followed(
    client: Client, shop: Receiver, worker: Worker
) -> None:
    await endpoint(client, shop)
    with receiver() as other:
        shop.plan(Planned(307, {"Location": other.url}))
        await account(client)
        await worker.round()
        assert other.received == []
    [delivery] = await deliveries(client)
    assert (delivery["status"], delivery["last_status_code"]) == ("due", 307)


async def test_the_response_body_is_not_read(client: Client, shop: Receiver, worker: Worker) -> None:
    await endpoint(client, shop)
    shop.plan(Planned(body=b"x" * 20_000_000))
    await account(client)
    await worker.round()
    assert [each["status"] for each in await deliveries(client)] == ["delivered"]


async def test_after_a_rotation_both_secrets_sign(client: Client, shop: Receiver, worker: Worker) -> None:
    hook = await endpoint(client, shop)
    rotated = (await client.post(f"{ENDPOINTS}/{hook['id']}/secret")).json()
    assert rotated["secret"] != hook["secret"]
    await account(client)
    await worker.round()
    [received] = shop.received
    assert received.verified_by(hook["secret"]) == received.verified_by(rotated["secret"])


async def test_the_old_secret_stops_signing_a_day_after_a_rotation(
    client: Client, shop: Receiver, worker: Worker, database: Database, workspace: Workspace
) -> None:
    hook = await endpoint(client, shop)
    await client.post(f"{ENDPOINTS}/{hook['id']}/secret")
    await later(
        database, workspace, "update webhook_endpoints set secret_changed_at = now() - interval '25 hours'"
    )
    await account(client)
    await worker.round()
    assert " " not in shop.received[0].headers["webhook-signature"]


async def test_the_secret_is_shown_once_and_stored_nowhere(
    client: Client, shop: Receiver, database: Database, workspace: Workspace
) -> None:
    body, key = {"url": shop.url}, {"Idempotency-Key": "once"}
    hook = (await client.post(ENDPOINTS, json=body, headers=key)).json()
    assert hook["secret"].startswith("whsec_")
    assert "secret" not in (await client.get(f"{ENDPOINTS}/{hook['id']}")).json()
    assert hook["secret"] not in (await client.get("/v1/audit-entries")).text
    async with database.workspace(workspace.id) as connection:
        rows = await connection.execute(
            """
            select to_jsonb(e)::text from webhook_endpoints e
            union all select to_jsonb(a)::text from audit_entries a
            union all select convert_from(body, 'SQL_ASCII') from idempotency_keys
            """
        )
        assert hook["secret"] not in str(await rows.fetchall())


async def test_a_test_message_ignores_the_subscribed_events(
    client: Client, shop: Receiver, worker: Worker
) -> None:
    hook = await endpoint(client, shop, events=["plan.created"])
    answer = await client.post(f"{ENDPOINTS}/{hook['id']}/test")
    assert answer.json()["status"] == "due"
    await worker.round()
    assert [each.document["type"] for each in shop.received] == ["webhook_endpoint.tested"]


async def test_a_removed_endpoint_gets_no_more_messages(
    client: Client, shop: Receiver, worker: Worker
) -> None:
    hook = await endpoint(client, shop)
    await account(client)
    path = f"{ENDPOINTS}/{hook['id']}"
    assert (await client.delete(path, headers={"If-Match": '"9"'})).status_code == 412
    assert (await client.delete(path, headers={"If-Match": '"1"'})).status_code == 204
    await worker.round()
    assert shop.received == []
    assert (await client.get(path)).status_code == 404


async def test_private_addresses_are_refused_unless_allowed(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as client:
        for url in ("https://127.0.0.1/hook", "https://localhost/hook"):
            refused = await client.post(ENDPOINTS, json={"url": url})
            assert refused.json()["code"] == "webhook-address-refused"
        # Other names say nothing of their address before it is asked for, at each attempt.
        await made(client, ENDPOINTS, {"url": "https://shop.example.com/hook"})
        await account(client)
        await later(database, workspace, "update webhook_endpoints set url = 'https://localhost/hook'")
        async with Sender.open(allow_private=False, clock=RUNTIME.clock) as sender:
            await worker_of(database, sender, settings_of_test).round()
        [delivery] = await deliveries(client)
    assert "127.0.0.1 is not on the public internet" in delivery["last_error"].replace("::1", "127.0.0.1")


async def test_concurrent_workers_send_each_message_once(
    client: Client, shop: Receiver, worker: Worker, database: Database, settings: Settings
) -> None:
    await endpoint(client, shop)
    for number in range(12):
        await account(client, number)
    async with Sender.open(allow_private=True, clock=RUNTIME.clock) as sender:
        other = worker_of(database, sender, settings)
        for _ in range(3):
            await asyncio.gather(worker.round(), other.round())
    assert len(shop.received) == len(set(shop.ids)) == 12


async def test_concurrent_failures_disable_their_endpoint_once(
    client: Client, shop: Receiver, worker: Worker, database: Database, settings: Settings
) -> None:
    await endpoint(client, shop, events=["account.created"])
    shop.plan(*[Planned(410, after=0.1)] * 8)
    for number in range(8):
        await account(client, number)
    async with Sender.open(allow_private=True, clock=RUNTIME.clock) as sender:
        other = worker_of(database, sender, settings)
        await asyncio.gather(worker.round(), other.round())
    entries = (await client.get("/v1/audit-entries?action=webhook_endpoint.disabled")).json()["items"]
    assert len(entries) == 1
    assert {each["status"] for each in await deliveries(client)} == {"failed"}


async def test_old_messages_are_deleted_unless_due(
    client: Client, shop: Receiver, worker: Worker, database: Database, workspace: Workspace
) -> None:
    await endpoint(client, shop)
    await account(client)
    await worker.round()
    await account(client, 2)
    await later(database, workspace, "update webhook_messages set published_at = now() - interval '31 days'")
    await account(client, 3)
    async with database.workspace(workspace.id) as connection:
        await sweep(connection, workspace.id, today(RUNTIME.clock))
    assert [each["status"] for each in await deliveries(client)] == ["due", "due"]


async def test_a_running_server_sends_due_messages_without_pausing(
    client: Client, shop: Receiver, conninfo: str, settings: Settings
) -> None:
    await endpoint(client, shop)
    for number in range(40):
        await account(client, number)
    # On a pool of its own: the client stops this loop while it calls, and would wait for what is lent here.
    async with Database.open(conninfo) as own, working(own, settings):
        # Four at once and a second between rounds would take ten.
        async with asyncio.timeout(9):
            while len(await deliveries(client, "&status=delivered")) < 40:  # noqa: ASYNC110  the API is what is asked
                await asyncio.sleep(0.1)
    assert len(set(shop.ids)) == 40


async def test_a_running_server_sends_due_messages(
    client: Client, shop: Receiver, database: Database, settings: Settings
) -> None:
    await endpoint(client, shop)
    await account(client)
    async with working(database, settings):
        assert await asyncio.to_thread(shop.arrived.wait, 10)
