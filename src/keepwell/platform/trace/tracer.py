"""Begins traces, and exports those worth keeping: failed, slow or important ones, and a share of the others."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from time import time_ns
from typing import Protocol

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from keepwell.platform.telemetry.redaction import redacted_text
from keepwell.platform.trace.spans import Attributes, Trace, TraceSpan

# All of these bits are random, in OpenTelemetry's trace ids as in UUIDv7, whose other bits are not.
# https://www.w3.org/TR/trace-context-2/#random-trace-id-flag
_RANDOM_BITS = 56
_RANDOM_PART = (1 << _RANDOM_BITS) - 1
_SCOPE = InstrumentationScope("keepwell")
_KEPT = TraceFlags(TraceFlags.SAMPLED)


class SpanSink(Protocol):
    """Where the spans of kept traces go: a span processor of the SDK."""

    def on_end(self, span: ReadableSpan) -> None:
        """Take a span that has ended."""
        ...


class Tracer:
    """Begins traces; without a sink it records nothing, at no cost.

    `share` of the traces, from 0 to 1, is kept; failed traces, and those slower than `slow_seconds`, always are.
    """

    def __init__(
        self,
        sink: SpanSink | None = None,
        *,
        share: float = 0.1,
        slow_seconds: float = 1.0,
        resource: Resource | None = None,
        now: Callable[[], int] = time_ns,
        random_bits: Callable[[int], int] = random.getrandbits,
    ) -> None:
        self._sink = sink
        self._sampled_below = round(share * (1 << _RANDOM_BITS))
        self._slow_nanoseconds = round(slow_seconds * 1e9)
        self._resource = resource or Resource({})
        self._now = now
        self._random_bits = random_bits

    @property
    def is_on(self) -> bool:
        """Whether spans are recorded."""
        return self._sink is not None

    def begin(
        self,
        name: str,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        trace_id: int = 0,
        caller: SpanContext | None = None,
        attributes: Attributes | None = None,
    ) -> AbstractContextManager[TraceSpan | None]:
        """A new trace, or the rest of the caller's, to be used with `with`; None if tracing is off.

        Without a caller its id is `trace_id`, or a random one for 0.
        """
        if self._sink is None:
            return nullcontext()
        trace_id = caller.trace_id if caller else trace_id or self._random_bits(128)
        trace = Trace(
            trace_id,
            caller=caller,
            is_sampled=trace_id & _RANDOM_PART < self._sampled_below,
            now=self._now,
            new_span_id=self._new_span_id,
        )
        return _Root(
            trace,
            name,
            kind=kind,
            parent_id=caller.span_id if caller else None,
            attributes={} if attributes is None else attributes,
            tracer=self,
        )

    def _new_span_id(self) -> int:
        return self._random_bits(64) or 1

    def end(self, root: TraceSpan) -> None:
        """Export the trace of `root` if it is worth keeping."""
        trace = root.trace
        because = trace.keep_because or self._worth_keeping(root)
        if because is not None:
            trace.add_steps()
        trace.has_ended = True
        if because is None or self._sink is None:
            return
        root.attributes["keepwell.kept"] = because
        if trace.dropped:
            root.attributes["keepwell.dropped_spans"] = trace.dropped
        for each in (*trace.spans, root):
            self._sink.on_end(self._exported(each))

    def _worth_keeping(self, root: TraceSpan) -> str | None:
        if root.error is not None:
            return "error"
        return "slow" if root.ended - root.started >= self._slow_nanoseconds else None

    def _exported(self, span: TraceSpan) -> ReadableSpan:
        trace = span.trace
        return ReadableSpan(
            redacted_text(span.name),
            context=SpanContext(trace.trace_id, span.span_id, is_remote=False, trace_flags=_KEPT),
            parent=_parent(span),
            resource=self._resource,
            attributes={
                key: redacted_text(value) if isinstance(value, str) else value
                for key, value in span.attributes.items()
            },
            kind=span.kind,
            status=Status(StatusCode.UNSET if span.error is None else StatusCode.ERROR),
            start_time=span.started,
            end_time=span.ended,
            instrumentation_scope=_SCOPE,
        )


class _Root(TraceSpan):
    """The first span of a trace in this process; the trace ends with it."""

    __slots__ = ("_tracer",)

    def __init__(
        self,
        trace: Trace,
        name: str,
        *,
        kind: SpanKind,
        parent_id: int | None,
        attributes: Attributes,
        tracer: Tracer,
    ) -> None:
        super().__init__(trace, name, kind=kind, parent_id=parent_id, attributes=attributes)
        self._tracer = tracer

    def _end(self) -> None:
        self._tracer.end(self)


def _parent(span: TraceSpan) -> SpanContext | None:
    caller = span.trace.caller
    if caller is not None and span.parent_id == caller.span_id:
        return caller
    if span.parent_id is None:
        return None
    return SpanContext(span.trace.trace_id, span.parent_id, is_remote=False, trace_flags=_KEPT)
