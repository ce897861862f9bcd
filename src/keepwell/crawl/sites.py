"""What a crawl says of each website that was named: alive, moved or dead, and what its pages show. Pure."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from keepwell.crawl.model import ANSWERED, GONE, Kind, Rating, Result
from keepwell.crawl.pages.facts import pricing_of
from keepwell.crawl.pages.urls import key_of, website_of

# What says that nothing is there. An answer that we could not read, or were refused, says no such thing.
_DEAD = frozenset({Kind.NO_SUCH_HOST, Kind.UNREACHABLE, Kind.SERVER_ERROR})
_LONGEST_CHAIN = 20
_OF_PAGES = ("technologies", "mentions", "is_hiring", "prices", "pricing_fingerprint", "pages")


class State(StrEnum):
    """Whether there is a website. Moved is alive under another name; unknown is what could not be asked or read."""

    ALIVE = "alive"
    MOVED = "moved"
    DEAD = "dead"
    UNKNOWN = "unknown"


class Site(msgspec.Struct, kw_only=True):
    """A website that was named, and what was read of it."""

    url: str
    state: State = State.UNKNOWN
    # Of the page that it begins with; None if that was not read.
    outcome: Kind | None = None
    reason: str = ""
    status: int | None = None
    moved_to: str | None = None
    title: str | None = None
    technologies: list[str] = []
    prices: list[str] = []
    pricing_fingerprint: str | None = None
    is_hiring: bool = False
    mentions: list[str] = []
    # Of the page that it begins with, as the title: other pages may rate one thing each.
    reviews: Rating | None = None
    pages: int = 0


class Sites:
    """Collects the results of a crawl, in any order, for the first `most` websites."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._sites: dict[int, Site] = {}
        # What was named, or is where a redirect from there leads.
        self._entrances: dict[int, Result] = {}

    def add(self, result: Result) -> None:
        """Count a result to its website."""
        due, outcome = result.due, result.outcome
        if due.depth == 0 and len(self._entrances) < 2 * self._most:
            self._entrances[due.key] = result
        if due.key == due.seed and len(self._sites) < self._most:
            self._sites.setdefault(due.key, Site(url=due.url)).url = due.url
        site = self._sites.get(due.seed)
        if site is None and len(self._sites) < self._most:
            site = self._sites[due.seed] = Site(url="")
        facts = outcome.facts
        # A page that could not be read shows what it did before, unless the website itself cannot be.
        if site is None or facts is None or (due.depth == 0 and outcome.is_unread):
            return
        site.pages += not outcome.is_unread
        site.technologies = sorted({*site.technologies, *facts.technologies})
        site.mentions = sorted({*site.mentions, *facts.mentions})
        site.is_hiring = site.is_hiring or facts.is_hiring
        if facts.pricing is not None:
            pricing = pricing_of([*site.prices, *facts.pricing.prices])
            site.prices, site.pricing_fingerprint = pricing.prices, pricing.fingerprint

    def all(self) -> list[Site]:
        """The websites in the order in which they were read."""
        for key, site in self._sites.items():
            self._judge(key, site)
        return [site for site in self._sites.values() if site.url]

    def _judge(self, key: int, site: Site) -> None:
        last = self._entrances.get(key)
        for _ in range(_LONGEST_CHAIN):
            if last is None or last.outcome.kind is not Kind.REDIRECT or last.outcome.target is None:
                break
            site.moved_to = last.outcome.target
            last = self._entrances.get(key_of(last.outcome.target))
        if last is None:
            site.reason = "where it leads was not read"
            return
        outcome = last.outcome
        site.outcome, site.status, site.reason = outcome.kind, outcome.status, outcome.reason
        if outcome.facts is not None and not outcome.is_unread:
            site.title, site.reviews = outcome.facts.title, outcome.facts.reviews
        if outcome.kind in _DEAD or (outcome.kind is Kind.CLIENT_ERROR and outcome.status in GONE):
            site.state = State.DEAD
        elif outcome.kind is Kind.REDIRECT:
            site.reason = "its redirects go round in circles"
        elif outcome.kind in ANSWERED:
            is_same = site.moved_to is None or website_of(site.moved_to) == website_of(site.url)
            site.state = State.ALIVE if is_same else State.MOVED
            self._share_pages(site, last.due.seed)

    def _share_pages(self, site: Site, seed: int) -> None:
        """Give a website the pages of the one that it leads to, if that was named too: each page is read once."""
        other = self._sites.get(seed)
        if other is None or other is site:
            return
        for name in _OF_PAGES:
            setattr(site, name, getattr(other, name))
