"""Failed payments over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, SkipValidation
from litestar.response import Stream

from keepwell.billing import service
from keepwell.billing.model import (
    FailedPaymentFilter,
    FailedPaymentItem,
    FailedPayments,
    FailedPaymentSort,
)
from keepwell.platform.clock import today
from keepwell.platform.http.routes import TheClock, problems, requires
from keepwell.platform.pagination.cursors import PageEnd
from keepwell.platform.pagination.export import Export
from keepwell.platform.pagination.listing import Listing


def provide_failed_payment_filter(
    clock: TheClock,
    needs_person: FromQuery[bool | None] = None,
    account_id: FromQuery[UUID | None] = None,
    sort: FromQuery[FailedPaymentSort] = "-amount",
) -> FailedPaymentFilter:
    """The dependency `filters`: the filter of failed payments."""
    return FailedPaymentFilter(on=today(clock), needs_person=needs_person, account_id=account_id, sort=sort)


_FILTERS = {"filters": Provide(provide_failed_payment_filter, sync_to_thread=False)}


@get(
    "/v1/failed-payments",
    opt=requires("read"),
    tags=["billing"],
    summary="Failed payments",
    operation_id="listFailedPayments",
    dependencies=_FILTERS,
    responses=problems(),
)
async def list_failed_payments(
    listing: SkipValidation[NamedDependency[Listing[FailedPaymentFilter]]],
) -> Response[FailedPayments]:
    """Open invoices whose latest charge failed, or that are past due, and which of them need a person."""
    scope: dict[str, Any] = {"workspace_id": listing.workspace_id}
    page = await service.list_failed_payments(
        listing.reader, listing.filters, **scope, limit=listing.limit, after=listing.place(PageEnd)
    )
    totals = await service.totals(listing.reader, **scope, on=listing.filters.on)
    cursor, headers = listing.next_page(page.end)
    return Response(FailedPayments(totals, page.items, cursor), headers=headers)


@get(
    "/v1/failed-payments.csv",
    opt=requires("export"),
    tags=["billing"],
    summary="Export failed payments",
    operation_id="exportFailedPayments",
    media_type="text/csv",
    dependencies=_FILTERS,
    responses=problems(),
)
async def export_failed_payments(
    export: SkipValidation[NamedDependency[Export[FailedPaymentFilter]]],
) -> Stream:
    """All failed payments of the filtered list as CSV, from one snapshot."""
    return await export.csv(service.list_failed_payments, FailedPaymentItem, name="failed-payments")


ROUTES = [list_failed_payments, export_failed_payments]
