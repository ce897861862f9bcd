"""The life of an import: started, finished or failed, listed, and undone as a whole.

Functions take a connection that is already inside a transaction of the workspace and never commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from keepwell.importing.import_log import store
from keepwell.importing.import_log.model import (
    ChangeView,
    ImportItem,
    ImportReport,
    ImportSort,
    ImportStatus,
    NotUndoable,
    UndoResult,
)
from keepwell.importing.upserts import service as upserts
from keepwell.importing.upserts.entity import Entity
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import Conflict, NotFound
from keepwell.platform.pagination.cursors import LARGEST_PAGE, PageEnd, RowPage
from keepwell.platform.runtime import Runtime
from keepwell.records.changes import ChangeContext

_MOST_NAMED = 5
_MOST_SHOWN = 20


async def begin(
    connection: Connection, *, workspace_id: UUID, source: str, mapping: str, runtime: Runtime
) -> UUID:
    """Add a running import of `source` ("file", "stripe", ...) and return its id."""
    import_id = runtime.ids.new()
    await store.INSERT_IMPORT.run(
        connection,
        workspace_id=workspace_id,
        id=import_id,
        source=source,
        mapping=mapping,
        now=runtime.clock.now(),
    )
    return import_id


async def finish(
    connection: Connection, import_id: UUID, *, workspace_id: UUID, report: ImportReport, clock: Clock
) -> None:
    """Mark the import as finished, with its report."""
    await _end(
        connection, import_id, workspace_id=workspace_id, status="finished", report=report, clock=clock
    )


async def fail(
    connection: Connection, import_id: UUID, *, workspace_id: UUID, error: str, clock: Clock
) -> None:
    """Mark the import as failed with `error`; what it had committed can be undone."""
    await _end(
        connection,
        import_id,
        workspace_id=workspace_id,
        status="failed",
        report=ImportReport(summary=None),
        clock=clock,
        error=error,
    )


async def note_interrupted(connection: Connection, *, workspace_id: UUID, source: str, clock: Clock) -> None:
    """Mark running imports of `source` as interrupted; called by the holder of their exclusive lock."""
    await store.INTERRUPT_IMPORTS.run(connection, workspace_id=workspace_id, source=source, now=clock.now())


async def list_imports(
    reader: Readable,
    sort: ImportSort = "-started_at",
    *,
    workspace_id: UUID,
    status: ImportStatus | None = None,
    limit: int = LARGEST_PAGE,
    after: PageEnd | None = None,
) -> RowPage[ImportItem]:
    """A page of the workspace's imports: those with `status`, or all."""
    return await store.PAGES.page(
        reader, sort, limit=limit, after=after, workspace_id=workspace_id, status=status
    )


async def get_import(connection: Connection, *, workspace_id: UUID, import_id: UUID) -> ImportItem:
    """One import; raises NotFound if the workspace has no such import."""
    found = await store.IMPORT.maybe_one(connection, workspace_id=workspace_id, import_id=import_id)
    if found is None:
        raise _no_import(import_id)
    return found


async def last_columns(
    connection: Connection, *, workspace_id: UUID, source: str, mapping: str
) -> dict[str, list[str]]:
    """The column names of each entity's file in the last import by `mapping`; empty before the first."""
    row = await store.LAST_COLUMNS.maybe_one(
        connection, workspace_id=workspace_id, source=source, mapping=mapping
    )
    return {} if row is None else msgspec.convert(row.columns, type=dict[str, list[str]])


async def has_changed_after(reader: Readable, after: datetime, *, workspace_id: UUID) -> bool:
    """Whether an import, or the undo of one, changed records after the time `after`."""
    row = await store.CHANGED_AFTER.one(reader, workspace_id=workspace_id, after=after)
    return row.has_changed


async def last_reading(connection: Connection, *, workspace_id: UUID, source: str) -> datetime | None:
    """When the last finished import from `source` began; None before the first."""
    return (await store.LAST_READING.one(connection, workspace_id=workspace_id, source=source)).started_at


# Columns that no source has.
_NOT_FROM_SOURCE = {"version", "annual_amount", "annual_list_amount"}


async def changes(connection: Connection, import_id: UUID, *, workspace_id: UUID) -> list[ChangeView]:
    """The first 20 rows that the import changed, field by field."""
    rows = await store.CHANGES.all(
        connection, workspace_id=workspace_id, import_id=import_id, limit=_MOST_SHOWN
    )
    return [
        ChangeView(
            row.entity,
            row.external_id,
            {
                name: [row.before[name], value]
                for name, value in row.after.items()
                if name not in _NOT_FROM_SOURCE and row.before[name] != value
            },
        )
        for row in rows
    ]


async def undo(context: ChangeContext, import_id: UUID, *, entities: Sequence[Entity]) -> UndoResult:
    """Undo the import as a whole: rows it added are deleted, rows it changed are restored.

    `entities` are all that imports write, in write order.

    Versions keep counting up, so that no client mistakes the restored row for the one it last saw. Events
    stay, since their journal is append-only. Raises NotFound, and NotUndoable naming what depends on the
    import: a row that was changed since, or something that refers to a row it added.
    """
    connection = context.connection
    scope = {"workspace_id": context.workspace_id, "import_id": import_id}
    _require_ended(await store.LOCKED_IMPORT.maybe_one(connection, **scope), import_id)
    written = await _written(connection, import_id, scope=scope, entities=entities)
    for entity in written:
        await store.LOCK_WRITTEN.of(entity).all(connection, **scope)
    await _require_independent(connection, scope, written=written, entities=entities)
    undone = await _take_back(connection, import_id, scope=scope, written=written)
    await store.CHECK_CONSTRAINTS.run(connection)
    await upserts.publish_changes(
        connection, context.bus, import_id=import_id, workspace_id=context.workspace_id
    )
    await store.UNDO_IMPORT.run(connection, **scope, now=context.runtime.clock.now())
    await context.record("import.undone", import_id, after=undone)
    return undone


async def _written(
    connection: Connection, import_id: UUID, *, scope: Mapping[str, object], entities: Sequence[Entity]
) -> list[Entity]:
    """The entities that the import wrote, in write order; raises NotUndoable if one of them is not known here."""
    names = {row.entity for row in await store.WRITTEN_ENTITIES.all(connection, **scope)}
    if unknown := names - {entity.name for entity in entities}:
        raise NotUndoable(
            f"The import {import_id} wrote {', '.join(sorted(unknown))}, which this version does not know.",
            hint="Undo it with the version that imported it, or a later one.",
        )
    return [entity for entity in entities if entity.name in names]


async def _take_back(
    connection: Connection, import_id: UUID, *, scope: Mapping[str, object], written: Sequence[Entity]
) -> UndoResult:
    # Restored first: a row that moved to an account of this import must leave it before that account is deleted.
    restored = {
        each.name: len(await store.RESTORE_CHANGED.of(each).all(connection, **scope)) for each in written
    }
    deleted = {
        each.name: len(await store.DELETE_INSERTED.of(each).all(connection, **scope))
        for each in reversed(written)
    }
    return UndoResult(import_id, _some(deleted), _some(restored))


def _require_ended(row: ImportItem | None, import_id: UUID) -> None:
    if row is None:
        raise _no_import(import_id)
    if row.status == "undone":
        raise Conflict(f"The import {import_id} was undone already, at {row.undone_at:%Y-%m-%d %H:%M} UTC.")
    if row.status == "running":
        raise Conflict(
            f"The import {import_id} is running.",
            hint="Wait until it ends. If it was interrupted, run the same import again first.",
        )


def _no_import(import_id: UUID) -> NotFound:
    return NotFound(f"There is no import {import_id} here.", hint="`./keepwell import list` lists them.")


async def _require_independent(
    connection: Connection,
    scope: Mapping[str, object],
    *,
    written: Sequence[Entity],
    entities: Sequence[Entity],
) -> None:
    reasons = []
    for entity in written:
        changed = await store.CHANGED_SINCE.of(entity).all(connection, **scope, limit=_MOST_NAMED)
        reasons += [_how_changed(entity, row) for row in changed]
    for entity in entities:
        if any(each.entity in written for each in entity.references):
            found = await store.dependents_in(entity).all(connection, **scope, limit=_MOST_NAMED)
            reasons += [
                f"{each.what} {each.name!r} depends on {each.entity} {each.external_id!r}" for each in found
            ]
    if reasons:
        raise NotUndoable(
            f"The import {scope['import_id']} cannot be undone: {'; '.join(reasons[:_MOST_NAMED])}.",
            hint="Undo or delete what depends on it first: a later import, or a manual change.",
        )


def _how_changed(entity: Entity, row: store.ChangedSince) -> str:
    what = "was deleted" if row.is_gone else "was changed"
    by = f" by the import {row.by_import}" if row.by_import else ""
    return f"{entity.name} {row.external_id!r} {what} since{by}"


def _some(counts: Mapping[str, int]) -> dict[str, int]:
    return {entity: number for entity, number in counts.items() if number}


async def _end(
    connection: Connection,
    import_id: UUID,
    *,
    workspace_id: UUID,
    status: str,
    report: ImportReport,
    clock: Clock,
    error: str | None = None,
) -> None:
    documents = {
        name: msgspec.json.encode(getattr(report, name)).decode() for name in report.__struct_fields__
    }
    await store.FINISH_IMPORT.run(
        connection,
        workspace_id=workspace_id,
        id=import_id,
        status=status,
        now=clock.now(),
        error=error,
        **documents,
    )
