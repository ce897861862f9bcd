"""The event loop of a crawl: uvloop where there is one, which ends gently at a signal."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

_ENDING = (signal.SIGINT, signal.SIGTERM)
# New objects until Python looks for cycles among them, which is after 700 otherwise. A crawl makes few cycles.
_COLLECT_AFTER = 20_000

Result = TypeVar("Result")


def favour_the_loop() -> None:
    """Have Python look for garbage seldom, and never among what is imported: a look there holds everything up for 10 ms."""
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the loop; None for asyncio's own."""
    try:
        from uvloop import new_event_loop  # noqa: PLC0415  it has no release for Windows
    except ImportError:
        return None
    return new_event_loop


def run_until_told(work: Callable[[asyncio.Event], Coroutine[Any, Any, Result]]) -> Result:
    """The result of `work(stop)` in such a loop. SIGINT or SIGTERM sets `stop`, so that what is under way ends.

    The second one does not wait for that: raises KeyboardInterrupt.
    """

    async def told() -> Result:
        stop = asyncio.Event()
        for number in _ENDING:
            asyncio.get_running_loop().add_signal_handler(number, _stop, stop, asyncio.current_task())
        return await work(stop)

    favour_the_loop()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        try:
            return runner.run(told())
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None


def _stop(stop: asyncio.Event, task: asyncio.Task[Any] | None) -> None:
    if stop.is_set() and task is not None:
        task.cancel()
    stop.set()
