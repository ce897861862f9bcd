"""The SQL that writes imported rows, each change logged. Statements that differ only by table are expanded for each entity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from string import Template
from typing import LiteralString, TypeVar
from uuid import UUID

import msgspec

from keepwell.importing.upserts.entities import COLUMNS, VERSIONED, Entity
from keepwell.importing.upserts.rows import SubscriptionRow, UnreadableRow
from keepwell.platform.database import Query
from keepwell.records.model import EndReason, Interval

Row = TypeVar("Row")


class KnownRow(msgspec.Struct, frozen=True):
    """Our id and the source's."""

    external_id: str
    id: UUID


class StoredSubscription(msgspec.Struct, frozen=True):
    """A stored subscription row, with its account's external id."""

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
    past_due_since: date | None

    @property
    def stripe_id(self) -> str:
        """The id of the subscription at Stripe, if the row is one of its items or phases."""
        return self.external_id.partition("#")[0].partition("/")[0]

    def as_subscription_row(self) -> SubscriptionRow:
        """The row as an import would write it."""
        values = {name: getattr(self, name) for name in SubscriptionRow.__struct_fields__}
        values |= {
            "amount_per": Interval(self.amount_per),
            "billing_interval": Interval(self.billing_interval),
            "end_reason": EndReason(self.end_reason) if self.end_reason else None,
        }
        return SubscriptionRow(**values)


class SubscriptionAccount(msgspec.Struct, frozen=True):
    """A subscription's and its account's external ids."""

    subscription: str
    account: str


class PastDue(msgspec.Struct, frozen=True):
    """Since when a stored subscription is past due."""

    external_id: str
    since: date


class IdOfEntity(msgspec.Struct, frozen=True):
    """The source's id of a stored record."""

    external_id: str
    entity: str


class RowCount(msgspec.Struct, frozen=True):
    """A number of rows."""

    rows: int


class HasAccounts(msgspec.Struct, frozen=True):
    """Whether a workspace has any account."""

    has_accounts: bool


class RowId(msgspec.Struct, frozen=True):
    """Our id of a row."""

    id: UUID


class WrittenRow(msgspec.Struct, frozen=True):
    """A row that was new or differed; `raced` if another transaction created it at the same time."""

    id: UUID
    inserted: bool
    raced: bool


class LastSequence(msgspec.Struct, frozen=True):
    """The number of the import's last change; 0 before the first."""

    sequence: int


def _expanded(entity: Entity, sql: LiteralString) -> LiteralString:
    """`sql` with the table and its columns substituted for its `$names`."""
    columns = COLUMNS[entity]
    return Template(sql).substitute(
        table=entity,
        columns=", ".join(columns),
        current=", ".join(f"t.{name}" for name in columns),
        excluded=", ".join(f"excluded.{name}" for name in columns),
        old=", ".join(f"old.{name}" for name in columns),
        arrays=", ".join(f"%({name})s::{kind}[]" for name, kind in columns.items()),
        bumped=", version = t.version + 1" if entity in VERSIONED else "",
    )


def for_each_entity(sql: LiteralString, row: type[Row]) -> Mapping[Entity, Query[Row]]:
    """`sql` as one statement per entity, with the entity's table and columns for its `$names`."""
    return {entity: Query(_expanded(entity, sql), row) for entity in COLUMNS}


KNOWN = for_each_entity(
    """
    select external_id, id from $table
    where workspace_id = %(workspace_id)s and external_id = any(%(external_ids)s::text[])
    """,
    KnownRow,
)

# `held` locks the existing rows, and the insert waits for it through the join, so that no other transaction can
# change a row between our logging it and replacing it. A row that did not exist when locking but was replaced
# (its xmax says so) is a race: its previous state is unknown.
UPSERT = for_each_entity(
    """
    with given as (
      select * from unnest(%(id)s::uuid[], %(external_id)s::text[], $arrays) as g (id, external_id, $columns)
    ), held as (
      select t.external_id, to_jsonb(t) as before
      from $table t
      where t.workspace_id = %(workspace_id)s and t.external_id = any(%(external_id)s::text[])
      order by t.external_id for update
    ), written as (
      insert into $table as t (workspace_id, id, external_id, $columns)
      select %(workspace_id)s, given.* from given left join held on held.external_id = given.external_id
      on conflict (workspace_id, external_id) do update set ($columns) = row($excluded) $bumped
        where ($current) is distinct from ($excluded)
      returning t.id, t.external_id, to_jsonb(t) as after, t.xmax <> 0 as replaced
    ), noted as (
      insert into import_changes (workspace_id, import_id, sequence, entity, row_id, before, after)
      select %(workspace_id)s, %(import_id)s,
             %(noted)s::bigint + row_number() over (order by written.external_id),
             '$table', written.id, held.before, written.after
      from written left join held on held.external_id = written.external_id
      returning row_id, before
    )
    select written.id, before is null as inserted, before is null and replaced as raced
    from noted join written on written.id = noted.row_id
    """,
    WrittenRow,
)

# Those that still cannot be read: of the given ids, or all.
UNREADABLE = Query(
    """
    select u.external_id, a.external_id as account, u.since, u.until, u.field, u.code, u.reason, u.unrated_currency
    from unreadable_subscriptions u join accounts a on (a.workspace_id, a.id) = (u.workspace_id, u.account_id)
    where u.workspace_id = %(workspace_id)s and u.until is null
      and (%(external_ids)s::text[] is null or u.external_id = any(%(external_ids)s))
    """,
    UnreadableRow,
)

PAST_DUE = Query(
    """
    select external_id, past_due_since as since from subscriptions
    where workspace_id = %(workspace_id)s and past_due_since is not null
    """,
    PastDue,
)

# The stored records that come from Stripe's API, which knows their history; an export has only their present state.
# One that only undone imports had changed is a file's again.
IDS_FROM_API = Query(
    """
    with read as (
      select id from stripe_objects where workspace_id = %(workspace_id)s
    ), of_stripe as (
      select c.row_id, i.status <> 'undone' as stands
      from import_changes c join imports i on (i.workspace_id, i.id) = (c.workspace_id, c.import_id)
      where c.workspace_id = %(workspace_id)s and i.source in ('stripe', 'stripe-webhook')
    ), undone as (
      select row_id from of_stripe where not stands except select row_id from of_stripe where stands
    )
    select id as external_id, 'subscriptions' as entity from read where exists (
      select from subscriptions s where s.workspace_id = %(workspace_id)s
        and split_part(split_part(s.external_id, '#', 1), '/', 1) = read.id
        and s.id not in (select row_id from undone))
    union all
    select external_id, 'accounts' from accounts
    where workspace_id = %(workspace_id)s and external_id in (select id from read)
      and id not in (select row_id from undone)
    union all
    select external_id, 'invoices' from invoices
    where workspace_id = %(workspace_id)s and external_id in (select id from read)
      and id not in (select row_id from undone)
    """,
    IdOfEntity,
)

# Running subscriptions that an earlier import of the same mapping wrote, and that are not among the given ids. An import
# that was interrupted after its records has written them too.
COUNT_GONE = Query(
    """
    select count(distinct s.id)::int as rows
    from subscriptions s
    where s.workspace_id = %(workspace_id)s and (s.ends_on is null or s.ends_on > %(on)s)
      and not s.external_id = any(%(external_ids)s::text[])
      and not split_part(s.external_id, '#', 1) = any(%(external_ids)s::text[])
      and exists (
        select from import_changes c join imports i on (i.workspace_id, i.id) = (c.workspace_id, c.import_id)
        where c.workspace_id = s.workspace_id and c.entity = 'subscriptions' and c.row_id = s.id
          and i.source = 'file' and i.mapping = %(mapping)s and i.status <> 'undone')
    """,
    RowCount,
)

ACCOUNT_IDS = Query("select external_id, id from accounts where workspace_id = %(workspace_id)s", KnownRow)

SUBSCRIPTION_ACCOUNTS = Query(
    """
    select s.external_id as subscription, a.external_id as account
    from subscriptions s join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    where s.workspace_id = %(workspace_id)s
    """,
    SubscriptionAccount,
)

SUBSCRIPTIONS_OF_ACCOUNTS = Query(
    """
    select s.external_id, a.external_id as account, s.plan, s.seats, s.amount, s.amount_per, s.billing_interval,
           s.currency, s.starts_on, s.ends_on, s.is_trial, s.cancelled_on, s.end_reason, s.list_amount,
           s.past_due_since
    from subscriptions s join accounts a on (a.workspace_id, a.id) = (s.workspace_id, s.account_id)
    where s.workspace_id = %(workspace_id)s and a.external_id = any(%(accounts)s::text[])
    order by s.external_id
    """,
    StoredSubscription,
)

HAS_ACCOUNTS = Query(
    "select exists (select from accounts where workspace_id = %(workspace_id)s) as has_accounts", HasAccounts
)

LAST_SEQUENCE = Query(
    """
    select coalesce(max(sequence), 0) as sequence from import_changes
    where workspace_id = %(workspace_id)s and import_id = %(import_id)s
    """,
    LastSequence,
)

# The existing accounts whose figures the changes affect; for a subscription that moved, both accounts.
TOUCHED_ACCOUNTS = Query(
    """
    with touched as (
      select case entity when 'accounts' then row_id else (row ->> 'account_id')::uuid end as id
      from import_changes, lateral (values (before), (after)) as each (row)
      where workspace_id = %(workspace_id)s and import_id = %(import_id)s and sequence > %(after)s
        and entity in ('accounts', 'subscriptions') and row is not null
    )
    select id from accounts where workspace_id = %(workspace_id)s and id in (select id from touched)
    """,
    RowId,
)
