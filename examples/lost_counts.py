"""A sum that many workers add to: the line that loses counts, and the forms that do not.

`python -m examples.lost_counts` prints what each of them counts.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

PAGES = [b"x" * length for length in range(1, 101)]
_SLOTS = 8


async def fetch(page: bytes) -> bytes:
    """Stands for a request: others go on meanwhile."""
    await asyncio.sleep(0)
    return page


async def lost(pages: Sequence[bytes]) -> int:
    """The bug: Python reads `total`, waits, and writes the old value plus its own; what others added meanwhile is gone."""
    total = 0

    async def work(page: bytes) -> None:
        nonlocal total
        total += len(await fetch(page))

    async with asyncio.TaskGroup() as tasks:
        for page in pages:
            tasks.create_task(work(page))
    return total


async def awaited_first(pages: Sequence[bytes]) -> int:
    """The smallest repair: between the reading and the writing of `total`, nobody else has a turn."""
    total = 0

    async def work(page: bytes) -> None:
        nonlocal total
        size = len(await fetch(page))
        total += size

    async with asyncio.TaskGroup() as tasks:
        for page in pages:
            tasks.create_task(work(page))
    return total


async def with_lock(pages: Sequence[bytes]) -> int:
    """A lock around the line: right, but the requests follow one another, since the lock is held while waiting."""
    total, lock = 0, asyncio.Lock()

    async def work(page: bytes) -> None:
        nonlocal total
        async with lock:
            total += len(await fetch(page))

    async with asyncio.TaskGroup() as tasks:
        for page in pages:
            tasks.create_task(work(page))
    return total


async def with_queue(pages: Sequence[bytes]) -> int:
    """Producers and one consumer, which alone has the sum; a bounded queue makes the producers wait for it."""
    sizes: asyncio.Queue[int] = asyncio.Queue(_SLOTS)

    async def work(page: bytes) -> None:
        await sizes.put(len(await fetch(page)))

    async with asyncio.TaskGroup() as tasks:
        for page in pages:
            tasks.create_task(work(page))
        return sum([await sizes.get() for _ in pages])


class Ring:
    """A ring buffer: fixed memory, and what is not read yet is never overwritten."""

    def __init__(self, slots: int) -> None:
        self._slots = [0] * slots
        self._written = self._read = 0
        self._changed = asyncio.Condition()

    async def put(self, value: int) -> None:
        """Write into the next slot, once it is free."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._written - self._read < len(self._slots))
            self._slots[self._written % len(self._slots)] = value
            self._written += 1
            self._changed.notify_all()

    async def take(self) -> Sequence[int]:
        """Everything that was written since the last time; waits until there is something."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._written > self._read)
            taken = [self._slots[at % len(self._slots)] for at in range(self._read, self._written)]
            self._read = self._written
            self._changed.notify_all()
            return taken


async def with_ring(pages: Sequence[bytes]) -> int:
    """The consumer takes all that has gathered at once, as intake's group commit does."""
    ring, total, left = Ring(_SLOTS), 0, len(pages)

    async def work(page: bytes) -> None:
        await ring.put(len(await fetch(page)))

    async with asyncio.TaskGroup() as tasks:
        for page in pages:
            tasks.create_task(work(page))
        while left:
            sizes = await ring.take()
            total += sum(sizes)
            left -= len(sizes)
    return total


async def with_task_group(pages: Sequence[bytes]) -> int:
    """Nothing is shared: each task returns its own part."""

    async def work(page: bytes) -> int:
        return len(await fetch(page))

    async with asyncio.TaskGroup() as tasks:
        parts = [tasks.create_task(work(page)) for page in pages]
    return sum(part.result() for part in parts)


def lost_in_threads(pages: Sequence[bytes]) -> int:
    """The same bug with threads: a blocking request lets the others go on, between the reading and the writing."""
    total, all_ask = 0, threading.Barrier(len(pages))

    def blocking_fetch(page: bytes) -> bytes:
        all_ask.wait()
        return page

    def work(page: bytes) -> None:
        nonlocal total
        total += len(blocking_fetch(page))

    with ThreadPoolExecutor(len(pages)) as pool:
        list(pool.map(work, pages))
    return total


def returned_by_threads(pages: Sequence[bytes]) -> int:
    """The task group's form with threads: one thread has the sum."""
    with ThreadPoolExecutor(len(pages)) as pool:
        return sum(pool.map(len, pages))


FORMS: Mapping[str, Callable[[Sequence[bytes]], Awaitable[int]]] = {
    "total += len(await fetch(page))": lost,
    "awaited first": awaited_first,
    "lock": with_lock,
    "queue": with_queue,
    "ring buffer": with_ring,
    "task group": with_task_group,
}


async def main() -> None:
    """Print what each form counts."""
    print(f"{sum(map(len, PAGES)):6,}  bytes there are")
    for name, form in FORMS.items():
        print(f"{await form(PAGES):6,}  {name}")
    print(f"{lost_in_threads(PAGES):6,}  total += len(fetch(page)) in threads")


if __name__ == "__main__":
    asyncio.run(main())
