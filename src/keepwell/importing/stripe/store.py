"""All SQL of the Stripe import."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from keepwell.importing.store import StoredSubscription
from keepwell.platform.statements import Command, Query


class LinkRow(msgspec.Struct, frozen=True):
    """How far Stripe was read; `is_undone` if an import from Stripe was undone since."""

    webhook_secret: bytes | None
    reading: str | None
    reading_after: str | None
    reading_since: datetime | None
    read_at: datetime | None
    events_since: datetime | None
    is_undone: bool


class ObjectId(msgspec.Struct, frozen=True):
    """The id of a Stripe object or event."""

    id: str


class KnownObject(msgspec.Struct, frozen=True):
    """When an object had its stored state, and the states of that second that were seen, the stored one last."""

    id: str
    as_of: datetime
    states: Any


class StoredBody(msgspec.Struct, frozen=True):
    """Something of Stripe's that its subscriptions refer to, by its own id or its customer's."""

    id: str
    body: Any


class PendingEvent(msgspec.Struct, frozen=True):
    """An event from a webhook that could not be ingested."""

    id: str
    body: Any


class StoredSubscriptionRow(StoredSubscription, frozen=True):
    """A stored row of the Stripe subscription `source`; `in_file_on` is the day of the file that it came from, if any."""

    source: str
    in_file_on: date | None


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

# The events of one change arrive together and concern the same rows: the lock makes them wait for each other.
LOCK_LINK = Command("select from stripe_links where workspace_id = %(workspace_id)s for update")

# As LOCK_LINK, and notes that Stripe's events arrive.
EVENT_RECEIVED = Command(
    "update stripe_links set event_received_at = %(now)s where workspace_id = %(workspace_id)s"
)

ENSURE_LINK = Command(
    "insert into stripe_links (workspace_id) values (%(workspace_id)s) on conflict do nothing"
)

SAVE_POSITION = Command(
    """
    update stripe_links
    set reading = %(reading)s, reading_after = %(after)s, reading_since = %(since)s
    where workspace_id = %(workspace_id)s
    """
)

MARK_ALL_READ = Command(
    """
    update stripe_links
    set reading = null, reading_after = null, reading_since = null,
        read_at = reading_since, events_since = reading_since
    where workspace_id = %(workspace_id)s
    """
)

SAVE_EVENTS_SINCE = Command(
    "update stripe_links set events_since = %(since)s where workspace_id = %(workspace_id)s"
)

SET_WEBHOOK_SECRET = Command(
    """
    insert into stripe_links (workspace_id, webhook_secret) values (%(workspace_id)s, %(secret)s)
    on conflict (workspace_id) do update set webhook_secret = excluded.webhook_secret
    """
)

# Returns the given objects that were not ingested in a later state. Locks their rows, so that readers wait for
# each other.
RECORD_AS_OF = Query(
    """
    insert into stripe_objects as o (workspace_id, id, as_of, states)
    select %(workspace_id)s, given.id, given.as_of, given.states::jsonb
    from unnest(%(id)s::text[], %(as_of)s::timestamptz[], %(states)s::text[]) as given (id, as_of, states)
    order by given.id
    on conflict (workspace_id, id) do update set (as_of, states) = (excluded.as_of, excluded.states)
      where o.as_of <= excluded.as_of
    returning id
    """,
    ObjectId,
)

KNOWN_OBJECTS = Query(
    """
    select id, as_of, states from stripe_objects
    where workspace_id = %(workspace_id)s and id = any(%(id)s::text[]) order by id for update
    """,
    KnownObject,
)

SAVE_PRICES = Command(
    """
    insert into stripe_prices (workspace_id, id, body)
    select %(workspace_id)s, given.id, given.body::jsonb
    from unnest(%(id)s::text[], %(body)s::text[]) as given (id, body)
    on conflict (workspace_id, id) do update set body = excluded.body
    """
)

PRICES = Query(
    "select id, body from stripe_prices where workspace_id = %(workspace_id)s and id = any(%(id)s::text[])",
    StoredBody,
)

# Customers who never had a discount have no row.
SAVE_DISCOUNTS = Command(
    """
    insert into stripe_discounts as d (workspace_id, customer_id, body, is_due)
    select %(workspace_id)s, given.id, given.body::jsonb, true
    from unnest(%(id)s::text[], %(body)s::text[]) as given (id, body)
    where given.body is not null or exists (
      select from stripe_discounts k where k.workspace_id = %(workspace_id)s and k.customer_id = given.id)
    on conflict (workspace_id, customer_id) do update set (body, is_due) = (excluded.body, true)
      where d.body is distinct from excluded.body
    """
)

DISCOUNTS = Query(
    """
    select customer_id as id, body from stripe_discounts
    where workspace_id = %(workspace_id)s and customer_id = any(%(id)s::text[]) and body is not null
    """,
    StoredBody,
)

DUE_CUSTOMERS = Query(
    "select customer_id as id from stripe_discounts where workspace_id = %(workspace_id)s and is_due order by 1",
    ObjectId,
)

DISCOUNTS_APPLIED = Command(
    """
    update stripe_discounts set is_due = false
    where workspace_id = %(workspace_id)s and is_due
      and (%(id)s::text is null or customer_id = %(id)s)
    """
)

# Subscriptions that could not be read for lack of an exchange rate, once there are rates.
WAITING_FOR_RATES = Query(
    """
    select u.external_id as id from unreadable_subscriptions u join stripe_objects o
      on (o.workspace_id, o.id) = (u.workspace_id, u.external_id)
    where u.workspace_id = %(workspace_id)s and u.until is null and u.unrated_currency is not null
      and exists (select from exchange_rates r where r.workspace_id = u.workspace_id)
    order by 1
    """,
    ObjectId,
)

# Returns the events that were not recorded before.
RECORDED_EVENTS = Query(
    "select id from stripe_events where workspace_id = %(workspace_id)s and id = any(%(ids)s::text[])",
    ObjectId,
)

INSERT_EVENTS = Query(
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

PENDING = Query(
    """
    select id, body from stripe_events
    where workspace_id = %(workspace_id)s and problem is not null
    order by created_at, id
    """,
    PendingEvent,
)

# Of the given ids, those that are still pending.
CLAIM_PENDING = Query(
    """
    with pending as (
      select id from stripe_events
      where workspace_id = %(workspace_id)s and id = any(%(ids)s::text[]) and problem is not null
      order by created_at, id for update
    )
    update stripe_events e set problem = null, body = null from pending
    where e.workspace_id = %(workspace_id)s and e.id = pending.id
    returning e.id
    """,
    ObjectId,
)

DELETE_OLD_EVENTS = Command(
    """
    delete from stripe_events
    where workspace_id = %(workspace_id)s and created_at < %(before)s and problem is null
    """
)

SUBSCRIPTION_ROWS = Query(
    """
    select s.external_id, a.external_id as account, s.plan, s.seats, s.amount, s.amount_per, s.billing_interval,
           s.currency, s.starts_on, s.ends_on, s.is_trial, s.cancelled_on, s.end_reason, s.list_amount,
           s.past_due_since,
           split_part(split_part(s.external_id, '#', 1), '/', 1) as source,
           (select max(i.started_at at time zone 'UTC')::date
            from import_changes c join imports i on (i.workspace_id, i.id) = (c.workspace_id, c.import_id)
            where c.workspace_id = s.workspace_id and c.entity = 'subscriptions' and c.row_id = s.id
              and i.source = 'file') as in_file_on
    from subscriptions s join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    where s.workspace_id = %(workspace_id)s
      and split_part(split_part(s.external_id, '#', 1), '/', 1) = any(%(sources)s::text[])
    order by s.starts_on, s.external_id
    """,
    StoredSubscriptionRow,
)


class ImportId(msgspec.Struct, frozen=True):
    """The import that the webhooks of a day belong to."""

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
