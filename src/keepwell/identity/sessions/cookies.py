"""The cookie that carries a session."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from keepwell.identity.sessions.model import SESSION_LIFETIME
from keepwell.platform.http.routes import SESSION_COOKIE


def session_cookie(request: Request[Any, Any, Any], secret: str) -> Cookie:
    """The cookie for a new session; scripts of the page cannot read it."""
    return _cookie(request, secret, max_age=int(SESSION_LIFETIME.total_seconds()))


def expired_session_cookie(request: Request[Any, Any, Any]) -> Cookie:
    """The cookie that makes a browser delete its session."""
    return _cookie(request, "", max_age=0)


def _cookie(request: Request[Any, Any, Any], value: str, *, max_age: int) -> Cookie:
    return Cookie(
        key=SESSION_COOKIE,
        value=value,
        max_age=max_age,
        path="/",
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="lax",
    )
