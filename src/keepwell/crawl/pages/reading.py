"""A body becomes links and facts. Runs in a thread: lexbor lets other threads go on while it parses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from keepwell.crawl.model import Facts, Link, Rating
from keepwell.crawl.pages.bounds import bearable
from keepwell.crawl.pages.charset import charset_of
from keepwell.crawl.pages.facts import Page, facts_of
from keepwell.crawl.pages.ratings import MARK, Rated, rating_from, rating_of
from keepwell.crawl.pages.turns import in_turns
from keepwell.crawl.pages.urls import LONGEST, authority_of, joined, links_of

_WANTED = "a[href],title,script[src],link[href],iframe[src],meta[name=generator],base[href]"
_TAGS = frozenset({"a", "title", "script", "link", "iframe", "meta", "base"})
_LARGE = 200_000
# Nodes of a large document until the others have their turn: 50 microseconds.
_TURN = 200
# No page that people read has more.
_MOST_LINKS = 5_000
# A rating that is marked in the text (microdata). Selecting holds up the other threads, a few milliseconds in so much.
_RATING = "[itemprop=aggregateRating]"
_LARGEST_MARKED = 1_000_000
_MOST_RATINGS, _MOST_PROPERTIES, _MOST_SCRIPTS = 10, 50, 50
_SOURCES = {"script": "src", "iframe": "src", "link": "href"}
# HTML, 4.2.5.3: seconds, a separator, and a URL with or without "url=" and quotes.
_REFRESH = re.compile(
    r"(?=[\d.])(\d{0,4})[\d.]*\s*[;,\s]\s*(?:url\s*=\s*)?(?:'([^']*)|\"([^\"]*)|(.*))",
    re.IGNORECASE | re.DOTALL,
)
# What comes later gives people time to read, and is no redirect.
_AT_ONCE_SECONDS = 5


class PageContent(msgspec.Struct, frozen=True):
    """What was read of one page. `refresh` is where a `meta` of it leads at once, if that was to be read."""

    facts: Facts
    links: list[Link]
    refresh: str | None = None


def read_page(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    mentions: Sequence[str],
    with_links: bool,
    with_refresh: bool = False,
) -> PageContent:
    """The facts and the links to the same host of an HTML document; any bytes are one."""
    charset = charset_of(body, headers.get("Content-Type", ""))
    text = body.decode(charset, "replace")
    try:
        tree = LexborHTMLParser(bearable(text))
    except SelectolaxError:
        # It refuses a document that is empty or larger than it can hold.
        return PageContent(facts_of(_page(url, headers), mentions=mentions), [])
    page, base = _parsed(url, tree, headers, length=len(text))
    links = links_of(base, page.hrefs, authority=authority_of(url)) if with_links else []
    # A page that only says where it went is small, and a selection from a large tree would hold up the other threads.
    refresh = _refresh(tree, base) if with_refresh and len(text) < _LARGE else None
    rating = _rating(tree, len(text)) if MARK in text else None
    return PageContent(facts_of(page, mentions=mentions, rating=rating), links, refresh)


def _refresh(tree: LexborHTMLParser, base: str) -> str | None:
    """Where a browser goes from here within a few seconds; None if it stays, or goes to no web address."""
    for node in tree.css("meta[http-equiv=refresh i]"):
        found = _REFRESH.match((node.attributes.get("content") or "").strip())
        if found is None or int(found[1] or 0) > _AT_ONCE_SECONDS:
            continue
        # What is for browsers without scripts says nothing of what people see.
        if node.parent is None or node.parent.tag != "noscript":
            return joined(base, (found[2] or found[3] or found[4] or "").strip())
    return None


def _parsed(url: str, tree: LexborHTMLParser, headers: Mapping[str, str], *, length: int) -> tuple[Page, str]:
    title, base, generator = None, None, ""
    hrefs: list[str] = []
    assets: list[str] = []
    for node in _nodes(tree, length):
        tag, attributes = node.tag, node.attributes
        if tag == "a":
            if (
                (href := attributes.get("href"))
                and href[0] != "#"
                and len(hrefs) < _MOST_LINKS
                and len(href) <= LONGEST
            ):
                hrefs.append(href)
        elif tag in _SOURCES:
            assets.append((attributes.get(_SOURCES[tag]) or "")[:LONGEST])
        elif tag == "title":
            # An image may have a title of its own, further down.
            title = title if title is not None else node.text()
        elif tag == "base":
            # The first one counts (HTML, 4.2.3).
            base = base or (joined(url, attributes["href"] or "") if "href" in attributes else None)
        elif attributes.get("name") == "generator":
            generator = attributes.get("content") or ""
    page = _page(url, headers, title=title, hrefs=hrefs, assets=assets, generator=generator, tree=tree)
    return page, base or url


def _rating(tree: LexborHTMLParser, length: int) -> Rating | None:
    """The rating of a page that seems to have one."""
    nodes = tree.css("script") if length < _LARGE or tree.root is None else _nodes(tree, length)
    scripts = (node.text() for node in nodes if _is_linked_data(node))
    marked = tree.css(_RATING)[:_MOST_RATINGS] if length < _LARGEST_MARKED else []
    return rating_of(islice(scripts, _MOST_SCRIPTS), _rated(marked))


def _is_linked_data(node: LexborNode) -> bool:
    return (
        node.tag == "script"
        and (node.attributes.get("type") or "").partition(";")[0].strip().lower() == "application/ld+json"
    )


def _rated(marked: Iterable[LexborNode]) -> Iterator[Rated]:
    for node in marked:
        properties = {
            each.attributes.get("itemprop"): each.attributes.get("content") or each.text().strip()
            for each in node.css("[itemprop]")[:_MOST_PROPERTIES]
        }
        rating = rating_from({name: value for name, value in properties.items() if name is not None})
        if rating is not None:
            yield Rated(_scopes_around(node), rating)


def _scopes_around(node: LexborNode) -> int:
    count, parent = 0, node.parent
    while parent is not None:
        count += "itemscope" in parent.attributes
        parent = parent.parent
    return count


def _nodes(tree: LexborHTMLParser, length: int) -> Iterable[LexborNode]:
    """What is wanted of the document, in its order; of a large one, other nodes of the same tags too.

    A selection lets no other thread go on until it is at its end, 10 ms for 4 MB. A walk takes half as long again, and does.
    """
    if length < _LARGE or tree.root is None:
        return tree.css(_WANTED)
    nodes = in_turns(tree.root.traverse(include_text=False), every=_TURN)
    return (node for node in nodes if node.tag in _TAGS)


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
        return tree.body.text(separator="\n") if tree is not None and tree.body is not None else ""

    served = [headers[name] for name in ("Server", "X-Powered-By") if name in headers]
    return Page(url, title=title, hrefs=hrefs, assets=assets, generator=generator, headers=served, text=text)
