"""How many connections the server holds, for how long, and how many requests of one address at once."""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from granian.constants import HTTPModes
from granian.http import HTTP1Settings
from litestar.types import Scope

from keepwell.app.middleware.addresses import client_address, is_trusted, limit_key
from keepwell.platform.config import Network
from keepwell.platform.errors import RateLimited

# Connections that wait to be accepted; Linux allows 4,096.
BACKLOG = 2_048
# Accepted connections, idle ones included: granian accepts no others until one of them ends.
MOST_CONNECTIONS = 2_048
# For a request's line and headers, and for an idle connection.
HEADER_SECONDS = 15
# For a request's line and headers.
_LARGEST_HEAD = 64 * 1024
# The database, the journals and the lake need some as well.
_OTHER_FILES = 512
MOST_OF_ONE_ADDRESS = 256
_TRY_AGAIN_AFTER = timedelta(seconds=1)


def connection_limits() -> dict[str, Any]:
    """Granian's limits, set explicitly: its defaults let 128 silent connections stop the server.

    Only HTTP/1.1, since granian waits without a limit for a connection that has not shown which version it speaks.
    """
    return {
        "http": HTTPModes.http1,
        "http1_settings": HTTP1Settings(
            header_read_timeout=HEADER_SECONDS * 1_000, max_buffer_size=_LARGEST_HEAD
        ),
        "backlog": BACKLOG,
        "backpressure": max(min(MOST_CONNECTIONS, _open_files() - _OTHER_FILES), 1),
    }


def _open_files() -> int:
    """How many files this process may open, after raising the limit as far as it needs and may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = MOST_CONNECTIONS + _OTHER_FILES
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return needed
    allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    return max(soft, allowed)


class TooManyAtOnce(RateLimited):
    """Too many requests of one address at once."""


class Concurrency:
    """Counts the requests of each client address that are being answered; a trusted proxy's own address is not limited."""

    def __init__(self, *, trusted: Sequence[Network], most: int = MOST_OF_ONE_ADDRESS) -> None:
        self._trusted = trusted
        self._most = most
        self._running: Counter[str] = Counter()

    @contextmanager
    def request_in(self, scope: Scope) -> Iterator[None]:
        """Count the request of `scope` while the block runs; raises TooManyAtOnce beyond its client's limit."""
        key = limit_key(scope)
        if self._running[key] >= self._most and not is_trusted(client_address(scope), self._trusted):
            raise TooManyAtOnce(
                f"More than {self._most} requests at once from one address.",
                hint="Wait for the answers to earlier requests.",
                retry_after=_TRY_AGAIN_AFTER,
            )
        self._running[key] += 1
        try:
            yield
        finally:
            self._running[key] -= 1
            if not self._running[key]:
                del self._running[key]
