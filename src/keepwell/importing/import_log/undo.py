"""Undo of an import as a whole, unless something depends on what it wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from keepwell.importing.import_log import store
from keepwell.importing.import_log.events import ImportEnded
from keepwell.importing.import_log.model import ImportItem, NotUndoable, UndoPreview, UndoResult
from keepwell.importing.import_log.service import no_import
from keepwell.importing.upserts import service as upserts
from keepwell.importing.upserts.entity import Entity
from keepwell.platform.database import Connection
from keepwell.platform.errors import Conflict
from keepwell.records.changes import ChangeContext

_MOST_NAMED = 5
_HINT = "Undo or delete what depends on it first: a later import, or a manual change."


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
    await _require_consistent(connection, import_id)
    await upserts.publish_changes(
        connection, context.bus, import_id=import_id, workspace_id=context.workspace_id
    )
    await store.UNDO_IMPORT.run(connection, **scope, now=context.runtime.clock.now())
    await context.bus.publish(connection, ImportEnded(workspace_id=context.workspace_id))
    await context.record("import.undone", import_id, after=undone)
    return undone


async def preview_undo(
    connection: Connection, import_id: UUID, *, workspace_id: UUID, entities: Sequence[Entity]
) -> UndoPreview:
    """What an undo of the import would take back, or why it is not possible now; nothing is locked or changed.

    Raises NotFound if the workspace has no such import.
    """
    scope = {"workspace_id": workspace_id, "import_id": import_id}
    found = await store.IMPORT.maybe_one(connection, **scope)
    if found is None:
        raise no_import(import_id)
    counts = await store.COUNTS.all(connection, **scope)
    because, hint = [], ""
    try:
        _require_ended(found, import_id)
        written = await _written(connection, import_id, scope=scope, entities=entities)
        because = await _dependents(connection, scope, written=written, entities=entities)
        hint = _HINT if because else ""
    except Conflict as error:
        because, hint = [error.message], error.hint
    return UndoPreview(
        id=import_id,
        is_possible=not because,
        because=because,
        hint=hint,
        deletes=_some({row.entity: row.deleted for row in counts}),
        restores=_some({row.entity: row.restored for row in counts}),
    )


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


async def _require_consistent(connection: Connection, import_id: UUID) -> None:
    """Raise NotUndoable if what was restored contradicts what has been written since."""
    try:
        await store.CHECK_CONSTRAINTS.run(connection)
    except Conflict as error:
        raise NotUndoable(
            f"The import {import_id} cannot be undone: its rows would leave two where only one may be.",
            hint="Take the mark, such as that of the billing contact, from the row that has it now.",
        ) from error


def _require_ended(row: ImportItem | None, import_id: UUID) -> None:
    if row is None:
        raise no_import(import_id)
    if row.status == "undone":
        raise Conflict(f"The import {import_id} was undone already, at {row.undone_at:%Y-%m-%d %H:%M} UTC.")
    if row.status == "running":
        raise Conflict(
            f"The import {import_id} is running.",
            hint="Wait until it ends. If it was interrupted, run the same import again first.",
        )


async def _require_independent(
    connection: Connection,
    scope: Mapping[str, object],
    *,
    written: Sequence[Entity],
    entities: Sequence[Entity],
) -> None:
    if reasons := await _dependents(connection, scope, written=written, entities=entities):
        raise NotUndoable(
            f"The import {scope['import_id']} cannot be undone: {'; '.join(reasons)}.", hint=_HINT
        )


async def _dependents(
    connection: Connection,
    scope: Mapping[str, object],
    *,
    written: Sequence[Entity],
    entities: Sequence[Entity],
) -> list[str]:
    """The first reasons why the import cannot be undone: rows that were changed since, and what refers to its rows."""
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
    return reasons[:_MOST_NAMED]


def _how_changed(entity: Entity, row: store.ChangedSince) -> str:
    what = "was deleted" if row.is_gone else "was changed"
    by = f" by the import {row.by_import}" if row.by_import else ""
    return f"{entity.name} {row.external_id!r} {what} since{by}"


def _some(counts: Mapping[str, int]) -> dict[str, int]:
    return {entity: number for entity, number in counts.items() if number}
