"""aiohttp's connections, each with a bound on the heads that a server may send to one request."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import RawResponseMessage
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import StreamReader

# The answer, and what may come before it: 100, and a few 103 (RFC 9110, section 15.2, sets no bound).
_MOST_HEADS = 10


class _BoundedHandler(ResponseHandler):
    """Ends a connection whose server goes on with interim answers, or answers again without being asked.

    aiohttp keeps what nobody has asked for, of a connection at rest too, and has no bound for it.
    """

    _heads = 0

    def set_response_params(self, **params: Any) -> None:
        """A request begins."""
        self._heads = 0
        super().set_response_params(**params)

    def feed_data(self, data: tuple[RawResponseMessage, StreamReader], size: int = 0) -> None:
        """Take a head."""
        self._heads += 1
        if self._heads <= _MOST_HEADS:
            super().feed_data(data, size)
        elif self.transport is not None:
            self.abort()
            self.set_exception(HttpProcessingError(message=f"more than {_MOST_HEADS} heads to one request"))


class BoundedConnector(aiohttp.TCPConnector):
    """A connector of bounded connections."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # aiohttp has no other place for it.
        self._factory = cast("partial[ResponseHandler]", partial(_BoundedHandler, loop=self._loop))
