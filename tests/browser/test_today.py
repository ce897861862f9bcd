"""The start page with the demo's data."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import assert_fits, each_look

# The first screen of a desk and of a phone, in pixels.
FIRST_SCREEN = {1440: 900, 390: 700}


def answer(api: httpx.Client, path: str) -> Any:
    return api.get(path).raise_for_status().json()


def test_the_start_page_fits_every_look(page: Page) -> None:
    for look in each_look(page, "/"):
        expect(page.get_by_role("table").first).to_be_visible()
        assert_fits(page, look)


def test_the_figures_are_those_of_the_api(page: Page, api: httpx.Client) -> None:
    page.goto("/")
    today = answer(api, "/v1/today")
    band = page.get_by_role("region", name="Key figures")
    for amount in (today["risk"]["revenue_at_risk"], today["failed_payments"]["amount"], today["mrr"]["mrr"]):
        expect(band.locator(f"data[value='{amount}']").first).to_be_visible()


@pytest.mark.parametrize("width", FIRST_SCREEN)
def test_risk_payments_and_the_first_five_names_are_on_the_first_screen(
    page: Page, api: httpx.Client, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/")
    rows = page.get_by_role("table").first.get_by_role("row")
    expect(rows).to_have_count(6)
    # On a machine with too much to do, the page may have found the server away for a moment.
    expect(page.locator(".banners")).to_be_empty()
    for shown in (rows.last, page.get_by_role("region", name="Key figures")):
        box = shown.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= FIRST_SCREEN[width]


def test_the_first_name_opens_its_account(page: Page, api: httpx.Client) -> None:
    first = answer(api, "/v1/save-list?limit=1")["items"][0]
    page.goto("/")
    # An account with an open payment stands in both tables.
    page.get_by_role("table").first.get_by_role("rowheader", name=first["name"]).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(first["name"])


def test_synthetic_data_is_marked(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text("Synthetic data")).to_be_visible()


def test_the_first_tab_stop_skips_to_the_content(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_contain_text("Skip")


def test_a_part_of_the_address_that_means_nothing_is_said(page: Page) -> None:
    page.goto("/?plan=gone&on=2026-02-30")
    expect(page.get_by_text("cannot use “plan”, “on”")).to_be_visible()
