"""Errors as pages, for a browser that has opened an address by itself: programs and our own scripts get the problem."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response

from keepwell.app.middleware.request_ids import request_id_of
from keepwell.platform.errors import Outcome
from keepwell.platform.http.routes import Problem
from keepwell.platform.http.small_page import small_page

_MINUTE = 60
_SIGN_IN_PATHS = "/sign-in"
_CODE = re.compile(r"`([^`]+)`")
_HOLDS = "Nothing was changed, and whoever is signed in stays signed in."
_INCOMPLETE = "The link may be outdated or incomplete."
_UNKNOWN = "It is not known whether what you asked for was done. Look before you try again."


class _Words(msgspec.Struct, frozen=True):
    """The heading of an error's page; `do` in place of the problem's hint, where that is for programs."""

    title: str
    do: str = ""


_BY_CODE: Mapping[str, _Words] = {
    "sign-in-link-spent": _Words("This sign-in link is spent", "Ask for another one on the sign-in page."),
    "oidc-refused": _Words("Your provider did not sign you in"),
    "cross-site": _Words("Another site sent you here", "Open Keepwell itself, and start again there."),
}
_BY_STATUS: Mapping[int, _Words] = {
    400: _Words("This address is not complete or not valid"),
    401: _Words("You are not signed in", "Sign in, then open this address again."),
    403: _Words("You may not open this"),
    404: _Words("There is nothing at this address"),
    405: _Words("A browser cannot open this address", "It is for programs; the API handbook describes it."),
    413: _Words("This is too large"),
    429: _Words("Too many attempts"),
    503: _Words("Keepwell cannot answer now"),
    504: _Words("Keepwell did not answer in time"),
}


def opens_a_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a browser would show the answer in its window.

    Browsers send Sec-Fetch-Mode over https and on this machine only; without it, asking for HTML is enough.
    """
    mode = request.headers.get("sec-fetch-mode", "navigate")
    return mode == "navigate" and "text/html" in request.headers.get("accept", "")


def error_page(
    request: Request[Any, Any, Any], problem: Problem, *, retry_after: str | None
) -> Response[str]:
    """What happened, what still holds and what to do next, with the problem's status."""
    words = _words_of(problem)
    wait = f" Try again in {_time(int(retry_after))}." if retry_after else ""
    source = f'<a href="{problem.type}">{escape(problem.code)}</a> · request {escape(request_id_of(request.scope))}'
    content = "\n".join(
        [
            f"<p>{_marked(problem.detail)}</p>",
            f"<p>{_UNKNOWN if problem.outcome is Outcome.UNKNOWN else _HOLDS}</p>",
            f"<p>{_marked(words.do or problem.hint or _INCOMPLETE)}{wait}</p>",
            f'<p class="ways">{_ways(request, problem)}</p>',
            f'<p class="small">{problem.status} · {source}</p>',
        ]
    )
    return small_page(words.title, content, status=problem.status)


def _words_of(problem: Problem) -> _Words:
    fallback = _Words(
        "Keepwell failed" if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "This was refused"
    )
    return _BY_CODE.get(problem.code) or _BY_STATUS.get(problem.status, fallback)


def _ways(request: Request[Any, Any, Any], problem: Problem) -> str:
    """Where to go from here."""
    is_sign_in = problem.status == HTTPStatus.UNAUTHORIZED or problem.instance.startswith(_SIGN_IN_PATHS)
    home = f'<a href="/">{"Go to the sign-in page" if is_sign_in else "Open Keepwell"}</a>'
    if not problem.retryable or request.method != "GET":
        return home
    # Browsers read two slashes, or a slash and a backslash, as the beginning of another host.
    path = "/" + quote(request.url.path.lstrip("/\\"))
    again = path + (f"?{request.url.query}" if request.url.query else "")
    return f'<a href="{escape(again)}">Try again</a> {home}'


def _marked(text: str) -> str:
    """`text` escaped, with commands in backticks as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _time(seconds: int) -> str:
    if seconds < 2 * _MINUTE:
        return f"{seconds} seconds" if seconds != 1 else "a second"
    return f"{-(-seconds // _MINUTE)} minutes"
