"""Waiting for what a page says of itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page

from tests.running import PATIENCE


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Return once `holds()` is true.

    Unlike Playwright's `wait_for_function`, which evaluates text in the page again and again, it may be asked under a policy that
    forbids that.
    """
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)  # not `sleep`: Playwright reports what happened while it waits
