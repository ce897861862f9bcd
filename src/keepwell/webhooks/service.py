"""Publishing changes to webhook endpoints: due deliveries are written in the transaction of the change itself.

Functions take a connection that is already inside a transaction and never commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from keepwell.platform.database import Connection
from keepwell.platform.erasure import Person
from keepwell.platform.runtime import Runtime
from keepwell.platform.work import service as work
from keepwell.platform.work.model import Subject
from keepwell.webhooks import store
from keepwell.webhooks.model import DELIVERY, Message


async def publish(
    connection: Connection, *, workspace_id: UUID, event: str, data: msgspec.Struct | None, runtime: Runtime
) -> None:
    """Send `event` to every endpoint that subscribes to it, at least once, after this transaction has committed."""
    subscribed = await store.SUBSCRIBED_ENDPOINTS.all(connection, workspace_id=workspace_id, event=event)
    if subscribed:
        endpoint_ids = [each.id for each in subscribed]
        await send_to(
            connection, endpoint_ids, workspace_id=workspace_id, event=event, data=data, runtime=runtime
        )


async def send_to(
    connection: Connection,
    endpoint_ids: Sequence[UUID],
    *,
    workspace_id: UUID,
    event: str,
    data: msgspec.Struct | None,
    runtime: Runtime,
) -> Sequence[UUID]:
    """Create one message for these endpoints and return the ids of its deliveries, in the same order."""
    now, message_id = runtime.clock.now(), runtime.ids.new()
    body = msgspec.json.encode(Message(event, now, data)).decode()
    await store.INSERT_MESSAGE.run(
        connection, workspace_id=workspace_id, id=message_id, event=event, now=now, body=body
    )
    delivery_ids = [runtime.ids.new() for _ in endpoint_ids]
    fixed = {"workspace_id": workspace_id, "message_id": message_id}
    await store.INSERT_DELIVERY.run_many(
        connection,
        [
            {**fixed, "id": delivery_id, "endpoint_id": endpoint_id}
            for delivery_id, endpoint_id in zip(delivery_ids, endpoint_ids, strict=True)
        ],
    )
    subjects = map(Subject, delivery_ids, endpoint_ids)
    await work.schedule_many(connection, subjects, workspace_id=workspace_id, kind=DELIVERY, due_at=now)
    return delivery_ids


async def erase_person(connection: Connection, person: Person) -> dict[str, int]:
    """Delete the messages that say something of the person, sent or not; the rows by table."""
    deleted = await store.ERASE_MESSAGES.run(
        connection,
        workspace_id=person.workspace_id,
        ids=list(person.record_ids),
        patterns=list(person.patterns),
    )
    return {"webhook_messages": deleted}
