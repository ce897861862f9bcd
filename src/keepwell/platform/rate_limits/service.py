"""How often something may be done: a token bucket in this process, and cells that all processes share.

Both are the generic cell rate algorithm (GCRA, ITU-T I.371): a bucket of `burst` places of which one gets free
every `interval`. It keeps one instant per key: when the next request would be exactly in time.
"""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta

import msgspec

from keepwell.platform.database import Database
from keepwell.platform.errors import RateLimited
from keepwell.platform.rate_limits import store


class Quota(msgspec.Struct, frozen=True):
    """At most `burst` at once, and `burst` in each `window` in the long run."""

    name: str
    burst: int
    window: timedelta

    @property
    def interval(self) -> float:
        """The seconds after which one more is allowed."""
        return self.window.total_seconds() / self.burst


class Allowance(msgspec.Struct, frozen=True):
    """What is left of a quota, and the seconds until it is whole again."""

    quota: Quota
    left: int
    reset: float

    @property
    def headers(self) -> dict[str, str]:
        """As the IETF's draft of the RateLimit header fields writes it."""
        window = int(self.quota.window.total_seconds())
        return {
            "RateLimit-Policy": f'"{self.quota.name}";q={self.quota.burst};w={window}',
            "RateLimit": f'"{self.quota.name}";r={self.left};t={math.ceil(self.reset)}',
        }


class QuotaExceeded(RateLimited):
    """More was asked in a time than is allowed."""

    def __init__(self, allowance: Allowance, *, retry_after: timedelta) -> None:
        quota = allowance.quota
        message = f"More than {quota.burst} in {int(quota.window.total_seconds())} seconds ({quota.name})."
        super().__init__(message, hint="Retry-After says when the next is allowed.", retry_after=retry_after)
        self.allowance = allowance


class TokenBuckets:
    """A bucket for each key, in this process; the longest unused are forgotten past `most`."""

    def __init__(self, quota: Quota, *, monotonic: Callable[[], float], most: int = 10_000) -> None:
        self._quota = quota
        self._monotonic = monotonic
        self._most = most
        self._arrivals: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str) -> Allowance:
        """Take one place of `key`'s bucket; raises RateLimited with the time until there is one."""
        now, interval = self._monotonic(), self._quota.interval
        arrival = max(self._arrivals.get(key, now), now) + interval
        if arrival - now > interval * self._quota.burst:
            raise limited(self._quota, ahead=arrival - interval - now)
        self._arrivals[key] = arrival
        self._arrivals.move_to_end(key)
        if len(self._arrivals) > self._most:
            self._arrivals.popitem(last=False)
        return allowance(self._quota, ahead=arrival - now)


async def take_shared(database: Database, quota: Quota, *, key: str) -> Allowance:
    """As `TokenBuckets.take`, counted over every process; in a transaction of its own, so a refusal counts."""
    hashed = hashlib.sha256(f"{quota.name} {key}".encode()).hexdigest()
    async with database.transaction() as connection:
        cell = await store.TAKE.one(connection, key=hashed, interval=quota.interval, burst=quota.burst)
    if not cell.is_allowed:
        raise limited(quota, ahead=cell.ahead)
    return allowance(quota, ahead=cell.ahead)


def allowance(quota: Quota, *, ahead: float) -> Allowance:
    """What is left of `quota` for one who is `ahead` seconds ahead of time."""
    left = int(quota.burst - ahead / quota.interval + 1e-6)
    return Allowance(quota, max(left, 0), max(ahead, 0.0))


def limited(quota: Quota, *, ahead: float) -> QuotaExceeded:
    """The refusal of one who is `ahead` seconds ahead of time."""
    wait = max(ahead - quota.interval * (quota.burst - 1), 0.0)
    return QuotaExceeded(Allowance(quota, 0, ahead), retry_after=timedelta(seconds=math.ceil(wait)))
