"""The save list over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, QueryParameter, SkipValidation
from litestar.response import Stream

from keepwell.churn import service
from keepwell.churn.list_changes import service as list_changes
from keepwell.churn.model import ChurnKind
from keepwell.churn.save_list import (
    KindFilter,
    LeftAlonePage,
    SaveList,
    SaveListChanges,
    SaveListEntry,
    SaveListPlace,
)
from keepwell.identity.model import Principal
from keepwell.platform.http.routes import TheReader, problems, requires
from keepwell.platform.pagination.export import Export
from keepwell.platform.pagination.listing import Listing, SparsePage

KindOf = Annotated[ChurnKind | None, QueryParameter(description="Only accounts of this kind.")]


def provide_kind_filter(kind: FromQuery[ChurnKind | None] = None) -> KindFilter:
    """The dependency `filters` of lists by kind."""
    return KindFilter(kind=kind)


BY_KIND = {"filters": Provide(provide_kind_filter, sync_to_thread=False)}


@get(
    "/v1/save-list",
    opt=requires("read"),
    tags=["churn"],
    summary="The save list",
    operation_id="getSaveList",
    responses=problems(),
)
async def get_save_list(
    listing: SkipValidation[NamedDependency[Listing[None]]], kind: KindOf = None
) -> Response[SaveList]:
    """Accounts that pay today by revenue at risk, with reasons, and how reliable the model behind them is."""
    page, end = await service.save_list(
        listing.reader,
        workspace_id=listing.workspace_id,
        limit=listing.limit,
        kind=kind,
        after=listing.place(SaveListPlace),
    )
    cursor, headers = listing.next_page(end)
    return Response(msgspec.structs.replace(page, next=cursor), headers=headers)


@get(
    "/v1/save-list.csv",
    opt=requires("export"),
    tags=["churn"],
    summary="Export the save list",
    operation_id="exportSaveList",
    media_type="text/csv",
    dependencies=BY_KIND,
    responses=problems(),
)
async def export_save_list(export: SkipValidation[NamedDependency[Export[KindFilter]]]) -> Stream:
    """All accounts of the save list as CSV, or those of one kind, from one snapshot."""
    return await export.csv_of_parts(service.every_entry, SaveListEntry, name="save-list")


@get(
    "/v1/save-list/left-alone",
    opt=requires("holdout"),
    tags=["churn"],
    summary="Accounts left alone",
    operation_id="listAccountsLeftAlone",
    dependencies=BY_KIND,
    responses=problems(),
)
async def list_left_alone(
    listing: SkipValidation[NamedDependency[Listing[KindFilter]]],
) -> Response[LeftAlonePage | SparsePage]:
    """Accounts that are left alone on purpose, chosen by chance, so that the effect of the work can be measured."""
    return await listing.read(service.left_alone, LeftAlonePage)


@get(
    "/v1/save-list/changes",
    opt=requires("read"),
    tags=["churn"],
    summary="Changes of the save list",
    operation_id="getSaveListChanges",
    responses=problems(),
)
async def get_changes(principal: NamedDependency[Principal], reader: TheReader) -> SaveListChanges:
    """The newest save list compared with the newest one of an earlier day."""
    return await list_changes.changes(reader, workspace_id=principal.workspace_id)


ROUTES: list[Any] = [get_save_list, export_save_list, list_left_alone, get_changes]
