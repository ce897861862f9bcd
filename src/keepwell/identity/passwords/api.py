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
from keepwell.identity.sessions import held as held_by_browser
from keepwell.identity.sessions import service as sessions
from keepwell.identity.sessions.cookies import held_secrets, session_cookies
from keepwell.identity.sessions.model import SignIn
from keepwell.platform.database import Database
from keepwell.platform.http.routes import (
    COUNTED_AS_SIGN_IN,
    OWN_PAGES,
    PUBLIC,
    TheRuntime,
    problems,
    requires,
)
from keepwell.platform.http.writes import IdempotencyKey
from keepwell.platform.idempotency.service import replay_headers


@post(
    "/v1/sign-in",
    opt=PUBLIC | COUNTED_AS_SIGN_IN | OWN_PAGES,
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
    request_id: NamedDependency[str],
    idempotency_key: IdempotencyKey = None,
) -> Response[None]:
    """Begin a session of this browser; the one that it has of the same workspace ends, those of others stay."""
    database: Database = state.database
    principal = await service.principal_of_password(
        database, data, request_id=request_id, clock=runtime.clock
    )
    held = held_secrets(request)
    begins = SignIn("password", request_id, held)
    async with database.workspace(principal.workspace_id) as connection:
        begun = await sessions.begin_session_once(
            connection, principal, key=idempotency_key, sign_in=begins, runtime=runtime
        )
        secrets = await held_by_browser.still_held(
            connection, held, beside=begun.value.decode(), clock=runtime.clock
        )
    cookies = session_cookies(request, secrets)
    headers = replay_headers(is_repeated=begun.is_repeated)
    return Response(None, status_code=204, cookies=cookies, headers=headers)


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
    state: State,
    runtime: TheRuntime,
) -> None:
    """Set the password that you sign in with from now on; ends your other sessions, and what your sessions began.

    From a session only, never with a token: with the `current` password, or without it within five minutes of signing
    in by a link or a provider, which helps whoever has forgotten it. A password that is common or contains your name is refused.
    """
    await service.set_password(state.database, actor, data, clock=runtime.clock)


ROUTES = [sign_in_with_password, set_password]
