"""Rows of requests that come in one turn of the loop are answered together, on the next turn; never later, by a timer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from time import time_ns
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
from cachetools import LRUCache

from keepwell.churn.inference.metrics import ANSWERED_ROWS, REMEMBERED, ROWS_AT_ONCE
from keepwell.churn.inference.model import TooBusy
from keepwell.churn.inference.scorer import Scorer
from keepwell.platform.trace.spans import TraceSpan, current_span, note_step

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix, Vector

Result = TypeVar("Result")

# About a millisecond on the loop; more rows are answered in a thread, where LightGBM and numpy let others go on.
_MOST_ON_THE_LOOP = 200
_MOST_WAITING_ROWS = 50_000
_MOST_REMEMBERED = 20_000


class Times(NamedTuple):
    """When a batch was taken up, prepared and answered, in nanoseconds."""

    taken: int
    prepared: int
    answered: int


class _Waiting(NamedTuple):
    rows: Matrix
    since: int
    answer: asyncio.Future[Vector]
    span: TraceSpan | None


class Batcher:
    """Answers rows by their scorers. `executor` is for large requests; those that wait for it are limited."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._waiting: dict[Scorer, list[_Waiting]] = {}
        self._rows_apart = 0
        self._remembered: LRUCache[bytes, float] = LRUCache(_MOST_REMEMBERED)

    async def probabilities(self, scorer: Scorer, rows: Matrix) -> Vector:
        """The probability of each row. Raises TooBusy if too many rows wait already."""
        if len(rows) == 1:
            return await self._one(scorer, rows)
        if len(rows) > _MOST_ON_THE_LOOP:
            return await self._apart(scorer, rows)
        return await self._joined(scorer, rows)

    async def contributions(self, scorer: Scorer, rows: Matrix) -> Matrix:
        """What each column adds to each row. Raises TooBusy as `probabilities`."""
        return await self._in_thread(scorer.contributions, rows)

    async def _one(self, scorer: Scorer, rows: Matrix) -> Vector:
        key = scorer.key(rows)
        found = self._remembered.get(key)
        if found is not None:
            REMEMBERED.inc()
            return np.array([found])
        answer = await self._joined(scorer, rows)
        self._remembered[key] = float(answer[0])
        return answer

    async def _joined(self, scorer: Scorer, rows: Matrix) -> Vector:
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._answer_waiting)
        waiting = _Waiting(rows, time_ns(), loop.create_future(), current_span())
        self._waiting.setdefault(scorer, []).append(waiting)
        return await waiting.answer

    def _answer_waiting(self) -> None:
        taken, self._waiting = self._waiting, {}
        for scorer, group in taken.items():
            try:
                _answer(scorer, group)
            except Exception as error:  # noqa: BLE001  each of those who wait gets it
                for each in group:
                    if not each.answer.done():
                        each.answer.set_exception(error)

    async def _apart(self, scorer: Scorer, rows: Matrix) -> Vector:
        since = time_ns()
        answers, times = await self._in_thread(lambda all_rows: _timed(scorer, all_rows), rows)
        _note_times(current_span(), times, since=since)
        return answers

    async def _in_thread(self, work: Callable[[Matrix], Result], rows: Matrix) -> Result:
        if self._rows_apart + len(rows) > _MOST_WAITING_ROWS:
            raise TooBusy
        self._rows_apart += len(rows)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work, rows)
        finally:
            self._rows_apart -= len(rows)


def _answer(scorer: Scorer, group: Sequence[_Waiting]) -> None:
    rows = group[0].rows if len(group) == 1 else np.concatenate([each.rows for each in group])
    answers, times = _timed(scorer, rows)
    start = 0
    for each in group:
        end = start + len(each.rows)
        # A client that is gone has cancelled its own.
        if not each.answer.done():
            each.answer.set_result(answers[start:end])
        if each.span is not None:
            _note_times(each.span, times, since=each.since)
        start = end


def _timed(scorer: Scorer, rows: Matrix) -> tuple[Vector, Times]:
    taken = time_ns()
    prepared = scorer.prepared(rows)
    then = time_ns()
    answers = scorer.chances(prepared)
    ROWS_AT_ONCE.observe(len(rows))
    ANSWERED_ROWS.inc(len(rows))
    return answers, Times(taken, then, time_ns())


def _note_times(span: TraceSpan | None, times: Times, *, since: int) -> None:
    if span is None:
        return
    note_step(span, "queue", since, times.taken)
    note_step(span, "features", times.taken, times.prepared)
    note_step(span, "predict", times.prepared, times.answered)
