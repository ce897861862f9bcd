"""Clients that each send a request, wait for its 200 and send the next, over keep-alive connections.

Run as `python -m benchmarks.intake.http_load PORT CONNECTIONS REQUESTS EVENTS` (REQUESTS in total, EVENTS in each); prints the
number of acknowledged events and the seconds they took.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator

HOST = "127.0.0.1"

_EVENT = (
    '{"type":"track","messageId":"bench-%012d","event":"Report Exported","timestamp":"2026-01-05T09:30:00.000Z",'
    '"userId":"user-%d","context":{"groupId":"account-%d"},"properties":{"rows":%d,"format":"csv"}}'
)
_HEAD = (
    "POST /v1/batch HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic YmVuY2g6\r\n"
    "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
)
_OK = b"HTTP/1.1 200 "


async def load(port: int, *, connections: int, requests: int, events: int) -> int:
    """Send all of it; the number of acknowledged events."""
    bodies = _requests(requests, events)
    acknowledged = await asyncio.gather(*(_client(port, bodies) for _ in range(connections)))
    return sum(acknowledged) * events


def _requests(requests: int, events: int) -> Iterator[bytes]:
    for request in range(requests):
        numbers = range(request * events, (request + 1) * events)
        batch = ",".join(_EVENT % (number, number % 997, number % 89, number) for number in numbers)
        body = '{"batch":[%s]}' % batch  # noqa: UP031  braces of its own
        yield (_HEAD % (HOST, len(body)) + body).encode()


async def _client(port: int, requests: Iterator[bytes]) -> int:
    reader, writer = await asyncio.open_connection(HOST, port)
    acknowledged = 0
    for request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
        ).split(b":")[1]
        await reader.readexactly(int(length))
        acknowledged += head.startswith(_OK)
    writer.close()
    return acknowledged


def main() -> None:
    """Send the events, and print what was acknowledged."""
    port, connections, requests, events = map(int, sys.argv[1:5])
    began = time.monotonic()
    acknowledged = asyncio.run(load(port, connections=connections, requests=requests, events=events))
    print(json.dumps({"acknowledged": acknowledged, "seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main()
