"""The rating that a page publishes as schema.org's `aggregateRating`: of what it is about, by how many. Pure, and bad data is unknown.

Several things may be rated on one page. The outermost counts, in the nesting of the data; if that is several with different
ratings, nothing says which is meant, and the rating is unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from keepwell.crawl.model import Rating

# What a page without a rating does not have, in either spelling: as a property, or as a type.
MARK = "ggregateRating"
# More would hold up the other threads.
_MOST_JSON = 250_000
_MOST_NODES = 20_000
_NUMBER = re.compile(r"\d{1,4}(?:[.,]\d{1,6})?")
_COUNT = re.compile(r"\d{1,12}|\d{1,3}(?:[.,'\u2019 \u00a0\u202f]\d{3}){1,3}")
_NO_DIGIT = re.compile(r"\D")


class Rated(NamedTuple):
    """A rating, and within how many other things what it rates is."""

    depth: int
    rating: Rating


def rating_of(blocks: Iterable[str], marked: Iterable[Rated]) -> Rating | None:
    """The rating of a page by its JSON-LD `blocks`, else by what is `marked` in its text; None if it has none, or none for certain."""
    for found in ([each for block in blocks for each in _in_block(block)], list(marked)):
        if found:
            outermost = min(each.depth for each in found)
            ratings = {each.rating for each in found if each.depth == outermost}
            return ratings.pop() if len(ratings) == 1 else None
    return None


def rating_from(properties: Mapping[str, Any]) -> Rating | None:
    """A rating by schema.org's properties, of whatever types; None without a number, or if nobody has rated."""
    rating, best = _number(properties.get("ratingValue")), _number(properties.get("bestRating"))
    counts = (_count(properties.get(name)) for name in ("ratingCount", "reviewCount"))
    count = next((each for each in counts if each is not None), None)
    if rating is None or count == 0 or (best is not None and not rating <= best):
        return None
    return Rating(rating, best, count)


def _in_block(block: str) -> Iterator[Rated]:
    if MARK not in block or len(block) > _MOST_JSON:
        return
    try:
        # Line ends within texts are common, and not JSON.
        data = json.loads(_bare(block), strict=False)
    except (ValueError, RecursionError):
        return
    yield from _ratings(data)


def _bare(block: str) -> str:
    """A block without the comment or the CDATA around it, and the semicolon that ends a script."""
    text = block.replace("<![CDATA[", "").replace("]]>", "")
    begins = [at for at in (text.find("{"), text.find("[")) if at >= 0]
    return text[min(begins, default=0) : max(text.rfind("}"), text.rfind("]")) + 1]


def _ratings(data: Any) -> Iterator[Rated]:
    """The ratings in a JSON-LD document: lists and graphs are no things of their own."""
    waiting = [(data, 0, False)]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        value, depth, is_rating = waiting.pop()
        if isinstance(value, list):
            waiting += [(each, depth, is_rating) for each in value]
        elif isinstance(value, dict):
            if is_rating or "AggregateRating" in _types(value):
                if (rating := rating_from(value)) is not None:
                    yield Rated(depth, rating)
                continue
            waiting += [
                (
                    each,
                    depth if name in {"@graph", "aggregateRating"} else depth + 1,
                    name == "aggregateRating",
                )
                for name, each in value.items()
            ]


def _types(value: Mapping[str, Any]) -> Any:
    types = value.get("@type")
    return types if isinstance(types, list) else [types]


def _number(value: Any) -> float | None:
    """A number of at least 0, also one that is written "4,5"."""
    written = _written(value)
    return float(written.replace(",", ".")) if _NUMBER.fullmatch(written) else None


def _count(value: Any) -> int | None:
    """A whole number, also one that is written "1,204"."""
    written = _written(value).removesuffix(".0")
    return int(_NO_DIGIT.sub("", written)) if _COUNT.fullmatch(written) else None


def _written(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return ""
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value).strip()[:40]
