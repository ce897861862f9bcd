"""Batches: what waits in one turn of the loop is answered on the next, large requests apart, and each row by itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from opentelemetry.sdk.trace import ReadableSpan

from keepwell.churn.inference import batching
from keepwell.churn.inference.batching import Batcher
from keepwell.churn.inference.model import TooBusy
from keepwell.churn.inference.scorer import Scorer
from keepwell.platform.trace.tracer import Tracer
from tests.unit.churn.inference.models import boosted, rows, scorer_of

pytestmark = pytest.mark.anyio


class Watched(Scorer):
    """A scorer that notes how many rows it is asked at a time, and can be held up."""

    asked: list[int]
    go_on: threading.Event

    def prepared(self, rows: np.ndarray) -> np.ndarray:
        if hasattr(self, "asked"):
            self.asked.append(len(rows))
            assert self.go_on.wait(30)
        return super().prepared(rows)


@pytest.fixture
def scorer() -> Watched:
    made = scorer_of(boosted().model)
    made.__class__ = Watched
    assert isinstance(made, Watched)
    made.asked, made.go_on = [], threading.Event()
    made.go_on.set()
    return made


@pytest.fixture
async def batcher() -> AsyncIterator[Batcher]:
    with ThreadPoolExecutor(1) as executor:
        yield Batcher(executor)


async def test_rows_of_one_turn_are_answered_together_on_the_next_and_each_gets_its_own(
    batcher: Batcher, scorer: Watched
) -> None:
    asked = rows(6)
    waiting = [
        asyncio.ensure_future(batcher.probabilities(scorer, part))
        for part in (asked[:1], asked[1:4], asked[4:5], asked[5:])
    ]
    # One turn for the tasks to ask, and one for the batch: no timer is waited for.
    for _ in range(3):
        await asyncio.sleep(0)
    assert all(each.done() for each in waiting)
    assert scorer.asked == [6]
    found = np.concatenate([each.result() for each in waiting])
    assert np.array_equal(found, scorer_of(boosted().model).probabilities(asked))


async def test_one_that_has_gone_does_not_keep_the_others_of_its_batch_from_their_answers(
    batcher: Batcher, scorer: Watched
) -> None:
    asked = rows(2)
    gone = asyncio.ensure_future(batcher.probabilities(scorer, asked[:1]))
    stays = asyncio.ensure_future(batcher.probabilities(scorer, asked[1:]))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await stays)[0] == scorer.probabilities(asked[1:])[0]


async def test_whatever_fails_a_batch_reaches_all_who_wait_for_it(batcher: Batcher, scorer: Watched) -> None:
    narrow = rows(2, columns=3)
    answers = await asyncio.gather(
        *(batcher.probabilities(scorer, narrow[each : each + 1]) for each in range(2)), return_exceptions=True
    )
    assert [type(each) for each in answers] == [ValueError, ValueError]
    assert (await batcher.probabilities(scorer, rows(1))).shape == (1,)


async def test_an_equal_row_is_remembered_for_its_model_alone(batcher: Batcher, scorer: Watched) -> None:
    row = rows(1)
    first = await batcher.probabilities(scorer, row)
    assert np.array_equal(await batcher.probabilities(scorer, row.copy()), first)
    assert scorer.asked == [1]
    other = scorer_of(boosted(seed=5).model)
    assert (await batcher.probabilities(other, row))[0] != first[0]


async def test_a_large_request_does_not_hold_up_a_small_one_and_too_many_are_refused(
    batcher: Batcher, scorer: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "_MOST_WAITING_ROWS", 1_000)
    scorer.go_on.clear()
    large = asyncio.ensure_future(batcher.probabilities(scorer, rows(600)))
    await asyncio.sleep(0)
    small = scorer_of(boosted().model)
    assert (await batcher.probabilities(small, rows(1))).shape == (1,)
    assert not large.done()
    with pytest.raises(TooBusy) as caught:
        await batcher.probabilities(scorer, rows(600))
    assert caught.value.retry_after is not None
    scorer.go_on.set()
    assert len(await large) == 600
    assert len(await batcher.probabilities(scorer, rows(600))) == 600


class _Kept:
    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.spans.append(span)


@pytest.mark.parametrize("count", [2, 600])
async def test_a_request_is_traced_through_queue_features_and_predict(
    batcher: Batcher, scorer: Watched, count: int
) -> None:
    sink = _Kept()
    with Tracer(sink, share=1).begin("POST"):
        await batcher.probabilities(scorer, rows(count))
    steps = {each.name: each for each in sink.spans}
    assert list(steps) == ["queue", "features", "predict", "POST"]
    ends = [(each.start_time or 0, each.end_time or 0) for each in steps.values()]
    assert ends[0][1] == ends[1][0]
    assert ends[1][1] == ends[2][0]
    assert steps["predict"].parent is not None
    assert steps["predict"].parent.span_id == steps["POST"].context.span_id
