"""What a page says about its owner, as plain values: pure, and cheap enough for every page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import TypeAlias

from keepwell.crawl.model import Facts, Pricing, Rating
from keepwell.crawl.pages.technologies import technologies_of

TextOf: TypeAlias = Callable[[], str]

_LONGEST_TITLE = 300
_MOST_PRICES = 60
# More would hold up the other threads while it is searched.
_MOST_TEXT = 500_000
_PRICING = re.compile(
    r"/(?:pricing|prices?|price-?list|plans?(?:-and-pricing)?|tarif[es]?|preise?|preisliste|preise-und-tarife)(?:[/.?]|$)",
    re.IGNORECASE,
)
_SIGN = r"(?:[$\u20ac\u00a3\u00a5\u20b9\u20ba\u20a9\u20aa]|z\u0142|K\u010d|kr|USD|EUR|GBP|CHF|SEK|NOK|DKK|PLN|CZK|CAD|AUD|NZD|JPY|INR|BRL)"
# Thousands in groups, then decimals or a dash; a line's end is that of a piece of text, so it is never within an amount.
_AMOUNT = (
    r"(?:\d{1,3}(?:[.,'\u2019 \u00a0\u202f]\d{3}){1,4}|\d{1,12})(?:[.,](?:\d{1,6}|[-\u2013]))?(?![.,]?\d)"
)
_PRICE = re.compile(rf"{_SIGN}\s?{_AMOUNT}|(?<!\d)(?<!\d[.,]){_AMOUNT}\s?{_SIGN}(?!\w)")
_HIRING = re.compile(
    r"\b(?:we.re hiring|we are hiring|open positions|job openings|join our team"
    r"|wir stellen ein|offene stellen|stellenangebote|nous recrutons|postes ouverts)\b",
    re.IGNORECASE,
)
_NOT_HIRING = re.compile(
    r"\b(?:(?:no|not|aren.t|don.t have) (?:any |currently |current )*(?:hiring|open (?:positions|roles)|job openings|openings)"
    r"|keine (?:offenen )?stellen|aucun poste)\b",
    re.IGNORECASE,
)
_JOBS_PATH = re.compile(
    r"/(?:careers?|jobs|vacancies|join-us|karriere|stellen(?:angebote)?|recrutement)(?:[/.?]|$)",
    re.IGNORECASE,
)
# Where small companies keep their vacancies; a link there with a path is to a board of theirs.
_JOB_BOARDS = re.compile(
    r"//(?:[\w-]+\.)*(?:greenhouse\.io|lever\.co|ashbyhq\.com|workable\.com|recruitee\.com|teamtailor\.com"
    r"|personio\.(?:de|com)|smartrecruiters\.com|breezy\.hr)/?[\w-]",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")
# Control characters, and those that turn round the direction of what follows: of the page that shows the title, too.
_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")


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
        """The words of the page, without markup; each piece between two tags is a line, or more."""
        if not isinstance(self._text, str):
            self._text = self._text()[:_MOST_TEXT]
        return self._text


def facts_of(page: Page, *, mentions: Sequence[str] = (), rating: Rating | None = None) -> Facts:
    """What `page` says; `mentions` are the names to look for, whatever their case; `rating` is what was read of it."""
    return Facts(
        title=_title(page.title),
        technologies=technologies_of(page.assets, generator=page.generator, headers=page.headers),
        pricing=_pricing(page.text) if _PRICING.search(page.url) else None,
        is_hiring=any(map(_JOB_BOARDS.search, page.hrefs)) or _says_that_it_hires(page),
        mentions=_mentioned(_flat(page.text), mentions) if mentions else [],
        reviews=rating,
    )


def priority_of(url: str, depth: int) -> int:
    """When a page comes, the lowest first: the nearer to the first page, and those about prices and jobs before others there."""
    is_telling = depth == 1 and (_PRICING.search(url) or _JOBS_PATH.search(url))
    return 1 if is_telling else 2 * depth


def _flat(text: str) -> str:
    return _SPACES.sub(" ", text)


def _says_that_it_hires(page: Page) -> bool:
    if _JOBS_PATH.search(page.url) is None:
        return False
    text = _flat(page.text)
    return _HIRING.search(text) is not None and _NOT_HIRING.search(text) is None


def _title(title: str | None) -> str | None:
    if title is None:
        return None
    return _flat(_NO_TEXT.sub(" ", title)).strip()[:_LONGEST_TITLE] or None


def _pricing(text: str) -> Pricing | None:
    prices = sorted({_SPACES.sub("", price) for price in _PRICE.findall(text)})[:_MOST_PRICES]
    return pricing_of(prices) if prices else None


def pricing_of(prices: Iterable[str]) -> Pricing:
    """The prices, each once and sorted, with their fingerprint: whatever the order in which they were found."""
    once = sorted(set(prices))
    return Pricing(once, blake2b("\n".join(once).encode(), digest_size=8).hexdigest())


def _mentioned(text: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)]
