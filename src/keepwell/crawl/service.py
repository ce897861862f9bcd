"""The use case of the crawl: read these pages, and give me what came of each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from keepwell.crawl.engine.crawler import Crawler, Sink
from keepwell.crawl.fetch.client import Client
from keepwell.crawl.frontier.processes import name_of_this_process
from keepwell.crawl.frontier.store import Frontier
from keepwell.crawl.metrics import Tally
from keepwell.crawl.model import Limits
from keepwell.crawl.sites import Site, Sites
from keepwell.platform.errors import Unavailable
from keepwell.platform.runtime import Runtime


class Ending(msgspec.Struct, frozen=True):
    """How a crawl ended. `left` URLs are due later, or were not reached; the same file continues with them.

    `sites` are the first websites that were named, whichever run or process read them; there are `more_sites`.
    """

    is_interrupted: bool
    left: int
    continued: bool
    seconds: float
    sites: list[Site]
    more_sites: int


async def crawl(
    seeds: Iterable[str],
    file: Path,
    *,
    limits: Limits,
    runtime: Runtime,
    tally: Tally,
    sink: Sink,
    stop: asyncio.Event | None = None,
    most_sites: int = 50,
) -> Ending:
    """Read the canonical URLs `seeds` and what they lead to, with the frontier in `file`.

    A file with URLs that are still due continues; several processes may share one. `sink` gets each batch of results once
    it is committed. Once `stop` is set, nothing more is asked for, and what is under way ends within the limits' patience.
    Raises StorageFull, CorruptData or Unavailable of the file, and nothing of a website.
    """
    started = time.monotonic()
    now = steady_seconds(runtime)
    frontier = _opened(file, owner=name_of_this_process(runtime.ids.new()))
    try:
        continued = await asyncio.to_thread(frontier.begin, seeds, now=now())
        async with Client.open(limits) as client:
            crawler = Crawler(frontier, client, limits=limits, now=now, tally=tally, sink=sink)
            await crawler.run(stop or asyncio.Event())
        sites, more = await asyncio.to_thread(_sites, frontier, most_sites)
        return Ending(
            is_interrupted=crawler.is_interrupted,
            left=tally.left,
            continued=continued,
            seconds=time.monotonic() - started,
            sites=sites,
            more_sites=more,
        )
    finally:
        frontier.close()


def steady_seconds(runtime: Runtime) -> Callable[[], float]:
    """Seconds since 1970 as the clock says now, counted on evenly, whatever happens to the clock."""
    offset = runtime.clock.now().timestamp() - time.monotonic()
    return lambda: time.monotonic() + offset


def _sites(frontier: Frontier, most: int) -> tuple[list[Site], int]:
    """The first `most` websites that were named, and how many more there are."""
    sites = Sites(most)
    for result in frontier.results(most):
        sites.add(result)
    return sites.all(), max(0, frontier.websites() - most)


def _opened(file: Path, *, owner: str) -> Frontier:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unavailable(
            f"{file.parent}: {error.strerror}.", hint="Name another file: --frontier FILE."
        ) from error
    return Frontier(file, owner=owner)
