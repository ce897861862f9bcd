"""Revenue, its movements, cohorts and retention, and the sheets of their figures, with the demo's data."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.browser.looks import assert_fits, each_look

# The first one with a sheet over it.
PATHS = ("/revenue?sheet=mrr", "/revenue/movements", "/revenue/cohorts", "/revenue/retention")


def answer(api: httpx.Client, path: str, **query: object) -> Any:
    return api.get(f"{path}?{urlencode(query)}").raise_for_status().json()


def today() -> date:
    return datetime.now(UTC).date()


def sheet(page: Page, name: str) -> Locator:
    return page.get_by_role("dialog", name=name)


def test_the_pages_of_revenue_fit_every_look(page: Page) -> None:
    for path in PATHS:
        for look in each_look(page, path):
            expect(page.locator(".chart-area, .heat").first).to_be_visible()
            assert_fits(page, look)


def test_the_band_has_the_figures_of_the_reports_to_the_cent(page: Page, api: httpx.Client) -> None:
    # The 30th of April, so that twelve months are whole ones, and begin on the 1st of May.
    page.goto("/revenue?on=2026-04-30")
    year = {"from": "2025-05-01", "to": "2026-04-30"}
    mrr = answer(api, "/v1/metrics/mrr", on="2026-04-30")
    retained = answer(api, "/v1/metrics/retention", **year)
    value = answer(api, "/v1/metrics/lifetime-value", **year)["lifetime_value"]
    expected = [mrr["mrr"], mrr["arpa"], str(mrr["accounts"]), retained["net"], retained["gross"], value]
    band = page.get_by_role("region", name="Key figures")
    for amount in filter(None, expected):
        expect(band.locator(f"data[value='{amount}']").first).to_be_visible()


def test_the_sheet_of_the_mrr_adds_up_to_it_and_gives_the_focus_back(page: Page, api: httpx.Client) -> None:
    mrr = answer(api, "/v1/metrics/mrr")
    page.goto("/revenue")
    figure = page.get_by_role("button", name=re.compile("^MRR: "))
    figure.click()
    expect(page).to_have_url(re.compile(r"sheet=mrr"))
    opened = sheet(page, "MRR")
    expect(opened.locator(f"data[value='{mrr['mrr']}']")).to_be_visible()
    expect(opened.get_by_text(f"sum ${float(mrr['mrr']):,.2f}")).to_be_visible()
    expect(opened.get_by_role("link", name=f"All {mrr['accounts']} accounts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(opened).to_have_count(0)
    expect(figure).to_be_focused()
    page.go_forward()
    expect(opened).to_be_visible()
    page.go_back()
    expect(opened).to_have_count(0)


def test_enter_on_a_month_of_the_movements_opens_its_rows(page: Page, api: httpx.Client) -> None:
    page.goto("/revenue/movements?on=2026-05-31")
    points = page.get_by_role("slider", name=re.compile("Movements of MRR"))
    points.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    april = {"from": "2026-04-01", "to": "2026-04-30"}
    (period,) = answer(api, "/v1/metrics/movements", by="total", **april)["periods"]
    totals = answer(api, "/v1/movements/totals", **april)
    opened = sheet(page, "Net movement")
    expect(opened.locator(f"data[value='{period['net']}']").first).to_be_visible()
    shown = min(20, totals["movements"])
    expect(opened.get_by_text(f"{shown} of {totals['movements']}", exact=True)).to_be_visible()


def test_a_cell_of_a_cohort_opens_the_rows_of_its_customers(page: Page, api: httpx.Client) -> None:
    page.goto("/revenue/cohorts?on=2026-06-30")
    cell = page.locator("[data-cell='0 3']")
    cell.click()
    cohorts = answer(api, "/v1/metrics/cohorts", **{"from": "2024-07-01", "to": "2026-06-30"})["cohorts"]
    opened = sheet(page, "Cohort")
    expect(opened.locator(f"data[value='{cohorts[0]['mrr'][3]}']").first).to_be_visible()


def test_keys_move_the_period_and_the_address_keeps_it(page: Page) -> None:
    page.goto("/revenue/movements")
    expect(page.locator(".chart-area").first).to_be_visible()
    page.keyboard.press("d")
    expect(page).to_have_url(re.compile("by=day"))
    page.keyboard.press("ArrowLeft")
    before = today() - timedelta(days=30)
    expect(page).to_have_url(re.compile(f"on={before}"))
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(re.compile("on="))
    page.reload()
    expect(page.get_by_role("radio", name="Day")).to_be_checked()


def test_the_table_of_the_movements_shows_its_last_column(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/revenue/movements")
    # The demo has been imported today: its mark is on the chart.
    expect(page.locator(".chart-annotation", has_text="Import")).to_be_visible()
    page.get_by_role("button", name="As table").first.click()
    table = page.get_by_role("table", name="By month")
    expect(table.get_by_role("cell", name="import (sample.yaml)")).to_be_visible()
    expect(table.get_by_role("columnheader", name="Closing")).to_be_in_viewport(ratio=1)
    assert table.evaluate("element => element.parentElement.scrollWidth <= element.parentElement.clientWidth")


def test_why_stripe_shows_another_figure_names_the_rule(page: Page) -> None:
    page.goto("/revenue")
    page.get_by_role("button", name="why Stripe shows another figure").click()
    opened = sheet(page, "Why Stripe shows another figure")
    expect(opened.get_by_text("full price under a temporary coupon").first).to_be_visible()


def test_a_day_to_come_and_nonsense_in_the_address_are_said(page: Page) -> None:
    page.goto("/revenue?on=2199-01-01&by=decade&sheet=mrr@2026-02-30")
    expect(page.get_by_text("This day has not come yet")).to_be_visible()
    expect(page.get_by_text("cannot use “by”, “sheet”")).to_be_visible()
    expect(page.get_by_role("region", name="Key figures")).to_be_visible()
