"""A leaky bucket for each address, as the generic cell rate algorithm (GCRA, ITU-T I.371): many hosts may share one."""

from __future__ import annotations


class LeakyBucket:
    """Lets requests through at one interval; `ready_at` is all that has to be remembered of it."""

    __slots__ = ("_interval", "_tolerance", "theoretical_arrival")

    def __init__(self, rate: float, *, burst: float, theoretical_arrival: float = 0.0) -> None:
        """At most `rate` a second, and `burst` at once after a pause."""
        self._interval = 1 / rate
        self._tolerance = (burst - 1) / rate
        self.theoretical_arrival = theoretical_arrival

    def ready_at(self, now: float) -> float:
        """When the next request conforms: `now`, or later."""
        return max(now, self.theoretical_arrival - self._tolerance)

    def take(self, now: float) -> None:
        """Count a request."""
        self.theoretical_arrival = max(now, self.theoretical_arrival) + self._interval
