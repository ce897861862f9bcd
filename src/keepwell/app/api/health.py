"""Liveness and readiness, for a supervisor or a load balancer."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.datastructures import State
from litestar.openapi import ResponseSpec

from keepwell.platform.errors import InfrastructureError
from keepwell.platform.http.routes import PUBLIC

_UNCOUNTED = {"rate_limit": "none"}


class Health(msgspec.Struct, frozen=True):
    """Whether the server works."""

    status: str


@get(
    "/health/live",
    opt=PUBLIC | _UNCOUNTED,
    tags=["health"],
    summary="Is it alive",
    operation_id="getLiveness",
)
async def live() -> Health:
    """The process answers."""
    return Health("live")


@get(
    "/health/ready",
    opt=PUBLIC | _UNCOUNTED,
    tags=["health"],
    summary="Is it ready",
    operation_id="getReadiness",
    responses={503: ResponseSpec(Health, description="It is not.", generate_examples=False)},
)
async def ready(state: State) -> Response[Health]:
    """The database answers too; 503 if it does not."""
    try:
        await state.database.ping()
    except InfrastructureError as error:
        return Response(Health(error.code), status_code=error.http_status)
    return Response(Health("ready"))
