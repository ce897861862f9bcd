"""All SQL of imports. Statements that differ only by table are written once and expanded for each entity."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template
from typing import Any, LiteralString, TypeVar
from uuid import UUID

import msgspec

from keepwell.importing.imports.entities import COLUMNS, VERSIONED, Entity
from keepwell.importing.imports.model import ImportItem
from keepwell.importing.mapping.rows import UnreadableRow
from keepwell.platform.database import Command, Query
from keepwell.platform.pagination.keyset import Keyset, SortKey

Row = TypeVar("Row")


class KnownRow(msgspec.Struct, frozen=True):
    """Our id and the source's."""

    external_id: str
    id: UUID


class SubscriptionAccount(msgspec.Struct, frozen=True):
    """A subscription's and its account's external ids."""

    subscription: str
    account: str


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


class ChangedSince(msgspec.Struct, frozen=True):
    """A row that is no longer as the import left it, by external id; `by_import` wrote it later."""

    external_id: str
    is_gone: bool
    by_import: UUID | None


class Dependent(msgspec.Struct, frozen=True):
    """Something that refers to a row that the import added, and was not added by the import itself."""

    what: str
    name: str
    entity: str
    external_id: str


class ChangeRow(msgspec.Struct, frozen=True):
    """A row of an import before (null if it did not exist) and after."""

    entity: str
    external_id: str
    before: Any
    after: Any


class ColumnsRow(msgspec.Struct, frozen=True):
    """The column names of each entity's file."""

    columns: Any


# What an undo restores: per row the first `before` and the last `after` of the import.
_NET: LiteralString = """
    with net as (
      select row_id, (array_agg(before order by sequence))[1] as before,
             (array_agg(after order by sequence desc))[1] as after
      from import_changes
      where workspace_id = %(workspace_id)s and import_id = %(import_id)s and entity = '$table'
      group by row_id
    )
"""


def _for(entity: Entity, sql: LiteralString) -> LiteralString:
    """`sql` with the table and its columns substituted for its `$names`."""
    columns = COLUMNS[entity]
    return Template(sql.replace("$net", _NET)).substitute(
        table=entity,
        columns=", ".join(columns),
        current=", ".join(f"t.{name}" for name in columns),
        excluded=", ".join(f"excluded.{name}" for name in columns),
        old=", ".join(f"old.{name}" for name in columns),
        arrays=", ".join(f"%({name})s::{kind}[]" for name, kind in columns.items()),
        bumped=", version = t.version + 1" if entity in VERSIONED else "",
    )


def _queries(sql: LiteralString, row: type[Row]) -> Mapping[Entity, Query[Row]]:
    return {entity: Query(_for(entity, sql), row) for entity in COLUMNS}


KNOWN = _queries(
    """
    select external_id, id from $table
    where workspace_id = %(workspace_id)s and external_id = any(%(external_ids)s::text[])
    """,
    KnownRow,
)

# `held` locks the existing rows, and the insert waits for it through the join, so that no other transaction can
# change a row between our logging it and replacing it. A row that did not exist when locking but was replaced
# (its xmax says so) is a race: its previous state is unknown.
UPSERT = _queries(
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
    select u.external_id, a.external_id as account, u.since, u.until, u.field, u.code, u.reason
    from unreadable_subscriptions u join accounts a on (a.workspace_id, a.id) = (u.workspace_id, u.account_id)
    where u.workspace_id = %(workspace_id)s and u.until is null
      and (%(external_ids)s::text[] is null or u.external_id = any(%(external_ids)s))
    """,
    UnreadableRow,
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

LOCK_WRITTEN = _queries(
    """
    select id from $table t
    where workspace_id = %(workspace_id)s and id in (
      select row_id from import_changes
      where workspace_id = %(workspace_id)s and import_id = %(import_id)s and entity = '$table')
    order by external_id for update
    """,
    RowId,
)

# Compared by content, not by version: a later import that was undone has raised the version only.
CHANGED_SINCE = _queries(
    """
    $net
    select net.after ->> 'external_id' as external_id, t.id is null as is_gone,
           (select c.import_id
            from import_changes c join imports i on (i.workspace_id, i.id) = (c.workspace_id, c.import_id)
            where c.workspace_id = %(workspace_id)s and c.entity = '$table' and c.row_id = net.row_id
              and c.import_id > %(import_id)s and i.status <> 'undone'
            order by c.import_id desc limit 1) as by_import
    from net left join $table t on t.workspace_id = %(workspace_id)s and t.id = net.row_id
    where t.id is null or not (to_jsonb(t) @> (net.after - 'version'))
    order by 1 limit %(limit)s
    """,
    ChangedSince,
)

DELETE_INSERTED = _queries(
    """
    $net
    delete from $table t using net
    where t.workspace_id = %(workspace_id)s and t.id = net.row_id and net.before is null
    returning t.id
    """,
    RowId,
)

RESTORE_CHANGED = _queries(
    """
    $net
    update $table t set ($columns) = row($old) $bumped
    from net, lateral jsonb_populate_record(null::$table, net.before) as old
    where t.workspace_id = %(workspace_id)s and t.id = net.row_id and net.before is not null
    returning t.id
    """,
    RowId,
)

# Movement facts are left out on purpose: they are recomputed from the rows.
DEPENDENTS = Query(
    """
    with made as (
      select entity, row_id, after ->> 'external_id' as external_id from import_changes
      where workspace_id = %(workspace_id)s and import_id = %(import_id)s and before is null
    ), hanging as (
      select 'subscriptions' as what, s.id, s.external_id as name, m.entity, m.external_id
      from made m join subscriptions s on s.workspace_id = %(workspace_id)s and s.account_id = m.row_id
      where m.entity = 'accounts'
      union all
      select 'subscriptions', s.id, s.external_id, m.entity, m.external_id
      from made m join subscriptions s on s.workspace_id = %(workspace_id)s and s.plan = m.external_id
      where m.entity = 'plans'
      union all
      select 'unreadable_subscriptions', u.id, u.external_id, m.entity, m.external_id
      from made m join unreadable_subscriptions u on u.workspace_id = %(workspace_id)s and u.account_id = m.row_id
      where m.entity = 'accounts'
      union all
      select 'invoices', i.id, i.external_id, m.entity, m.external_id
      from made m join invoices i on i.workspace_id = %(workspace_id)s and i.account_id = m.row_id
      where m.entity = 'accounts'
      union all
      select 'charges', c.id, c.external_id, m.entity, m.external_id
      from made m join charges c on c.workspace_id = %(workspace_id)s and c.account_id = m.row_id
      where m.entity = 'accounts'
      union all
      select 'charges', c.id, c.external_id, m.entity, m.external_id
      from made m join charges c on c.workspace_id = %(workspace_id)s and c.invoice_external_id = m.external_id
      where m.entity = 'invoices'
      union all
      select 'refunds', r.id, r.external_id, m.entity, m.external_id
      from made m join refunds r on r.workspace_id = %(workspace_id)s and r.charge_id = m.row_id
      where m.entity = 'charges'
      union all
      select 'save list', null, 'of model version ' || max(s.model_version), m.entity, m.external_id
      from made m join churn_scores s on s.workspace_id = %(workspace_id)s and s.account_id = m.row_id
      where m.entity = 'accounts'
      group by m.entity, m.external_id
    )
    select what, name, entity, external_id from hanging h
    where not exists (select from import_changes c
                      where c.workspace_id = %(workspace_id)s and c.import_id = %(import_id)s
                        and c.entity = h.what and c.row_id = h.id)
    order by what, name, entity, external_id limit %(limit)s
    """,
    Dependent,
)

CHANGES = Query(
    """
    select entity, after ->> 'external_id' as external_id, before, after from import_changes
    where workspace_id = %(workspace_id)s and import_id = %(import_id)s and before is not null
    order by sequence limit %(limit)s
    """,
    ChangeRow,
)

INSERT_IMPORT = Command(
    """
    insert into imports (workspace_id, id, source, mapping, status, started_at)
    values (%(workspace_id)s, %(id)s, %(source)s, %(mapping)s, 'running', %(now)s)
    """
)

FINISH_IMPORT = Command(
    """
    update imports
    set status = %(status)s, finished_at = %(now)s, summary = %(summary)s::jsonb, drift = %(drift)s::jsonb,
        assumptions = %(assumptions)s::jsonb, columns = %(columns)s::jsonb, error = %(error)s
    where workspace_id = %(workspace_id)s and id = %(id)s and status = 'running'
    """
)

INTERRUPT_IMPORTS = Command(
    """
    update imports set status = 'interrupted', finished_at = %(now)s
    where workspace_id = %(workspace_id)s and source = %(source)s and status = 'running'
    """
)

UNDO_IMPORT = Command(
    """
    update imports set status = 'undone', undone_at = %(now)s
    where workspace_id = %(workspace_id)s and id = %(import_id)s
    """
)

LAST_COLUMNS = Query(
    """
    select columns from imports
    where workspace_id = %(workspace_id)s and source = %(source)s and mapping = %(mapping)s
      and status in ('finished', 'undone')
    order by started_at desc, id desc limit 1
    """,
    ColumnsRow,
)

_IMPORTS: LiteralString = """
    select id, source, mapping, status, started_at, finished_at, undone_at, summary, drift, assumptions, error
"""

_OF_WORKSPACE: LiteralString = "from imports where workspace_id = %(workspace_id)s"

PAGES = Keyset(
    _IMPORTS,
    _OF_WORKSPACE + " and (%(status)s::text is null or status = %(status)s)",
    ImportItem,
    sorts={"started_at": SortKey("started_at", "timestamptz")},
)

IMPORT = Query(f"{_IMPORTS} {_OF_WORKSPACE} and id = %(import_id)s", ImportItem)

LOCKED_IMPORT = Query(f"{_IMPORTS} {_OF_WORKSPACE} and id = %(import_id)s for update", ImportItem)
