"""What a crawl says of the websites that were named."""

from __future__ import annotations

from typing import Any

import pytest

from keepwell.crawl.model import Due, Facts, Kind, Outcome, Pricing, Result
from keepwell.crawl.pages.urls import key_of
from keepwell.crawl.sites import Site, Sites, State

SEED = "https://shop.example/"


def result(url: str, kind: Kind, *, depth: int = 0, seed: str = SEED, **outcome: Any) -> Result:
    due = Due(key=key_of(url), url=url, depth=depth, seed=key_of(seed))
    return Result(due, Outcome(kind=kind, **outcome))


def site_of(*results: Result) -> Site:
    sites = Sites(10)
    for each in results:
        sites.add(each)
    (site,) = sites.all()
    return site


@pytest.mark.parametrize(
    ("kind", "status", "state"),
    [
        (Kind.PAGE, 200, State.ALIVE),
        (Kind.NOT_MODIFIED, 304, State.ALIVE),
        (Kind.CLIENT_ERROR, 404, State.DEAD),
        (Kind.CLIENT_ERROR, 403, State.UNKNOWN),
        (Kind.CLIENT_ERROR, 406, State.UNKNOWN),
        (Kind.SERVER_ERROR, 500, State.DEAD),
        (Kind.NO_SUCH_HOST, None, State.DEAD),
        (Kind.UNREACHABLE, None, State.DEAD),
        (Kind.NOT_ASKED, None, State.UNKNOWN),
        (Kind.BAD_CERTIFICATE, None, State.UNKNOWN),
        (Kind.BROKEN, None, State.UNKNOWN),
        (Kind.TOO_SLOW, None, State.UNKNOWN),
        (Kind.REDIRECT_LOOP, 302, State.UNKNOWN),
        (Kind.FORBIDDEN_BY_ROBOTS, None, State.UNKNOWN),
        (Kind.THROTTLED, 429, State.UNKNOWN),
    ],
)
def test_a_website_is_what_its_first_page_is(kind: Kind, status: int | None, state: State) -> None:
    assert site_of(result(SEED, kind, status=status)).state is state


@pytest.mark.parametrize(
    ("target", "state"), [("https://www.shop.example/", State.ALIVE), ("https://new.example/", State.MOVED)]
)
def test_a_website_has_moved_if_it_is_alive_under_another_name(target: str, state: State) -> None:
    # The results come in any order.
    site = site_of(
        result(target, Kind.PAGE, facts=Facts(title="New")), result(SEED, Kind.REDIRECT, target=target)
    )
    assert (site.state, site.moved_to, site.title, site.url) == (state, target, "New", SEED)


def test_where_nobody_went_is_unknown() -> None:
    site = site_of(result(SEED, Kind.REDIRECT, target="https://new.example/"))
    assert site.state is State.UNKNOWN


def test_two_websites_that_lead_to_each_other_are_unknown() -> None:
    other = "https://new.example/"
    sites = Sites(10)
    sites.add(result(SEED, Kind.REDIRECT, target=other))
    sites.add(result(other, Kind.REDIRECT, target=SEED, seed=other))
    assert {each.state for each in sites.all()} == {State.UNKNOWN}


def test_the_prices_of_two_pages_are_the_same_whichever_comes_first() -> None:
    pages = [
        result(f"{SEED}pricing", Kind.PAGE, depth=1, facts=Facts(pricing=Pricing(["$29"], "a"))),
        result(f"{SEED}plans", Kind.PAGE, depth=1, facts=Facts(pricing=Pricing(["$19", "$29"], "b"))),
    ]
    seed = result(SEED, Kind.PAGE)
    there, back = site_of(seed, *pages), site_of(seed, *reversed(pages))
    assert there.prices == ["$19", "$29"]
    assert there == back


def test_what_its_pages_show_is_put_together() -> None:
    pricing = Pricing(["$29"], "abc")
    site = site_of(
        result(SEED, Kind.PAGE, facts=Facts(technologies=["stripe"])),
        result(f"{SEED}pricing", Kind.PAGE, depth=1, facts=Facts(pricing=pricing, technologies=["nginx"])),
        result(f"{SEED}jobs", Kind.PAGE, depth=1, facts=Facts(is_hiring=True)),
    )
    assert (site.technologies, site.prices, site.is_hiring, site.pages) == (
        ["nginx", "stripe"],
        ["$29"],
        True,
        3,
    )
