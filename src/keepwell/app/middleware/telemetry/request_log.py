"""The outermost layer of the application: an id, the common headers, one log line and metrics for each request."""

from __future__ import annotations

from http import HTTPStatus
from time import perf_counter

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send, WebSocketReceiveMessage
from structlog.contextvars import bind_contextvars, clear_contextvars

from keepwell.app.middleware.request_ids import assign_request_id
from keepwell.app.middleware.response_headers import complete_headers
from keepwell.app.middleware.telemetry.request_metrics import count_request
from keepwell.platform.ids import Ids

_LOG = structlog.get_logger("keepwell.http")
_LONGEST_PATH = 2_000


def with_request_log(app: ASGIApp, *, ids: Ids) -> ASGIApp:
    """`app` with a request id, and with a log line and metrics of each request when it ends.

    The query string is never logged: sign-in links and callbacks carry their secrets there.
    """

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        began, path, status, is_read, is_gone = perf_counter(), scope["path"], 0, False, False
        clear_contextvars()
        bind_contextvars(request_id=assign_request_id(scope, ids=ids))

        async def receive_watched() -> HTTPReceiveMessage | WebSocketReceiveMessage:
            nonlocal is_read, is_gone
            message = await receive()
            # Also reported at the end of each answer that is a stream, and then nothing is missing.
            is_gone = is_gone or (message["type"] == "http.disconnect" and not is_read)
            is_read = is_read or (message["type"] == "http.request" and not message["more_body"])
            return message

        async def send_completed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                complete_headers(message, scope)
            await send(message)

        try:
            await app(scope, receive_watched, send_completed)
        except Exception:
            _LOG.exception("response failed")
            raise
        finally:
            seconds = perf_counter() - began
            count_request(scope, status=status, seconds=seconds)
            _log(scope, path=path, status=status, is_gone=is_gone, seconds=seconds)

    return logged


def _log(scope: Scope, *, path: str, status: int, is_gone: bool, seconds: float) -> None:
    log = _LOG.error if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _LOG.info
    log(
        "request",
        method=scope.get("method"),
        # None if no route matches.
        route=scope.get("path_template"),
        path=path[:_LONGEST_PATH],
        **({"path_length": len(path)} if len(path) > _LONGEST_PATH else {}),
        # None if no response began.
        status=status or None,
        # The client is gone, or a chunk of its body was malformed: granian does not tell them apart.
        **({"body": "incomplete"} if is_gone else {}),
        duration_ms=round(seconds * 1000, 1),
    )
