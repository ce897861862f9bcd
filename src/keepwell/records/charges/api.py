"""Charges over HTTP."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter, SkipValidation
from litestar.response import Stream

from keepwell.identity.model import Principal
from keepwell.platform.http.routes import InTransaction, problems, requires
from keepwell.platform.http.versions import version_of
from keepwell.platform.http.writes import IfMatch, TheWrite, versioned
from keepwell.platform.pagination.export import Export
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.platform.values.periods import require_order
from keepwell.records.charges import service
from keepwell.records.charges.model import (
    ChargeChange,
    ChargeFilter,
    ChargeItem,
    ChargePage,
    ChargeSort,
    ChargeStatus,
    NewCharge,
)
from keepwell.records.dependencies import TheChangeContext

Decline = Annotated[str | None, QueryParameter(max_length=255, description="Such as `insufficient_funds`.")]
ChargeId = Annotated[UUID, PathParameter(description="The charge's `id`.")]


def provide_charge_filter(
    account_id: FromQuery[UUID | None] = None,
    invoice_id: FromQuery[UUID | None] = None,
    status: FromQuery[ChargeStatus | None] = None,
    decline_code: Decline = None,
    start: Annotated[date | None, QueryParameter(name="from", description="The first day.")] = None,
    end: Annotated[date | None, QueryParameter(name="to", description="The last day, included.")] = None,
    sort: FromQuery[ChargeSort] = "-charged_at",
) -> ChargeFilter:
    """The dependency `filters`: the filter of the charge lists."""
    require_order(start, end)
    return ChargeFilter(
        account_id=account_id,
        invoice_id=invoice_id,
        status=status,
        decline_code=decline_code,
        start=start,
        end=end,
        sort=sort,
    )


_FILTERS = {"filters": Provide(provide_charge_filter, sync_to_thread=False)}


@get(
    "/v1/charges",
    opt=requires("read"),
    tags=["charges"],
    summary="List charges",
    operation_id="listCharges",
    dependencies=_FILTERS,
    responses=problems(),
)
async def list_charges(
    listing: SkipValidation[NamedDependency[Listing[ChargeFilter]]],
) -> Response[ChargePage | SparsePage]:
    """Charges, a page at a time."""
    return await listing.read(service.list_charges, ChargePage)


@get(
    "/v1/charges.csv",
    opt=requires("export"),
    tags=["charges"],
    summary="Export charges",
    operation_id="exportCharges",
    media_type="text/csv",
    dependencies=_FILTERS,
    responses=problems(),
)
async def export_charges(export: SkipValidation[NamedDependency[Export[ChargeFilter]]]) -> Stream:
    """All charges of the filtered list as CSV, from one snapshot."""
    return await export.csv(service.list_charges, ChargeItem, name="charges")


@get(
    "/v1/charges/{charge_id:uuid}",
    opt=requires("read"),
    tags=["charges"],
    summary="One charge",
    operation_id="getCharge",
    responses=problems(404),
)
async def get_charge(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    connection: InTransaction,
    charge_id: ChargeId,
) -> Response[ChargeItem]:
    """One charge, with the ETag that a change of it requires."""
    item = await service.get_charge(connection, workspace_id=principal.workspace_id, charge_id=charge_id)
    return versioned(request, item, version=item.version)


@post(
    "/v1/charges",
    opt=requires("books"),
    tags=["charges"],
    summary="Add a charge",
    operation_id="createCharge",
    responses=problems(404, 409),
)
async def create_charge(
    data: JSONBody[NewCharge], write: TheWrite, context: TheChangeContext
) -> Response[ChargeItem]:
    """Add a charge as the gateway reported it."""
    return await write.create(partial(service.create_charge, context, data), at="/v1/charges/{id}")


@patch(
    "/v1/charges/{charge_id:uuid}",
    opt=requires("books"),
    tags=["charges"],
    summary="Change a charge",
    operation_id="updateCharge",
    responses=problems(404, 409, 412, 428),
)
async def update_charge(
    request: Request[Any, Any, Any],
    data: JSONBody[ChargeChange],
    context: TheChangeContext,
    charge_id: ChargeId,
    if_match: IfMatch = None,
) -> Response[ChargeItem]:
    """Change the fields in the body, such as the outcome of a pending charge."""
    item = await service.update_charge(context, data, charge_id=charge_id, version=version_of(if_match))
    return versioned(request, item, version=item.version)


ROUTES = [list_charges, export_charges, get_charge, create_charge, update_charge]
