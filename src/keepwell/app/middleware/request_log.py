"""The outermost layer of the application: an id, the common headers and one log line for each request."""

from __future__ import annotations

from http import HTTPStatus
from time import perf_counter

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, clear_contextvars

from keepwell.app.middleware.request_ids import assign_request_id
from keepwell.app.middleware.response_headers import complete_headers
from keepwell.platform.ids import Ids

_LOG = structlog.get_logger("keepwell.http")


def with_request_log(app: ASGIApp, *, ids: Ids) -> ASGIApp:
    """`app` with a request id, and a log line when the request ends, for each request.

    The query string is never logged: sign-in links and callbacks carry their secrets there.
    """

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        began, path, status = perf_counter(), scope["path"], 0
        clear_contextvars()
        bind_contextvars(request_id=assign_request_id(scope, ids=ids))

        async def send_completed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                complete_headers(message, scope)
            await send(message)

        try:
            await app(scope, receive, send_completed)
        except Exception:
            _LOG.exception("response failed")
            raise
        finally:
            _log(scope, path=path, status=status, seconds=perf_counter() - began)

    return logged


def _log(scope: Scope, *, path: str, status: int, seconds: float) -> None:
    log = _LOG.error if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _LOG.info
    log(
        "request",
        method=scope.get("method"),
        # None if no route matches, and for a client that was gone before a response began.
        route=scope.get("path_template"),
        path=path,
        status=status or None,
        duration_ms=round(seconds * 1000, 1),
    )
