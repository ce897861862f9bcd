"""Rate limits: token buckets in this process, and buckets in Postgres that all processes share.

Both are the generic cell rate algorithm (GCRA, ITU-T I.371): a bucket of `burst` places, one of which becomes
free every `interval`. It stores one instant per key: the theoretical arrival time of the next request.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from datetime import timedelta

import msgspec
from cachetools import LRUCache

from keepwell.platform.database import Database
from keepwell.platform.errors import RateLimited
from keepwell.platform.rate_limits import store


class Quota(msgspec.Struct, frozen=True):
    """At most `burst` requests at once, and `burst` per `window` in the long run."""

    name: str
    burst: int
    window: timedelta

    @property
    def interval(self) -> float:
        """The seconds after which one more request is allowed."""
        return self.window.total_seconds() / self.burst


class Allowance(msgspec.Struct, frozen=True):
    """What is left of a quota, and the seconds until it is full again."""

    quota: Quota
    left: int
    reset: float

    @property
    def headers(self) -> dict[str, str]:
        """The RateLimit header fields of the IETF draft."""
        window = int(self.quota.window.total_seconds())
        return {
            "RateLimit-Policy": f'"{self.quota.name}";q={self.quota.burst};w={window}',
            "RateLimit": f'"{self.quota.name}";r={self.left};t={math.ceil(self.reset)}',
        }


class QuotaExceeded(RateLimited):
    """Too many requests in the allowed time."""

    def __init__(self, allowance: Allowance, *, retry_after: timedelta) -> None:
        quota = allowance.quota
        message = f"More than {quota.burst} in {int(quota.window.total_seconds())} seconds ({quota.name})."
        super().__init__(message, hint="Retry-After says when the next is allowed.", retry_after=retry_after)
        self.allowance = allowance


class TokenBuckets:
    """One bucket per key in this process; beyond `most`, the least recently used are dropped."""

    def __init__(self, quota: Quota, *, monotonic: Callable[[], float], most: int = 10_000) -> None:
        self._quota = quota
        self._monotonic = monotonic
        self._arrivals: LRUCache[str, float] = LRUCache(most)

    def take(self, key: str) -> Allowance:
        """Take one place in `key`'s bucket; raises RateLimited with the time until one is free."""
        now, arrival = self._next(key)
        self._arrivals[key] = arrival
        return allowance(self._quota, ahead=arrival - now)

    def require_room(self, key: str) -> None:
        """Raise RateLimited if `take` would, without taking a place."""
        self._next(key)

    def _next(self, key: str) -> tuple[float, float]:
        """Now, and the theoretical arrival time after one more request."""
        now, interval = self._monotonic(), self._quota.interval
        arrival = max(self._arrivals.get(key, now), now) + interval
        if arrival - now > interval * self._quota.burst:
            raise limited(self._quota, ahead=arrival - interval - now)
        return now, arrival


async def take_shared(database: Database, quota: Quota, *, key: str) -> Allowance:
    """As `TokenBuckets.take`, but shared by all processes; in its own transaction, so that a refusal counts."""
    hashed = hashlib.sha256(f"{quota.name} {key}".encode()).hexdigest()
    async with database.transaction() as connection:
        cell = await store.TAKE.one(connection, key=hashed, interval=quota.interval, burst=quota.burst)
    if not cell.is_allowed:
        raise limited(quota, ahead=cell.ahead)
    return allowance(quota, ahead=cell.ahead)


def allowance(quota: Quota, *, ahead: float) -> Allowance:
    """What is left of `quota` for a client that is `ahead` seconds ahead of time."""
    left = int(quota.burst - ahead / quota.interval + 1e-6)
    return Allowance(quota, max(left, 0), max(ahead, 0.0))


def limited(quota: Quota, *, ahead: float) -> QuotaExceeded:
    """The error for a client that is `ahead` seconds ahead of time."""
    wait = max(ahead - quota.interval * (quota.burst - 1), 0.0)
    return QuotaExceeded(Allowance(quota, 0, ahead), retry_after=timedelta(seconds=math.ceil(wait)))
