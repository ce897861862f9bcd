"""Signing in with a password, and setting one, over HTTP."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody

from keepwell.identity.model import Actor
from keepwell.identity.passwords import service
from keepwell.identity.passwords.model import Credentials, NewPassword
from keepwell.identity.sessions import service as sessions
from keepwell.identity.sessions.cookies import session_cookie
from keepwell.platform.database import Database
from keepwell.platform.http.routes import (
    COUNTED_AS_SIGN_IN,
    PUBLIC,
    InTransaction,
    TheRuntime,
    problems,
    requires,
)
from keepwell.platform.http.writes import IdempotencyKey
from keepwell.platform.rate_limits.service import take_shared


@post(
    "/v1/sign-in",
    opt=PUBLIC | COUNTED_AS_SIGN_IN,
    tags=["session"],
    summary="Sign in with a password",
    operation_id="signIn",
    status_code=204,
    security=[],
    responses=problems(),
)
async def sign_in_with_password(
    request: Request[Any, Any, Any],
    data: JSONBody[Credentials],
    state: State,
    runtime: TheRuntime,
    idempotency_key: IdempotencyKey = None,
) -> Response[None]:
    """Begin a session of this browser."""
    database: Database = state.database
    await take_shared(database, service.PER_EMAIL, key=data.email.lower())
    principal = await service.principal_of_password(database, data.email, password=data.password)
    async with database.workspace(principal.workspace_id) as connection:
        begun = await sessions.begin_session_once(connection, principal, key=idempotency_key, runtime=runtime)
    cookie = session_cookie(request, begun.body.decode())
    return Response(None, status_code=204, cookies=[cookie], headers=begun.replayed)


@put(
    "/v1/session/password",
    opt=requires("read"),
    tags=["session"],
    summary="Set your password",
    operation_id="setPassword",
    status_code=204,
    responses=problems(),
)
async def set_password(
    data: JSONBody[NewPassword],
    actor: NamedDependency[Actor],
    connection: InTransaction,
    runtime: TheRuntime,
) -> None:
    """Set the password that you sign in with from now on, and end the refresh tokens that your sessions began.

    From a session only, never with a token: with the `current` password if there is one, otherwise within five
    minutes of signing in.
    """
    await service.set_password(
        connection, actor, password=data.password, current=data.current, clock=runtime.clock
    )


ROUTES = [sign_in_with_password, set_password]
