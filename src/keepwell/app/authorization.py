"""What a role and a token's scopes allow, and that a request comes from our own pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import HTTPRoute

from keepwell.identity.model import Principal
from keepwell.identity.permissions import Permission
from keepwell.platform.errors import PolicyViolation

AnyConnection = ASGIConnection[Any, Any, Any, Any]
_SAFE = {"GET", "HEAD", "OPTIONS"}


class CrossSiteRequest(PolicyViolation):
    """This came from another site's page."""

    code = "cross-site"


def needs_live_rights(connection: AnyConnection, handler: BaseRouteHandler) -> bool:
    """Whether a request's rights are read from the database: for every change but that of business records.

    A token whose holder was removed or demoted a moment ago may still read and write records until it is noticed,
    but must give nobody new rights.
    """
    is_change = connection.scope.get("method") not in _SAFE
    return "live_rights" in handler.opt or (is_change and handler.opt.get("permission") != Permission.WRITE)


async def require_permission(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Raise PolicyViolation where the route asks for what this role, or this token, does not have."""
    # What methods a path has is nobody's secret, and browsers ask for it without credentials.
    if handler.opt.get("public") or connection.scope.get("method") == "OPTIONS":
        return
    needed = handler.opt.get("permission")
    principal: Principal = connection.user
    if needed not in principal.permissions:
        raise PolicyViolation(
            f"This needs the permission {needed!r}.",
            hint=f"The role is {principal.role}; a token may have fewer scopes. An owner can change both.",
        )


async def require_own_pages(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Raise CrossSiteRequest for a change that a browser sends, with its cookie, for another site's page."""
    scope = connection.scope
    by_cookie = scope.get("auth") == "session" or "own_pages" in handler.opt
    if scope.get("method") in _SAFE or not by_cookie:
        return
    fetched_from = connection.headers.get("sec-fetch-site")
    if fetched_from is not None:
        is_ours = fetched_from in {"same-origin", "none"}
    else:
        # Browsers from before 2020 send the origin only; what sends neither is no browser.
        origin = connection.headers.get("origin")
        is_ours = origin is None or urlsplit(origin).netloc == connection.headers.get("host")
    if not is_ours:
        raise CrossSiteRequest(hint="Send an API token from elsewhere.")


def require_all_permissions_named(app: Litestar) -> None:
    """Refuse to start where a route that is not public does not say what it needs."""
    named = set(Permission)
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler, _ in route.route_handler_map.values():
                if _is_ours(handler) and handler.opt.get("permission") not in named:
                    raise RuntimeError(f"{route.path} does not say which permission it needs")


def _is_ours(handler: HTTPRouteHandler) -> bool:
    return handler.include_in_schema is True and not handler.opt.get("public")
