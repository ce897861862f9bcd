"""Crawling in this process, as fast as loopback allows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from keepwell.crawl.loop import loop_factory
from keepwell.crawl.metrics import Tally
from keepwell.crawl.model import Limits, Result
from keepwell.crawl.service import Ending, crawl
from keepwell.platform.open_file_limit import raise_open_file_limit
from keepwell.platform.runtime import system_runtime

FAST = Limits(
    rate=2_000.0,
    address_rate=2_000.0,
    tries=2,
    deadline=3.0,
    connect_seconds=2.0,
    allowed_networks=("127.0.0.0/8",),
)


class Crawled:
    """What came of a crawl: the outcome of each URL, in no order."""

    def __init__(self, results: Sequence[Result], ending: Ending, tally: Tally) -> None:
        self.results = {result.due.url: result.outcome for result in results}
        self.count = len(results)
        self.ending = ending
        self.tally = tally


def crawled(seeds: Sequence[str], file: Path, limits: Limits = FAST, **changes: Any) -> Crawled:
    """Crawl `seeds` to the end; `changes` are limits."""
    raise_open_file_limit(16_384)
    results: list[Result] = []
    tally = Tally()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        ending = runner.run(
            crawl(
                seeds,
                file,
                limits=replace(limits, **changes),
                runtime=system_runtime(),
                tally=tally,
                sink=results.extend,
            )
        )
    return Crawled(results, ending, tally)
