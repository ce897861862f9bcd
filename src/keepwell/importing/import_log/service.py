"""The life of an import: started, finished or failed, and listed.

Functions take a connection that is already inside a transaction of the workspace and never commit.
"""

from __future__ import annotations

from collections import defaultdict
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
    SourceImports,
    counted,
)
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import NotFound
from keepwell.platform.pagination.cursors import LARGEST_PAGE, PageEnd, RowPage
from keepwell.platform.runtime import Runtime

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


async def note_progress(
    connection: Connection, import_id: UUID, *, workspace_id: UUID, summary: Mapping[str, object]
) -> None:
    """Store the counts of a running import so far; those of its end replace them."""
    await store.NOTE_PROGRESS.run(
        connection, workspace_id=workspace_id, id=import_id, summary=msgspec.json.encode(summary).decode()
    )


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


async def note_more(connection: Connection, import_id: UUID, *, workspace_id: UUID, clock: Clock) -> None:
    """Let a finished import have ended now, because more came to it."""
    await store.NOTE_MORE.run(connection, workspace_id=workspace_id, id=import_id, now=clock.now())


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
        raise no_import(import_id)
    return found


async def last_columns(
    connection: Connection, *, workspace_id: UUID, source: str, mapping: str
) -> dict[str, list[str]]:
    """The column names of each entity's file in the last import by `mapping`; empty before the first."""
    row = await store.LAST_COLUMNS.maybe_one(
        connection, workspace_id=workspace_id, source=source, mapping=mapping
    )
    return {} if row is None else msgspec.convert(row.columns, type=dict[str, list[str]])


async def has_changed_after(
    reader: Readable, after: datetime, *, workspace_id: UUID, apart_from: str | None = None
) -> bool:
    """Whether an import, `apart_from` those of a source, or the undo of one, changed records after the time `after`."""
    row = await store.CHANGED_AFTER.one(reader, workspace_id=workspace_id, after=after, apart_from=apart_from)
    return row.has_changed


async def last_reading(connection: Connection, *, workspace_id: UUID, source: str) -> datetime | None:
    """When the last finished import from `source` began; None before the first."""
    return (await store.LAST_READING.one(connection, workspace_id=workspace_id, source=source)).started_at


async def newest_by_source(reader: Readable, *, workspace_id: UUID) -> Mapping[str, SourceImports]:
    """What the newest imports of each source read, without those that were undone."""
    by_source: defaultdict[str, list[store.NewestImport]] = defaultdict(list)
    for row in await store.NEWEST_OF_MAPPINGS.all(reader, workspace_id=workspace_id):
        by_source[row.source].append(row)
    return {source: _of_source(rows) for source, rows in by_source.items()}


def _of_source(rows: Sequence[store.NewestImport]) -> SourceImports:
    last = max(rows, key=lambda row: row.started_at)
    error = last.error or ("It was interrupted." if last.status == "interrupted" else None)
    return SourceImports(
        rows_read=sum(counted(row.summary)[0] for row in rows),
        last_success_at=last.last_success_at,
        last_error=error,
    )


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


def no_import(import_id: UUID) -> NotFound:
    """The error for an id that the workspace does not have."""
    return NotFound(f"There is no import {import_id} here.", hint="`./keepwell import list` lists them.")


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
