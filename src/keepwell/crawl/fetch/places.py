"""Places for large bodies, so that a hundred connections do not have a hundred times the largest page in memory."""

from __future__ import annotations

import asyncio

LARGE_BYTES = 1_000_000
MOST_LARGE = 4


class Place:
    """A place of a body, taken once it turns out to be large."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self.is_taken = False
        self.deadline: asyncio.Timeout | None = None

    async def take(self) -> float:
        """Wait until one of the places is free; how many seconds it took, which do not count towards the deadline."""
        now = asyncio.get_running_loop().time
        started = now()
        ends_at = self._stop_the_clock()
        await self._places.acquire()
        self.is_taken = True
        waited = now() - started
        if self.deadline is not None and ends_at is not None:
            self.deadline.reschedule(ends_at + waited)
        return waited

    def _stop_the_clock(self) -> float | None:
        if self.deadline is None:
            return None
        ends_at = self.deadline.when()
        self.deadline.reschedule(None)
        return ends_at

    def give_back(self) -> None:
        """Nothing if none was taken."""
        if self.is_taken:
            self._places.release()
