"""Judges the product on many businesses, one process for each core."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.context import SpawnContext
from multiprocessing.queues import SimpleQueue
from pathlib import Path

import msgspec
from threadpoolctl import threadpool_limits

from benchmarks.churn.judging import Figures, judge
from benchmarks.churn.kept import simulated
from keepwell.platform.progress import Progress

_SECONDS_BETWEEN_LOOKS = 0.2

_ticks: SimpleQueue[int] | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which businesses: one for each seed and size; `kept` is a folder with earlier ones, if any."""

    seeds: Sequence[int]
    sizes: Sequence[int]
    forks: int
    kept: Path | None = None


class ChurnFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The businesses in order of size and seed, and what the run took; CPU seconds are those of all processes."""

    forks: int
    businesses: Sequence[Figures]
    seconds: float
    cpu_seconds: float


def measure(asked: Asked, *, progress: Progress) -> ChurnFigures:
    """Simulate and judge all of them; an error in one ends the measurement."""
    began = time.monotonic()
    context = multiprocessing.get_context("spawn")
    ticks: SimpleQueue[int] = context.SimpleQueue()
    jobs = [(seed, size) for size in sorted(asked.sizes) for seed in asked.seeds]
    with (
        progress.step("Living, forking and judging", total=sum(_work(size) for _, size in jobs)) as step,
        _pool(context, ticks) as pool,
    ):
        running = [pool.submit(_one, seed, accounts=size, asked=asked) for seed, size in jobs]
        while _none_failed(running) and not (all(each.done() for each in running) and ticks.empty()):
            if ticks.empty():
                time.sleep(_SECONDS_BETWEEN_LOOKS)
            else:
                step.advance(ticks.get())
        found = [each.result() for each in running]
    return ChurnFigures(
        forks=asked.forks,
        businesses=[figures for figures, _ in found],
        seconds=time.monotonic() - began,
        cpu_seconds=sum(cpu_seconds for _, cpu_seconds in found),
    )


def _pool(context: SpawnContext, ticks: SimpleQueue[int]) -> ProcessPoolExecutor:
    cores = len(os.sched_getaffinity(0))
    return ProcessPoolExecutor(cores, mp_context=context, initializer=_begin, initargs=(ticks,))


def _work(size: int) -> int:
    """Ticks of one business: one an account while it lives, and as many while it is judged."""
    return 2 * size


def _none_failed(running: Sequence[Future[tuple[Figures, float]]]) -> bool:
    failed = next((each for each in running if each.done() and each.exception() is not None), None)
    if failed is None:
        return True
    for each in running:
        each.cancel()
    failed.result()
    return False


def _begin(ticks: SimpleQueue[int]) -> None:
    global _ticks  # noqa: PLW0603  a process of the pool has one queue, and a job cannot be given it
    _ticks = ticks


def _one(seed: int, *, accounts: int, asked: Asked) -> tuple[Figures, float]:
    began = time.process_time()
    with threadpool_limits(1):
        business = simulated(
            seed, accounts=accounts, forks=asked.forks, folder=asked.kept, lived=lambda: _tick(1)
        )
        figures = judge(business)
    _tick(accounts)
    return figures, time.process_time() - began


def _tick(count: int) -> None:
    if _ticks is not None:
        _ticks.put(count)
