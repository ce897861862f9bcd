"""The demo on a running server, and Chromium."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.running import RunningServer, keepwell

# Playwright's five seconds are too few on a busy machine.
expect.set_options(timeout=30_000)

SEED = "5"
UNTIL = "2026-06-30"
# As many as the model needs to find a signal: below that no account has reasons.
ACCOUNTS = "160"
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# No sandbox as root in a container, and nothing that calls home.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]


def chromium() -> str | None:
    """KEEPWELL_CHROMIUM, or the machine's own; None for Playwright's."""
    return os.environ.get("KEEPWELL_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


@pytest.fixture(scope="package")
def demo() -> Iterator[RunningServer]:
    """A new home with the sample business and its dashboard."""
    folder = Path(tempfile.mkdtemp(prefix="keepwell-browser-"))
    with RunningServer(
        folder / "home", "demo", "--seed", SEED, "--until", UNTIL, "--accounts", ACCOUNTS
    ) as server:
        yield server
    shutil.rmtree(folder)


@pytest.fixture(scope="package")
def api(demo: RunningServer) -> Iterator[httpx.Client]:
    """The demo's API, as its owner."""
    token = json.loads(keepwell(demo.home, "token", "create", "--json"))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=demo.url, headers=headers, timeout=30) as client:
        yield client


# Not for the whole session: Playwright occupies this thread's event loop, which the asynchronous tests need.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium: KEEPWELL_CHROMIUM, the machine's own, or Playwright's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def signed_in(demo: RunningServer, browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has followed the sign-in link."""
    context = browser.new_context(base_url=demo.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(keepwell(demo.home, "sign-in").strip())
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(signed_in: BrowserContext) -> Iterator[Page]:
    """A page of the signed-in browser; an error on its console fails the test."""
    page = signed_in.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert not errors
