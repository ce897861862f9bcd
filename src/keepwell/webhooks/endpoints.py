"""Webhook endpoints: listing, adding, changing and removing them, rotating their secrets, and sending a test."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.identity.audit import service as audit
from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.runtime import Runtime
from keepwell.platform.values.periods import require_instant
from keepwell.platform.values.versions import require_version
from keepwell.platform.work import service as work
from keepwell.webhooks import deliveries, service, store
from keepwell.webhooks.addresses import require_url
from keepwell.webhooks.context import WebhookContext
from keepwell.webhooks.model import (
    DELIVERY,
    TEST_EVENT,
    DeliveryItem,
    DeliveryReplayResult,
    DisabledBecause,
    EndpointChange,
    EndpointItem,
    EndpointSecret,
    EndpointSort,
    EndpointWithSecret,
    NewEndpoint,
    ReplayFailed,
    changed,
    disabled,
)


async def list_endpoints(
    reader: Readable,
    sort: EndpointSort,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[EndpointItem]:
    """A page of endpoints, including disabled ones."""
    return await store.ENDPOINT_PAGES.page(reader, sort, limit=limit, after=after, workspace_id=workspace_id)


async def get_endpoint(connection: Connection, *, workspace_id: UUID, endpoint_id: UUID) -> EndpointItem:
    """One endpoint; raises NotFound for an id that is not in this workspace."""
    found = await store.ENDPOINT.maybe_one(connection, workspace_id=workspace_id, endpoint_id=endpoint_id)
    if found is None:
        raise _no_endpoint(endpoint_id)
    return found


async def create_endpoint(context: WebhookContext, new: NewEndpoint) -> EndpointWithSecret:
    """Add an endpoint and return it with its secret, which is shown only now.

    Raises DataValidationError or AddressRefusedError for a url that webhooks are not sent to.
    """
    require_url(new.url, allow_private=context.allow_private)
    endpoint_id = context.runtime.ids.new()
    await store.INSERT_ENDPOINT.run(
        context.connection,
        workspace_id=context.workspace_id,
        id=endpoint_id,
        url=new.url,
        description=new.description,
        events=list(new.events),
        now=context.runtime.clock.now(),
    )
    created = await get_endpoint(
        context.connection, workspace_id=context.workspace_id, endpoint_id=endpoint_id
    )
    await context.record("created", endpoint_id, after=created)
    secret = context.signer.secret(endpoint_id, number=1)
    return EndpointWithSecret(**msgspec.structs.asdict(created), secret=secret)


async def update_endpoint(
    context: WebhookContext, change: EndpointChange, *, endpoint_id: UUID, version: int | None
) -> EndpointItem:
    """Change the given fields; raises NotFound, or PreconditionFailed for another version than `version`.

    Raises DataValidationError or AddressRefusedError for a url that webhooks are not sent to.
    """
    before = await _locked(context.connection, context.workspace_id, endpoint_id=endpoint_id)
    require_version(before.version, version)
    requested = changed(before, change, now=context.runtime.clock.now())
    if requested.url != before.url:
        require_url(requested.url, allow_private=context.allow_private)
    after = await _replace(
        context.connection, before, requested, workspace_id=context.workspace_id, runtime=context.runtime
    )
    await context.record("updated", endpoint_id, before=before, after=after)
    return after


async def delete_endpoint(context: WebhookContext, *, endpoint_id: UUID, version: int | None) -> None:
    """Remove an endpoint and its deliveries; raises NotFound, or PreconditionFailed."""
    before = await _locked(context.connection, context.workspace_id, endpoint_id=endpoint_id)
    require_version(before.version, version)
    await store.DELETE_ENDPOINT.run(
        context.connection, workspace_id=context.workspace_id, endpoint_id=endpoint_id
    )
    await work.cancel_group(
        context.connection, workspace_id=context.workspace_id, kind=DELIVERY, group_id=endpoint_id
    )
    await context.record("deleted", endpoint_id, before=before)


async def rotate_secret(context: WebhookContext, *, endpoint_id: UUID) -> EndpointSecret:
    """A new secret, shown only now; for a day the previous one signs too. Raises NotFound."""
    rotated = await store.ROTATE_SECRET.maybe_one(
        context.connection,
        workspace_id=context.workspace_id,
        endpoint_id=endpoint_id,
        now=context.runtime.clock.now(),
    )
    if rotated is None:
        raise _no_endpoint(endpoint_id)
    await context.record("secret_rotated", endpoint_id)
    return EndpointSecret(endpoint_id, context.signer.secret(endpoint_id, number=rotated.secret_number))


async def send_test(context: WebhookContext, *, endpoint_id: UUID) -> DeliveryItem:
    """Send a test message to one endpoint, whatever events it subscribes to, even if disabled; raises NotFound."""
    endpoint = await get_endpoint(
        context.connection, workspace_id=context.workspace_id, endpoint_id=endpoint_id
    )
    [delivery_id] = await service.send_to(
        context.connection,
        [endpoint_id],
        workspace_id=context.workspace_id,
        event=TEST_EVENT,
        data=endpoint,
        runtime=context.runtime,
    )
    return await deliveries.get_delivery(context.connection, context.workspace_id, delivery_id=delivery_id)


async def replay_failed(
    context: WebhookContext, requested: ReplayFailed, *, endpoint_id: UUID
) -> DeliveryReplayResult:
    """Make the failed deliveries of an endpoint due again; raises NotFound, or DataValidationError."""
    require_instant("since", requested.since)
    await get_endpoint(context.connection, workspace_id=context.workspace_id, endpoint_id=endpoint_id)
    due_again = await store.REPLAY_FAILED.all(
        context.connection,
        workspace_id=context.workspace_id,
        endpoint_id=endpoint_id,
        since=requested.since,
    )
    await deliveries.make_due(context, due_again)
    return DeliveryReplayResult(len(due_again))


async def disable(
    connection: Connection,
    *,
    workspace_id: UUID,
    endpoint_id: UUID,
    because: DisabledBecause,
    runtime: Runtime,
) -> None:
    """Disable an endpoint that is gone or has failed for too long; audited, and published to the other endpoints."""
    before = await _locked(connection, workspace_id, endpoint_id=endpoint_id)
    if before.disabled_at is not None:
        return
    item = disabled(before, because, now=runtime.clock.now())
    after = await _replace(connection, before, item, workspace_id=workspace_id, runtime=runtime)
    await audit.record(
        connection,
        audit.keepwell_itself(workspace_id, cause="webhooks"),
        action="webhook_endpoint.disabled",
        subject=f"webhook_endpoint:{endpoint_id}",
        before=before,
        after=after,
        clock=runtime.clock,
    )


async def _replace(
    connection: Connection,
    before: EndpointItem,
    item: EndpointItem,
    *,
    workspace_id: UUID,
    runtime: Runtime,
) -> EndpointItem:
    await store.UPDATE_ENDPOINT.run(
        connection,
        workspace_id=workspace_id,
        endpoint_id=item.id,
        url=item.url,
        description=item.description,
        events=list(item.events),
        failing_since=item.failing_since,
        disabled_at=item.disabled_at,
        disabled_because=item.disabled_because,
    )
    after = await get_endpoint(connection, workspace_id=workspace_id, endpoint_id=item.id)
    if before.disabled_at is None and after.disabled_at is not None:
        await _fail_due(connection, after, workspace_id=workspace_id, runtime=runtime)
    return after


async def _fail_due(
    connection: Connection, endpoint: EndpointItem, *, workspace_id: UUID, runtime: Runtime
) -> None:
    # What it misses can be replayed when it is enabled again; until then none of it is due.
    await store.FAIL_DUE.run(
        connection, workspace_id=workspace_id, endpoint_id=endpoint.id, error="The endpoint is disabled."
    )
    await work.cancel_group(connection, workspace_id=workspace_id, kind=DELIVERY, group_id=endpoint.id)
    await service.publish(
        connection,
        workspace_id=workspace_id,
        event="webhook_endpoint.disabled",
        data=endpoint,
        runtime=runtime,
    )


async def _locked(connection: Connection, workspace_id: UUID, *, endpoint_id: UUID) -> EndpointItem:
    found = await store.LOCKED_ENDPOINT.maybe_one(
        connection, workspace_id=workspace_id, endpoint_id=endpoint_id
    )
    if found is None:
        raise _no_endpoint(endpoint_id)
    return found


def _no_endpoint(endpoint_id: UUID) -> NotFound:
    return NotFound(
        f"There is no webhook endpoint {endpoint_id} here.",
        hint="`./keepwell webhooks list` and GET /v1/webhook-endpoints list them.",
    )
