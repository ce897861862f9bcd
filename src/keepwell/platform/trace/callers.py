"""The caller of a request: the trace that its `traceparent` header continues (W3C Trace Context)."""

from __future__ import annotations

from collections.abc import Mapping

from opentelemetry.context import Context
from opentelemetry.trace import SpanContext, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR = TraceContextTextMapPropagator()


def caller_of(headers: Mapping[str, str]) -> SpanContext | None:
    """The caller's span, or None if `headers` name none, or not in the form of the standard."""
    if "traceparent" not in headers:
        return None
    found = get_current_span(_PROPAGATOR.extract(headers, Context())).get_span_context()
    return found if found.is_valid else None
