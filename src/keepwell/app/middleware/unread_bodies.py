"""An answer that comes before the request's body was read says that the connection ends with it.

Granian 2.8 then closes the connection without saying so, and the client's next request on it would be lost.
"""

from __future__ import annotations

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send, WebSocketReceiveMessage

_CLOSE = (b"connection", b"close")


def closing_after_unread_bodies(app: ASGIApp) -> ASGIApp:
    """`app`, whose answers to requests with an unread body have `Connection: close`."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not _has_body(scope):
            await app(scope, receive, send)
            return
        is_read = False

        async def receive_watched() -> HTTPReceiveMessage | WebSocketReceiveMessage:
            nonlocal is_read
            message = await receive()
            is_read = is_read or (message["type"] == "http.request" and not message["more_body"])
            return message

        async def send_closing(message: Message) -> None:
            if message["type"] == "http.response.start" and not is_read:
                others = (pair for pair in message["headers"] if pair[0] != _CLOSE[0])
                message["headers"] = [*others, _CLOSE]
            await send(message)

        await app(scope, receive_watched, send_closing)

    return wrapped


def _has_body(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"
