"""The accounts with their filters, with the demo's data."""

from __future__ import annotations

import re
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tests.browser.looks import assert_fits, each_look

PATHS = (
    "/accounts",
    "/accounts?plan=Gone&mrr_from=49&colour=red",
    "/accounts?status=churned&sort=-churned_on&sheet=filters",
)


def answer(api: httpx.Client, path: str) -> Any:
    return api.get(path).raise_for_status().json()


def test_accounts_fit_every_look(page: Page) -> None:
    for path in PATHS:
        for look in each_look(page, path):
            assert_fits(page, look)


def test_the_last_row_is_reached_and_kept_when_coming_back_from_it(page: Page, api: httpx.Client) -> None:
    total = answer(api, "/v1/accounts/totals")["accounts"]
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/accounts")
    table = page.get_by_role("table", name="Accounts")
    expect(table).to_have_attribute("aria-rowcount", str(total + 1))
    first = page.locator("tr[aria-rowindex='2'] a")
    expect(first).to_be_visible()
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("End")
    last = page.locator(f"tr[aria-rowindex='{total + 1}'] a")
    expect(last).to_be_focused()
    assert page.locator("tbody tr").count() < total
    name = last.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.go_back()
    expect(last).to_be_in_viewport()


def test_filters_of_the_sheet_are_in_the_address_the_totals_and_the_export(
    page: Page, api: httpx.Client
) -> None:
    [plan] = answer(api, "/v1/accounts/facets")["plans"][:1]
    totals = answer(api, f"/v1/accounts/totals?plan={plan['value']}&mrr_from=30")
    page.goto("/accounts")
    page.get_by_role("button", name="All filters").click()
    sheet = page.get_by_role("dialog", name="Filter accounts")
    sheet.get_by_label("Plan").select_option(plan["value"])
    sheet.get_by_role("group", name="MRR").get_by_label("At least").fill("30")
    page.keyboard.press("Enter")
    sheet.get_by_role("button", name="Done").click()
    expect(page).to_have_url(re.compile("mrr_from=30"))
    noun = "account" if totals["accounts"] == 1 else "accounts"
    expect(page.get_by_text(f"{totals['accounts']:,} {noun}", exact=True)).to_be_visible()
    link = page.get_by_role("link", name="Export this view").get_attribute("href") or ""
    exported = api.get(link).raise_for_status().text.strip().splitlines()
    assert len(exported) == totals["accounts"] + 1


def test_a_name_is_found_while_typing(page: Page, api: httpx.Client) -> None:
    name = answer(api, "/v1/accounts?limit=40")["items"][-1]["name"]
    page.goto("/accounts")
    page.get_by_role("searchbox", name="Search accounts").press_sequentially(name)
    expect(page.locator("tr[aria-rowindex='2'] a")).to_have_text(name)
