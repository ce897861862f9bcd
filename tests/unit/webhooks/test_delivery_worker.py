"""The worker's pause between rounds, which a stop must be able to end."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from keepwell.webhooks.delivery_worker import DeliveryWorker

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("steps", range(4))
async def test_an_attempt_that_ends_at_the_moment_of_the_stop_does_not_prevent_it(steps: int) -> None:
    nothing = cast(Any, None)
    worker = DeliveryWorker(nothing, nothing, signer=nothing, runtime=nothing)
    pausing = asyncio.create_task(worker._pause())
    await asyncio.sleep(0.01)
    worker._has_room.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    is_stopping = pausing.cancel()
    await asyncio.wait([pausing])
    assert pausing.cancelled() == is_stopping
