"""Clocks for tests."""

from __future__ import annotations

from datetime import datetime, timedelta


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
