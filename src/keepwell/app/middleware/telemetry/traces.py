"""A trace for each request, which continues the caller's if there is one."""

from __future__ import annotations

import re
from http import HTTPStatus

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from opentelemetry.trace import SpanContext, SpanKind
from structlog.contextvars import bind_contextvars

from keepwell.app.middleware.request_ids import request_id_of
from keepwell.platform.trace.callers import caller_of
from keepwell.platform.trace.spans import TraceSpan
from keepwell.platform.trace.tracer import Tracer

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST_PATH = 500
_TRACEPARENT = b"traceparent"


def with_traces(app: ASGIApp, *, tracer: Tracer) -> ASGIApp:
    """`app` with a trace for each request, which needs its request id already.

    A request without a caller has its own id as trace id, without the dashes; any other gets `trace_id` in its log lines.
    """
    if not tracer.is_on:
        return app

    async def traced(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        method, path, request_id = scope["method"], scope["path"], request_id_of(scope)
        caller = _caller(scope)
        own_id = _as_trace_id(request_id) if caller is None else 0
        with tracer.begin(method, kind=SpanKind.SERVER, trace_id=own_id, caller=caller) as span:
            assert span is not None  # noqa: S101  the tracer is on
            if own_id == 0:
                bind_contextvars(trace_id=f"{span.trace.trace_id:032x}")
            span.attributes |= {
                "http.request.method": method,
                "url.path": path[:_LONGEST_PATH],
                "keepwell.request_id": request_id,
            }

            async def send_noting(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _note_response(span, scope, status=message["status"])
                await send(message)

            await app(scope, receive, send_noting)

    return traced


def _as_trace_id(request_id: str) -> int:
    """The id as a number; 0 for one that a client has chosen in another form."""
    return int(request_id.replace("-", ""), 16) if _UUID.fullmatch(request_id) else 0


def _caller(scope: Scope) -> SpanContext | None:
    # Most requests have no caller, and Litestar's headers cost more than the rest of a trace.
    named = next((value for name, value in scope["headers"] if name == _TRACEPARENT), None)
    return None if named is None else caller_of(Headers.from_scope(scope))


def _note_response(span: TraceSpan, scope: Scope, *, status: int) -> None:
    route = scope.get("path_template")
    if route:
        span.name = f"{span.name} {route}"
        span.attributes["http.route"] = route
    span.attributes["http.response.status_code"] = status
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        span.error = span.attributes["error.type"] = str(status)
    if scope.get("user") is None:
        return
    span.attributes["keepwell.workspace"] = str(scope["user"].workspace_id)
    # Exporting costs something, so only a caller with a credential may ask for it.
    caller = span.trace.caller
    if caller is not None and caller.trace_flags.sampled and span.trace.keep_because is None:
        span.trace.keep_because = "sampled by the caller"
