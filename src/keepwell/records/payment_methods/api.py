"""Payment methods over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, JSONBody, PathParameter, SkipValidation
from litestar.response import Stream

from keepwell.identity.model import Principal
from keepwell.platform.http.routes import InTransaction, problems, requires
from keepwell.platform.http.versions import version_of
from keepwell.platform.http.writes import IfMatch, TheWrite, versioned
from keepwell.platform.pagination.export import Export
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.records.dependencies import TheChangeContext
from keepwell.records.payment_methods import service
from keepwell.records.payment_methods.model import (
    NewPaymentMethod,
    PaymentMethodChange,
    PaymentMethodFilter,
    PaymentMethodItem,
    PaymentMethodPage,
    PaymentMethodSort,
)

PaymentMethodId = Annotated[UUID, PathParameter(description="The payment method's `id`.")]


def provide_payment_method_filter(
    account_id: FromQuery[UUID | None] = None,
    is_default: FromQuery[bool | None] = None,
    sort: FromQuery[PaymentMethodSort] = "id",
) -> PaymentMethodFilter:
    """The dependency `filters`: the filter of the lists of payment methods."""
    return PaymentMethodFilter(account_id=account_id, is_default=is_default, sort=sort)


_FILTERS = {"filters": Provide(provide_payment_method_filter, sync_to_thread=False)}


@get(
    "/v1/payment-methods",
    opt=requires("read"),
    tags=["payment methods"],
    summary="List payment methods",
    operation_id="listPaymentMethods",
    dependencies=_FILTERS,
    responses=problems(),
)
async def list_payment_methods(
    listing: SkipValidation[NamedDependency[Listing[PaymentMethodFilter]]],
) -> Response[PaymentMethodPage | SparsePage]:
    """Payment methods, a page at a time."""
    return await listing.read(service.list_payment_methods, PaymentMethodPage)


@get(
    "/v1/payment-methods.csv",
    opt=requires("export"),
    tags=["payment methods"],
    summary="Export payment methods",
    operation_id="exportPaymentMethods",
    media_type="text/csv",
    dependencies=_FILTERS,
    responses=problems(),
)
async def export_payment_methods(
    export: SkipValidation[NamedDependency[Export[PaymentMethodFilter]]],
) -> Stream:
    """All payment methods of the filtered list as CSV, from one snapshot."""
    return await export.csv(service.list_payment_methods, PaymentMethodItem, name="payment-methods")


@get(
    "/v1/payment-methods/{payment_method_id:uuid}",
    opt=requires("read"),
    tags=["payment methods"],
    summary="One payment method",
    operation_id="getPaymentMethod",
    responses=problems(404),
)
async def get_payment_method(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    connection: InTransaction,
    payment_method_id: PaymentMethodId,
) -> Response[PaymentMethodItem]:
    """One payment method, with the ETag that a change of it requires."""
    item = await service.get_payment_method(
        connection, workspace_id=principal.workspace_id, payment_method_id=payment_method_id
    )
    return versioned(request, item, version=item.version)


@post(
    "/v1/payment-methods",
    opt=requires("books"),
    tags=["payment methods"],
    summary="Add a payment method",
    operation_id="createPaymentMethod",
    responses=problems(404, 409),
)
async def create_payment_method(
    data: JSONBody[NewPaymentMethod], write: TheWrite, context: TheChangeContext
) -> Response[PaymentMethodItem]:
    """Add what the gateway shows of a payment method; a card number in any field is refused."""
    return await write.create(
        partial(service.create_payment_method, context, data), at="/v1/payment-methods/{id}"
    )


@patch(
    "/v1/payment-methods/{payment_method_id:uuid}",
    opt=requires("books"),
    tags=["payment methods"],
    summary="Change a payment method",
    operation_id="updatePaymentMethod",
    responses=problems(404, 409, 412, 428),
)
async def update_payment_method(
    request: Request[Any, Any, Any],
    data: JSONBody[PaymentMethodChange],
    context: TheChangeContext,
    payment_method_id: PaymentMethodId,
    if_match: IfMatch = None,
) -> Response[PaymentMethodItem]:
    """Change the fields in the body, such as the expiry of a renewed card."""
    item = await service.update_payment_method(
        context, data, payment_method_id=payment_method_id, version=version_of(if_match)
    )
    return versioned(request, item, version=item.version)


ROUTES = [
    list_payment_methods,
    export_payment_methods,
    get_payment_method,
    create_payment_method,
    update_payment_method,
]
