"""The SQL that writes imported rows, each change logged. Statements that differ only by table are expanded for each entity."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template
from typing import LiteralString, TypeVar
from uuid import UUID

import msgspec

from keepwell.importing.upserts.entities import COLUMNS, VERSIONED, Entity
from keepwell.platform.database import Query

Row = TypeVar("Row")


class KnownRow(msgspec.Struct, frozen=True):
    """Our id and the source's."""

    external_id: str
    id: UUID


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

OWN_INVOICES = Query(
    """
    select external_id, id from invoices
    where workspace_id = %(workspace_id)s and external_id = any(%(external_ids)s::text[]) and source = 'keepwell'
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
