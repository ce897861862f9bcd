"""Webhooks out, from a change over the API to a receiver that checks the signature."""

from __future__ import annotations

import asyncio

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.clock import today
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.work.worker import Worker
from keepwell.webhooks.jobs import sweep
from keepwell.webhooks.sender import Sender
from tests.integration.receiver import Receiver
from tests.integration.records import Client, account
from tests.integration.webhooks.delivering import (
    ENDPOINTS,
    RUNTIME,
    deliveries,
    endpoint,
    later,
    worker_of,
    working,
)

pytestmark = pytest.mark.anyio


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
