"""Pages are read in threads: that buys latency for the loop, not throughput."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from keepwell.crawl.fetch.places import LARGE_BYTES
from keepwell.crawl.fetch.transport import Answer
from keepwell.crawl.model import Due
from keepwell.crawl.pages.reading import PageContent, read_page


class ParsingThreads:
    """One thread for large pages, so that no other one waits for them, and one for all others.

    Two that share all pages take the interpreter from each other.
    """

    def __init__(self) -> None:
        self._small = ThreadPoolExecutor(1, "parse")
        self._large = ThreadPoolExecutor(1, "parse-large")

    async def read(
        self, due: Due, got: Answer, *, mentions: tuple[str, ...], with_links: bool
    ) -> PageContent:
        """What the page says; where it sends browsers on only if it is the first page of a website."""
        reading = partial(
            read_page,
            due.url,
            got.body,
            headers=got.headers,
            mentions=mentions,
            with_links=with_links,
            with_refresh=due.depth == 0,
        )
        threads = self._large if len(got.body) > LARGE_BYTES else self._small
        return await asyncio.get_running_loop().run_in_executor(threads, reading)

    def close(self) -> None:
        """Wait for the pages that are being read; those that wait are not."""
        self._small.shutdown(cancel_futures=True)
        self._large.shutdown(cancel_futures=True)
