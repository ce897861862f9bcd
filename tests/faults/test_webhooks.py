"""A process that delivers webhooks is killed, or the database fails: nothing is lost, and ids stay the same."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import tests.faults.children
from keepwell.identity.model import Actor, Principal, Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from keepwell.platform.work.worker import Worker
from keepwell.webhooks import deliveries, endpoints, service
from keepwell.webhooks.context import WebhookContext
from keepwell.webhooks.jobs import Deliveries
from keepwell.webhooks.model import DeliveryFilter, DeliveryItem, EndpointWithSecret, NewEndpoint
from keepwell.webhooks.sender import Sender
from keepwell.webhooks.signing import signer_of
from tests.integration.receiver import Planned, Receiver, receiver
from tests.running import RunningServer

pytestmark = pytest.mark.anyio

RUNTIME = system_runtime()
CHILD = Path(tests.faults.children.__file__).parent / "deliver.py"
MESSAGES = 3


class Changed(msgspec.Struct, frozen=True):
    """The record that the messages are about."""

    number: int


@pytest.fixture
def shop() -> Iterator[Receiver]:
    with receiver() as opened:
        yield opened


async def due(
    database: Database, workspace: Workspace, settings: Settings, *, shop: Receiver
) -> EndpointWithSecret:
    """An endpoint with due messages."""
    async with database.workspace(workspace.id) as connection:
        context = WebhookContext(
            connection=connection,
            actor=Actor(Principal(workspace.id, RUNTIME.ids.new()), "test"),
            runtime=RUNTIME,
            signer=signer_of(settings),
            allow_private=True,
        )
        made = await endpoints.create_endpoint(context, NewEndpoint(url=shop.url))
        for number in range(MESSAGES):
            await service.publish(
                connection,
                workspace_id=workspace.id,
                event="plan.updated",
                data=Changed(number),
                runtime=RUNTIME,
            )
    return made


def worker(database: Database, sender: Sender, settings: Settings) -> Worker:
    deliveries = Deliveries(database, sender, signer=signer_of(settings), runtime=RUNTIME)
    return Worker(database, [deliveries.kind()], clock=RUNTIME.clock)


async def listed(database: Database, workspace: Workspace) -> list[DeliveryItem]:
    async with database.workspace(workspace.id) as connection:
        found = await deliveries.list_deliveries(
            connection, DeliveryFilter(), workspace_id=workspace.id, limit=100
        )
        return list(found.items)


async def test_a_delivery_of_a_killed_process_is_sent_again_with_the_same_id(
    database: Database, workspace: Workspace, settings_of_test: Settings, conninfo: str, shop: Receiver
) -> None:
    made = await due(database, workspace, settings_of_test, shop=shop)
    shop.plan(*[Planned(after=60)] * MESSAGES)
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(CHILD), conninfo, str(settings_of_test.home)
    )
    try:
        assert await asyncio.to_thread(shop.arrived.wait, 20)
    finally:
        child.kill()
        await child.wait()
    begun = {each.message_id for each in await listed(database, workspace)}
    # The lease of the killed process.
    await asyncio.sleep(1.1)
    shop.planned.clear()
    async with Sender.open(allow_private=True, clock=RUNTIME.clock) as sender:
        await worker(database, sender, settings_of_test).round()
    assert {each.status for each in await listed(database, workspace)} == {"delivered"}
    again = shop.received[-MESSAGES:]
    assert {each.message_id for each in again} == begun
    assert {each.verified_by(made.secret)["data"]["number"] for each in again} == set(range(MESSAGES))


async def test_an_answer_after_the_lease_expired_is_ignored(
    database: Database, workspace: Workspace, settings_of_test: Settings, shop: Receiver
) -> None:
    await due(database, workspace, settings_of_test, shop=shop)
    shop.plan(*[Planned(500, after=0.5)] * MESSAGES)
    async with Sender.open(allow_private=True, clock=RUNTIME.clock) as sender:
        waiting = asyncio.create_task(worker(database, sender, settings_of_test).round())
        assert await asyncio.to_thread(shop.arrived.wait, 20)
        await asyncio.sleep(0.2)
        async with database.workspace(workspace.id) as connection:
            await connection.execute("update due_work set due_at = now()")
        await worker(database, sender, settings_of_test).round()
        await waiting
    assert {(each.status, each.attempts) for each in await listed(database, workspace)} == {("delivered", 2)}


async def test_an_attempt_with_an_unrecorded_outcome_is_retried(
    database: Database, workspace: Workspace, settings_of_test: Settings, conninfo: str, shop: Receiver
) -> None:
    await due(database, workspace, settings_of_test, shop=shop)
    shop.plan(*[Planned(after=0.5)] * MESSAGES)
    async with Sender.open(allow_private=True, clock=RUNTIME.clock) as sender:
        async with Database.open(conninfo) as doomed:
            waiting = asyncio.create_task(worker(doomed, sender, settings_of_test).round())
            assert await asyncio.to_thread(shop.all_arrived.wait, 20)
        await waiting
        assert {each.status for each in await listed(database, workspace)} == {"due"}
        async with database.workspace(workspace.id) as connection:
            await connection.execute("update due_work set due_at = now()")
        await worker(database, sender, settings_of_test).round()
    assert {each.status for each in await listed(database, workspace)} == {"delivered"}
    assert len(shop.received) == 2 * MESSAGES
    assert len(set(shop.ids)) == MESSAGES


async def test_a_running_server_sends_due_deliveries_including_those_due_when_it_was_killed(
    database: Database,
    workspace: Workspace,
    settings_of_test: Settings,
    conninfo: str,
    shop: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KEEPWELL_WEBHOOKS_ALLOW_PRIVATE", "1")
    made = await due(database, workspace, settings_of_test, shop=shop)
    with RunningServer(settings_of_test.home, database_url=conninfo) as server:
        assert await asyncio.to_thread(shop.arrived.wait, 20)
        server.kill()
        async with database.workspace(workspace.id) as connection:
            # As the release before this one writes it, whose column a trigger still watches.
            await connection.execute("update webhook_deliveries set status = 'due', due_at = now()")
        before = len(shop.received)
        server.start()
        async with asyncio.timeout(20):
            while len(shop.received) < before + MESSAGES:  # noqa: ASYNC110  the receiver is another thread
                await asyncio.sleep(0.05)
    assert {each.verified_by(made.secret)["data"]["number"] for each in shop.received} == set(range(MESSAGES))
