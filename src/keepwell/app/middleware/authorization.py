"""Permissions by role and token scope, and protection against cross-site requests."""

from __future__ import annotations

from urllib.parse import urlsplit

from litestar import Litestar
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import HTTPRoute

from keepwell.app.middleware.connection import AnyConnection
from keepwell.identity.model import Principal
from keepwell.identity.permissions import Permission
from keepwell.platform.errors import Conflict, PolicyViolation

_SAFE = {"GET", "HEAD", "OPTIONS"}


class AnotherWorkspace(Conflict):
    """This browser has switched to another workspace since the page was loaded."""

    code = "another-workspace"


class CrossSiteRequest(PolicyViolation):
    """The request came from another site's page."""

    code = "cross-site"


def needs_live_rights(connection: AnyConnection, handler: BaseRouteHandler) -> bool:
    """Whether a request's rights are read from the database: for all but reading what every member may read.

    Until it is noticed, the token of a member who was just removed or demoted reads such records, and nothing else: it
    changes nothing, and gets no export, audit log or list of credentials.
    """
    is_change = connection.scope.get("method") not in _SAFE
    return "live_rights" in handler.opt or is_change or handler.opt.get("permission") != Permission.READ


async def require_permission(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Raise PolicyViolation if the role, or the token's scopes, lack the permission that the route requires."""
    # The methods of a path are public, and browsers send preflight requests without credentials.
    if handler.opt.get("public") or connection.scope.get("method") == "OPTIONS":
        return
    required = handler.opt.get("permission")
    principal: Principal = connection.user
    if required not in principal.permissions:
        raise PolicyViolation(
            f"This requires the permission {required!r}.",
            hint=f"Your role is {principal.role}; a token may have fewer scopes. An owner can change both.",
        )


async def require_same_workspace(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Raise AnotherWorkspace if the page that asks was loaded in another workspace than the session is of now.

    It says so in a header, since all tabs of a browser share the session that one of them switches.
    """
    named = connection.headers.get("keepwell-workspace")
    if named is None or handler.opt.get("public"):
        return
    principal: Principal = connection.user
    if named != str(principal.workspace_id):
        raise AnotherWorkspace(hint="Load the page again.")


async def require_own_pages(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Raise CrossSiteRequest if a browser sends a write with our cookie on behalf of another site's page."""
    scope = connection.scope
    by_cookie = scope.get("auth") == "session" or "own_pages" in handler.opt
    if scope.get("method") in _SAFE or not by_cookie:
        return
    fetched_from = connection.headers.get("sec-fetch-site")
    if fetched_from is not None:
        is_ours = fetched_from in {"same-origin", "none"}
    else:
        # Browsers from before 2020 send Origin only; a client that sends neither is not a browser.
        origin = connection.headers.get("origin")
        is_ours = origin is None or _is_at(origin, connection.headers.get("host"))
    if not is_ours:
        raise CrossSiteRequest(hint="Use an API token from anywhere but our own pages.")


def _is_at(origin: str, host: str | None) -> bool:
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        # Such as `http://[`, which no browser sends.
        return False


def require_named_permissions(app: Litestar) -> None:
    """Raise RuntimeError at startup if a route that is not public names no permission."""
    named = set(Permission)
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler, _ in route.route_handler_map.values():
                if _is_ours(handler) and handler.opt.get("permission") not in named:
                    raise RuntimeError(f"{route.path} names no permission")


def _is_ours(handler: HTTPRouteHandler) -> bool:
    return handler.include_in_schema is True and not handler.opt.get("public")
