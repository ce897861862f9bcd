"""Refunds over HTTP."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter, SkipValidation
from litestar.response import Stream

from keepwell.identity.model import Principal
from keepwell.platform.http.routes import InTransaction, problems, requires
from keepwell.platform.http.writes import TheWrite
from keepwell.platform.pagination.export import Export
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.platform.values.periods import require_order
from keepwell.records.dependencies import TheChangeContext
from keepwell.records.refunds import service
from keepwell.records.refunds.model import (
    NewRefund,
    RefundFilter,
    RefundItem,
    RefundPage,
    RefundSort,
)

RefundId = Annotated[UUID, PathParameter(description="The refund's `id`.")]


def provide_refund_filter(
    account_id: FromQuery[UUID | None] = None,
    charge_id: FromQuery[UUID | None] = None,
    start: Annotated[date | None, QueryParameter(name="from", description="The first day.")] = None,
    end: Annotated[date | None, QueryParameter(name="to", description="The last day, included.")] = None,
    sort: FromQuery[RefundSort] = "-refunded_at",
) -> RefundFilter:
    """The dependency `filters`: the filter of the refund lists."""
    require_order(start, end)
    return RefundFilter(account_id=account_id, charge_id=charge_id, start=start, end=end, sort=sort)


_FILTERS = {"filters": Provide(provide_refund_filter, sync_to_thread=False)}


@get(
    "/v1/refunds",
    opt=requires("read"),
    tags=["refunds"],
    summary="List refunds",
    operation_id="listRefunds",
    dependencies=_FILTERS,
    responses=problems(),
)
async def list_refunds(
    listing: SkipValidation[NamedDependency[Listing[RefundFilter]]],
) -> Response[RefundPage | SparsePage]:
    """Refunds, a page at a time."""
    return await listing.read(service.list_refunds, RefundPage)


@get(
    "/v1/refunds.csv",
    opt=requires("export"),
    tags=["refunds"],
    summary="Export refunds",
    operation_id="exportRefunds",
    media_type="text/csv",
    dependencies=_FILTERS,
    responses=problems(),
)
async def export_refunds(export: SkipValidation[NamedDependency[Export[RefundFilter]]]) -> Stream:
    """All refunds of the filtered list as CSV, from one snapshot."""
    return await export.csv(service.list_refunds, RefundItem, name="refunds")


@get(
    "/v1/refunds/{refund_id:uuid}",
    opt=requires("read"),
    tags=["refunds"],
    summary="One refund",
    operation_id="getRefund",
    responses=problems(404),
)
async def get_refund(
    principal: NamedDependency[Principal], connection: InTransaction, refund_id: RefundId
) -> RefundItem:
    """One refund."""
    return await service.get_refund(connection, workspace_id=principal.workspace_id, refund_id=refund_id)


@post(
    "/v1/refunds",
    opt=requires("books"),
    tags=["refunds"],
    summary="Add a refund",
    operation_id="createRefund",
    responses=problems(404, 409),
)
async def create_refund(
    data: JSONBody[NewRefund], write: TheWrite, context: TheChangeContext
) -> Response[RefundItem]:
    """Add a refund as the gateway reported it; 409 if the charge has less left."""
    return await write.create(partial(service.create_refund, context, data), at="/v1/refunds/{id}")


ROUTES = [list_refunds, export_refunds, get_refund, create_refund]
