"""All SQL of the webhooks room."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.platform.database import Command, Query
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.webhooks.model import DeliveryItem, EndpointItem


class Identified(msgspec.Struct, frozen=True):
    """Just an id."""

    id: UUID


class SecretNumber(msgspec.Struct, frozen=True):
    """Which secret an endpoint signs with."""

    secret_number: int


class Lane(msgspec.Struct, frozen=True):
    """An endpoint for which something is due."""

    workspace_id: UUID
    endpoint_id: UUID


class Claimed(msgspec.Struct, frozen=True):
    """A delivery whose attempt is begun, with all that it takes; `attempts` counts this one."""

    workspace_id: UUID
    delivery_id: UUID
    attempts: int
    message_id: UUID
    body: str
    endpoint_id: UUID
    url: str
    secret_number: int
    secret_changed_at: datetime


class Failing(msgspec.Struct, frozen=True):
    """Since when an endpoint has had no success."""

    failing_since: datetime


_ENDPOINT: LiteralString = """
    select id, url, description, to_jsonb(events) as events, failing_since, disabled_at, disabled_because,
           created_at, version
"""

_OF_WORKSPACE: LiteralString = "from webhook_endpoints where workspace_id = %(workspace_id)s"

ENDPOINT_PAGES = Keyset(_ENDPOINT, _OF_WORKSPACE, EndpointItem, sorts={"id": SortKey("id", "uuid")})

ENDPOINT = Query(f"{_ENDPOINT} {_OF_WORKSPACE} and id = %(endpoint_id)s", EndpointItem)

# Not FOR UPDATE: that would hold up whoever publishes, whose new rows refer to this one.
LOCKED_ENDPOINT = Query(
    f"{_ENDPOINT} {_OF_WORKSPACE} and id = %(endpoint_id)s for no key update", EndpointItem
)

INSERT_ENDPOINT = Command(
    """
    insert into webhook_endpoints (workspace_id, id, url, description, events, secret_changed_at, created_at)
    values (%(workspace_id)s, %(id)s, %(url)s, %(description)s, %(events)s::text[], %(now)s, %(now)s)
    """
)

UPDATE_ENDPOINT = Command(
    """
    update webhook_endpoints
    set url = %(url)s, description = %(description)s, events = %(events)s::text[],
        failing_since = %(failing_since)s, disabled_at = %(disabled_at)s,
        disabled_because = %(disabled_because)s, version = version + 1
    where workspace_id = %(workspace_id)s and id = %(endpoint_id)s
    """
)

DELETE_ENDPOINT = Command(
    "delete from webhook_endpoints where workspace_id = %(workspace_id)s and id = %(endpoint_id)s"
)

ROTATE_SECRET = Query(
    """
    update webhook_endpoints
    set secret_number = secret_number + 1, secret_changed_at = %(now)s, version = version + 1
    where workspace_id = %(workspace_id)s and id = %(endpoint_id)s
    returning secret_number
    """,
    SecretNumber,
)

LISTENERS = Query(
    """
    select id from webhook_endpoints
    where workspace_id = %(workspace_id)s and disabled_at is null
      and (events = '{}' or %(event)s = any(events))
    """,
    Identified,
)

INSERT_MESSAGE = Command(
    """
    insert into webhook_messages (workspace_id, id, event, published_at, body)
    values (%(workspace_id)s, %(id)s, %(event)s, %(now)s, %(body)s)
    """
)

INSERT_DELIVERY = Command(
    """
    insert into webhook_deliveries (workspace_id, id, endpoint_id, message_id, due_at)
    values (%(workspace_id)s, %(id)s, %(endpoint_id)s, %(message_id)s, %(now)s)
    """
)

_DELIVERY: LiteralString = """
    select d.id, d.endpoint_id, 'msg_' || m.id as message_id, m.event, d.status,
           case d.status when 'due' then d.due_at end as due_at, d.attempts, d.attempted_at,
           d.last_status_code, d.last_error, m.published_at
"""

_DELIVERIES: LiteralString = """
    from webhook_deliveries d
    join webhook_messages m on m.workspace_id = d.workspace_id and m.id = d.message_id
    where d.workspace_id = %(workspace_id)s
"""

DELIVERY_PAGES = Keyset(
    _DELIVERY,
    _DELIVERIES
    + """
      and (%(endpoint_id)s::uuid is null or d.endpoint_id = %(endpoint_id)s)
      and (%(status)s::text is null or d.status = %(status)s)
      and (%(event)s::text is null or m.event = %(event)s)
    """,
    DeliveryItem,
    sorts={"id": SortKey("d.id", "uuid", "d.id")},
)

DELIVERY = Query(f"{_DELIVERY} {_DELIVERIES} and d.id = %(delivery_id)s", DeliveryItem)

REPLAY_DELIVERY = Command(
    """
    update webhook_deliveries set status = 'due', due_at = %(now)s, attempts = 0
    where workspace_id = %(workspace_id)s and id = %(delivery_id)s
    """
)

REPLAY_FAILED = Command(
    """
    update webhook_deliveries d set status = 'due', due_at = %(now)s, attempts = 0
    from webhook_messages m
    where d.workspace_id = %(workspace_id)s and d.endpoint_id = %(endpoint_id)s and d.status = 'failed'
      and m.workspace_id = d.workspace_id and m.id = d.message_id
      and (%(since)s::timestamptz is null or m.published_at >= %(since)s)
    """
)

# Lets the rest of the transaction see what is due in any workspace, and nothing else of it.
BEGIN_DELIVERING = Command("set local app.delivering = 'on'")

DUE_LANES = Query(
    """
    select distinct workspace_id, endpoint_id from webhook_deliveries
    where status = 'due' and due_at <= %(now)s limit 1000
    """,
    Lane,
)

# The lease is the due time moved ahead: whoever dies meanwhile has left it to be done again.
CLAIM = Query(
    """
    with chosen as (
      select id from webhook_deliveries
      where workspace_id = %(workspace_id)s and endpoint_id = %(endpoint_id)s and status = 'due'
        and due_at <= %(now)s
      order by due_at limit %(limit)s for update skip locked
    )
    update webhook_deliveries d
    set due_at = %(leased_until)s, attempts = d.attempts + 1, attempted_at = %(now)s
    from chosen, webhook_messages m, webhook_endpoints e
    where d.workspace_id = %(workspace_id)s and d.id = chosen.id
      and m.workspace_id = d.workspace_id and m.id = d.message_id
      and e.workspace_id = d.workspace_id and e.id = d.endpoint_id
    returning d.workspace_id, d.id as delivery_id, d.attempts, m.id as message_id, m.body,
              e.id as endpoint_id, e.url, e.secret_number, e.secret_changed_at
    """,
    Claimed,
)

# By the number of the attempt: one whose lease ran out, and which another has begun again, settles nothing.
SETTLE = Query(
    """
    update webhook_deliveries
    set status = %(status)s, due_at = %(due_at)s, last_status_code = %(status_code)s, last_error = %(error)s
    where workspace_id = %(workspace_id)s and id = %(delivery_id)s and status = 'due'
      and attempts = %(attempts)s
    returning id
    """,
    Identified,
)

FAIL_WHAT_IS_DUE = Command(
    """
    update webhook_deliveries set status = 'failed', last_error = coalesce(last_error, %(error)s)
    where workspace_id = %(workspace_id)s and endpoint_id = %(endpoint_id)s and status = 'due'
    """
)

ENDPOINT_WORKS = Command(
    """
    update webhook_endpoints set failing_since = null
    where workspace_id = %(workspace_id)s and id = %(endpoint_id)s and failing_since is not null
    """
)

ENDPOINT_FAILS = Query(
    """
    update webhook_endpoints set failing_since = coalesce(failing_since, %(now)s)
    where workspace_id = %(workspace_id)s and id = %(endpoint_id)s
    returning failing_since
    """,
    Failing,
)

SWEEP = Command(
    """
    delete from webhook_messages m
    where m.workspace_id = %(workspace_id)s and m.published_at < %(before)s
      and not exists (
        select from webhook_deliveries d
        where d.workspace_id = m.workspace_id and d.message_id = m.id and d.status = 'due')
    """
)
