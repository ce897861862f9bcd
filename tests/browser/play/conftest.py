"""Browsers in which the tests play."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.play.playing import (
    LOADED_WITHIN,
    PHONE,
    WATCH_POLICY,
    Visit,
    leave_match,
    no_errors,
    start_button,
)
from tests.running import RunningServer


# Loading the game takes longer than most tests: few of them load it again.
@pytest.fixture(scope="package")
def player(open_context: Callable[[], BrowserContext]) -> BrowserContext:
    """A signed-in browser that several tests play in."""
    return open_context()


@pytest.fixture(scope="package")
def first_visit(open_context: Callable[[], BrowserContext]) -> Visit:
    """A page of a browser that has never played, opened by the link of the dashboard."""
    context = open_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("table").first).to_be_visible()
    before_play = list(asked)
    page.get_by_role("navigation").get_by_role("button", name="member menu").click()
    page.get_by_role("link", name="Play", exact=True).click()
    expect(start_button(page)).to_be_enabled(timeout=LOADED_WITHIN)
    return Visit(page, before_play, asked)


@pytest.fixture(scope="package")
def open_context(
    signed_in: BrowserContext, browser: Browser, demo: RunningServer
) -> Iterator[Callable[[], BrowserContext]]:
    """Opens a signed-in browser that has never played."""
    with ExitStack() as closed:

        def open_one() -> BrowserContext:
            context = browser.new_context(
                base_url=demo.url,
                storage_state=signed_in.storage_state(),
                viewport={"width": 1280, "height": 900},
            )
            context.add_init_script(WATCH_POLICY)
            closed.callback(context.close)
            return context

        yield open_one


@pytest.fixture
def page(player: BrowserContext) -> Iterator[Page]:
    """A page in the game's lobby, which it returns to after the test."""
    page = player.pages[0] if player.pages else player.new_page()
    with no_errors(page):
        if not start_button(page).is_visible():
            page.goto("/play")
        expect(start_button(page)).to_be_enabled(timeout=LOADED_WITHIN)
        yield page
        leave_match(page)


@pytest.fixture
def phone(signed_in: BrowserContext, browser: Browser, demo: RunningServer) -> Iterator[Page]:
    context = browser.new_context(
        base_url=demo.url,
        storage_state=signed_in.storage_state(),
        viewport=PHONE,  # type: ignore[arg-type]  # a plain dict is what it takes
        has_touch=True,
        is_mobile=True,
    )
    context.add_init_script(WATCH_POLICY)
    page = context.new_page()
    with no_errors(page):
        yield page
    context.close()
