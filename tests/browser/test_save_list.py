"""The save list and its tabs with the demo's data."""

from __future__ import annotations

import re
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tests.browser.looks import assert_fits, each_look

PATHS = ("/save-list", "/save-list/left-alone", "/save-list?sheet=model")


def answer(api: httpx.Client, path: str) -> Any:
    return api.get(path).raise_for_status().json()


def test_the_save_list_fits_every_look(page: Page) -> None:
    for path in PATHS:
        for look in each_look(page, path):
            assert_fits(page, look)


def test_tabs_count_the_whole_list_and_show_their_kind(page: Page, api: httpx.Client) -> None:
    totals = answer(api, "/v1/save-list?limit=1")["totals"]
    page.goto("/save-list")
    tab = page.get_by_role("link", name=re.compile("^Payments"))
    expect(tab).to_have_text(f"Payments {totals['involuntary']}")
    tab.click()
    expect(page).to_have_url(re.compile("kind=involuntary"))
    shown = answer(api, "/v1/save-list?kind=involuntary&limit=20")["items"]
    expect(page.locator("tbody tr")).to_have_count(len(shown))
    expect(page.locator("tbody th").first).to_have_text(shown[0]["name"])


def test_keys_walk_the_list_and_open_an_account(page: Page, api: httpx.Client) -> None:
    second = answer(api, "/v1/save-list?limit=2")["items"][1]
    page.goto("/save-list")
    expect(page.get_by_role("table", name="Save list")).to_be_visible()
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    expect(page.locator("tr.row-chosen th")).to_have_text(second["name"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(second["account_id"]))


def test_the_question_mark_shows_the_keys_of_the_page(page: Page) -> None:
    page.goto("/save-list")
    expect(page.get_by_role("table", name="Save list")).to_be_visible()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog.get_by_text("Next account")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_the_slash_finds_an_account(page: Page, api: httpx.Client) -> None:
    name = answer(api, "/v1/accounts?limit=1")["items"][0]["name"]
    page.goto("/save-list")
    expect(page.get_by_role("table", name="Save list")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(name)
    found = page.get_by_role("dialog", name="Find an account").get_by_role("link", name=name)
    expect(found.first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
