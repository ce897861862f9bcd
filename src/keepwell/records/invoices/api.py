"""Invoices over HTTP."""

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
from keepwell.records.dependencies import TheChangeContext
from keepwell.records.invoices import service
from keepwell.records.invoices.model import (
    InvoiceChange,
    InvoiceFilter,
    InvoiceItem,
    InvoicePage,
    InvoiceSort,
    InvoiceStatus,
    NewInvoice,
)

InvoiceId = Annotated[UUID, PathParameter(description="The invoice's `id`.")]


def provide_invoice_filter(
    account_id: FromQuery[UUID | None] = None,
    status: FromQuery[InvoiceStatus | None] = None,
    start: Annotated[date | None, QueryParameter(name="from", description="The first day.")] = None,
    end: Annotated[date | None, QueryParameter(name="to", description="The last day, included.")] = None,
    sort: FromQuery[InvoiceSort] = "-issued_on",
) -> InvoiceFilter:
    """The dependency `filters`: the filter of the invoice lists."""
    require_order(start, end)
    return InvoiceFilter(account_id=account_id, status=status, start=start, end=end, sort=sort)


_FILTERS = {"filters": Provide(provide_invoice_filter, sync_to_thread=False)}


@get(
    "/v1/invoices",
    opt=requires("read"),
    tags=["invoices"],
    summary="List invoices",
    operation_id="listInvoices",
    dependencies=_FILTERS,
    responses=problems(),
)
async def list_invoices(
    listing: SkipValidation[NamedDependency[Listing[InvoiceFilter]]],
) -> Response[InvoicePage | SparsePage]:
    """Invoices, a page at a time."""
    return await listing.read(service.list_invoices, InvoicePage)


@get(
    "/v1/invoices.csv",
    opt=requires("export"),
    tags=["invoices"],
    summary="Export invoices",
    operation_id="exportInvoices",
    media_type="text/csv",
    dependencies=_FILTERS,
    responses=problems(),
)
async def export_invoices(export: SkipValidation[NamedDependency[Export[InvoiceFilter]]]) -> Stream:
    """All invoices of the filtered list as CSV, from one snapshot."""
    return await export.csv(service.list_invoices, InvoiceItem, name="invoices")


@get(
    "/v1/invoices/{invoice_id:uuid}",
    opt=requires("read"),
    tags=["invoices"],
    summary="One invoice",
    operation_id="getInvoice",
    responses=problems(404),
)
async def get_invoice(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    connection: InTransaction,
    invoice_id: InvoiceId,
) -> Response[InvoiceItem]:
    """One invoice, with the ETag that a change of it requires."""
    item = await service.get_invoice(connection, workspace_id=principal.workspace_id, invoice_id=invoice_id)
    return versioned(request, item, version=item.version)


@post(
    "/v1/invoices",
    opt=requires("books"),
    tags=["invoices"],
    summary="Add an invoice",
    operation_id="createInvoice",
    responses=problems(404, 409),
)
async def create_invoice(
    data: JSONBody[NewInvoice], write: TheWrite, context: TheChangeContext
) -> Response[InvoiceItem]:
    """Add an invoice as the billing system issued it."""
    return await write.create(partial(service.create_invoice, context, data), at="/v1/invoices/{id}")


@patch(
    "/v1/invoices/{invoice_id:uuid}",
    opt=requires("books"),
    tags=["invoices"],
    summary="Change an invoice",
    operation_id="updateInvoice",
    responses=problems(404, 409, 412, 428),
)
async def update_invoice(
    request: Request[Any, Any, Any],
    data: JSONBody[InvoiceChange],
    context: TheChangeContext,
    invoice_id: InvoiceId,
    if_match: IfMatch = None,
) -> Response[InvoiceItem]:
    """Change the fields in the body, such as its status."""
    item = await service.update_invoice(context, data, invoice_id=invoice_id, version=version_of(if_match))
    return versioned(request, item, version=item.version)


ROUTES = [list_invoices, export_invoices, get_invoice, create_invoice, update_invoice]
