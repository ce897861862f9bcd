"""The state of the connection to Stripe, from its row, its due work and its newest import."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from keepwell.importing.import_log.model import counted
from keepwell.importing.stripe.connection import store
from keepwell.importing.stripe.connection.model import (
    ImportedRows,
    StripeConnection,
    SyncState,
    WebhookState,
)
from keepwell.importing.stripe.connection.service import SYNC
from keepwell.importing.stripe.sync import SOURCE
from keepwell.platform.database import Readable
from keepwell.platform.errors import NotFound
from keepwell.platform.work import service as work


async def connection_of(
    reader: Readable, workspace_id: UUID, *, public_url: str | None, now: datetime
) -> StripeConnection:
    """The state of the connection, also if there is none."""
    row = await store.CONNECTION.one(reader, workspace_id=workspace_id)
    last = await store.LAST_IMPORT.maybe_one(reader, workspace_id=workspace_id, source=SOURCE)
    is_connected = row.api_key is not None
    sync = await _sync_state(reader, workspace_id, row=row, now=now) if is_connected else None
    path = f"/v1/stripe-webhooks/{workspace_id}"
    return StripeConnection(
        is_connected=is_connected,
        account_id=row.account_id,
        account_name=row.account_name,
        mode=row.mode,
        connected_at=row.connected_at,
        sync=sync,
        last_import=None if last is None else imported_rows(last),
        last_success_at=None if last is None else last.last_success_at,
        webhook=WebhookState(
            path=path,
            url=None if public_url is None else f"{public_url}{path}",
            is_accepted=row.is_accepting,
            event_received_at=row.event_received_at,
        ),
    )


async def objects_read(reader: Readable, workspace_id: UUID) -> int:
    """How many of Stripe's objects were read, by import or from events."""
    return (await store.OBJECTS.one(reader, workspace_id=workspace_id)).number


def imported_rows(row: store.ImportRow) -> ImportedRows:
    """An import with its counts."""
    rows_read, kept_aside = counted(row.summary)
    return ImportedRows(
        import_id=row.import_id,
        status=row.status,
        started_at=row.started_at,
        finished_at=row.finished_at,
        rows_read=rows_read,
        kept_aside=kept_aside,
        error=row.error,
    )


async def _sync_state(
    reader: Readable, workspace_id: UUID, *, row: store.ConnectionRow, now: datetime
) -> SyncState | None:
    try:
        item = await work.work_item(
            reader, workspace_id=workspace_id, kind=SYNC, subject_id=workspace_id, now=now
        )
    except NotFound:
        return None
    return SyncState(status=item.status, due_at=item.due_at, last_error=item.last_error, reading=row.reading)
