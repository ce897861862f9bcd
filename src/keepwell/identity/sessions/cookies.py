"""The cookie that carries a session."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from keepwell.identity.sessions.model import SESSION_LIFETIME

SESSION_COOKIE = "keepwell_session"
_HTTPS = "https"
_LINK_COOKIE = "keepwell_link"
_LINK_PATH = "/sign-in"
_LINK_SECONDS = 600


def session_secret(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The session secret that a browser sent; empty if it sent none."""
    return connection.cookies.get(_name(connection), "")


def session_cookie(request: Request[Any, Any, Any], secret: str) -> Cookie:
    """The cookie for a new session; scripts of the page cannot read it."""
    return _cookie(request, secret, max_age=int(SESSION_LIFETIME.total_seconds()))


def expired_session_cookie(request: Request[Any, Any, Any]) -> Cookie:
    """The cookie that makes a browser delete its session."""
    return _cookie(request, "", max_age=0)


def _cookie(request: Request[Any, Any, Any], value: str, *, max_age: int) -> Cookie:
    return Cookie(
        key=_name(request),
        value=value,
        max_age=max_age,
        path="/",
        httponly=True,
        secure=request.url.scheme == _HTTPS,
        samesite="lax",
    )


def link_cookie(request: Request[Any, Any, Any], secret: str) -> Cookie:
    """Keeps a sign-in link until its user has confirmed it, so that its address leaves the browser's history.

    Empty text deletes it.
    """
    return Cookie(
        key=_LINK_COOKIE,
        value=secret,
        max_age=_LINK_SECONDS if secret else 0,
        path=_LINK_PATH,
        httponly=True,
        secure=request.url.scheme == _HTTPS,
        samesite="lax",
    )


def kept_link(request: Request[Any, Any, Any]) -> str:
    """The sign-in link that waits to be confirmed; empty if there is none."""
    return request.cookies.get(_LINK_COOKIE, "")


def _name(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    # Browsers let nobody but this host set a cookie with the prefix, which they only accept over https.
    return f"__Host-{SESSION_COOKIE}" if connection.url.scheme == _HTTPS else SESSION_COOKIE
