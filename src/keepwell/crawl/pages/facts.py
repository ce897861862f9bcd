"""What a page says about its owner, as plain values: pure, and cheap enough for every page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import TypeAlias

from keepwell.crawl.model import Facts, Pricing
from keepwell.crawl.pages.technologies import technologies_of

TextOf: TypeAlias = Callable[[], str]

_LONGEST_TITLE = 300
_MOST_PRICES = 60
# More would hold up the other threads while it is searched.
_MOST_TEXT = 500_000
_PRICING = re.compile(
    r"/(?:pricing|prices?|plans?(?:-and-pricing)?|tarifs?|preise)(?:[/.?]|$)", re.IGNORECASE
)
_PRICE = re.compile(
    r"(?:[$\u20ac\u00a3\u00a5]|USD|EUR|GBP|CHF)\s?\d[\d.,' ]{0,12}\d|(?:[$\u20ac\u00a3\u00a5]|USD|EUR|GBP|CHF)\s?\d"
    r"|\d[\d.,]{0,12}\s?(?:\u20ac|\u00a3|USD\b|EUR\b|GBP\b|CHF\b)"
)
_HIRING = re.compile(
    r"\b(?:we.re hiring|we are hiring|open positions|job openings|join our team)\b", re.IGNORECASE
)
_JOBS_PATH = re.compile(r"/(?:careers?|jobs|vacancies|join-us)(?:[/.?]|$)", re.IGNORECASE)
# Where small companies keep their vacancies; a link there with a path is to a board of theirs.
_JOB_BOARDS = re.compile(
    r"//(?:[\w-]+\.)*(?:greenhouse\.io|lever\.co|ashbyhq\.com|workable\.com|recruitee\.com|teamtailor\.com"
    r"|personio\.(?:de|com)|smartrecruiters\.com|breezy\.hr)/?[\w-]",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")


class Page:
    """A parsed page: its URL, the pieces that were read, and its text, which is made only if somebody asks."""

    __slots__ = ("_text", "assets", "generator", "headers", "hrefs", "title", "url")

    def __init__(
        self,
        url: str,
        *,
        title: str | None,
        hrefs: Sequence[str],
        assets: Sequence[str],
        generator: str,
        headers: Sequence[str],
        text: TextOf,
    ) -> None:
        self.url = url
        self.title = title
        self.hrefs = hrefs
        self.assets = assets
        self.generator = generator
        self.headers = headers
        self._text: str | TextOf = text

    @property
    def text(self) -> str:
        """The words of the page, without markup."""
        if not isinstance(self._text, str):
            self._text = self._text()[:_MOST_TEXT]
        return self._text


def facts_of(page: Page, *, mentions: Sequence[str] = ()) -> Facts:
    """What `page` says; `mentions` are the names to look for, whatever their case."""
    is_jobs = _JOBS_PATH.search(page.url) is not None
    return Facts(
        title=_title(page.title),
        technologies=technologies_of(page.assets, generator=page.generator, headers=page.headers),
        pricing=_pricing(page.text) if _PRICING.search(page.url) else None,
        is_hiring=any(map(_JOB_BOARDS.search, page.hrefs))
        or (is_jobs and _HIRING.search(page.text) is not None),
        mentions=_mentioned(page.text, mentions) if mentions else [],
    )


def _title(title: str | None) -> str | None:
    if title is None:
        return None
    return _SPACES.sub(" ", title).strip()[:_LONGEST_TITLE] or None


def _pricing(text: str) -> Pricing | None:
    prices = sorted({_SPACES.sub("", price).rstrip(".,'") for price in _PRICE.findall(text)})[:_MOST_PRICES]
    if not prices:
        return None
    return Pricing(prices, blake2b("\n".join(prices).encode(), digest_size=8).hexdigest())


def _mentioned(text: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)]
