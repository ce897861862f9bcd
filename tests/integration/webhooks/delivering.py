"""Endpoints over the API, and the worker that delivers to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, LiteralString

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from keepwell.platform.work.worker import Worker
from keepwell.webhooks.jobs import Deliveries, opened_kinds
from keepwell.webhooks.sender import Sender
from keepwell.webhooks.signing import signer_of
from tests.integration.receiver import Receiver
from tests.integration.records import Client, made

RUNTIME = system_runtime()
ENDPOINTS = "/v1/webhook-endpoints"
DELIVERIES = "/v1/webhook-deliveries"
# As when the time of the next attempt has come.
COME_DUE: LiteralString = "update due_work set due_at = now()"


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
