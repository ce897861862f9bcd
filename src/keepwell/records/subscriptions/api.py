"""Subscriptions over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter, SkipValidation
from litestar.response import Stream

from keepwell.identity.model import Principal
from keepwell.platform.clock import today
from keepwell.platform.http.routes import InTransaction, TheClock, problems, requires
from keepwell.platform.http.versions import version_of
from keepwell.platform.http.writes import IfMatch, TheWrite, versioned
from keepwell.platform.pagination.export import Export
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.records.dependencies import TheChangeContext
from keepwell.records.subscriptions import service
from keepwell.records.subscriptions.model import (
    NewSubscription,
    SubscriptionChange,
    SubscriptionFilter,
    SubscriptionItem,
    SubscriptionPage,
    SubscriptionSort,
    SubscriptionStatus,
)

SubscriptionId = Annotated[UUID, PathParameter(description="The subscription's `id`.")]


def provide_subscription_filter(
    account_id: FromQuery[UUID | None] = None,
    status: FromQuery[SubscriptionStatus | None] = None,
    plan: Annotated[str | None, QueryParameter(max_length=255, description="The plan's name.")] = None,
    sort: FromQuery[SubscriptionSort] = "-starts_on",
) -> SubscriptionFilter:
    """The dependency `filters`: the filter of the subscription lists."""
    return SubscriptionFilter(account_id=account_id, status=status, plan=plan, sort=sort)


_FILTERS = {"filters": Provide(provide_subscription_filter, sync_to_thread=False)}


@get(
    "/v1/subscriptions",
    opt=requires("read"),
    tags=["subscriptions"],
    summary="List subscriptions",
    operation_id="listSubscriptions",
    dependencies=_FILTERS,
    responses=problems(),
)
async def list_subscriptions(
    clock: TheClock, listing: SkipValidation[NamedDependency[Listing[SubscriptionFilter]]]
) -> Response[SubscriptionPage | SparsePage]:
    """Subscriptions as of today, a page at a time."""
    return await listing.read(partial(service.list_subscriptions, on=today(clock)), SubscriptionPage)


@get(
    "/v1/subscriptions.csv",
    opt=requires("export"),
    tags=["subscriptions"],
    summary="Export subscriptions",
    operation_id="exportSubscriptions",
    media_type="text/csv",
    dependencies=_FILTERS,
    responses=problems(),
)
async def export_subscriptions(
    clock: TheClock, export: SkipValidation[NamedDependency[Export[SubscriptionFilter]]]
) -> Stream:
    """All subscriptions of the filtered list as CSV, from one snapshot."""
    return await export.csv(
        partial(service.list_subscriptions, on=today(clock)), SubscriptionItem, name="subscriptions"
    )


@get(
    "/v1/subscriptions/{subscription_id:uuid}",
    opt=requires("read"),
    tags=["subscriptions"],
    summary="One subscription",
    operation_id="getSubscription",
    responses=problems(404),
)
async def get_subscription(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    connection: InTransaction,
    clock: TheClock,
    subscription_id: SubscriptionId,
) -> Response[SubscriptionItem]:
    """One subscription, with the ETag that a change of it requires."""
    item = await service.get_subscription(
        connection,
        workspace_id=principal.workspace_id,
        subscription_id=subscription_id,
        on=today(clock),
    )
    return versioned(request, item, version=item.version)


@post(
    "/v1/subscriptions",
    opt=requires("write"),
    tags=["subscriptions"],
    summary="Add a subscription",
    operation_id="createSubscription",
    responses=problems(404, 409),
)
async def create_subscription(
    data: JSONBody[NewSubscription], write: TheWrite, context: TheChangeContext
) -> Response[SubscriptionItem]:
    """Add a span of service at one price."""
    return await write.create(
        partial(service.create_subscription, context, data), at="/v1/subscriptions/{id}"
    )


@patch(
    "/v1/subscriptions/{subscription_id:uuid}",
    opt=requires("write"),
    tags=["subscriptions"],
    summary="End or cancel a subscription",
    operation_id="updateSubscription",
    responses=problems(404, 409, 412, 428),
)
async def update_subscription(
    request: Request[Any, Any, Any],
    data: JSONBody[SubscriptionChange],
    context: TheChangeContext,
    subscription_id: SubscriptionId,
    if_match: IfMatch = None,
) -> Response[SubscriptionItem]:
    """Change the fields in the body; a new price is a new subscription."""
    item = await service.update_subscription(
        context, data, subscription_id=subscription_id, version=version_of(if_match)
    )
    return versioned(request, item, version=item.version)


@delete(
    "/v1/subscriptions/{subscription_id:uuid}",
    opt=requires("write"),
    tags=["subscriptions"],
    summary="Remove a subscription",
    operation_id="deleteSubscription",
    responses=problems(404, 412, 428),
)
async def delete_subscription(
    context: TheChangeContext, subscription_id: SubscriptionId, if_match: IfMatch = None
) -> None:
    """Delete a subscription that was recorded by mistake."""
    await service.delete_subscription(context, subscription_id=subscription_id, version=version_of(if_match))


ROUTES = [
    list_subscriptions,
    export_subscriptions,
    get_subscription,
    create_subscription,
    update_subscription,
    delete_subscription,
]
