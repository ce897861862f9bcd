"""The endpoint for Stripe's webhooks."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, PathParameter, SkipValidation

from keepwell.importing.stripe.events.webhook import IngestResult, Secrets, receive, require_signature
from keepwell.platform.http.routes import PUBLIC, TheBus, TheRuntime, problems

WorkspaceId = Annotated[
    UUID, PathParameter(description="The id in the address that `./keepwell import stripe-webhook` prints.")
]
# Nothing of it is decoded before its signature has been verified.
_LARGEST_EVENT = 1_000_000
Signature = Annotated[
    str | None, HeaderParameter(name="Stripe-Signature", description="The time of signing and the signature.")
]


@post(
    "/v1/stripe-webhooks/{workspace_id:uuid}",
    opt=PUBLIC,
    request_max_body_size=_LARGEST_EVENT,
    tags=["imports"],
    summary="Receive an event from Stripe",
    operation_id="receiveStripeEvent",
    status_code=200,
    security=[],
    responses=problems(404, 409),
)
async def receive_stripe_event(
    request: Request[Any, Any, Any],
    state: State,
    runtime: TheRuntime,
    bus: TheBus,
    stripe_secrets: SkipValidation[NamedDependency[Secrets]],
    workspace_id: WorkspaceId,
    stripe_signature: Signature = None,
) -> IngestResult:
    """Ingests the event once, if its signature is valid and at most five minutes old.

    Stripe retries for three days if the answer is not 2xx.
    """
    body = await request.body()
    async with state.database.workspace(workspace_id) as connection:
        secret = await stripe_secrets.load(connection, workspace_id=workspace_id)
        event = require_signature(body, stripe_signature, secret=secret, now=runtime.clock.now())
        return await receive(connection, event, workspace_id=workspace_id, runtime=runtime, bus=bus)


ROUTES = [receive_stripe_event]
