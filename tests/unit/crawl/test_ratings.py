"""The rating of a page, as JSON-LD or marked in its text: read if it is certain, unknown otherwise."""

from __future__ import annotations

import json
from typing import Any

import pytest

from keepwell.crawl.model import Rating
from keepwell.crawl.pages.reading import read_page

RATED = {"@type": "AggregateRating", "ratingValue": 4.2, "bestRating": 5, "reviewCount": 120}
SHOP = {"@type": "LocalBusiness", "name": "Arcade", "aggregateRating": RATED}
FOUND = Rating(4.2, 5.0, 120)


def read(html: str) -> Rating | None:
    content = read_page("https://reviews.example/", html.encode(), headers={}, mentions=(), with_links=False)
    return content.facts.reviews


def block(data: Any) -> str:
    text = data if isinstance(data, str) else json.dumps(data)
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    "data",
    [
        SHOP,
        [{"@type": "WebSite"}, SHOP],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, SHOP]},
        {"@type": "WebPage", "mainEntity": SHOP},
        {**SHOP, "aggregateRating": [RATED]},
        {**RATED, "itemReviewed": {"name": "Arcade"}},
        {**SHOP, "aggregateRating": {"ratingValue": "4,2", "bestRating": "5", "ratingCount": "120"}},
        {**SHOP, "isSimilarTo": [{**SHOP, "aggregateRating": {"ratingValue": 1}}]},
        {**SHOP, "review": [{"reviewRating": {"@type": "Rating", "ratingValue": 1}}]},
    ],
)
def test_a_rating_is_found_in_every_form_of_linked_data(data: Any) -> None:
    assert read(block(data)) == FOUND


@pytest.mark.parametrize(
    "html",
    [
        block(json.dumps(SHOP)[:-2]),
        block('{"aggregateRating":' + "[" * 100_000),
        block({**SHOP, "aggregateRating": {"@id": "#rating"}}),
        block({**SHOP, "aggregateRating": {**RATED, "ratingValue": 6}}),
        block({**SHOP, "aggregateRating": {**RATED, "ratingValue": "very good"}}),
        block({**SHOP, "aggregateRating": {**RATED, "ratingValue": float("nan")}}),
        block({**SHOP, "aggregateRating": {**RATED, "ratingValue": True}}),
        # Nobody has rated yet.
        block({**SHOP, "aggregateRating": {"ratingValue": 0, "reviewCount": 0}}),
        block([SHOP, {**SHOP, "aggregateRating": {"ratingValue": 3.1}}]),
        "<p>The word aggregateRating alone says nothing.</p>",
    ],
)
def test_a_rating_that_is_not_certain_is_unknown(html: str) -> None:
    assert read(html) is None


def test_a_broken_block_does_not_hide_the_one_after_it() -> None:
    assert read(block('{"aggregateRating": ') + block(SHOP)) == FOUND


@pytest.mark.parametrize(
    "around",
    [
        "// <![CDATA[\n{}\n// ]]>",
        "/*<![CDATA[*/{}/*]]>*/",
        "<!-- {} -->",
        "{};",
        "\ufeff{}",
        "// of the shop\n{}",
    ],
)
def test_what_is_around_a_block_does_not_hide_it(around: str) -> None:
    assert read(block(around.replace("{}", json.dumps(SHOP)))) == FOUND


def test_a_block_may_name_its_charset() -> None:
    assert read(block(SHOP).replace("+json", "+json; charset=utf-8")) == FOUND


def test_what_a_rating_does_not_say_is_unknown() -> None:
    assert read(block({"aggregateRating": {"ratingValue": "4.25"}})) == Rating(4.25, None, None)


@pytest.mark.parametrize("filler", ["", "<p>x</p>" * 40_000])
def test_a_rating_is_found_where_it_is_marked_in_the_text(filler: str) -> None:
    html = (
        filler + "<div itemscope itemtype=https://schema.org/Product><span itemprop=name>Arcade</span>"
        "<div itemprop=aggregateRating itemscope>rated <span itemprop=ratingValue> 4,2 </span> of"
        "<meta itemprop=bestRating content=5> by <span itemprop=reviewCount>1,204</span></div>"
        "<div itemprop=isRelatedTo itemscope><div itemprop=aggregateRating itemscope>"
        "<span itemprop=ratingValue>1</span></div></div></div>"
    )
    assert read(html) == Rating(4.2, 5.0, 1204)
    assert read(html + block(SHOP)) == FOUND


def test_a_large_page_has_its_linked_data_read_too() -> None:
    assert read("<p>x</p>" * 40_000 + block(SHOP)) == FOUND
