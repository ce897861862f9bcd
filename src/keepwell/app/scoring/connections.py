"""The connections of the scoring process: uvicorn's, with limits that it lacks."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from keepwell.app.middleware.connections import HEADER_SECONDS, MOST_CONNECTIONS

_LARGEST_HEAD = 64 * 1024


class JoinedWrites:
    """A transport that sends what is written in one turn of the loop together.

    Uvicorn writes the head of an answer and its body apart: two packets, and for one row more work for the kernel than all of ours.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiting: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        """Whatever else a transport can do."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send the data on the next turn, with what else is written until then."""
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(data)

    def close(self) -> None:
        """Send what waits, and close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._waiting:
            self._transport.write(b"".join(self._waiting))
            self._waiting.clear()


class BoundedConnection(HttpToolsProtocol):
    """A connection whose request line and headers arrive in time and are not too long; beyond the limit, none is accepted.

    Uvicorn waits without end for a first request, and for the rest of any; and keeps headers of any length.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a request, unless there are too many connections already."""
        joined = JoinedWrites(cast(asyncio.Transport, transport), self.loop)
        super().connection_made(cast(asyncio.Transport, joined))
        self._head = 0
        self._deadline: asyncio.TimerHandle | None = None
        if len(self.connections) > MOST_CONNECTIONS:
            self.transport.abort()
            return
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless a head is too long."""
        is_idle = self.cycle is None or self.cycle.response_complete
        if is_idle and self._deadline is None:
            self._wait_for_head()
        self._head += len(data)
        super().data_received(data)
        if self._deadline is not None and self._head > _LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The headers are too long.")

    def on_headers_complete(self) -> None:
        """The head is there: what comes now is the body, which the application waits for."""
        self._stop_waiting()
        super().on_headers_complete()

    def _wait_for_head(self) -> None:
        self._head = 0
        self._deadline = self.loop.call_later(HEADER_SECONDS, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
