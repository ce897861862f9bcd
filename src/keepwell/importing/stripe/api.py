"""Where Stripe tells of changes."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, PathParameter, SkipValidation

from keepwell.importing.stripe.webhook import Received, Secrets, receive, require_signature
from keepwell.platform.http.routes import PUBLIC, problems
from keepwell.platform.runtime import Runtime

WorkspaceId = Annotated[UUID, PathParameter(description="As `./keepwell import stripe-webhook` says it.")]
Signature = Annotated[
    str | None, HeaderParameter(name="Stripe-Signature", description="When it was signed, and the proof.")
]


@post(
    "/v1/stripe-webhooks/{workspace_id:uuid}",
    opt=PUBLIC,
    tags=["imports"],
    summary="Take an event of Stripe's",
    operation_id="receiveStripeEvent",
    status_code=200,
    security=[],
    responses=problems(404, 409),
)
async def receive_stripe_event(
    request: Request[Any, Any, Any],
    state: State,
    runtime: SkipValidation[NamedDependency[Runtime]],
    stripe_secrets: SkipValidation[NamedDependency[Secrets]],
    workspace_id: WorkspaceId,
    stripe_signature: Signature = None,
) -> Received:
    """Take an event in, once, whose signature is right and no older than five minutes.

    Stripe sends it again for three days where the answer is no 2xx.
    """
    body = await request.body()
    async with state.database.workspace(workspace_id) as connection:
        secret = await stripe_secrets.of(connection, workspace_id=workspace_id)
        event = require_signature(body, stripe_signature, secret=secret, now=runtime.clock.now())
        return await receive(connection, event, workspace_id=workspace_id, runtime=runtime)


ROUTES = [receive_stripe_event]
