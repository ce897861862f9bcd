"""The connection to Stripe over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from keepwell.identity import service as identity
from keepwell.identity.model import Actor, Principal
from keepwell.importing.stripe.connection import service
from keepwell.importing.stripe.connection.checks import check_key
from keepwell.importing.stripe.connection.connection_state import connection_of
from keepwell.importing.stripe.connection.keys import ApiKeys
from keepwell.importing.stripe.connection.model import NewConnection, StripeConnection
from keepwell.importing.stripe.events.webhook import Secrets
from keepwell.platform.database import Connection
from keepwell.platform.http.routes import (
    InTransaction,
    TheClock,
    TheSettings,
    TheTransactions,
    problems,
    requires,
)

TheKeys = SkipValidation[NamedDependency[ApiKeys]]
TheSecrets = SkipValidation[NamedDependency[Secrets]]


@get(
    "/v1/stripe",
    opt=requires("read"),
    tags=["stripe"],
    summary="The connection to Stripe",
    operation_id="getStripeConnection",
    responses=problems(),
)
async def get_stripe_connection(
    principal: NamedDependency[Principal], connection: InTransaction, clock: TheClock, settings: TheSettings
) -> StripeConnection:
    """Whether Stripe is connected, how its reading goes, and whether its events arrive; never the key."""
    return await _state(connection, principal, clock=clock, settings=settings)


@put(
    "/v1/stripe",
    opt=requires("import"),
    tags=["stripe"],
    summary="Connect Stripe",
    operation_id="putStripeConnection",
    status_code=200,
    responses=problems(409),
)
async def put_stripe_connection(
    data: JSONBody[NewConnection],
    actor: NamedDependency[Actor],
    transactions: TheTransactions,
    clock: TheClock,
    settings: TheSettings,
    stripe_keys: TheKeys,
    stripe_secrets: TheSecrets,
) -> StripeConnection:
    """Try the key at Stripe, keep it encrypted, and read everything in the background; a new key replaces the present one.

    409 says that the workspace has synthetic data and the key is live, or that another account is connected.
    """
    async with transactions() as connection:
        service.require_suitable(await identity.current_workspace(connection), data.api_key)
    # Between two transactions: Stripe takes seconds.
    account = await check_key(data.api_key, settings=settings)
    async with transactions() as connection:
        await service.connect(
            connection,
            actor,
            data,
            account=account,
            keys=stripe_keys,
            secrets=stripe_secrets,
            clock=clock,
        )
        return await _state(connection, actor.principal, clock=clock, settings=settings)


@post(
    "/v1/stripe/sync",
    opt=requires("import"),
    tags=["stripe"],
    summary="Read Stripe now",
    operation_id="syncStripe",
    status_code=200,
    responses=problems(404),
)
async def sync_stripe(
    principal: NamedDependency[Principal], connection: InTransaction, clock: TheClock, settings: TheSettings
) -> StripeConnection:
    """Have a worker read what changed at Stripe now, and not only when it is due; asking twice does no harm."""
    await service.sync_now(connection, principal.workspace_id, clock=clock)
    return await _state(connection, principal, clock=clock, settings=settings)


@delete(
    "/v1/stripe",
    opt=requires("import"),
    tags=["stripe"],
    summary="Disconnect Stripe",
    operation_id="deleteStripeConnection",
    responses=problems(),
)
async def delete_stripe_connection(
    connection: InTransaction, actor: NamedDependency[Actor], clock: TheClock
) -> None:
    """Forget the key and the signing secret. What was read stays; undo its imports to take it back."""
    await service.disconnect(connection, actor, clock=clock)


async def _state(
    connection: Connection, principal: Principal, *, clock: TheClock, settings: TheSettings
) -> StripeConnection:
    return await connection_of(
        connection, principal.workspace_id, public_url=settings.public_url, now=clock.now()
    )


ROUTES: Sequence[Any] = [
    get_stripe_connection,
    put_stripe_connection,
    sync_stripe,
    delete_stripe_connection,
]
