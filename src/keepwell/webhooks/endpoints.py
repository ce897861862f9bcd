"""Endpoints: listing, adding, changing and removing them, their secrets, and a message to try one."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.identity.audit import service as audit
from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.runtime import Runtime
from keepwell.platform.versions import require_version
from keepwell.webhooks import deliveries, service, store
from keepwell.webhooks.addresses import require_url
from keepwell.webhooks.managing import Managing
from keepwell.webhooks.model import (
    TEST_EVENT,
    DeliveryItem,
    DisabledBecause,
    EndpointChange,
    EndpointItem,
    EndpointMade,
    EndpointSecret,
    EndpointSort,
    NewEndpoint,
    Replayed,
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
    """A page of endpoints, disabled ones too."""
    return await store.ENDPOINT_PAGES.page(reader, sort, limit=limit, after=after, workspace_id=workspace_id)


async def get_endpoint(connection: Connection, *, workspace_id: UUID, endpoint_id: UUID) -> EndpointItem:
    """One endpoint; raises NotFound for an id that this workspace does not hold."""
    found = await store.ENDPOINT.maybe_one(connection, workspace_id=workspace_id, endpoint_id=endpoint_id)
    if found is None:
        raise _no_endpoint(endpoint_id)
    return found


async def create_endpoint(managing: Managing, new: NewEndpoint) -> EndpointMade:
    """Add an endpoint, with the secret that is shown this once.

    Raises DataValidationError or AddressRefusedError for a url to which nothing is sent.
    """
    require_url(new.url, allow_private=managing.allow_private)
    endpoint_id = managing.runtime.ids.new()
    await store.INSERT_ENDPOINT.run(
        managing.connection,
        workspace_id=managing.workspace_id,
        id=endpoint_id,
        url=new.url,
        description=new.description,
        events=list(new.events),
        now=managing.runtime.clock.now(),
    )
    made = await get_endpoint(
        managing.connection, workspace_id=managing.workspace_id, endpoint_id=endpoint_id
    )
    await managing.record("created", endpoint_id, after=made)
    secret = managing.signer.secret(endpoint_id, number=1)
    return EndpointMade(**msgspec.structs.asdict(made), secret=secret)


async def update_endpoint(
    managing: Managing, change: EndpointChange, *, endpoint_id: UUID, version: int | None
) -> EndpointItem:
    """Change what was sent; raises NotFound, or PreconditionFailed for another version than `version`.

    Raises DataValidationError or AddressRefusedError for a url to which nothing is sent.
    """
    before = await _locked(managing.connection, managing.workspace_id, endpoint_id=endpoint_id)
    require_version(before.version, version)
    wanted = changed(before, change, now=managing.runtime.clock.now())
    if wanted.url != before.url:
        require_url(wanted.url, allow_private=managing.allow_private)
    after = await _replace(
        managing.connection, before, wanted, workspace_id=managing.workspace_id, runtime=managing.runtime
    )
    await managing.record("updated", endpoint_id, before=before, after=after)
    return after


async def delete_endpoint(managing: Managing, *, endpoint_id: UUID, version: int | None) -> None:
    """Remove an endpoint and its deliveries; raises NotFound, or PreconditionFailed."""
    before = await _locked(managing.connection, managing.workspace_id, endpoint_id=endpoint_id)
    require_version(before.version, version)
    await store.DELETE_ENDPOINT.run(
        managing.connection, workspace_id=managing.workspace_id, endpoint_id=endpoint_id
    )
    await managing.record("deleted", endpoint_id, before=before)


async def rotate_secret(managing: Managing, *, endpoint_id: UUID) -> EndpointSecret:
    """A new secret, shown this once; for a day the one before signs too. Raises NotFound."""
    made = await store.ROTATE_SECRET.maybe_one(
        managing.connection,
        workspace_id=managing.workspace_id,
        endpoint_id=endpoint_id,
        now=managing.runtime.clock.now(),
    )
    if made is None:
        raise _no_endpoint(endpoint_id)
    await managing.record("secret_rotated", endpoint_id)
    return EndpointSecret(endpoint_id, managing.signer.secret(endpoint_id, number=made.secret_number))


async def send_test(managing: Managing, *, endpoint_id: UUID) -> DeliveryItem:
    """Send a message to one endpoint, whatever it listens to, and a disabled one too; raises NotFound."""
    endpoint = await get_endpoint(
        managing.connection, workspace_id=managing.workspace_id, endpoint_id=endpoint_id
    )
    [delivery_id] = await service.tell(
        managing.connection,
        [endpoint_id],
        workspace_id=managing.workspace_id,
        event=TEST_EVENT,
        data=endpoint,
        runtime=managing.runtime,
    )
    return await deliveries.get_delivery(managing.connection, managing.workspace_id, delivery_id=delivery_id)


async def replay_failed(managing: Managing, wanted: ReplayFailed, *, endpoint_id: UUID) -> Replayed:
    """Send again what an endpoint has missed; raises NotFound."""
    await get_endpoint(managing.connection, workspace_id=managing.workspace_id, endpoint_id=endpoint_id)
    again = await store.REPLAY_FAILED.run(
        managing.connection,
        workspace_id=managing.workspace_id,
        endpoint_id=endpoint_id,
        since=wanted.since,
        now=managing.runtime.clock.now(),
    )
    return Replayed(again)


async def disable(
    connection: Connection,
    *,
    workspace_id: UUID,
    endpoint_id: UUID,
    because: DisabledBecause,
    runtime: Runtime,
) -> None:
    """Tell an endpoint nothing more that is gone or has long failed; the audit log and the others hear of it."""
    before = await _locked(connection, workspace_id, endpoint_id=endpoint_id)
    if before.disabled_at is not None:
        return
    wanted = disabled(before, because, now=runtime.clock.now())
    after = await _replace(connection, before, wanted, workspace_id=workspace_id, runtime=runtime)
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
    wanted: EndpointItem,
    *,
    workspace_id: UUID,
    runtime: Runtime,
) -> EndpointItem:
    await store.UPDATE_ENDPOINT.run(
        connection,
        workspace_id=workspace_id,
        endpoint_id=wanted.id,
        url=wanted.url,
        description=wanted.description,
        events=list(wanted.events),
        failing_since=wanted.failing_since,
        disabled_at=wanted.disabled_at,
        disabled_because=wanted.disabled_because,
    )
    after = await get_endpoint(connection, workspace_id=workspace_id, endpoint_id=wanted.id)
    if before.disabled_at is None and after.disabled_at is not None:
        await _stop_telling(connection, after, workspace_id=workspace_id, runtime=runtime)
    return after


async def _stop_telling(
    connection: Connection, endpoint: EndpointItem, *, workspace_id: UUID, runtime: Runtime
) -> None:
    # What it misses can be sent again once it is back; until then nothing of it is due.
    await store.FAIL_WHAT_IS_DUE.run(
        connection, workspace_id=workspace_id, endpoint_id=endpoint.id, error="The endpoint is disabled."
    )
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
        f"There is no webhook endpoint {endpoint_id} here.", hint="GET /v1/webhook-endpoints lists them."
    )
