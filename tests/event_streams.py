"""A client of event streams over a plain socket, which may also stop reading."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import Self

_HEAD_END = b"\r\n\r\n"
_CHANGE = re.compile(rb'"record_id":"([0-9a-f-]{36})"')


class EventStream:
    """One request for the stream of changes; `local` is the address that it comes from."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.received = bytearray()
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(
        cls, port: int, *, headers: dict[str, str], query: str = "", local: str = "127.0.0.1"
    ) -> Self:
        """Ask for the stream, and read the head of the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(local, 0))
        stream = cls(reader, writer)
        fields = {"Host": "localhost", "Accept": "text/event-stream", "Accept-Encoding": "gzip", **headers}
        lines = [f"GET /v1/changes/stream{query} HTTP/1.1", *(f"{name}: {fields[name]}" for name in fields)]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = (await asyncio.wait_for(reader.readuntil(_HEAD_END), 30)).decode().split("\r\n")
        stream.status = int(head[0].split()[1])
        pairs = (line.partition(":") for line in head[1:] if line)
        stream.headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        return stream

    @property
    def records(self) -> list[str]:
        """The ids of the changed records received so far."""
        return [each.decode() for each in _CHANGE.findall(self.received)]

    @property
    def has_ended(self) -> bool:
        """Whether the server has ended the answer, or its connection."""
        return self._reader.at_eof() or self.received.endswith(b"0\r\n\r\n")

    async def read_until(self, wanted: bytes, *, seconds: float = 30) -> None:
        """Read until `wanted` has been received; raises EOFError if the stream ends before."""
        async with asyncio.timeout(seconds):
            searched = 0
            while self.received.find(wanted, searched) < 0:
                # It may have arrived in part.
                searched = max(len(self.received) - len(wanted), 0)
                if self.has_ended:
                    raise EOFError
                await self._read()

    async def read_to_its_end(self, *, seconds: float = 30) -> None:
        """Read until the server ends it."""
        async with asyncio.timeout(seconds):
            while not self.has_ended:
                await self._read()

    async def read_for(self, seconds: float) -> None:
        """Read what arrives in that time."""
        with suppress(TimeoutError):
            await self.read_to_its_end(seconds=seconds)

    async def close(self) -> None:
        """Close the connection, as a closed tab does."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _read(self) -> None:
        piece = await self._reader.read(65_536)
        self.received += piece
