"""The models and the page of one with the demo's data."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import assert_fits, each_look


@pytest.fixture(scope="module")
def newest(api: httpx.Client) -> Any:
    """The newest model, with its report."""
    version = api.get("/v1/churn/models?limit=1").raise_for_status().json()["items"][0]["version"]
    return api.get(f"/v1/churn/models/{version}").raise_for_status().json()


def test_the_pages_of_models_fit_every_look(page: Page, newest: Any) -> None:
    for path in ("/models", f"/models/{newest['version']}", f"/models/{newest['version']}?sheet=money"):
        for look in each_look(page, path):
            assert_fits(page, look)


def test_on_a_phone_the_list_of_models_has_the_money_and_which_one_made_the_save_list(
    page: Page, newest: Any
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/models")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=f"Model {newest['version']}"))
    expect(row.locator(f"data[value='{newest['revenue_at_risk']}']")).to_be_visible()
    expect(row.get_by_text("Champion").locator("visible=true")).to_be_visible()


def test_on_a_phone_the_nights_say_how_many_accounts_which_model_scored(
    page: Page, newest: Any, api: httpx.Client
) -> None:
    (run,) = api.get("/v1/churn/runs?limit=1").raise_for_status().json()["items"]
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/models")
    row = page.get_by_role("region", name="Nights").get_by_role("row").nth(1)
    expect(row.get_by_text(f"{run['accounts']:,} accounts by")).to_be_visible()
    expect(row.get_by_text("Judged")).to_be_visible()
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Model {newest['version']}")


def test_the_save_list_leads_to_its_model_which_begins_with_its_statement(page: Page, newest: Any) -> None:
    page.goto("/save-list?sheet=model")
    page.get_by_role("link", name="Everything about this model").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Model {newest['version']}")
    expect(page.get_by_text(newest["statement"])).to_be_visible()


def test_arrow_keys_walk_a_curve_and_its_table_has_the_same_shares(page: Page, newest: Any) -> None:
    page.goto(f"/models/{newest['version']}?of=not_cancelled")
    curve = page.get_by_role("slider", name="Points of: Share of departures")
    for key in ("Home", "ArrowRight"):
        curve.press(key)
    expect(curve).to_have_attribute("aria-valuetext", re.compile("^riskiest 10%"))
    spoken = curve.get_attribute("aria-valuetext") or ""
    section = page.get_by_role("region", name="What the top of the list holds")
    section.get_by_role("button", name="As table").click()
    departures = section.get_by_role("row", name="riskiest 10%").get_by_role("cell").first.inner_text()
    assert f"of departures {departures}" in spoken, (spoken, departures)
