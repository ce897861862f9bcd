"""Telling others of what changed: messages as rows that are due, written with the change itself.

Functions take a connection that is already inside a transaction and never commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from keepwell.platform.database import Connection
from keepwell.platform.runtime import Runtime
from keepwell.webhooks import store
from keepwell.webhooks.model import Message


async def publish(
    connection: Connection, *, workspace_id: UUID, event: str, data: msgspec.Struct | None, runtime: Runtime
) -> None:
    """Tell every endpoint that listens to `event`, at least once, after this transaction has committed."""
    listeners = await store.LISTENERS.all(connection, workspace_id=workspace_id, event=event)
    if listeners:
        listening = [each.id for each in listeners]
        await tell(connection, listening, workspace_id=workspace_id, event=event, data=data, runtime=runtime)


async def tell(
    connection: Connection,
    endpoint_ids: Sequence[UUID],
    *,
    workspace_id: UUID,
    event: str,
    data: msgspec.Struct | None,
    runtime: Runtime,
) -> Sequence[UUID]:
    """Make one message for these endpoints; the ids of its deliveries, in their order."""
    now, message_id = runtime.clock.now(), runtime.ids.new()
    body = msgspec.json.encode(Message(event, now, data)).decode()
    await store.INSERT_MESSAGE.run(
        connection, workspace_id=workspace_id, id=message_id, event=event, now=now, body=body
    )
    delivery_ids = [runtime.ids.new() for _ in endpoint_ids]
    fixed = {"workspace_id": workspace_id, "message_id": message_id, "now": now}
    await store.INSERT_DELIVERY.run_many(
        connection,
        [
            {**fixed, "id": delivery_id, "endpoint_id": endpoint_id}
            for delivery_id, endpoint_id in zip(delivery_ids, endpoint_ids, strict=True)
        ],
    )
    return delivery_ids
