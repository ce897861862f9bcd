"""The same crawl by Crawlee: `python crawlee_spider.py CONNECTIONS OUTPUT URL...`.

It is run by the Python of an environment that has Crawlee. Its Parsel crawler is the faster of its two, and nothing is stored on disk
but the pages' facts.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path

from crawlee import ConcurrencySettings
from crawlee.crawlers import ParselCrawler, ParselCrawlingContext
from crawlee.storage_clients import MemoryStorageClient


async def main(connections: int, output: Path, urls: list[str]) -> None:
    """Crawl, and write a line a page."""
    crawler = ParselCrawler(
        respect_robots_txt_file=True,
        storage_client=MemoryStorageClient(),
        concurrency_settings=ConcurrencySettings(
            min_concurrency=connections, desired_concurrency=connections, max_concurrency=connections
        ),
        configure_logging=False,
    )
    with output.open("w", encoding="utf-8") as file:

        @crawler.router.default_handler
        async def read(context: ParselCrawlingContext) -> None:
            page = context.selector
            facts = {
                "url": context.request.url,
                "title": page.css("title::text").get(),
                "generator": page.css("meta[name=generator]::attr(content)").get(),
                "assets": page.css("script::attr(src), link::attr(href), iframe::attr(src)").getall(),
            }
            file.write(json.dumps(facts) + "\n")
            await context.enqueue_links(strategy="same-hostname")

        await crawler.run(urls)


if __name__ == "__main__":
    logging.disable(logging.INFO)
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
