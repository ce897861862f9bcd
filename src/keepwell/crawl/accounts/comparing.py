"""Whether two findings of a website are the same to people: what differs at each visit is no news. Pure.

`now` is as a crawl has it; `before` is the value of a signal, which may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from typing import Any
from urllib.parse import urlsplit

from msgspec import ValidationError, convert

from keepwell.crawl.model import Rating

_WORDS = re.compile(r"[^\W\d_]+")
# schema.org's `bestRating`, where a page says none.
_BEST = 5.0
# Of the best rating: 0.1 of five stars.
_RATING_STEP = 0.02
_CURRENCIES = {
    "$": "USD", "\u20ac": "EUR", "\u00a3": "GBP", "\u00a5": "JPY", "\u20b9": "INR", "z\u0142": "PLN", "K\u010d": "CZK"
}  # fmt: skip
_AMOUNT = re.compile(r"\d(?:.*\d)?(?:[.,][-\u2013])?")
# Three digits are thousands rather.
_DECIMALS = re.compile(r"[.,](\d{1,2}|\d{4,6}|[-\u2013])$")
_NO_DIGIT = re.compile(r"\D")


def is_same(fact: str, now: Any, before: Any) -> bool:
    """Whether nobody would call it a change; `fact` is what a kind of signal ends with, such as `title`."""
    if not isinstance(before, type(now)):
        return False
    if fact == "reviews":
        return _is_same_rating(now, before)
    what_counts = _WHAT_COUNTS.get(fact)
    return bool(now == before) or (what_counts is not None and what_counts(now) == what_counts(before))


def _place(status: Mapping[str, Any]) -> Hashable:
    """Of where a website moved, the host, and of how it fails, the way: paths have visitors' numbers, and 502 alternates with 504."""
    to = status.get("to")
    host = urlsplit(to).netloc.removeprefix("www.") if isinstance(to, str) else None
    return status.get("state"), host, status.get("outcome")


def _words(title: str) -> Hashable:
    """The title without counters, dates and signs, such as "(3) Inbox"."""
    return tuple(_WORDS.findall(title))


def _amounts(prices: list[Any]) -> Hashable:
    """The prices, however they are written: $29 is $29.00, and 1.299,50 EUR is the same in English."""
    return frozenset(_amount(str(each)) for each in prices)


def _amount(price: str) -> tuple[str, str, str]:
    found = _AMOUNT.search(price)
    number = found[0] if found else ""
    sign = price.replace(number, "")
    decimals = _DECIMALS.search(number)
    whole = number[: decimals.start()] if decimals else number
    return (
        _CURRENCIES.get(sign, sign),
        _NO_DIGIT.sub("", whole),
        _NO_DIGIT.sub("", decimals[1]).rstrip("0") if decimals else "",
    )


def _is_same_rating(now: Mapping[str, Any], before: Any) -> bool:
    """A rating moved by a fiftieth of the best, or its count by a tenth, is another one: a review more each day is not."""
    try:
        was = convert(before, Rating)
    except ValidationError:
        return False
    best, count = now["best"], now["count"]
    if best is not None and best != was.best:
        return False
    if round(abs(now["rating"] - was.rating), 6) >= _RATING_STEP * (best or _BEST):
        return False
    return count is None or (was.count is not None and abs(count - was.count) < max(1, was.count / 10))


_WHAT_COUNTS: Mapping[str, Callable[[Any], Hashable]] = {
    "status": _place,
    "title": _words,
    "pricing": _amounts,
}
