"""Serves a corpus on every loopback address, and counts: `python -m benchmarks.crawl.server PORT CORPUS LATENCY`.

Each host of the corpus is an address of its own, 127.0.0.2 and on. LATENCY is in seconds. GET /_counts answers with the counts since the
last time, at once.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, cast

import msgspec
import uvloop

from benchmarks.crawl.corpus import ROBOTS, read_corpus

COUNTS = "/_counts"
# What begins like this is a small page. `/many/up-to-100000` leads to so many, so that a frontier can be as long as one likes.
MANY = "/many/"
UP_TO, _FROM = f"{MANY}up-to-", f"{MANY}from-"
_LINKS_OF_A_PAGE = 5_000
_END = b"\r\n\r\n"
_BACKLOG = 2_000
_SMALL = b"<title>One of many</title><p>Nothing else."
_HTML = "Content-Type: text/html; charset=utf-8\r\n"


class Counts(msgspec.Struct, frozen=True):
    """Requests: of pages and of different ones, of robots.txt, of what it forbids, and of what there is not."""

    pages: int
    different: int
    robots: int
    forbidden: int
    missing: int


class _Answers(NamedTuple):
    plain: bytes
    gzipped: bytes


class Site:
    """The answers, and how often each was asked for."""

    def __init__(self, corpus: Path, *, latency: float) -> None:
        self.latency = latency
        self._asked: Counter[str] = Counter()
        self._answers: Mapping[tuple[str, str], _Answers] = {
            (address_of(page.host), page.path): _Answers(
                _answer(page.html), _answer(page.gzipped, headers=f"{_HTML}Content-Encoding: gzip\r\n")
            )
            for page in read_corpus(corpus)
        }

    def answer(self, address: str, path: str, *, packed: bool) -> bytes:
        """The whole answer of the host at `address`."""
        if path == COUNTS:
            return _answer(msgspec.json.encode(self._counts()), headers="Content-Type: application/json\r\n")
        self._asked[f"{address}{path}"] += 1
        if path == "/robots.txt":
            return _answer(ROBOTS.encode(), headers="Content-Type: text/plain\r\n")
        if path.startswith(MANY):
            return _answer(_one_of_many(path))
        found = self._answers.get((address, path))
        if found is None:
            return _answer(b"not found", status="404 Not Found")
        return found.gzipped if packed else found.plain

    def _counts(self) -> Counts:
        asked, self._asked = self._asked, Counter()
        kinds: dict[str, list[int]] = {"pages": [], "robots": [], "forbidden": [], "missing": []}
        for url, count in asked.items():
            kinds[self._kind(url)].append(count)
        different = len(kinds["pages"])
        return Counts(different=different, **{kind: sum(counts) for kind, counts in kinds.items()})

    def _kind(self, url: str) -> str:
        address, slash, rest = url.partition("/")
        path = slash + rest
        if path == "/robots.txt":
            return "robots"
        if path.startswith("/_sources/"):
            return "forbidden"
        return "pages" if path.startswith(MANY) or (address, path) in self._answers else "missing"


class Connection(asyncio.Protocol):
    """One connection; a client asks again once it is answered."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._read = b""
        self._address = ""
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note which host this is."""
        # uvloop's is one without saying so.
        self._transport = cast("asyncio.WriteTransport", transport)
        self._address = transport.get_extra_info("sockname")[0]

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._read += data
        while _END in self._read:
            head, _, self._read = self._read.partition(_END)
            line, _, rest = head.partition(b"\r\n")
            path, headers = line.split(b" ", 2)[1].decode("latin-1"), rest.lower()
            answer = self._site.answer(self._address, path, packed=b"gzip" in headers)
            closes = b"connection: close" in headers
            if self._site.latency and path != COUNTS:
                asyncio.get_running_loop().call_later(self._site.latency, self._send, answer, closes)
            else:
                self._send(answer, closes)

    def _send(self, answer: bytes, closes: bool) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)
            if closes:
                self._transport.close()


def _one_of_many(path: str) -> bytes:
    if path.startswith(UP_TO):
        return _links(range(0, int(path.removeprefix(UP_TO)), _LINKS_OF_A_PAGE), _FROM)
    if path.startswith(_FROM):
        first = int(path.removeprefix(_FROM))
        return _links(range(first, first + _LINKS_OF_A_PAGE), MANY)
    return _SMALL


def _links(numbers: range, prefix: str) -> bytes:
    return "".join(f"<a href={prefix}{number}>{number}</a>" for number in numbers).encode()


def address_of(host: int) -> str:
    """The address of a host of the corpus."""
    return f"127.0.0.{host + 2}"


def _answer(body: bytes, *, status: str = "200 OK", headers: str = _HTML) -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body


async def main(port: int, corpus: Path, latency: float) -> None:
    """Serve until the process is ended."""
    site = Site(corpus, latency=latency)
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(site),
        "0.0.0.0",  # noqa: S104  every loopback address
        port,
        backlog=_BACKLOG,
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
