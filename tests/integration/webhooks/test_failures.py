"""Deliveries that fail: retries, replays, and the end of an endpoint."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.work.worker import Worker
from keepwell.webhooks.sender import Sender
from tests.integration.receiver import Planned, Receiver, receiver
from tests.integration.records import Client, account, client_of, made
from tests.integration.webhooks.delivering import (
    DELIVERIES,
    ENDPOINTS,
    RUNTIME,
    deliveries,
    endpoint,
    later,
    worker_of,
)

pytestmark = pytest.mark.anyio


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
