"""The SQL that writes imported rows, each change logged. Statements that differ only by table are expanded per entity."""

from __future__ import annotations

from collections.abc import Sequence
from string import Template
from typing import Generic, LiteralString, TypeVar
from uuid import UUID

import msgspec

from keepwell.importing.upserts.entity import Entity
from keepwell.platform.statements import Query
from keepwell.records.events import FailedCharge

Returned = TypeVar("Returned")


class KnownRow(msgspec.Struct, frozen=True):
    """Our id and the source's."""

    external_id: str
    id: UUID


class RowId(msgspec.Struct, frozen=True):
    """Our id of a row."""

    id: UUID


class ChangedRecords(msgspec.Struct, frozen=True):
    """What changes of an entity wrote: its records, and the existing accounts that they belong to."""

    entity: str
    record_ids: Sequence[UUID]
    account_ids: Sequence[UUID]


class WrittenRow(msgspec.Struct, frozen=True):
    """A row that was new or differed; `raced` if another transaction created it at the same time."""

    id: UUID
    inserted: bool
    raced: bool


class LastSequence(msgspec.Struct, frozen=True):
    """The number of the import's last change; 0 before the first."""

    sequence: int


class PerEntity(Generic[Returned]):
    """One statement per entity, with its table and columns for the `$names` in the SQL."""

    def __init__(self, sql: LiteralString, row: type[Returned]) -> None:
        self._sql = sql
        self._row = row
        self._queries: dict[Entity, Query[Returned]] = {}

    def of(self, entity: Entity) -> Query[Returned]:
        """The statement for `entity`."""
        if entity not in self._queries:
            self._queries[entity] = Query(self._expanded(entity), self._row)
        return self._queries[entity]

    def _expanded(self, entity: Entity) -> LiteralString:
        columns = entity.columns
        return Template(self._sql).substitute(
            table=entity.name,
            source_id=entity.source_id,
            own=entity.own,
            columns=", ".join(columns),
            current=", ".join(f"t.{name}" for name in columns),
            excluded=", ".join(f"excluded.{name}" for name in columns),
            old=", ".join(f"old.{name}" for name in columns),
            arrays=", ".join(f"%({name})s::{kind}[]" for name, kind in columns.items()),
            derived=", ".join(f"'{name}'" for name in ("version", *entity.derived)),
            bumped=", version = t.version + 1" if entity.is_versioned else "",
        )


KNOWN = PerEntity(
    """
    select external_id, id from $table
    where workspace_id = %(workspace_id)s and external_id = any(%(external_ids)s::text[])
    """,
    KnownRow,
)

OWN = PerEntity(
    """
    select external_id, id from $table
    where workspace_id = %(workspace_id)s and external_id = any(%(external_ids)s::text[]) and $own
    """,
    KnownRow,
)

# `held` locks the existing rows, and the insert waits for it through the join, so that no other transaction can
# change a row between our logging it and replacing it. A row that did not exist when locking but was replaced
# (its xmax says so) is a race: its previous state is unknown.
UPSERT = PerEntity(
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

# The existing accounts are those whose figures the changes may affect; for a subscription that moved, both accounts. A
# charge shows what of it was refunded, so a refund changes its charge.
CHANGED_RECORDS = Query(
    """
    with written as (
      select entity, row_id, row
      from import_changes, lateral (values (before), (after)) as each (row)
      where workspace_id = %(workspace_id)s and import_id = %(import_id)s and sequence > %(after)s
        and row is not null
    ), changed as (
      select entity, row_id, case entity when 'accounts' then row_id else (row ->> 'account_id')::uuid end as account_id
      from written
      union all
      select 'charges', c.id, c.account_id
      from written w join charges c on c.workspace_id = %(workspace_id)s and c.id = (w.row ->> 'charge_id')::uuid
      where w.entity = 'refunds'
    )
    select c.entity, array_agg(distinct c.row_id) as record_ids,
           coalesce(array_agg(distinct a.id) filter (where a.id is not null), '{}') as account_ids
    from changed c left join accounts a on (a.workspace_id, a.id) = (%(workspace_id)s, c.account_id)
    group by c.entity
    """,
    ChangedRecords,
)

NEWLY_FAILED_CHARGES = Query(
    """
    select c.id, c.external_id, c.account_id, c.invoice_external_id, c.amount, c.currency, c.decline_code, c.charged_at
    from import_changes i join charges c on (c.workspace_id, c.id) = (i.workspace_id, i.row_id)
    where i.workspace_id = %(workspace_id)s and i.import_id = %(import_id)s and i.sequence > %(after)s
      and i.entity = 'charges' and c.status = 'failed' and i.before ->> 'status' is distinct from 'failed'
    order by c.charged_at, c.id
    """,
    FailedCharge,
)
