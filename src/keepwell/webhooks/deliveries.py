"""Webhook deliveries: which message was sent to which endpoint, the outcome, and replaying them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.work import service as work
from keepwell.platform.work.model import Subject
from keepwell.webhooks import store
from keepwell.webhooks.context import WebhookContext
from keepwell.webhooks.model import DELIVERY, DeliveryFilter, DeliveryItem
from keepwell.webhooks.store import ReplayedDelivery


async def list_deliveries(
    reader: Readable,
    filters: DeliveryFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[DeliveryItem]:
    """A page of the deliveries of the last 30 days and of all that are due."""
    return await store.DELIVERY_PAGES.page(
        reader,
        filters.sort,
        limit=limit,
        after=after,
        workspace_id=workspace_id,
        endpoint_id=filters.endpoint_id,
        status=filters.status,
        event=filters.event,
    )


async def get_delivery(connection: Connection, workspace_id: UUID, *, delivery_id: UUID) -> DeliveryItem:
    """One delivery; raises NotFound for an id that is not in this workspace."""
    found = await store.DELIVERY.maybe_one(connection, workspace_id=workspace_id, delivery_id=delivery_id)
    if found is None:
        raise NotFound(
            f"There is no webhook delivery {delivery_id} here.", hint="GET /v1/webhook-deliveries lists them."
        )
    return found


async def replay_delivery(context: WebhookContext, *, delivery_id: UUID) -> DeliveryItem:
    """Send one message again, delivered or not, with the same `webhook-id`; raises NotFound."""
    replayed = await store.REPLAY_DELIVERY.all(
        context.connection, workspace_id=context.workspace_id, delivery_id=delivery_id
    )
    await make_due(context, replayed)
    return await get_delivery(context.connection, context.workspace_id, delivery_id=delivery_id)


async def make_due(context: WebhookContext, replayed: Sequence[ReplayedDelivery]) -> None:
    """Have these deliveries sent now."""
    await work.schedule_many(
        context.connection,
        [Subject(each.id, each.endpoint_id) for each in replayed],
        workspace_id=context.workspace_id,
        kind=DELIVERY,
        due_at=context.runtime.clock.now(),
    )
