"""Sizes and themes in which a page is looked at, and what must hold in each of them.

By default a phone in the light theme and a desk in the dark one; every combination in a thorough run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests import thorough


class Look(NamedTuple):
    """The width of the window, and the colour theme."""

    width: int
    theme: Literal["light", "dark"]


_DEFAULT = (Look(390, "light"), Look(1440, "dark"))
_OTHERS = (
    Look(360, "light"),
    Look(360, "dark"),
    Look(390, "dark"),
    Look(768, "light"),
    Look(768, "dark"),
    Look(1440, "light"),
)
LOOKS = (*_DEFAULT, *_OTHERS)[: thorough.repeats(len(_DEFAULT), thorough=len(_DEFAULT) + len(_OTHERS))]


def each_look(page: Page, path: str) -> Iterator[Look]:
    """Open a page, and show it in one look after another. It is loaded once, as by somebody who turns a tablet."""
    _show(page, LOOKS[0])
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    yield from each_look_at(page)


def each_look_at(page: Page) -> Iterator[Look]:
    """Show what is open in one look after another."""
    for look in LOOKS:
        _show(page, look)
        expect(page.get_by_text("Loading", exact=False)).to_have_count(0)
        yield look


def _show(page: Page, look: Look) -> None:
    height = 844 if look.width <= 700 else 900
    page.set_viewport_size({"width": look.width, "height": height})
    # Without transitions: the colours of the theme before would still be fading.
    page.emulate_media(color_scheme=look.theme, reduced_motion="reduce")


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page."""
    return [
        f"{each['id']}: {node['html']}"
        for each in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        for node in each["nodes"]
    ]


def assert_fits(page: Page, look: Look) -> None:
    """Nothing is wider than the window, and axe finds nothing."""
    widest = page.evaluate("document.documentElement.scrollWidth")
    assert widest <= look.width, (page.url, look, widest)
    found = violations(page)
    assert found == [], (page.url, look, found)
