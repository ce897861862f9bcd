"""Fetches and reads pages in one of the ways: `python -m benchmarks.concurrency.ways WAY URLS`, where URLS is a file with one per line."""

from __future__ import annotations

import asyncio
import http.client
import sys
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import msgspec
from yarl import URL

from benchmarks.crawl.lagging import Lags, lags_of, watch
from keepwell.crawl.loop import favour_the_loop, loop_factory
from keepwell.crawl.pages.reading import read_page

AT_ONCE, PROCESSES = 32, 2
_HEADERS = {"Content-Type": "text/html; charset=utf-8"}
_GZIP = 16 + zlib.MAX_WBITS


class Done(msgspec.Struct, frozen=True):
    """The links of all pages, so that every way can be seen to have done the same; how late the loop was if there is one."""

    pages: int
    links: int
    lags: Lags | None = None


def read(url: str, body: bytes) -> int:
    """The number of links of a page; reading it is what takes time."""
    return len(read_page(url, body, headers=_HEADERS, mentions=(), with_links=True).links)


class _Connections(threading.local):
    """The open connections of one thread, by host."""

    def __init__(self) -> None:
        self.by_host: dict[str, http.client.HTTPConnection] = {}


_connections = _Connections()


def fetch(url: str) -> bytes:
    """A page, by Python's own client, which blocks."""
    parts = urlsplit(url)
    connection = _connections.by_host.get(parts.netloc)
    if connection is None:
        connection = _connections.by_host[parts.netloc] = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", parts.path, headers={"Accept-Encoding": "gzip"})
    return zlib.decompress(connection.getresponse().read(), _GZIP)


def fetch_and_read(url: str) -> int:
    """One page."""
    return read(url, fetch(url))


def one_by_one(urls: Sequence[str]) -> int:
    """One after the other."""
    return sum(map(fetch_and_read, urls))


def in_threads(urls: Sequence[str], *, threads: int = AT_ONCE) -> int:
    """Each thread fetches and reads."""
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(fetch_and_read, urls))


def _in_half_as_many_threads(urls: Sequence[str]) -> int:
    return in_threads(urls, threads=AT_ONCE // PROCESSES)


def in_processes(urls: Sequence[str]) -> int:
    """Each process has its share of the URLs, and threads; only numbers go between them."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        return sum(pool.map(_in_half_as_many_threads, [urls[at::PROCESSES] for at in range(PROCESSES)]))


async def _in_async(urls: Sequence[str], executor: Executor | None) -> int:
    loop = asyncio.get_running_loop()
    waiting: Iterator[str] = iter(urls)

    async def work(session: aiohttp.ClientSession) -> int:
        links = 0
        for url in waiting:
            async with session.get(URL(url, encoded=True)) as answer:
                body = await answer.read()
            if executor is None:
                links += read(url, body)
            else:
                # Not `links += await ...`, which reads `links` before it waits; here, no other task has it.
                found = await loop.run_in_executor(executor, read, url, body)
                links += found
        return links

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as tasks:
        parts = [tasks.create_task(work(session)) for _ in range(AT_ONCE)]
    return sum(part.result() for part in parts)


async def _watched(urls: Sequence[str], executor: Executor | None) -> Done:
    late: list[float] = []
    watching = asyncio.create_task(watch(late))
    links = await _in_async(urls, executor)
    watching.cancel()
    return Done(len(urls), links, lags_of(late, pages=len(urls)))


ONE, THREADS, PROCESSES_OF_THREADS = "one by one", "threads", "processes"
ASYNC, ASYNC_THREADS, ASYNC_PROCESSES = "async", "async, threads read", "async, processes read"
_BLOCKING: Mapping[str, Callable[[Sequence[str]], int]] = {
    ONE: one_by_one,
    THREADS: in_threads,
    PROCESSES_OF_THREADS: in_processes,
}
_EXECUTORS: Mapping[str, Callable[[], Executor] | None] = {
    ASYNC: None,
    ASYNC_THREADS: lambda: ThreadPoolExecutor(PROCESSES),
    ASYNC_PROCESSES: lambda: ProcessPoolExecutor(PROCESSES),
}
WAYS = (*_BLOCKING, *_EXECUTORS)


def run_way(way: str, urls: Sequence[str]) -> Done:
    """Fetch and read all of `urls`."""
    if way in _BLOCKING:
        return Done(len(urls), _BLOCKING[way](urls))
    executor = _EXECUTORS[way]
    favour_the_loop()
    with (
        nullcontext() if executor is None else executor() as pool,
        asyncio.Runner(loop_factory=loop_factory()) as runner,
    ):
        return runner.run(_watched(urls, pool))


if __name__ == "__main__":
    print(msgspec.json.encode(run_way(sys.argv[1], Path(sys.argv[2]).read_text("ascii").split())).decode())
