"""A body becomes links and facts. Runs in a thread: lexbor lets other threads go on while it parses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from keepwell.crawl.model import Facts, Link
from keepwell.crawl.pages.charset import charset_of
from keepwell.crawl.pages.facts import Page, facts_of
from keepwell.crawl.pages.nesting import shallow
from keepwell.crawl.pages.urls import authority_of, joined, links_of

_WANTED = "a[href],title,script[src],link[href],iframe[src],meta[name=generator],base[href]"
# No page that people read has more.
_MOST_LINKS = 5_000
_SOURCES = {"script": "src", "iframe": "src", "link": "href"}


class PageContent(msgspec.Struct, frozen=True):
    """What was read of one page."""

    facts: Facts
    links: list[Link]


def read_page(
    url: str, body: bytes, *, headers: Mapping[str, str], mentions: Sequence[str], with_links: bool
) -> PageContent:
    """The facts and the links to the same host of an HTML document; any bytes are one."""
    page, base = _parsed(url, body, headers)
    links = links_of(base, page.hrefs, authority=authority_of(url)) if with_links else []
    return PageContent(facts_of(page, mentions=mentions), links)


def _parsed(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[Page, str]:
    charset = charset_of(body, headers.get("Content-Type", ""))
    text = body.decode(charset, "replace")
    try:
        tree = LexborHTMLParser(shallow(text))
    except SelectolaxError:
        # It refuses a document that is empty or larger than it can hold.
        return _page(url, headers), url
    title, base, generator = None, url, ""
    hrefs: list[str] = []
    assets: list[str] = []
    for node in tree.css(_WANTED):
        tag, attributes = node.tag, node.attributes
        if tag == "a":
            if (href := attributes["href"]) and href[0] != "#" and len(hrefs) < _MOST_LINKS:
                hrefs.append(href)
        elif tag in _SOURCES:
            assets.append(attributes[_SOURCES[tag]] or "")
        elif tag == "title":
            # An image may have a title of its own, further down.
            title = title if title is not None else node.text()
        elif tag == "base":
            base = joined(url, attributes["href"] or "") or base
        else:
            generator = attributes.get("content") or ""
    page = _page(url, headers, title=title, hrefs=hrefs, assets=assets, generator=generator, tree=tree)
    return page, base


def _page(
    url: str,
    headers: Mapping[str, str],
    *,
    title: str | None = None,
    hrefs: Sequence[str] = (),
    assets: Sequence[str] = (),
    generator: str = "",
    tree: LexborHTMLParser | None = None,
) -> Page:
    def text() -> str:
        return tree.body.text(separator=" ") if tree is not None and tree.body is not None else ""

    served = [headers[name] for name in ("Server", "X-Powered-By") if name in headers]
    return Page(url, title=title, hrefs=hrefs, assets=assets, generator=generator, headers=served, text=text)
