"""All SQL of webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query
from keepwell.webhooks.model import DeliveryItem, EndpointItem


class IdRow(msgspec.Struct, frozen=True):
    """Just an id."""

    id: UUID


class SecretNumberRow(msgspec.Struct, frozen=True):
    """The number of the secret that an endpoint signs with."""

    secret_number: int


class ReplayedDelivery(msgspec.Struct, frozen=True):
    """A delivery that is due again, and its endpoint."""

    id: UUID
    endpoint_id: UUID


class DueDelivery(msgspec.Struct, frozen=True):
    """Everything that an attempt at a delivery needs."""

    message_id: UUID
    body: str
    endpoint_id: UUID
    url: str
    secret_number: int
    secret_changed_at: datetime


class FailingSinceRow(msgspec.Struct, frozen=True):
    """The time of the first failure since the last success of an endpoint."""

    failing_since: datetime


_ENDPOINT: LiteralString = """
    select id, url, description, to_jsonb(events) as events, failing_since, disabled_at, disabled_because,
           created_at, version
"""

_ENDPOINTS: LiteralString = "from webhook_endpoints where workspace_id = %(workspace_id)s"

ENDPOINT_PAGES = Keyset(_ENDPOINT, _ENDPOINTS, EndpointItem, sorts={"id": SortKey("id", "uuid")})

ENDPOINT = Query(f"{_ENDPOINT} {_ENDPOINTS} and id = %(endpoint_id)s", EndpointItem)

# Not FOR UPDATE: that would block publishing, whose new rows have a foreign key to this one.
LOCKED_ENDPOINT = Query(f"{_ENDPOINT} {_ENDPOINTS} and id = %(endpoint_id)s for no key update", EndpointItem)

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
    SecretNumberRow,
)

SUBSCRIBED_ENDPOINTS = Query(
    """
    select id from webhook_endpoints
    where workspace_id = %(workspace_id)s and disabled_at is null
      and (events = '{}' or %(event)s = any(events))
    """,
    IdRow,
)

INSERT_MESSAGE = Command(
    """
    insert into webhook_messages (workspace_id, id, event, published_at, body)
    values (%(workspace_id)s, %(id)s, %(event)s, %(now)s, %(body)s)
    """
)

INSERT_DELIVERY = Command(
    """
    insert into webhook_deliveries (workspace_id, id, endpoint_id, message_id)
    values (%(workspace_id)s, %(id)s, %(endpoint_id)s, %(message_id)s)
    """
)

_DELIVERY: LiteralString = """
    select d.id, d.endpoint_id, 'msg_' || m.id as message_id, m.event, d.status,
           case d.status when 'due' then w.due_at end as due_at, d.attempts, d.attempted_at,
           d.last_status_code, d.last_error, m.published_at
"""

_DELIVERIES: LiteralString = """
    from webhook_deliveries d
    join webhook_messages m on m.workspace_id = d.workspace_id and m.id = d.message_id
    left join due_work w on (w.workspace_id, w.kind, w.subject_id) = (d.workspace_id, 'webhooks.delivery', d.id)
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

REPLAY_DELIVERY = Query(
    """
    update webhook_deliveries set status = 'due', attempts = 0
    where workspace_id = %(workspace_id)s and id = %(delivery_id)s
    returning id, endpoint_id
    """,
    ReplayedDelivery,
)

REPLAY_FAILED = Query(
    """
    update webhook_deliveries d set status = 'due', attempts = 0
    from webhook_messages m
    where d.workspace_id = %(workspace_id)s and d.endpoint_id = %(endpoint_id)s and d.status = 'failed'
      and m.workspace_id = d.workspace_id and m.id = d.message_id
      and (%(since)s::timestamptz is null or m.published_at >= %(since)s)
    returning d.id, d.endpoint_id
    """,
    ReplayedDelivery,
)

DUE_DELIVERY = Query(
    """
    select m.id as message_id, m.body, e.id as endpoint_id, e.url, e.secret_number, e.secret_changed_at
    from webhook_deliveries d
    join webhook_messages m on m.workspace_id = d.workspace_id and m.id = d.message_id
    join webhook_endpoints e on e.workspace_id = d.workspace_id and e.id = d.endpoint_id
    where d.workspace_id = %(workspace_id)s and d.id = %(delivery_id)s and d.status = 'due'
    """,
    DueDelivery,
)

RECORD_OUTCOME = Query(
    """
    update webhook_deliveries
    set status = %(status)s, attempts = %(attempts)s, attempted_at = %(attempted_at)s,
        last_status_code = %(status_code)s, last_error = %(error)s
    where workspace_id = %(workspace_id)s and id = %(delivery_id)s and status = 'due'
    returning id
    """,
    IdRow,
)

FAIL_DUE = Command(
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
    FailingSinceRow,
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

# About the person every message, about the account's books those that contain a text of the person; their deliveries go too.
ERASE_MESSAGES = Command(
    """
    delete from webhook_messages
    where workspace_id = %(workspace_id)s
      and exists (select from unnest(%(ids)s::uuid[]) as of_account (id) where strpos(body, id::text) > 0)
      and (event ~ '^(account|contact|payment_method)[.]' or body ~* any(%(patterns)s::text[]))
    """
)
