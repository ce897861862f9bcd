"""Clocks for tests."""

from __future__ import annotations

from datetime import datetime


class FixedClock:
    """A clock that always returns the same instant."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """The fixed instant."""
        return self._instant
