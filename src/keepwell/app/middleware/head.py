"""HEAD for every path that has GET, as RFC 9110 asks: the same headers, and no body.

Litestar 2.25 answers 405 to it. A path whose GET signs in keeps that answer, since it would use up a link.
"""

from __future__ import annotations

import asyncio
from typing import Literal

from litestar.enums import ScopeType
from litestar.exceptions import MethodNotAllowedException
from litestar.handlers import BaseRouteHandler
from litestar.types import (
    ASGIApp,
    HTTPReceiveMessage,
    HTTPResponseStartEvent,
    HTTPScope,
    Message,
    Receive,
    Scope,
    Send,
    WebSocketReceiveMessage,
)

from keepwell.app.middleware.connection import AnyConnection
from keepwell.platform.http.routes import COUNTED_AS_SIGN_IN

_ALLOW = b"allow"
# Plain texts: as a text, Litestar's member is `HttpMethod.HEAD`.
_GET: Literal["GET"] = "GET"
_HEAD: Literal["HEAD"] = "HEAD"
# In the state of a request that is handled as GET.
_IS_HEAD = "is_head"


def answering_head(app: ASGIApp) -> ASGIApp:
    """`app`, which answers HEAD as GET without the body, and names HEAD in Allow."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
        elif scope["method"] == _HEAD:
            await _answer_head(app, scope, receive, send=send)
        else:
            await app(scope, receive, _naming_head(send))

    return wrapped


async def require_get_to_sign_in(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Raise MethodNotAllowedException for HEAD of a path that signs in: programs ask HEAD to preview links."""
    if _IS_HEAD in connection.scope["state"] and COUNTED_AS_SIGN_IN.items() <= handler.opt.items():
        raise MethodNotAllowedException(headers={"Allow": f"{_GET}, OPTIONS"})


async def _answer_head(app: ASGIApp, scope: HTTPScope, receive: Receive, *, send: Send) -> None:
    is_answered, is_read = asyncio.Event(), False

    async def send_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            is_answered.set()

    async def receive_until_answered() -> HTTPReceiveMessage | WebSocketReceiveMessage:
        # A stream waits for the client to leave, which ends it: no export is read for its headers.
        nonlocal is_read
        if is_read:
            await is_answered.wait()
            return {"type": "http.disconnect"}
        message = await receive()
        is_read = message["type"] == "http.request" and not message["more_body"]
        return message

    scope["method"] = _GET
    scope["state"][_IS_HEAD] = True
    try:
        await app(scope, receive_until_answered, send_headers)
    finally:
        # For the log line and the counts, which say what the client sent.
        scope["method"] = _HEAD


def _naming_head(send: Send) -> Send:
    async def named(message: Message) -> None:
        if message["type"] == "http.response.start":
            _name_head(message)
        await send(message)

    return named


def _name_head(message: HTTPResponseStartEvent) -> None:
    """Add HEAD to an Allow header with GET."""
    message["headers"] = [
        (name, b", ".join(_with_head(value)) if name.lower() == _ALLOW else value)
        for name, value in message["headers"]
    ]


def _with_head(value: bytes) -> list[bytes]:
    methods = {method.strip().decode() for method in value.split(b",")}
    return sorted(method.encode() for method in methods | ({_HEAD} if _GET in methods else set()))
