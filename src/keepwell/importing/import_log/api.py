"""Imports over HTTP: list, read, undo."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, PathParameter, SkipValidation

from keepwell.identity.model import Principal
from keepwell.importing.import_log import service
from keepwell.importing.import_log.model import (
    ImportItem,
    ImportPage,
    ImportSort,
    ImportStatus,
    UndoPreview,
    UndoResult,
)
from keepwell.importing.import_log.undo import preview_undo, undo
from keepwell.importing.upserts.entity import HasEntities
from keepwell.platform.http.routes import InTransaction, problems, requires
from keepwell.platform.http.writes import TheWrite
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.records.dependencies import TheChangeContext

TheEntities = SkipValidation[NamedDependency[HasEntities]]
ImportId = Annotated[UUID, PathParameter(description="The import's `id`.")]


@get(
    "/v1/imports",
    opt=requires("read"),
    tags=["imports"],
    summary="List imports",
    operation_id="listImports",
    responses=problems(),
)
async def list_imports(
    listing: SkipValidation[NamedDependency[Listing[None]]],
    status: FromQuery[ImportStatus | None] = None,
    sort: FromQuery[ImportSort] = "-started_at",
) -> Response[ImportPage | SparsePage]:
    """Past imports with their column drift and assumptions, a page at a time."""
    found = await service.list_imports(
        listing.reader,
        sort,
        workspace_id=listing.workspace_id,
        status=status,
        limit=listing.limit,
        after=listing.after,
    )
    return listing.answer(ImportPage, found)


@get(
    "/v1/imports/{import_id:uuid}",
    opt=requires("read"),
    tags=["imports"],
    summary="One import",
    operation_id="getImport",
    responses=problems(404),
)
async def get_import(
    principal: NamedDependency[Principal], connection: InTransaction, import_id: ImportId
) -> ImportItem:
    """One import with its report."""
    return await service.get_import(connection, workspace_id=principal.workspace_id, import_id=import_id)


@get(
    "/v1/imports/{import_id:uuid}/undo",
    opt=requires("import"),
    tags=["imports"],
    summary="What an undo would take back",
    operation_id="previewUndo",
    responses=problems(404),
)
async def get_undo_preview(
    principal: NamedDependency[Principal],
    connection: InTransaction,
    registry: TheEntities,
    import_id: ImportId,
) -> UndoPreview:
    """The rows that an undo would delete and restore, and what keeps it from being undone, if anything."""
    return await preview_undo(
        connection, import_id, workspace_id=principal.workspace_id, entities=registry.entities
    )


@post(
    "/v1/imports/{import_id:uuid}/undo",
    opt=requires("import"),
    tags=["imports"],
    summary="Undo an import",
    operation_id="undoImport",
    status_code=200,
    responses=problems(404, 409),
)
async def undo_import(
    write: TheWrite, context: TheChangeContext, registry: TheEntities, import_id: ImportId
) -> Response[UndoResult]:
    """Undo an import as a whole; 409 names what depends on it."""
    return await write.act(partial(undo, context, import_id, entities=registry.entities))


ROUTES: Sequence[Any] = [list_imports, get_import, get_undo_preview, undo_import]
