"""A limit for wrong credentials of one client address: each is a look-up in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from cachetools import LRUCache
from litestar.types import Scope

from keepwell.app.middleware.addresses import limit_key
from keepwell.platform.rate_limits.service import Quota, TokenBuckets

# More than the sign-ins of an address, since a page sends several requests before it notices that it is signed out.
_PER_SIGN_IN = 6
_MOST_REMEMBERED = 10_000


class FailedAuthentications:
    """Counts wrong credentials; beyond the limit, an address can only use those that were right before.

    So whoever shares an address with a guesser continues to work.
    """

    def __init__(self, *, sign_ins_per_minute: int, monotonic: Callable[[], float]) -> None:
        burst = sign_ins_per_minute * _PER_SIGN_IN
        quota = Quota("failed-authentication", burst=burst, window=timedelta(minutes=1))
        self._buckets = TokenBuckets(quota, monotonic=monotonic)
        self._right: LRUCache[int, bool] = LRUCache(_MOST_REMEMBERED)

    def require_room(self, scope: Scope, credential: str) -> None:
        """Raise QuotaExceeded if the address has sent too many wrong credentials and `credential` may be one more."""
        if hash(credential) not in self._right:
            self._buckets.require_room(limit_key(scope))

    def note_wrong(self, scope: Scope) -> None:
        """Count a wrong credential; raises QuotaExceeded beyond the limit."""
        self._buckets.take(limit_key(scope))

    def note_right(self, credential: str) -> None:
        """Remember that `credential` was right."""
        self._right[hash(credential)] = True
