"""When a host may be asked: its token bucket, the delay of its robots.txt, and its pauses. Pure: time comes as an argument."""

from __future__ import annotations

from keepwell.crawl.engine.steps import Cause
from keepwell.crawl.politeness.token_bucket import TokenBucket

# The share of a second's requests that may come at once: timers are not finer than that.
BURST_SECONDS = 0.1


class Pace:
    """One host's pace, whoever asks it: what has leased it, or a robots.txt that leads there."""

    __slots__ = ("_bucket", "_crawl_delay", "_crawl_delay_until", "backoff_until", "rate")

    def __init__(self, rate: float, *, ready_at: float, now: float) -> None:
        """At most `rate` requests a second, the first at `ready_at`."""
        self.rate = rate
        self.backoff_until = 0.0
        self._crawl_delay = self._crawl_delay_until = 0.0
        self._bucket = TokenBucket(rate, burst=max(1.0, rate * BURST_SECONDS), ready_at=ready_at, now=now)

    @property
    def interval(self) -> float:
        """The seconds between two requests at least."""
        return max(1 / self.rate, self._crawl_delay)

    @property
    def rests_until(self) -> float:
        """Until when the host itself wants a pause."""
        return max(self.backoff_until, self._crawl_delay_until)

    def next(self, now: float) -> tuple[float, Cause]:
        """When the host may be asked, which may be now or earlier, and what that depends on."""
        latest, cause = self.backoff_until, Cause.BACKOFF
        if self._crawl_delay_until > latest:
            latest, cause = self._crawl_delay_until, Cause.CRAWL_DELAY
        ready_at = self._bucket.ready_at(now)
        return (ready_at, Cause.RATE) if ready_at > latest else (latest, cause)

    def token_at(self, now: float) -> float:
        """When the next token is there, whatever the host wants."""
        return self._bucket.ready_at(now)

    def ready_at(self, now: float) -> float:
        """When the next lease may ask."""
        return max(self._bucket.ready_at(now), self.rests_until)

    def take(self, now: float) -> None:
        """Count a request."""
        self._bucket.take(now)
        self._crawl_delay_until = now + self._crawl_delay

    def obey(self, crawl_delay: float, *, now: float) -> None:
        """Keep the Crawl-delay of robots.txt, from now on."""
        self._crawl_delay = crawl_delay
        if crawl_delay:
            self._crawl_delay_until = now + crawl_delay

    def rest(self, until: float) -> None:
        """Ask nothing until then."""
        self.backoff_until = max(self.backoff_until, until)
