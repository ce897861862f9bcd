"""The same crawl by Scrapy, as a user writes it: `python scrapy_spider.py PARSER CONNECTIONS OUTPUT URL...`.

PARSER is css or selectolax. It is run by the Python of an environment that has Scrapy.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import HtmlResponse
from selectolax.lexbor import LexborHTMLParser

_ASSETS = {"script": "src", "link": "href", "iframe": "src"}


def by_css(response: HtmlResponse) -> Mapping[str, Any]:
    """What is read of a page, by the selectors that Scrapy's own tutorial uses."""
    return {
        "title": response.css("title::text").get(),
        "generator": response.css("meta[name=generator]::attr(content)").get(),
        "assets": response.css("script::attr(src), link::attr(href), iframe::attr(src)").getall(),
        "hrefs": response.css("a::attr(href)").getall(),
    }


def by_selectolax(response: HtmlResponse) -> Mapping[str, Any]:
    """The same by lexbor."""
    tree = LexborHTMLParser(response.text)
    title, generator = tree.css_first("title"), tree.css_first("meta[name=generator]")
    assets = [
        node.attributes.get(_ASSETS[node.tag or ""])
        for node in tree.css("script[src],link[href],iframe[src]")
    ]
    return {
        "title": title and title.text(),
        "generator": generator and generator.attributes.get("content"),
        "assets": assets,
        "hrefs": [node.attributes.get("href") for node in tree.css("a[href]")],
    }


READERS: Mapping[str, Callable[[HtmlResponse], Mapping[str, Any]]] = {
    "css": by_css,
    "selectolax": by_selectolax,
}


class Documentation(scrapy.Spider):
    """Follows the links within each host."""

    name = "documentation"

    def __init__(self, *, parser: str, urls: list[str]) -> None:
        super().__init__()
        self._read = READERS[parser]
        self._urls = urls

    async def start(self) -> AsyncIterator[Any]:
        """The homes of the hosts."""
        for url in self._urls:
            yield scrapy.Request(url)

    def parse(self, response: HtmlResponse) -> Iterator[Any]:
        """A page: what it says, and where it leads."""
        page = dict(self._read(response))
        # As ours: a place on the same page is no other page, and each link counts once.
        hrefs = [href for href in page.pop("hrefs") if href and not href.startswith("#")]
        host = urlsplit(response.url).netloc
        for url in dict.fromkeys(map(response.urljoin, hrefs)):
            if urlsplit(url).netloc == host:
                yield scrapy.Request(url)
        yield {"url": response.url, **page}


if __name__ == "__main__":
    parser, connections, output, *urls = sys.argv[1:]
    process = CrawlerProcess(
        {
            "ROBOTSTXT_OBEY": True,
            "CONCURRENT_REQUESTS": int(connections),
            "CONCURRENT_REQUESTS_PER_DOMAIN": max(8, -(-int(connections) // len(urls))),
            "DOWNLOAD_DELAY": 0,
            "COOKIES_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
            "FEEDS": {output: {"format": "jsonlines"}},
        }
    )
    process.crawl(Documentation, parser=parser, urls=urls)
    process.start()
