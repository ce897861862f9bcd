"""The cookie that carries the sessions of a browser: one of each workspace, the one in use first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from keepwell.identity.sessions.model import MOST_HELD, SESSION_LIFETIME

SESSION_COOKIE = "keepwell_session"
# No secret contains it, and no browser puts a cookie with it in quotes.
_SEPARATOR = "."
_KEPT_FOR_COOKIE = "keepwell_kept_for"
_HTTPS = "https"
_LINK_COOKIE = "keepwell_link"
_LINK_PATH = "/sign-in"
_LINK_SECONDS = 600


def held_secrets(connection: ASGIConnection[Any, Any, Any, Any]) -> list[str]:
    """The secrets of all sessions that a browser sent, the one in use first."""
    sent = connection.cookies.get(_name(connection), "").split(_SEPARATOR)
    return [each for each in dict.fromkeys(sent) if each][:MOST_HELD]


def session_secret(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The secret of the session in use; empty if the browser sent none."""
    return connection.cookies.get(_name(connection), "").partition(_SEPARATOR)[0]


def session_cookies(request: Request[Any, Any, Any], secrets: Sequence[str]) -> list[Cookie]:
    """The cookies for the sessions that a browser holds, the one in use first; scripts of the page cannot read the secrets.

    Without secrets, the browser deletes those that it has.
    """
    lifetime = int(SESSION_LIFETIME.total_seconds()) if secrets else 0
    kept = _cookie(request, _SEPARATOR.join(secrets[:MOST_HELD]), max_age=lifetime)
    return [kept, _kept_for_nobody(request)]


def _kept_for_nobody(request: Request[Any, Any, Any]) -> Cookie:
    """Deletes the page's own note of whose data it keeps (`browser/reader.ts`): another member may be signed in now."""
    return Cookie(
        key=_KEPT_FOR_COOKIE,
        value="",
        max_age=0,
        path="/",
        secure=request.url.scheme == _HTTPS,
        samesite="lax",
    )


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
