"""A request id, a trace and counts for each request of the scoring process; one log line for each that fails.

`up` has the same around all of its routes. Here a line for every request would cost as much as its answer.
"""

from __future__ import annotations

from http import HTTPStatus
from time import perf_counter

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from keepwell.app.middleware.request_ids import REQUEST_ID, assign_request_id
from keepwell.app.middleware.telemetry.request_metrics import count_request
from keepwell.app.middleware.telemetry.traces import with_traces
from keepwell.platform.ids import Ids
from keepwell.platform.trace.tracer import Tracer

_LOG = structlog.get_logger("keepwell.scoring")
_ID = REQUEST_ID.lower().encode()
_COMMON = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
_LONGEST_PATH = 500


def with_telemetry(app: ASGIApp, *, ids: Ids, tracer: Tracer) -> ASGIApp:
    """`app` with the id of each request in its answer, in its trace and in the log line of a failure."""
    traced = with_traces(app, tracer=tracer)

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        began, status = perf_counter(), 0
        scope["state"] = {}
        request_id = assign_request_id(scope, ids=ids)

        async def send_completed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_COMMON, (_ID, request_id.encode("ascii"))]
            await send(message)

        try:
            await traced(scope, receive, send_completed)
        finally:
            seconds = perf_counter() - began
            count_request(scope, status=status, seconds=seconds)
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR or not status:
                _LOG.error(
                    "request failed",
                    request_id=request_id,
                    path=scope["path"][:_LONGEST_PATH],
                    status=status or None,
                    duration_ms=round(seconds * 1000, 1),
                )

    return wrapped
