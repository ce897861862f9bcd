"""All SQL of the connection to Stripe."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from keepwell.importing.import_log.model import ImportStatus
from keepwell.importing.stripe.connection.model import Mode
from keepwell.platform.statements import Command, Query


class ConnectionRow(msgspec.Struct, frozen=True):
    """The connection as the database stores it; nothing is set if there never was one."""

    api_key: bytes | None
    account_id: str | None
    account_name: str | None
    mode: Mode | None
    connected_at: datetime | None
    reading: str | None
    is_accepting: bool
    event_received_at: datetime | None


class ImportRow(msgspec.Struct, frozen=True):
    """An import, without its report."""

    import_id: UUID
    status: ImportStatus
    started_at: datetime
    finished_at: datetime | None
    summary: Any
    error: str | None
    last_success_at: datetime | None


class NumberOfObjects(msgspec.Struct, frozen=True):
    """How many objects are known."""

    number: int


CONNECTION = Query(
    """
    select l.api_key, l.account_id, l.account_name, l.mode, l.connected_at, l.reading,
           l.webhook_secret is not null as is_accepting, l.event_received_at
    from (values (%(workspace_id)s::uuid)) as w (id) left join stripe_links l on l.workspace_id = w.id
    """,
    ConnectionRow,
)

LAST_IMPORT = Query(
    """
    select id as import_id, status, started_at, finished_at, summary, error,
           (select max(finished_at) from imports
            where workspace_id = %(workspace_id)s and source = %(source)s and status = 'finished') as last_success_at
    from imports where workspace_id = %(workspace_id)s and source = %(source)s
    order by started_at desc, id desc limit 1
    """,
    ImportRow,
)

OBJECTS = Query(
    "select count(*) as number from stripe_objects where workspace_id = %(workspace_id)s", NumberOfObjects
)

CONNECT = Command(
    """
    update stripe_links
    set api_key = %(api_key)s, account_id = %(account_id)s, account_name = %(account_name)s, mode = %(mode)s,
        connected_at = %(now)s
    where workspace_id = %(workspace_id)s
    """
)

# What was read stays. Another account may be connected next, so nothing of the position does.
DISCONNECT = Command(
    """
    update stripe_links
    set api_key = null, account_id = null, account_name = null, mode = null, connected_at = null,
        webhook_secret = null, event_received_at = null, reading = null, reading_after = null,
        reading_since = null, read_at = null, events_since = null
    where workspace_id = %(workspace_id)s and (api_key is not null or webhook_secret is not null)
    """
)
