"""The rules of due work: how long a job waits after an error, which nights are made up, and a pause that a stop can end."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest
from tests.clocks import FixedClock

from keepwell.platform.work.model import error_text, wait_after_error
from keepwell.platform.work.nightly import first_missed
from keepwell.platform.work.worker import Worker

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 10), (2, 20), (5, 160), (12, 20_480), (13, 21_600), (10_000, 21_600)]
)
def test_each_error_doubles_the_wait_up_to_six_hours(attempts: int, seconds: int) -> None:
    assert wait_after_error(attempts, jitter=0.0) == timedelta(seconds=seconds)
    assert wait_after_error(attempts, jitter=1.0) == timedelta(seconds=seconds * 1.2)


@pytest.mark.parametrize(
    ("last", "first"),
    [
        (None, TODAY),
        (date(2026, 3, 9), TODAY),
        (date(2026, 3, 3), date(2026, 3, 4)),
        (TODAY, None),
        (date(2026, 3, 11), None),
        (date(2025, 3, 10), date(2026, 2, 7)),
    ],
)
def test_the_first_missed_night(last: date | None, first: date | None) -> None:
    assert first_missed(last, today=TODAY) == first


def test_an_error_is_kept_as_text_that_can_be_stored() -> None:
    kept = error_text("\ud83c\x00" + "x" * 5_000)
    assert kept.encode()
    assert "\x00" not in kept
    assert len(kept) == 1_000


@pytest.mark.anyio
@pytest.mark.parametrize("steps", range(4))
async def test_a_job_that_ends_at_the_moment_of_the_stop_does_not_prevent_it(steps: int) -> None:
    worker = Worker(cast(Any, None), [], clock=FixedClock(datetime(2026, 3, 10, tzinfo=UTC)))
    pausing = asyncio.create_task(worker._pause())
    await asyncio.sleep(0.01)
    worker._has_room.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    is_stopping = pausing.cancel()
    await asyncio.wait([pausing])
    assert pausing.cancelled() == is_stopping
