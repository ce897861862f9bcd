"""Crawls as the command does, and prints how late its event loop was: `python -m benchmarks.crawl.lagging CONNECTIONS FRONTIER [URL...]`.

Without a URL, it watches a loop that does nothing, which shows what the machine adds. The crawl's own metric looks twenty
times a second, which is too seldom for the worst of a hundred in a short run.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import msgspec

from keepwell.crawl.loop import favour_the_loop, loop_factory
from keepwell.crawl.metrics import Tally
from keepwell.crawl.model import Limits, Result
from keepwell.crawl.service import crawl
from keepwell.platform.runtime import system_runtime

_EVERY = 0.002
_IDLE_SECONDS = 2.0


class Lags(msgspec.Struct, frozen=True):
    """Seconds by which the loop was late, at so many looks; `pages` is how many pages were read meanwhile."""

    pages: int
    looks: int
    half: float
    p99: float
    longest: float


async def watch(late: list[float]) -> None:
    """Add how late the loop is, every two milliseconds, until this is cancelled."""
    # Not the loop's own clock, which stands still between two turns.
    while True:
        due = perf_counter() + _EVERY
        await asyncio.sleep(_EVERY)
        late.append(max(0.0, perf_counter() - due))


def lags_of(late: Sequence[float], *, pages: int) -> Lags:
    """The quantiles of what `watch` saw."""
    ordered = sorted(late)
    return Lags(
        pages, len(ordered), ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100], ordered[-1]
    )


async def main(limits: Limits, frontier: Path, urls: Sequence[str]) -> Lags:
    """Crawl to the end."""
    late: list[float] = []
    results: list[Result] = []
    watching = asyncio.create_task(watch(late))
    if not urls:
        await asyncio.sleep(_IDLE_SECONDS)
    await crawl(urls, frontier, limits=limits, runtime=system_runtime(), tally=Tally(), sink=results.extend)
    watching.cancel()
    return lags_of(late, pages=sum(each.outcome.kind == "page" for each in results))


if __name__ == "__main__":
    connections, frontier, *urls = sys.argv[1:]
    limits = Limits(
        depth=50,
        rate=1e6,
        address_rate=1e6,
        connections=int(connections),
        allowed_networks=("127.0.0.0/8",),
    )
    favour_the_loop()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        print(msgspec.json.encode(runner.run(main(limits, Path(frontier), urls))).decode())
