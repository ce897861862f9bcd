"""Clocks for tests."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

_SPUN = 0.1


def at_this_load(seconds: float) -> float:
    """The seconds that a promise of the product may take now: on an idle machine as given, on a busy one longer.

    As many times longer as this process waits for a processor, compared with the time that it gets.
    """
    began, worked = time.monotonic(), time.thread_time()
    while time.thread_time() - worked < _SPUN:
        pass
    return seconds * (time.monotonic() - began) / _SPUN


class FixedClock:
    """A clock that always returns the same instant."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """The fixed instant."""
        return self._instant


class MovableClock:
    """A clock that stands still until it is moved, also backwards."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        """The instant that it was moved to."""
        return self.instant

    def move(self, by: timedelta) -> None:
        """Move it by this much."""
        self.instant += by
