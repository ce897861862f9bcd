"""Work that no answer waits for, since how long it takes would tell something."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from litestar import Litestar

from keepwell.platform.errors import KeepwellError

_LOG = structlog.get_logger("keepwell.later")
# Each holds a database connection at times.
_AT_ONCE = 2
_MOST_WAITING = 1_000


class LaterWork:
    """Runs work after the answer that asked for it, a little at once; what is under way when the server ends is lost."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_AT_ONCE)

    def start(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` soon; errors are logged. Beyond a thousand that wait, it is dropped: limits let no client get there."""
        if len(self._tasks) >= _MOST_WAITING:
            _LOG.error("too much work is waiting")
            return
        task = asyncio.create_task(self._run(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finished(self) -> None:
        """Return once all that was started has ended."""
        while self._tasks:
            # Not `wait`, which returns at once for tasks that are done, before they are forgotten.
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, work: Callable[[], Awaitable[None]]) -> None:
        async with self._room:
            try:
                await work()
            except Exception as error:  # noqa: BLE001  nobody waits for it: the error goes to the log
                unexpected = None if isinstance(error, KeepwellError) else error
                _LOG.error("work after an answer failed", error=str(error), exc_info=unexpected)


@asynccontextmanager
async def finishing(later: LaterWork, app: Litestar) -> AsyncIterator[None]:  # noqa: ARG001  Litestar's signature
    """Wait for what was started when the server ends, for as long as requests get."""
    yield
    await later.finished()
