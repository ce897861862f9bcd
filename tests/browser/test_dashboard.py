"""The dashboard with the demo's data."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.events import send_event
from tests.browser.waiting import until
from tests.running import RunningServer

PHONE = {"width": 360, "height": 740}
SECONDS_TO_BE_SEEN = 20
CHARTS_BYTES = 30_000
ROUTE_BYTES = 60_000


def answer(api: httpx.Client, path: str) -> Any:
    return api.get(path).raise_for_status().json()


def open_movements(page: Page) -> None:
    page.goto("/revenue/movements")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("table").first).to_be_visible()


def test_the_movements_chart_has_an_equivalent_table(page: Page) -> None:
    open_movements(page)
    by_month = page.get_by_role("region", name="By month")
    by_month.get_by_role("button", name="As table").click()
    expect(
        by_month.get_by_role("columnheader", name=re.compile("churn", re.IGNORECASE)).first
    ).to_be_visible()


def test_on_a_phone_the_last_column_of_a_charts_table_is_in_sight(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_movements(page)
    page.get_by_role("button", name="As table").first.click()
    expect(page.get_by_role("columnheader", name="Closing")).to_be_in_viewport(ratio=1)


def test_charts_are_loaded_with_the_first_chart_and_are_small(
    signed_in: BrowserContext, browser: Browser, demo: RunningServer
) -> None:
    # Without the service worker, which has the sizes of files that are no longer compressed.
    context = browser.new_context(
        base_url=demo.url, storage_state=signed_in.storage_state(), service_workers="block"
    )
    page = context.new_page()

    def scripts(path: str, shown: str) -> dict[str, int]:
        page.goto(path)
        expect(page.locator(shown).first).to_be_visible()
        return page.evaluate(  # type: ignore[no-any-return]  # what the script returns
            """() => Object.fromEntries(performance.getEntriesByType('resource')
                .filter(({ name }) => name.endsWith('.js'))
                .map(({ name, encodedBodySize }) => [name, encodedBodySize]))"""
        )

    without, with_chart = scripts("/accounts", "table"), scripts("/revenue", ".chart-area")
    context.close()
    charts = [size for name, size in with_chart.items() if "/drawn-" in name]
    assert 0 < sum(charts) <= CHARTS_BYTES
    assert not [name for name in without if "/drawn-" in name]
    assert sum(size for name, size in with_chart.items() if name not in without) <= ROUTE_BYTES


@pytest.mark.parametrize("path", ["/", "/save-list", "/accounts", "/revenue", "account"])
def test_what_a_page_asks_before_its_scripts_are_there_it_uses_and_asks_only_once(
    page: Page, api: httpx.Client, path: str
) -> None:
    if path == "account":
        path = f"/accounts/{answer(api, '/v1/accounts?limit=1')['items'][0]['id']}"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition("/v1/")[2]))
    page.goto(path)
    until(page, lambda: page.evaluate("keepwellAhead.answers.size") == 0)
    expect(page.locator(".skeleton")).to_have_count(0)
    calls = [each for each in asked if each]
    assert calls[0] == "session"
    assert [each for each, count in Counter(calls).items() if count > 1] == []


def test_arrow_keys_walk_through_a_chart_and_speak_the_exact_values(page: Page, api: httpx.Client) -> None:
    today = datetime.now(UTC).date()
    months = answer(
        api, f"/v1/metrics/movements?from={today.year - 1}-{today.month:02}-01&to={today}&by=month"
    )
    # The latest month of which each movement would be left out if it were zero.
    index = max(at for at, period in enumerate(months["periods"]) if period["new"] != "0.00")
    steps = len(months["periods"]) - 1 - index
    open_movements(page)
    points = page.get_by_role("slider", name=re.compile("Movements of MRR"))
    points.focus()
    for _ in range(steps):
        page.keyboard.press("ArrowLeft")
    new = float(months["periods"][index]["new"])
    expect(points).to_have_attribute("aria-valuetext", re.compile(re.escape(f"New +${new:,.2f}")))
    expect(page.locator(".chart-tip")).to_be_visible()


def test_a_product_event_appears_within_seconds_without_a_reload(page: Page, api: httpx.Client) -> None:
    account = answer(api, "/v1/save-list?limit=1")["items"][0]
    page.goto("/data")
    live = page.get_by_role("list", name="Live activity")
    expect(live).to_be_visible()
    # Other tests send events of the game for the same account.
    send_event(api, account["account_id"], "lesson_shared")
    first = live.get_by_role("listitem").first
    expect(first).to_contain_text("lesson_shared", timeout=SECONDS_TO_BE_SEEN * 1000)
    first.get_by_role("link", name=account["name"]).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(account["name"])
    expect(page.get_by_text("lesson shared 1")).to_be_visible()


def test_accounts_are_found_by_part_of_their_name_and_the_url_keeps_the_search(
    page: Page, api: httpx.Client
) -> None:
    name = answer(api, "/v1/accounts?limit=1")["items"][0]["name"]
    page.goto("/accounts")
    page.get_by_role("searchbox").fill(name)
    expect(page.get_by_role("link", name=name).first).to_be_visible()
    expect(page).to_have_url(re.compile("q="))
