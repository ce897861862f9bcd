"""Webhook endpoints and deliveries over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter, SkipValidation

from keepwell.identity.model import Principal
from keepwell.platform.http.routes import InTransaction, problems, requires
from keepwell.platform.http.versions import version_of
from keepwell.platform.http.writes import IfMatch, TheWrite, versioned
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.webhooks import deliveries, endpoints
from keepwell.webhooks.context import WebhookContext
from keepwell.webhooks.model import (
    DeliveryFilter,
    DeliveryItem,
    DeliveryPage,
    DeliveryReplayResult,
    DeliverySort,
    DeliveryStatus,
    EndpointChange,
    EndpointItem,
    EndpointPage,
    EndpointSecret,
    EndpointSort,
    EndpointWithSecret,
    NewEndpoint,
    ReplayFailed,
)

# Injected by the app for each request that changes something.
TheContext: TypeAlias = SkipValidation[NamedDependency[WebhookContext]]
EndpointId = Annotated[UUID, PathParameter(description="The endpoint's `id`.")]
DeliveryId = Annotated[UUID, PathParameter(description="The delivery's `id`.")]

_ENDPOINTS = "/v1/webhook-endpoints"
_ENDPOINT = _ENDPOINTS + "/{webhook_endpoint_id:uuid}"
_DELIVERIES = "/v1/webhook-deliveries"


@get(
    _ENDPOINTS,
    opt=requires("webhooks"),
    tags=["webhooks"],
    summary="List webhook endpoints",
    operation_id="listWebhookEndpoints",
    responses=problems(),
)
async def list_webhook_endpoints(
    listing: SkipValidation[NamedDependency[Listing[None]]], sort: FromQuery[EndpointSort] = "id"
) -> Response[EndpointPage | SparsePage]:
    """The endpoints that events are sent to, in the order in which they were added."""
    found = await endpoints.list_endpoints(
        listing.reader, sort, workspace_id=listing.workspace_id, limit=listing.limit, after=listing.after
    )
    return listing.answer(EndpointPage, found)


@get(
    _ENDPOINT,
    opt=requires("webhooks"),
    tags=["webhooks"],
    summary="One webhook endpoint",
    operation_id="getWebhookEndpoint",
    responses=problems(404),
)
async def get_webhook_endpoint(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    connection: InTransaction,
    webhook_endpoint_id: EndpointId,
) -> Response[EndpointItem]:
    """One endpoint, with the ETag to send as If-Match when changing it; never its secret."""
    item = await endpoints.get_endpoint(
        connection, workspace_id=principal.workspace_id, endpoint_id=webhook_endpoint_id
    )
    return versioned(request, item, version=item.version)


@post(
    _ENDPOINTS,
    opt=requires("webhooks"),
    tags=["webhooks"],
    summary="Add a webhook endpoint",
    operation_id="createWebhookEndpoint",
    responses=problems(),
)
async def create_webhook_endpoint(
    data: JSONBody[NewEndpoint], write: TheWrite, webhook_context: TheContext
) -> Response[EndpointWithSecret]:
    """Add an endpoint. The answer contains its signing secret, which is shown only now."""
    return await write.create(
        partial(endpoints.create_endpoint, webhook_context, data), at="/v1/webhook-endpoints/{id}"
    )


@patch(
    _ENDPOINT,
    opt=requires("webhooks"),
    tags=["webhooks"],
    summary="Change a webhook endpoint",
    operation_id="updateWebhookEndpoint",
    responses=problems(404, 412, 428),
)
async def update_webhook_endpoint(
    request: Request[Any, Any, Any],
    data: JSONBody[EndpointChange],
    webhook_context: TheContext,
    webhook_endpoint_id: EndpointId,
    if_match: IfMatch = None,
) -> Response[EndpointItem]:
    """Change the fields that are sent; `is_enabled` enables one again that was disabled."""
    item = await endpoints.update_endpoint(
        webhook_context, data, endpoint_id=webhook_endpoint_id, version=version_of(if_match)
    )
    return versioned(request, item, version=item.version)


@delete(
    _ENDPOINT,
    opt=requires("webhooks"),
    tags=["webhooks"],
    summary="Remove a webhook endpoint",
    operation_id="deleteWebhookEndpoint",
    responses=problems(404, 412, 428),
)
async def delete_webhook_endpoint(
    webhook_context: TheContext, webhook_endpoint_id: EndpointId, if_match: IfMatch = None
) -> None:
    """Remove an endpoint and its deliveries."""
    await endpoints.delete_endpoint(
        webhook_context, endpoint_id=webhook_endpoint_id, version=version_of(if_match)
    )


@post(
    _ENDPOINT + "/secret",
    opt=requires("webhooks"),
    tags=["webhooks"],
    summary="Rotate a signing secret",
    operation_id="rotateWebhookSecret",
    status_code=200,
    responses=problems(404),
)
async def rotate_webhook_secret(
    write: TheWrite, webhook_context: TheContext, webhook_endpoint_id: EndpointId
) -> Response[EndpointSecret]:
    """Create a new secret, shown only now. For a day messages are signed with the previous one too."""
    return await write.act(partial(endpoints.rotate_secret, webhook_context, endpoint_id=webhook_endpoint_id))


@post(
    _ENDPOINT + "/test",
    opt=requires("webhooks"),
    tags=["webhooks"],
    summary="Send a test message",
    operation_id="testWebhookEndpoint",
    status_code=200,
    responses=problems(404),
)
async def test_webhook_endpoint(
    write: TheWrite, webhook_context: TheContext, webhook_endpoint_id: EndpointId
) -> Response[DeliveryItem]:
    """Send `webhook_endpoint.tested`, whatever events the endpoint subscribes to; the list of deliveries shows the outcome."""
    return await write.act(partial(endpoints.send_test, webhook_context, endpoint_id=webhook_endpoint_id))


@post(
    _ENDPOINT + "/replay",
    opt=requires("webhooks"),
    tags=["webhooks"],
    summary="Replay failed deliveries",
    operation_id="replayFailedWebhooks",
    status_code=200,
    responses=problems(404),
)
async def replay_failed_webhooks(
    data: JSONBody[ReplayFailed],
    write: TheWrite,
    webhook_context: TheContext,
    webhook_endpoint_id: EndpointId,
) -> Response[DeliveryReplayResult]:
    """Make every failed delivery of the endpoint due again, or only those published since a time."""
    return await write.act(
        partial(endpoints.replay_failed, webhook_context, data, endpoint_id=webhook_endpoint_id)
    )


def provide_delivery_filter(
    webhook_endpoint_id: FromQuery[UUID | None] = None,
    status: FromQuery[DeliveryStatus | None] = None,
    event: Annotated[str | None, QueryParameter(max_length=100)] = None,
    sort: FromQuery[DeliverySort] = "-id",
) -> DeliveryFilter:
    """The dependency `filters` of the list."""
    return DeliveryFilter(endpoint_id=webhook_endpoint_id, status=status, event=event, sort=sort)


@get(
    _DELIVERIES,
    opt=requires("webhooks"),
    tags=["webhooks"],
    summary="List webhook deliveries",
    operation_id="listWebhookDeliveries",
    dependencies={"filters": Provide(provide_delivery_filter, sync_to_thread=False)},
    responses=problems(),
)
async def list_webhook_deliveries(
    listing: SkipValidation[NamedDependency[Listing[DeliveryFilter]]],
) -> Response[DeliveryPage | SparsePage]:
    """Messages sent to endpoints and their outcome, newest first; kept for 30 days."""
    return await listing.read(deliveries.list_deliveries, DeliveryPage)


@post(
    _DELIVERIES + "/{webhook_delivery_id:uuid}/replay",
    opt=requires("webhooks"),
    tags=["webhooks"],
    summary="Replay a delivery",
    operation_id="replayWebhookDelivery",
    status_code=200,
    responses=problems(404),
)
async def replay_webhook_delivery(
    write: TheWrite, webhook_context: TheContext, webhook_delivery_id: DeliveryId
) -> Response[DeliveryItem]:
    """Make one delivery due again, whether it was delivered or not; it keeps its `webhook-id`."""
    return await write.act(
        partial(deliveries.replay_delivery, webhook_context, delivery_id=webhook_delivery_id)
    )


ROUTES = [
    list_webhook_endpoints,
    get_webhook_endpoint,
    create_webhook_endpoint,
    update_webhook_endpoint,
    delete_webhook_endpoint,
    rotate_webhook_secret,
    test_webhook_endpoint,
    replay_failed_webhooks,
    list_webhook_deliveries,
    replay_webhook_delivery,
]
