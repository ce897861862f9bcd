"""The SQL of the import log: imports as they start and end, what they changed, and undo."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from string import Template
from typing import Any, LiteralString, TypeVar
from uuid import UUID

import msgspec

from keepwell.importing.import_log.model import ImportItem, ImportStatus
from keepwell.importing.upserts.entity import Entity, Reference
from keepwell.importing.upserts.store import PerEntity, RowId
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query

Returned = TypeVar("Returned")


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


class EntityName(msgspec.Struct, frozen=True):
    """The name of an entity that an import wrote."""

    entity: str


class NewestImport(msgspec.Struct, frozen=True):
    """The newest import by a mapping."""

    source: str
    status: ImportStatus
    started_at: datetime
    summary: Any
    error: str | None
    last_success_at: datetime | None


class EntityCount(msgspec.Struct, frozen=True):
    """How many rows of an entity an import added and changed."""

    entity: str
    deleted: int
    restored: int


class ChangeRow(msgspec.Struct, frozen=True):
    """A row of an import before (null if it did not exist) and after."""

    entity: str
    external_id: str
    before: Any
    after: Any


class HasChanged(msgspec.Struct, frozen=True):
    """Whether an import changed records."""

    has_changed: bool


class LastReading(msgspec.Struct, frozen=True):
    """When the last finished import of a source began; None before the first."""

    started_at: datetime | None


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


def _of_net(sql: LiteralString, row: type[Returned]) -> PerEntity[Returned]:
    return PerEntity(sql.replace("$net", _NET), row)


LOCK_WRITTEN = PerEntity(
    """
    select id from $table t
    where workspace_id = %(workspace_id)s and id in (
      select row_id from import_changes
      where workspace_id = %(workspace_id)s and import_id = %(import_id)s and entity = '$table')
    order by external_id for update
    """,
    RowId,
)

# Compared by content, not by version: a later import that was undone has raised the version only. Nor by what we work out of it.
CHANGED_SINCE = _of_net(
    """
    $net
    select net.after ->> 'external_id' as external_id, t.id is null as is_gone,
           (select c.import_id
            from import_changes c join imports i on (i.workspace_id, i.id) = (c.workspace_id, c.import_id)
            where c.workspace_id = %(workspace_id)s and c.entity = '$table' and c.row_id = net.row_id
              and c.import_id > %(import_id)s and i.status <> 'undone'
            order by c.import_id desc limit 1) as by_import
    from net left join $table t on t.workspace_id = %(workspace_id)s and t.id = net.row_id
    where t.id is null or not (to_jsonb(t) @> (net.after - array[$derived]::text[]))
    order by 1 limit %(limit)s
    """,
    ChangedSince,
)

DELETE_INSERTED = _of_net(
    """
    $net
    delete from $table t using net
    where t.workspace_id = %(workspace_id)s and t.id = net.row_id and net.before is null
    returning t.id
    """,
    RowId,
)

RESTORE_CHANGED = _of_net(
    """
    $net
    update $table t set ($columns) = row($old) $bumped
    from net, lateral jsonb_populate_record(null::$table, net.before) as old
    where t.workspace_id = %(workspace_id)s and t.id = net.row_id and net.before is not null
    returning t.id
    """,
    RowId,
)

_REFERRING: LiteralString = """
    select '$table' as what, t.id, t.external_id as name, m.entity, m.external_id
    from made m join $table t on t.workspace_id = %(workspace_id)s and t.$column = m.$key
    where m.entity = '$target'
"""

_DEPENDENTS: LiteralString = """
    with made as (
      select entity, row_id, after ->> 'external_id' as external_id from import_changes
      where workspace_id = %(workspace_id)s and import_id = %(import_id)s and before is null
    ), hanging as ($referring)
    select what, name, entity, external_id from hanging h
    where not exists (select from import_changes c
                      where c.workspace_id = %(workspace_id)s and c.import_id = %(import_id)s
                        and c.entity = h.what and c.row_id = h.id)
    order by what, name, entity, external_id limit %(limit)s
"""


@cache
def dependents_in(entity: Entity) -> Query[Dependent]:
    """The rows of `entity` that refer to a row which the import added, and were not added by the import itself.

    Movement facts and scores are no entities: they are computed from the rows.
    """
    referring = "union all".join(_referring(entity, each) for each in entity.references)
    return Query(Template(_DEPENDENTS).substitute(referring=referring), Dependent)


def _referring(entity: Entity, reference: Reference) -> LiteralString:
    return Template(_REFERRING).substitute(
        table=entity.name,
        column=reference.column,
        key="external_id" if reference.loose else "row_id",
        target=reference.entity.name,
    )


# By what an undo does: what the import added is deleted, what it changed is restored.
COUNTS = Query(
    """
    select entity, count(*) filter (where before is null) as deleted,
           count(*) filter (where before is not null) as restored
    from (select distinct on (entity, row_id) entity, before from import_changes
          where workspace_id = %(workspace_id)s and import_id = %(import_id)s
          order by entity, row_id, sequence) as first_changes
    group by entity order by entity
    """,
    EntityCount,
)

# What is deferred, such as the one billing contact, fails here and not when the transaction ends.
CHECK_CONSTRAINTS = Command("set constraints all immediate")

WRITTEN_ENTITIES = Query(
    """
    select distinct entity from import_changes
    where workspace_id = %(workspace_id)s and import_id = %(import_id)s order by entity
    """,
    EntityName,
)

CHANGES = Query(
    """
    select entity, after ->> 'external_id' as external_id, before, after from import_changes
    where workspace_id = %(workspace_id)s and import_id = %(import_id)s and before is not null
    order by sequence limit %(limit)s
    """,
    ChangeRow,
)

NEWEST_OF_MAPPINGS = Query(
    """
    select distinct on (source, mapping) source, status, started_at, summary, error,
           max(finished_at) filter (where status = 'finished') over (partition by source) as last_success_at
    from imports where workspace_id = %(workspace_id)s and status <> 'undone'
    order by source, mapping, started_at desc, id desc
    """,
    NewestImport,
)

INSERT_IMPORT = Command(
    """
    insert into imports (workspace_id, id, source, mapping, status, started_at)
    values (%(workspace_id)s, %(id)s, %(source)s, %(mapping)s, 'running', %(now)s)
    """
)

NOTE_PROGRESS = Command(
    """
    update imports set summary = %(summary)s::jsonb
    where workspace_id = %(workspace_id)s and id = %(id)s and status = 'running'
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

NOTE_MORE = Command(
    """
    update imports set finished_at = greatest(finished_at, %(now)s)
    where workspace_id = %(workspace_id)s and id = %(id)s and status = 'finished'
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

CHANGED_AFTER = Query(
    """
    select exists (
      select from imports i
      where i.workspace_id = %(workspace_id)s
        and (i.undone_at > %(after)s
             or (coalesce(i.finished_at, i.started_at) > %(after)s and i.source is distinct from %(apart_from)s::text))
        and exists (select from import_changes c where (c.workspace_id, c.import_id) = (i.workspace_id, i.id))
    ) as has_changed
    """,
    HasChanged,
)

LAST_READING = Query(
    """
    select max(started_at) as started_at from imports
    where workspace_id = %(workspace_id)s and source = %(source)s and status = 'finished'
    """,
    LastReading,
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
