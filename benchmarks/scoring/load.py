"""Asks a server for scores over several connections, in a process of its own, and prints how long each answer took.

`python -m benchmarks.scoring.load PORT PATH BODIES CONNECTIONS REQUESTS RATE`: each line of the file BODIES is a request. At a RATE
of 0 each connection asks again as soon as it has its answer; otherwise requests are due at that many a second, and a late one counts
from when it was due. The token is in the environment as TOKEN. Plain sockets, since a client's work must not be most of what is seen.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_KEPT = 200


class Load:
    """The requests that are still to be sent, and how long the others took."""

    def __init__(self, requests: list[bytes], *, count: int) -> None:
        self._requests = itertools.cycle(requests)
        self.left = count
        self.unanswered = count
        self.seconds: list[float] = []
        self.answers: list[str] = []
        self.idle: deque[Connection] = deque()
        self.due: deque[float] = deque()
        self.done = asyncio.get_running_loop().create_future()

    def request(self) -> bytes:
        """The next request."""
        self.left -= 1
        return next(self._requests)

    def note(self, since: float, answer: bytes) -> None:
        """Count an answer."""
        self.seconds.append(time.perf_counter() - since)
        if len(self.answers) < _KEPT:
            self.answers.append(answer.decode())
        self.unanswered -= 1
        if not self.unanswered and not self.done.done():
            self.done.set_result(None)

    def fail(self, problem: str) -> None:
        """End at once."""
        if not self.done.done():
            self.done.set_exception(RuntimeError(problem))


class Connection(asyncio.Protocol):
    """One connection, with one request at a time."""

    def __init__(self, load: Load, *, asks_again: bool) -> None:
        self._load = load
        self._asks_again = asks_again
        self._read = b""
        self._since = 0.0
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first request."""
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101  it is one
        self._transport = transport

    def ask(self, since: float | None = None) -> None:
        """Send the next request, which was due at `since`."""
        self._since = time.perf_counter() if since is None else since
        self._transport.write(self._load.request())

    def data_received(self, data: bytes) -> None:
        """Count the answer once it is complete."""
        self._read += data
        end = self._read.find(_END)
        if end < 0:
            return
        head = self._read[:end].lower()
        at = head.index(_LENGTH) + len(_LENGTH)
        length = int(head[at:].split(b"\r\n", 1)[0])
        start = end + len(_END)
        if len(self._read) < start + length:
            return
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            self._load.fail(self._read[: start + 300].decode(errors="replace"))
            return
        answer, self._read = self._read[start:], b""
        self._load.note(self._since, answer)
        if self._load.due:
            self.ask(self._load.due.popleft())
        elif self._asks_again and self._load.left > 0:
            self.ask()
        else:
            self._load.idle.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """No answer is lost silently."""
        if self._load.unanswered:
            self._load.fail(f"A connection ended: {exc}")


async def keep_rate(load: Load, *, rate: float, count: int) -> None:
    """Send requests when they are due, or as soon as a connection is free."""
    began = time.perf_counter()
    for number in range(count):
        due = began + number / rate
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        if load.idle:
            load.idle.popleft().ask(due)
        else:
            load.due.append(due)


async def main(
    port: int, path: str, bodies: Sequence[bytes], *, connections: int, count: int, rate: float
) -> None:
    """Ask, and print what it took."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {os.environ.get('TOKEN', '')}\r\n"
    )
    requests = [f"{head}Content-Length: {len(each)}\r\n\r\n".encode() + each for each in bodies]
    load, loop = Load(requests, count=count), asyncio.get_running_loop()
    opened = []
    for _ in range(connections):
        _, connection = await loop.create_connection(
            lambda: Connection(load, asks_again=rate == 0), "127.0.0.1", port
        )
        opened.append(connection)
    began = time.perf_counter()
    if rate:
        load.idle.extend(opened)
        await keep_rate(load, rate=rate, count=count)
    else:
        for each in opened:
            each.ask()
    await load.done
    seconds, ordered = time.perf_counter() - began, sorted(load.seconds)
    print(
        json.dumps(
            {
                "requests": count,
                "seconds": seconds,
                "p50": ordered[len(ordered) // 2],
                "p99": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
                "answers": load.answers,
            }
        )
    )


if __name__ == "__main__":
    asyncio.run(
        main(
            int(sys.argv[1]),
            sys.argv[2],
            Path(sys.argv[3]).read_bytes().splitlines(),
            connections=int(sys.argv[4]),
            count=int(sys.argv[5]),
            rate=float(sys.argv[6]),
        )
    )
