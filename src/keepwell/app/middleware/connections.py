"""How many connections the server holds, for how long, and how many requests of one address at once."""

from __future__ import annotations

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
from keepwell.platform.open_file_limit import raise_open_file_limit

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
# With fewer, one idle browser would keep everybody else out.
_FEWEST_CONNECTIONS = 64
FEWEST_OPEN_FILES = _OTHER_FILES + _FEWEST_CONNECTIONS
MOST_OF_ONE_ADDRESS = 256
_TRY_AGAIN_AFTER = timedelta(seconds=1)


def connection_limits(most_streams: int) -> dict[str, Any]:
    """Granian's limits, set explicitly: its defaults let 128 silent connections stop the server.

    Twice as many connections as streams, so that open streams, which stay, leave as many for requests.
    Only HTTP/1.1, since granian waits without a limit for a connection that has not shown which version it speaks.
    """
    return {
        "http": HTTPModes.http1,
        "http1_settings": HTTP1Settings(
            header_read_timeout=HEADER_SECONDS * 1_000, max_buffer_size=_LARGEST_HEAD
        ),
        "backlog": BACKLOG,
        "backpressure": most_connections(most_streams),
    }


def most_connections(most_streams: int) -> int:
    """How many connections are accepted; fewer if this process may not open so many files."""
    wanted = max(MOST_CONNECTIONS, 2 * most_streams)
    return min(wanted, raise_open_file_limit(wanted + _OTHER_FILES) - _OTHER_FILES)


def streams_that_fit(most_streams: int) -> int:
    """`most_streams`, or half of the connections if they are fewer."""
    return min(most_streams, most_connections(most_streams) // 2)


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
