"""Signing in by link, and who is signed in."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation
from litestar.response import Redirect

from keepwell.identity import service
from keepwell.identity.model import SESSION_LIFETIME, Principal, SessionView, SignInLinkSpentError
from keepwell.platform.http import OWN_PAGES, PUBLIC, SESSION_COOKIE, InTransaction, problems, requires
from keepwell.platform.runtime import Runtime
from keepwell.platform.writes import IdempotencyKey

TheRuntime = SkipValidation[NamedDependency[Runtime]]


LINK_SPENT_PAGE = "/link-spent"


def session_cookie(secret: str, *, secure: bool, max_age: int) -> Cookie:
    """The cookie that carries a session; scripts of the page cannot read it."""
    return Cookie(
        key=SESSION_COOKIE,
        value=secret,
        max_age=max_age,
        path="/",
        httponly=True,
        secure=secure,
        samesite="lax",
    )


@get("/sign-in", opt=PUBLIC | {"rate_limit": "sign-in"}, include_in_schema=False)
async def sign_in(
    request: Request[Any, Any, Any],
    anonymous_connection: InTransaction,
    runtime: TheRuntime,
    link: Annotated[str, QueryParameter(name="token", min_length=1, max_length=200)],
) -> Redirect:
    """Spend a one-time link, set the session's cookie and go to the first page."""
    try:
        secret = await service.sign_in(anonymous_connection, link, runtime=runtime)
    except SignInLinkSpentError:
        # A browser is shown the page that says how to get another link, a script the problem.
        if "text/html" in request.headers.get("accept", ""):
            return Redirect(LINK_SPENT_PAGE, status_code=303)
        raise
    secure = request.url.scheme == "https"
    cookie = session_cookie(secret, secure=secure, max_age=int(SESSION_LIFETIME.total_seconds()))
    return Redirect("/", status_code=303, cookies=[cookie])


@get(
    "/v1/session",
    opt=requires("read"),
    tags=["session"],
    summary="Who is signed in",
    operation_id="getSession",
    responses=problems(),
)
async def get_session(principal: NamedDependency[Principal], connection: InTransaction) -> SessionView:
    """Who is signed in, and in which workspace."""
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
    idempotency_key: IdempotencyKey = None,  # noqa: ARG001  a session that has ended stays so, by the same key or another
) -> Response[None]:
    """Sign out of this browser; a no-op for who is not signed in, so it can be sent again, and for API tokens."""
    await service.end_session(anonymous_connection, request.cookies.get(SESSION_COOKIE, ""))
    expired = session_cookie("", secure=request.url.scheme == "https", max_age=0)
    return Response(None, status_code=204, cookies=[expired])
