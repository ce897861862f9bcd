"""A website on loopback that misbehaves on request, and writes down when it was asked for what.

Every address of 127.0.0.0/8 is a host of its own. What a path does is a function in `PATHS`; everything else is a small page.
"""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import NamedTuple, Self

import uvloop

HTML = "Content-Type: text/html; charset=utf-8\r\n"
BOMB = gzip.compress(bytes(64_000_000), 9)


class Asked(NamedTuple):
    """A request as the server saw it: seconds of the monotonic clock, `address:port`, path, and its head."""

    at: float
    host: str
    path: str
    head: str


Pieces = AsyncIterator[bytes]
Behaviour = Callable[["CrawlSite", Asked], Pieces]


class CrawlSite:
    """Runs in a thread of this process; `asked` has every request."""

    def __init__(
        self, *, robots: str = "User-agent: *\nDisallow:\n", status: str = "200 OK", latency: float = 0.0
    ) -> None:
        """`status` is that of robots.txt; a `Location: ...` line may follow it."""
        self.robots = robots
        self.robots_status = status
        self.latency = latency
        self.asked: list[Asked] = []
        self.pages: dict[str, str] = {}
        # Hosts, by their address, whose robots.txt is elsewhere.
        self.robots_elsewhere: dict[str, str] = {}
        # Paths that answer 404 from now on.
        self.gone: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.port = 0
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "0.0.0.0", 0, backlog=2_000),  # noqa: S104  every loopback address
            self._loop,
        )
        self._server = server.result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def url(self, path: str = "/", host: int = 1) -> str:
        """The URL of a path at the address 127.0.0.`host`, or further on."""
        return f"http://127.0.{host // 250}.{host % 250}:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, without robots.txt."""
        return [each.path for each in self.asked if each.path != "/robots.txt"]

    async def _close(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                host = writer.get_extra_info("sockname")[0]
                asked = Asked(self._loop.time(), host, head.split(" ", 2)[1], head)
                self.asked.append(asked)
                self.counts[asked.path] += 1
                if self.latency:
                    await asyncio.sleep(self.latency)
                async for piece in self._behaviour(asked.path)(self, asked):
                    writer.write(piece)
                    await writer.drain()
                if not _keeps_open(asked.path) or "connection: close" in head.lower():
                    break
        writer.close()

    def _behaviour(self, path: str) -> Behaviour:
        if path in self.gone:
            return _gone
        if path in self.pages:
            return _page
        return next((PATHS[start] for start in PATHS if path.startswith(start)), _page)


def _keeps_open(path: str) -> bool:
    return not path.startswith(("/drop", "/cut", "/broken-chunks", "/old", "/drip", "/bomb", "/garbage"))


def answer(status: str, body: bytes = b"", *, headers: str = HTML) -> bytes:
    """A whole answer."""
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body


async def _page(site: CrawlSite, asked: Asked) -> Pieces:
    text = site.pages.get(asked.path, f"<title>{asked.path}</title>")
    etag = f'ETag: "{hash(text)}"\r\n'
    if etag.removeprefix("ETag: ").strip() in asked.head:
        yield answer("304 Not Modified", headers=etag)
        return
    yield answer("200 OK", text.encode(), headers=HTML + etag)


async def _robots(site: CrawlSite, asked: Asked) -> Pieces:
    if (target := site.robots_elsewhere.get(asked.host)) is not None:
        yield answer("301 Moved", headers=f"Location: {target}\r\n")
        return
    yield answer(site.robots_status, site.robots.encode(), headers="Content-Type: text/plain\r\n")


async def _drop(site: CrawlSite, asked: Asked) -> Pieces:
    return
    yield b""


async def _cut(site: CrawlSite, asked: Asked) -> Pieces:
    yield answer("200 OK", b"x" * 1_000)[:-900]


async def _delay(site: CrawlSite, asked: Asked) -> Pieces:
    await asyncio.sleep(60)
    yield answer("200 OK")


async def _drip(site: CrawlSite, asked: Asked) -> Pieces:
    yield f"HTTP/1.1 200 OK\r\n{HTML}Content-Length: 1000000\r\n\r\n".encode()
    while True:
        yield b"."
        await asyncio.sleep(0.05)


async def _broken_chunks(site: CrawlSite, asked: Asked) -> Pieces:
    yield f"HTTP/1.1 200 OK\r\n{HTML}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\n".encode()


async def _bomb(site: CrawlSite, asked: Asked) -> Pieces:
    yield answer("200 OK", BOMB, headers=HTML + "Content-Encoding: gzip\r\n")


async def _not_gzip(site: CrawlSite, asked: Asked) -> Pieces:
    yield answer("200 OK", b"<title>plain</title>", headers=HTML + "Content-Encoding: gzip\r\n")


async def _to(site: CrawlSite, asked: Asked) -> Pieces:
    """/to/URL leads to that URL, and /to/ to nowhere."""
    target = asked.path.removeprefix("/to/")
    yield answer("302 Found", headers=f"Location: {target}\r\n" if target else "")


async def _hops(site: CrawlSite, asked: Asked) -> Pieces:
    yield answer("302 Found", headers=f"Location: /hops/{int(asked.path.removeprefix('/hops/')) + 1}\r\n")


async def _storm(site: CrawlSite, asked: Asked) -> Pieces:
    """/storm-N answers 429 to its first requests, until N were answered on this host."""
    site.counts["storm"] += 1
    if site.counts["storm"] <= int(asked.path.split("-")[1].split("/")[0]):
        yield answer("429 Too Many Requests", headers="Retry-After: 1\r\n")
    else:
        yield answer("200 OK", b"<title>calm</title>")


async def _flaky(site: CrawlSite, asked: Asked) -> Pieces:
    yield answer("200 OK", b"<title>up again</title>") if site.counts[asked.path] > 1 else answer("500 Oops")


async def _busy(site: CrawlSite, asked: Asked) -> Pieces:
    yield answer("500 Oops")


async def _calendar(site: CrawlSite, asked: Asked) -> Pieces:
    month = int(asked.path.removeprefix("/calendar/"))
    yield answer(
        "200 OK", f"<a href=/calendar/{month + 1}>next</a><a href=/calendar/{month + 1000}>far</a>".encode()
    )


async def _headers(site: CrawlSite, asked: Asked) -> Pieces:
    yield answer(
        "200 OK", b"<title>x</title>", headers=HTML + "".join(f"X-{i}: y\r\n" for i in range(10_000))
    )


async def _cookies(site: CrawlSite, asked: Asked) -> Pieces:
    """Leads to itself until a cookie comes back."""
    yield answer("302 Found", headers=f"Location: {asked.path}\r\nSet-Cookie: a=b; Domain=.com\r\n")


async def _old(site: CrawlSite, asked: Asked) -> Pieces:
    yield b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<title>old</title>"


async def _garbage(site: CrawlSite, asked: Asked) -> Pieces:
    yield b"\x00\xff not HTTP at all\r\n\r\n"


async def _latin(site: CrawlSite, asked: Asked) -> Pieces:
    yield answer(
        "200 OK",
        "<title>caf\u00e9</title>".encode("latin-1"),
        headers="Content-Type: text/html; charset=nonsense\r\n",
    )


async def _pdf(site: CrawlSite, asked: Asked) -> Pieces:
    yield answer("200 OK", b"%PDF" * 10_000, headers="Content-Type: application/pdf\r\n")


async def _unreadable(site: CrawlSite, asked: Asked) -> Pieces:
    """/unreadable/STATUS answers so, with a body that is not compressed as it says, and that never ends."""
    status = asked.path.removeprefix("/unreadable/")
    head = f"HTTP/1.1 {status} So\r\nContent-Encoding: br\r\nContent-Length: 99\r\nLocation: /fine\r\n\r\n"
    yield head.encode() + b"x"
    await asyncio.sleep(60)


async def _bytes(site: CrawlSite, asked: Asked) -> Pieces:
    """Validators that are no text, and from /bytes/to a redirect to a path that is not text either."""
    if asked.path.endswith("/to"):
        yield answer("302 Found", headers="Location: /caf\u00e9\r\n")
    else:
        yield answer("200 OK", headers=HTML + 'ETag: "\u00ff"\r\nLast-Modified: \u00e9\r\n')


async def _gone(site: CrawlSite, asked: Asked) -> Pieces:
    yield answer("404 Not Found", b"no")


PATHS: dict[str, Behaviour] = {
    "/robots.txt": _robots,
    "/drop": _drop,
    "/cut": _cut,
    "/delay": _delay,
    "/drip": _drip,
    "/broken-chunks": _broken_chunks,
    "/bomb": _bomb,
    "/not-gzip": _not_gzip,
    "/to/": _to,
    "/hops/": _hops,
    "/storm": _storm,
    "/flaky": _flaky,
    "/busy": _busy,
    "/calendar/": _calendar,
    "/headers": _headers,
    "/cookies": _cookies,
    "/old": _old,
    "/garbage": _garbage,
    "/latin": _latin,
    "/pdf": _pdf,
    "/gone": _gone,
    "/bytes": _bytes,
    "/unreadable": _unreadable,
}
