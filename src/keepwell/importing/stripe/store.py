"""All SQL of reading Stripe."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from keepwell.platform.database import Command, Query


class LinkRow(msgspec.Struct, frozen=True):
    """How far Stripe was read; `is_undone` where what was read was taken back since."""

    webhook_secret: bytes | None
    reading: str | None
    reading_after: str | None
    reading_since: datetime | None
    read_at: datetime | None
    events_since: datetime | None
    is_undone: bool


class ObjectId(msgspec.Struct, frozen=True):
    """The id of an object, or of an event, of Stripe's."""

    id: str


class PendingEvent(msgspec.Struct, frozen=True):
    """An event that a webhook brought, and that could not be taken in."""

    id: str
    body: Any


class StripeSpanRow(msgspec.Struct, frozen=True):
    """A span that stands here of one of Stripe's subscriptions, which is the `source`."""

    source: str
    external_id: str
    account: str
    plan: str
    seats: int
    amount: Decimal
    amount_per: str
    billing_interval: str
    currency: str
    starts_on: date
    ends_on: date | None
    is_trial: bool
    cancelled_on: date | None
    end_reason: str | None
    list_amount: Decimal | None


LINK = Query(
    """
    select l.webhook_secret, l.reading, l.reading_after, l.reading_since, l.read_at, l.events_since,
           exists (select from imports i
                   where i.workspace_id = l.workspace_id and i.source in ('stripe', 'stripe-webhook')
                     and i.undone_at > l.read_at) as is_undone
    from stripe_links l where l.workspace_id = %(workspace_id)s
    """,
    LinkRow,
)

# Events of one change come at once, and are about the same rows: they are taken one after the other.
LOCK_LINK = Command("select from stripe_links where workspace_id = %(workspace_id)s for update")

ENSURE_LINK = Command(
    "insert into stripe_links (workspace_id) values (%(workspace_id)s) on conflict do nothing"
)

NOTE_READING = Command(
    """
    update stripe_links
    set reading = %(reading)s, reading_after = %(after)s, reading_since = %(since)s
    where workspace_id = %(workspace_id)s
    """
)

NOTE_READ = Command(
    """
    update stripe_links
    set reading = null, reading_after = null, reading_since = null,
        read_at = reading_since, events_since = reading_since
    where workspace_id = %(workspace_id)s
    """
)

NOTE_EVENTS = Command(
    "update stripe_links set events_since = %(since)s where workspace_id = %(workspace_id)s"
)

SET_WEBHOOK_SECRET = Command(
    """
    insert into stripe_links (workspace_id, webhook_secret) values (%(workspace_id)s, %(secret)s)
    on conflict (workspace_id) do update set webhook_secret = excluded.webhook_secret
    """
)

# Those of the given that are not known newer; their rows are locked, so that two readers follow one another.
FRESH = Query(
    """
    insert into stripe_objects as o (workspace_id, id, as_of)
    select %(workspace_id)s, given.id, given.as_of
    from unnest(%(id)s::text[], %(as_of)s::timestamptz[]) as given (id, as_of)
    order by given.id
    on conflict (workspace_id, id) do update set as_of = excluded.as_of where o.as_of <= excluded.as_of
    returning id
    """,
    ObjectId,
)

# Those that were not taken in before.
NEW_EVENTS = Query(
    """
    insert into stripe_events (workspace_id, id, type, created_at, received_at)
    select %(workspace_id)s, given.*, %(now)s
    from unnest(%(id)s::text[], %(type)s::text[], %(created_at)s::timestamptz[]) as given (id, type, created_at)
    order by given.id
    on conflict do nothing
    returning id
    """,
    ObjectId,
)

KEEP_PROBLEM = Command(
    """
    update stripe_events set problem = %(problem)s, body = %(body)s::jsonb
    where workspace_id = %(workspace_id)s and id = %(id)s
    """
)

TAKE_PENDING = Query(
    """
    with pending as (
      select id, body from stripe_events
      where workspace_id = %(workspace_id)s and problem is not null
      order by created_at, id for update
    )
    update stripe_events e set problem = null, body = null from pending
    where e.workspace_id = %(workspace_id)s and e.id = pending.id
    returning e.id, pending.body
    """,
    PendingEvent,
)

FORGET_EVENTS = Command(
    """
    delete from stripe_events
    where workspace_id = %(workspace_id)s and created_at < %(before)s and problem is null
    """
)

SPANS = Query(
    """
    select split_part(split_part(s.external_id, '#', 1), '/', 1) as source,
           s.external_id, a.external_id as account, s.plan, s.seats, s.amount, s.amount_per, s.billing_interval,
           s.currency, s.starts_on, s.ends_on, s.is_trial, s.cancelled_on, s.end_reason, s.list_amount
    from subscriptions s join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    where s.workspace_id = %(workspace_id)s
      and split_part(split_part(s.external_id, '#', 1), '/', 1) = any(%(sources)s::text[])
    order by s.starts_on, s.external_id
    """,
    StripeSpanRow,
)


class ImportId(msgspec.Struct, frozen=True):
    """The import under which webhooks of a day are written."""

    id: UUID


IMPORT_OF_DAY = Query(
    """
    select id from imports
    where workspace_id = %(workspace_id)s and source = 'stripe-webhook' and status = 'finished'
      and started_at >= %(since)s
    order by started_at desc, id desc limit 1
    """,
    ImportId,
)
