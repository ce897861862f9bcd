"""A token bucket for each host: one token a request, refilled at the host's rate."""

from __future__ import annotations


class TokenBucket:
    """Tokens for requests; `rate` a second, at most `burst` kept. Times are seconds of one clock."""

    __slots__ = ("_at", "_tokens", "burst", "rate")

    def __init__(self, rate: float, *, burst: float, ready_at: float, now: float) -> None:
        """A bucket whose first token is there at `ready_at`; in the past, tokens have gathered since."""
        self.rate = rate
        self.burst = burst
        self._at = now
        self._tokens = min(1 + (now - ready_at) * rate, burst)

    def ready_at(self, now: float) -> float:
        """When the next token is there: `now`, or later."""
        self._refill(now)
        return now if self._tokens >= 1 else now + (1 - self._tokens) / self.rate

    def take(self, now: float) -> None:
        """Take a token, which must be there."""
        self._refill(now)
        self._tokens -= 1

    def _refill(self, now: float) -> None:
        if now > self._at:
            self._tokens = min(self._tokens + (now - self._at) * self.rate, self.burst)
            self._at = now
