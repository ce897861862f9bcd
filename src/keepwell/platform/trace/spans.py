"""Spans of a trace, buffered until its root ends: only then is it known whether the trace is worth keeping.

A span of the SDK costs many times as much, kept or not (`./keepwell bench traces`). Those of a trace that is kept become
spans of the SDK when it ends (`tracer.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from types import TracebackType
from typing import Self, TypeAlias

from opentelemetry.trace import SpanContext, SpanKind

from keepwell.platform.errors import KeepwellError

Attributes: TypeAlias = dict[str, str | int | float | bool]

# A rebuild executes as many statements as there are batches: the first ones show what it does.
MOST_SPANS = 500

_CURRENT: ContextVar[TraceSpan | None] = ContextVar("keepwell_span", default=None)
_NOTHING: AbstractContextManager[None] = nullcontext()


class Trace:
    """A trace in progress: its id, who called, the spans that have ended, and why it is kept if it must be."""

    __slots__ = (
        "caller",
        "dropped",
        "has_ended",
        "is_sampled",
        "keep_because",
        "new_span_id",
        "now",
        "spans",
        "steps",
        "trace_id",
    )

    def __init__(
        self,
        trace_id: int,
        *,
        caller: SpanContext | None,
        is_sampled: bool,
        now: Callable[[], int],
        new_span_id: Callable[[], int],
    ) -> None:
        self.trace_id = trace_id
        self.caller = caller
        self.is_sampled = is_sampled
        self.now = now
        self.new_span_id = new_span_id
        self.keep_because: str | None = "sampled" if is_sampled else None
        self.spans: list[TraceSpan] = []
        # Of these, spans are made only if the trace is kept.
        self.steps: list[tuple[TraceSpan, str, int, int]] = []
        self.dropped = 0
        self.has_ended = False

    def add(self, span: TraceSpan) -> None:
        """Note a span that has ended; those of a task that outlives its request have no trace any more."""
        if self.has_ended:
            return
        if len(self.spans) < MOST_SPANS:
            self.spans.append(span)
        else:
            self.dropped += 1

    def add_steps(self) -> None:
        """Make spans of the steps that were noted."""
        for parent, name, started, ended in self.steps:
            step = TraceSpan(self, name, kind=SpanKind.INTERNAL, parent_id=parent.span_id, attributes={})
            step.started, step.ended = started, max(started, ended)
            self.add(step)


class TraceSpan:
    """One timed step of a trace; entering it makes it the parent of the spans within."""

    __slots__ = (
        "_outer",
        "attributes",
        "ended",
        "error",
        "kind",
        "name",
        "parent_id",
        "span_id",
        "started",
        "trace",
    )

    def __init__(
        self, trace: Trace, name: str, *, kind: SpanKind, parent_id: int | None, attributes: Attributes
    ) -> None:
        self.trace = trace
        self.name = name
        self.kind = kind
        self.parent_id = parent_id
        self.attributes = attributes
        self.span_id = trace.new_span_id()
        self.started = self.ended = 0
        self.error: str | None = None
        self._outer: TraceSpan | None = None

    def __enter__(self) -> Self:
        self._outer = _CURRENT.get()
        _CURRENT.set(self)
        self.started = self.trace.now()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # The clock may have been set back meanwhile.
        self.ended = max(self.started, self.trace.now())
        # Set again instead of reset by a token: a generator may be closed in another context than it began in.
        _CURRENT.set(self._outer)
        if error is not None:
            self.note_error(error)
        self._end()

    def _end(self) -> None:
        self.trace.add(self)

    def note_error(self, error: BaseException) -> None:
        """Mark the step as failed by `error`, unless it was cancelled."""
        if isinstance(error, asyncio.CancelledError | GeneratorExit):
            # Somebody else's decision, and no fault of this step.
            self.attributes["error.type"] = "cancelled"
            return
        self.error = error.code if isinstance(error, KeepwellError) else type(error).__qualname__
        self.attributes["error.type"] = self.error

    @property
    def traceparent(self) -> str:
        """This span as the parent of another system's, in the header of W3C Trace Context."""
        flags = 1 if self.trace.is_sampled else 0
        return f"00-{self.trace.trace_id:032x}-{self.span_id:016x}-{flags:02x}"


def span(
    name: str, attributes: Attributes | None = None, *, kind: SpanKind = SpanKind.INTERNAL
) -> AbstractContextManager[TraceSpan | None]:
    """A step of the current trace, to be used with `with`; None, and nothing recorded, outside any trace."""
    parent = _CURRENT.get()
    if parent is None:
        return _NOTHING
    return TraceSpan(
        parent.trace,
        name,
        kind=kind,
        parent_id=parent.span_id,
        attributes={} if attributes is None else attributes,
    )


def current_span() -> TraceSpan | None:
    """The step of the current trace that is going on; None outside any trace."""
    return _CURRENT.get()


def note_step(parent: TraceSpan, name: str, started: int, ended: int) -> None:
    """A step of `parent` that was done for several traces at once, by its times in nanoseconds."""
    parent.trace.steps.append((parent, name, started, ended))


def keep_trace(because: str) -> None:
    """Keep the current trace whatever the sampling says, as `because`, such as "payment"."""
    current = _CURRENT.get()
    if current is not None:
        current.trace.keep_because = because


def leave_trace() -> None:
    """Record nothing further in this task: one that lasts for hours would collect spans without showing any."""
    _CURRENT.set(None)


def note_failure(error: Exception) -> None:
    """Mark the current step as failed by an error that ends here, so that it is not raised through the step."""
    current = _CURRENT.get()
    if current is not None:
        current.note_error(error)


def outgoing_headers() -> Mapping[str, str]:
    """The headers by which another system continues the current trace; none outside any trace."""
    current = _CURRENT.get()
    return {} if current is None else {"traceparent": current.traceparent}
