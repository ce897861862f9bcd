from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

from keepwell.platform.errors import Unavailable
from keepwell.platform.ids import uuid7
from keepwell.platform.trace.callers import caller_of
from keepwell.platform.trace.spans import MOST_SPANS, keep_trace, outgoing_headers, span
from keepwell.platform.trace.tracer import Tracer

pytestmark = pytest.mark.anyio

SECOND = 1_000_000_000
SAMPLED_CALLER = {"traceparent": f"00-{0xABC:032x}-{0xDEF:016x}-01"}


class Exported:
    """Takes the spans of kept traces."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.spans.append(span)

    def named(self, name: str) -> ReadableSpan:
        return next(each for each in self.spans if each.name == name)

    @property
    def names(self) -> list[str]:
        return [each.name for each in self.spans]


class Ticks:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.now = SECOND

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def exported() -> Exported:
    return Exported()


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def keeping_all(exported: Exported, ticks: Ticks) -> Tracer:
    return Tracer(exported, share=1, now=ticks)


@pytest.fixture
def keeping_none(exported: Exported, ticks: Ticks) -> Tracer:
    """Keeps only what must be kept."""
    return Tracer(exported, share=0, now=ticks)


def test_a_kept_trace_is_exported_as_a_tree(keeping_all: Tracer, exported: Exported, ticks: Ticks) -> None:
    with keeping_all.begin("request"):
        with span("outer"), span("inner"):
            ticks.now += 5
        with span("sibling"):
            pass
    root, outer = exported.named("request"), exported.named("outer")
    assert root.parent is None
    parents = {each.name: each.parent.span_id for each in exported.spans if each.parent}
    assert root.context is not None
    assert outer.context is not None
    assert parents == {
        "inner": outer.context.span_id,
        "outer": root.context.span_id,
        "sibling": root.context.span_id,
    }
    inner = exported.named("inner")
    assert (inner.start_time, inner.end_time) == (SECOND, SECOND + 5)


def test_a_trace_that_is_neither_sampled_nor_remarkable_is_not_exported(
    keeping_none: Tracer, exported: Exported
) -> None:
    with keeping_none.begin("request"), span("step"):
        pass
    assert exported.spans == []


def test_a_failed_trace_is_kept_with_all_of_its_spans(keeping_none: Tracer, exported: Exported) -> None:
    with pytest.raises(Unavailable), keeping_none.begin("request"), span("step"):
        raise Unavailable
    assert exported.names == ["step", "request"]
    step = exported.named("step")
    assert step.status.status_code is StatusCode.ERROR
    assert step.attributes is not None
    assert step.attributes["error.type"] == "unavailable"


def test_an_error_that_is_handled_within_does_not_keep_the_trace(
    keeping_none: Tracer, exported: Exported
) -> None:
    with keeping_none.begin("request"), pytest.raises(Unavailable), span("step"):
        raise Unavailable
    assert exported.spans == []


def test_a_slow_trace_is_kept(keeping_none: Tracer, exported: Exported, ticks: Ticks) -> None:
    with keeping_none.begin("request"):
        ticks.now += SECOND
    assert exported.named("request").attributes == {"keepwell.kept": "slow"}


def test_a_trace_is_kept_for_a_reason_of_its_room(keeping_none: Tracer, exported: Exported) -> None:
    with keeping_none.begin("request"), span("charge"):
        keep_trace("payment")
    assert exported.named("request").attributes == {"keepwell.kept": "payment"}


def test_one_in_ten_of_the_ids_that_are_made_by_time_is_sampled(ticks: Ticks) -> None:
    exported = Exported()
    tracer = Tracer(exported, share=0.1, now=ticks)
    for number in range(20_000):
        # Random enough, and the same in every run; the upper bits are the time, as in our request ids.
        random_part = number * 0x9E3779B97F4A7C15F39CC0605CEDC835 >> 7 & (1 << 74) - 1
        with tracer.begin("request", trace_id=uuid7(1_790_000_000_000 + number, random_part).int):
            pass
    assert 0.09 < len(exported.spans) / 20_000 < 0.11


def test_a_cancelled_step_is_no_error(keeping_none: Tracer, exported: Exported) -> None:
    with pytest.raises(asyncio.CancelledError), keeping_none.begin("request"):
        raise asyncio.CancelledError
    assert exported.spans == []


def test_a_clock_that_is_set_back_gives_no_negative_duration(
    keeping_all: Tracer, exported: Exported, ticks: Ticks
) -> None:
    with keeping_all.begin("request"):
        ticks.now -= 3600 * SECOND
    request = exported.named("request")
    assert request.start_time == request.end_time


def test_a_step_outside_any_trace_records_nothing(exported: Exported) -> None:
    with span("step") as nothing:
        assert nothing is None
        keep_trace("payment")
        assert outgoing_headers() == {}


def test_after_a_trace_there_is_no_current_one(keeping_all: Tracer) -> None:
    with keeping_all.begin("request"):
        pass
    assert outgoing_headers() == {}


async def test_concurrent_steps_have_their_own_parents(keeping_all: Tracer, exported: Exported) -> None:
    async def task(name: str) -> None:
        with span(name):
            await asyncio.sleep(0)
            with span(f"in {name}"):
                await asyncio.sleep(0)

    with keeping_all.begin("request"):
        await asyncio.gather(task("a"), task("b"))
    for name in ("a", "b"):
        inner, outer = exported.named(f"in {name}"), exported.named(name)
        assert inner.parent is not None
        assert outer.context is not None
        assert inner.parent.span_id == outer.context.span_id


async def test_a_step_that_outlives_its_request_is_not_exported(
    keeping_all: Tracer, exported: Exported
) -> None:
    ended = asyncio.Event()

    async def outliving() -> None:
        with span("late"):
            await ended.wait()

    with keeping_all.begin("request"):
        task = asyncio.create_task(outliving())
        await asyncio.sleep(0)
    ended.set()
    await task
    assert exported.names == ["request"]


def test_spans_beyond_the_limit_are_counted(keeping_all: Tracer, exported: Exported) -> None:
    with keeping_all.begin("request"):
        for _ in range(MOST_SPANS + 10):
            with span("step"):
                pass
    # The root counts too: it is the last to end, and must not be the one that is missing.
    assert len(exported.spans) == MOST_SPANS + 1
    attributes = exported.named("request").attributes
    assert attributes is not None
    assert attributes["keepwell.dropped_spans"] == 10


def test_what_looks_like_a_secret_is_not_exported(keeping_all: Tracer, exported: Exported) -> None:
    with keeping_all.begin("request", attributes={"url.path": "/v1/kw_0123456789abcdef"}):
        pass
    attributes = exported.named("request").attributes
    assert attributes is not None
    assert attributes["url.path"] == "/v1/[redacted]"


def test_the_trace_of_a_caller_is_continued(keeping_all: Tracer, exported: Exported) -> None:
    with keeping_all.begin("request", caller=caller_of(SAMPLED_CALLER)):
        assert outgoing_headers()["traceparent"].startswith(f"00-{0xABC:032x}-")
    request = exported.named("request")
    assert request.context is not None
    assert request.parent is not None
    assert (request.context.trace_id, request.parent.span_id, request.parent.is_remote) == (
        0xABC,
        0xDEF,
        True,
    )


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        "nonsense",
        f"00-{0:032x}-{1:016x}-01",
        f"00-{1:032x}-{0:016x}-01",
        f"ff-{1:032x}-{1:016x}-01",
        f"00-{1:032x}-{1:016x}-01-more",
        "00-" + "x" * 32 + f"-{1:016x}-01",
        "0" * 100_000,
    ],
)
def test_a_malformed_caller_is_ignored(traceparent: str) -> None:
    assert caller_of({"traceparent": traceparent}) is None


def test_no_caller_is_read_without_the_header() -> None:
    assert caller_of({"tracestate": "a=b"}) is None


@pytest.mark.parametrize(("share", "flags"), [(1.0, "01"), (0.0, "00")])
def test_other_systems_are_told_whether_the_trace_is_sampled(
    share: float, flags: str, ticks: Callable[[], int]
) -> None:
    with Tracer(Exported(), share=share, now=ticks).begin("request"):
        assert outgoing_headers()["traceparent"].endswith(f"-{flags}")


def test_a_tracer_without_a_sink_records_nothing() -> None:
    with Tracer().begin("request") as root:
        assert root is None
        assert outgoing_headers() == {}
