"""Signing in by link, and the current session."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect

from keepwell.identity.model import Principal
from keepwell.identity.sessions import service
from keepwell.identity.sessions.cookies import expired_session_cookie, session_cookie
from keepwell.identity.sessions.model import SessionView, SignInLinkSpentError
from keepwell.platform.http.routes import (
    COUNTED_AS_SIGN_IN,
    OWN_PAGES,
    PUBLIC,
    SESSION_COOKIE,
    InTransaction,
    TheClock,
    TheRuntime,
    problems,
    requires,
)
from keepwell.platform.http.writes import IdempotencyKey

LINK_SPENT_PAGE = "/link-spent"


@get("/sign-in", opt=PUBLIC | COUNTED_AS_SIGN_IN, include_in_schema=False)
async def sign_in(
    request: Request[Any, Any, Any],
    anonymous_connection: InTransaction,
    runtime: TheRuntime,
    link: Annotated[str, QueryParameter(name="token", min_length=1, max_length=200)],
) -> Redirect:
    """Use a one-time link, set the session cookie and go to the first page."""
    try:
        secret = await service.sign_in(anonymous_connection, link, runtime=runtime)
    except SignInLinkSpentError:
        # Browsers get the page that says how to get another link, scripts the problem document.
        if "text/html" in request.headers.get("accept", ""):
            return Redirect(LINK_SPENT_PAGE, status_code=303)
        raise
    return Redirect("/", status_code=303, cookies=[session_cookie(request, secret)])


@get(
    "/v1/session",
    opt=requires("read"),
    tags=["session"],
    summary="Who is signed in",
    operation_id="getSession",
    responses=problems(),
)
async def get_session(principal: NamedDependency[Principal], connection: InTransaction) -> SessionView:
    """The signed-in member, and the workspace."""
    return await service.session_view(connection, principal)


@post(
    "/v1/session/end",
    opt=PUBLIC | OWN_PAGES,
    tags=["session"],
    summary="Sign out",
    operation_id="endSession",
    status_code=204,
    responses=problems(),
)
async def end_session(
    request: Request[Any, Any, Any],
    anonymous_connection: InTransaction,
    clock: TheClock,
    idempotency_key: IdempotencyKey = None,  # noqa: ARG001  signing out twice is the same as once, with any key
) -> Response[None]:
    """Sign this browser out, and end the refresh tokens that its session began.

    Does nothing without a session, so it can be sent again, and nothing to API tokens.
    """
    secret = request.cookies.get(SESSION_COOKIE, "")
    await service.end_session(anonymous_connection, secret, clock=clock)
    return Response(None, status_code=204, cookies=[expired_session_cookie(request)])


ROUTES = [sign_in, get_session, end_session]
