"""Signing in by link, and the current session."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter
from litestar.response import Redirect

from keepwell.identity.model import Actor, Principal
from keepwell.identity.permissions import Permission
from keepwell.identity.sessions import held as held_by_browser
from keepwell.identity.sessions import service
from keepwell.identity.sessions.confirmation import confirmation_page
from keepwell.identity.sessions.cookies import (
    held_secrets,
    kept_link,
    link_cookie,
    session_cookies,
)
from keepwell.identity.sessions.model import (
    HeldSessions,
    OwnSessions,
    SessionView,
    SignIn,
    SignInLinkSpentError,
    WorkspaceChoice,
)
from keepwell.platform.database import Connection
from keepwell.platform.http.routes import (
    COUNTED_AS_SIGN_IN,
    OWN_PAGES,
    PUBLIC,
    InTransaction,
    TheClock,
    TheRuntime,
    TheSettings,
    problems,
    requires,
)
from keepwell.platform.http.writes import IdempotencyKey
from keepwell.platform.runtime import Runtime

LINK_SPENT_PAGE = "/link-spent"
# Where a link leads a member who has an e-mail and no password: without one, they would need a link each time.
SET_PASSWORD_PAGE = "/set-password"  # noqa: S105  a path


_FROM_ANOTHER_SITE = {"cross-site", "same-site"}
_CONFIRM = "/sign-in/confirm"


@get("/sign-in", opt=PUBLIC | COUNTED_AS_SIGN_IN, include_in_schema=False)
async def sign_in(
    request: Request[Any, Any, Any],
    anonymous_connection: InTransaction,
    runtime: TheRuntime,
    request_id: NamedDependency[str],
    link: Annotated[str, QueryParameter(name="token", min_length=1, max_length=200)],
    ask: FromQuery[bool] = False,  # noqa: FBT002  a query parameter has a name
) -> Redirect:
    """Use a one-time link, set the session cookie and go to the first page, or to the one that sets a password.

    Asks first if another site's page led here: that site could sign its visitors in as somebody else, who would then read
    what they enter. Also if the link says so, as those in mails do: some programs open every link of a mail.
    """
    if ask or request.headers.get("sec-fetch-site") in _FROM_ANOTHER_SITE:
        # No link of ours has other characters, and a cookie cannot hold them.
        kept = link if link.isascii() else ""
        return Redirect(_CONFIRM, status_code=303, cookies=[link_cookie(request, kept)])
    return await _signed_in(anonymous_connection, request, link, runtime=runtime, request_id=request_id)


@get(_CONFIRM, opt=PUBLIC, include_in_schema=False)
async def ask_to_sign_in(
    request: Request[Any, Any, Any], anonymous_connection: InTransaction, clock: TheClock
) -> Response[str] | Redirect:
    """The page that asks whether to use the link that another site's page led to."""
    try:
        seen = await service.member_of_link(anonymous_connection, kept_link(request), clock=clock)
    except SignInLinkSpentError:
        return Redirect(LINK_SPENT_PAGE, status_code=303)
    return confirmation_page(seen, action=_CONFIRM)


@post(_CONFIRM, opt=PUBLIC | COUNTED_AS_SIGN_IN | OWN_PAGES, include_in_schema=False)
async def confirm_sign_in(
    request: Request[Any, Any, Any],
    anonymous_connection: InTransaction,
    runtime: TheRuntime,
    request_id: NamedDependency[str],
) -> Redirect:
    """Use the link that the browser keeps; only from our own page."""
    return await _signed_in(
        anonymous_connection, request, kept_link(request), runtime=runtime, request_id=request_id
    )


async def _signed_in(
    connection: Connection, request: Request[Any, Any, Any], link: str, *, runtime: Runtime, request_id: str
) -> Redirect:
    held = held_secrets(request)
    try:
        begins = SignIn("link", request_id, held)
        begun = await service.use_link(connection, link, sign_in=begins, runtime=runtime)
    except SignInLinkSpentError:
        # Browsers get the page that says how to get another link, scripts the problem document.
        if "text/html" in request.headers.get("accept", ""):
            return Redirect(LINK_SPENT_PAGE, status_code=303)
        raise
    secrets = await held_by_browser.still_held(connection, held, beside=begun.secret, clock=runtime.clock)
    cookies = [*session_cookies(request, secrets), link_cookie(request, "")]
    first_page = SET_PASSWORD_PAGE if begun.lacks_password else "/"
    return Redirect(first_page, status_code=303, cookies=cookies)


@get(
    "/v1/session",
    opt=requires("read"),
    tags=["session"],
    summary="Who is signed in",
    operation_id="getSession",
    responses=problems(),
)
async def get_session(
    principal: NamedDependency[Principal], connection: InTransaction, settings: TheSettings
) -> SessionView:
    """The signed-in member, and the workspace."""
    view = await service.session_view(connection, principal)
    may_import = Permission.IMPORT in principal.permissions
    return msgspec.structs.replace(view, home=settings.home_option if may_import else None)


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
    """Sign this browser out of every workspace, and end the refresh tokens that its sessions began.

    Does nothing without a session, so it can be sent again, and nothing to API tokens.
    """
    await held_by_browser.end_held_sessions(anonymous_connection, held_secrets(request), clock=clock)
    return Response(None, status_code=204, cookies=session_cookies(request, []))


@get(
    "/v1/session/workspaces",
    opt=PUBLIC,
    tags=["session"],
    summary="List this browser's workspaces",
    operation_id="listSessionWorkspaces",
    responses=problems(),
)
async def list_session_workspaces(
    request: Request[Any, Any, Any], anonymous_connection: InTransaction, clock: TheClock
) -> HeldSessions:
    """The workspaces in which this browser is signed in: one session of each, begun by signing in there.

    No other workspace of the same person is listed, whatever their e-mail there. Empty without a session.
    """
    return await held_by_browser.held_sessions(anonymous_connection, held_secrets(request), clock=clock)


@post(
    "/v1/session/workspace",
    opt=PUBLIC | OWN_PAGES,
    tags=["session"],
    summary="Switch the workspace",
    operation_id="chooseSessionWorkspace",
    status_code=200,
    responses=problems(404),
)
async def choose_session_workspace(
    request: Request[Any, Any, Any],
    data: JSONBody[WorkspaceChoice],
    anonymous_connection: InTransaction,
    clock: TheClock,
    idempotency_key: IdempotencyKey = None,  # noqa: ARG001  choosing twice is the same as once, with any key
) -> Response[SessionView]:
    """Use another of this browser's sessions from now on, in all of its tabs; 404 if it holds none of that workspace."""
    secrets, view = await held_by_browser.choose_session(
        anonymous_connection, held_secrets(request), workspace_id=data.workspace_id, clock=clock
    )
    return Response(view, status_code=200, cookies=session_cookies(request, secrets))


@post(
    "/v1/session/workspaces/{workspace_id:uuid}/end",
    opt=PUBLIC | OWN_PAGES,
    tags=["session"],
    summary="Sign out of one workspace",
    operation_id="endSessionOfWorkspace",
    status_code=204,
    responses=problems(404),
)
async def end_session_of_workspace(
    request: Request[Any, Any, Any],
    anonymous_connection: InTransaction,
    clock: TheClock,
    workspace_id: Annotated[UUID, PathParameter(description="The workspace's `id`.")],
    idempotency_key: IdempotencyKey = None,  # noqa: ARG001  as of signing out
) -> Response[None]:
    """Sign this browser out of one workspace; if it was in use, another one is from now on. 404 if it is signed out."""
    kept = await held_by_browser.leave_workspace(
        anonymous_connection, held_secrets(request), workspace_id=workspace_id, clock=clock
    )
    return Response(None, status_code=204, cookies=session_cookies(request, kept))


@get(
    "/v1/sessions",
    opt=requires("read"),
    tags=["session"],
    summary="List your sessions",
    operation_id="listSessions",
    responses=problems(),
)
async def list_sessions(
    principal: NamedDependency[Principal], connection: InTransaction, clock: TheClock
) -> OwnSessions:
    """The browsers in which you are signed in, the one that was used last first."""
    return await service.own_sessions(connection, principal, clock=clock)


@delete(
    "/v1/sessions/{session_id:uuid}",
    opt=requires("read"),
    tags=["session"],
    summary="End one of your sessions",
    operation_id="deleteSession",
    responses=problems(404),
)
async def delete_session(
    connection: InTransaction,
    actor: NamedDependency[Actor],
    clock: TheClock,
    session_id: Annotated[UUID, PathParameter(description="The session's `id`.")],
) -> None:
    """Sign another browser of yours out, and end the refresh tokens that its session began; not with a token."""
    await service.end_own_session(connection, actor, session_id, clock=clock)


ROUTES = [
    sign_in,
    ask_to_sign_in,
    confirm_sign_in,
    get_session,
    end_session,
    list_session_workspaces,
    choose_session_workspace,
    end_session_of_workspace,
    list_sessions,
    delete_session,
]
