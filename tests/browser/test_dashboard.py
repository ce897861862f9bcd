"""The dashboard with the demo's data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.running import RunningServer, keepwell

PHONE = {"width": 360, "height": 740}
SECONDS_TO_BE_SEEN = 5
CHARTS_BYTES = 30_000


@pytest.fixture(scope="package")
def api(demo: RunningServer) -> Iterator[httpx.Client]:
    token = json.loads(keepwell(demo.home, "token", "create", "--json"))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=demo.url, headers=headers, timeout=30) as client:
        yield client


def answer(api: httpx.Client, path: str) -> Any:
    return api.get(path).raise_for_status().json()


def open_overview(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("table").first).to_be_visible()


def violations(page: Page) -> list[str]:
    return [
        f"{each['id']}: {node['html']}"
        for each in Axe().run(page).response["violations"]
        for node in each["nodes"]
    ]


def test_the_overview_shows_the_mrr_from_the_api(page: Page, api: httpx.Client) -> None:
    open_overview(page)
    today = datetime.now(UTC).date().isoformat()
    figure = page.locator("[data-value]").first
    expect(figure).to_have_attribute("data-value", answer(api, f"/v1/metrics/mrr?on={today}")["mrr"])


def test_clicking_a_row_of_the_save_list_opens_its_account(page: Page, api: httpx.Client) -> None:
    # A large account may be first for its MRR alone, without a reason.
    listed = answer(api, "/v1/save-list?limit=10")["items"]
    row = next(each for each in listed if each["reasons"])
    open_overview(page)
    page.get_by_role("link", name=row["name"]).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(row["name"])
    expect(page).to_have_url(re.compile(row["account_id"]))
    expect(page.get_by_text(row["reasons"][0]["text"]).first).to_be_visible()


def test_the_save_list_stays_in_place_while_the_panels_above_it_load(page: Page) -> None:
    slow = re.compile("/v1/(metrics|activity)")
    page.route(slow, lambda _: None)
    page.goto("/")
    row = page.get_by_role("table", name="Save list").get_by_role("row").nth(1)
    expect(row).to_be_visible()
    before = row.bounding_box()
    page.unroute(slow)  # so that the waiting requests continue
    expect(page.locator("dd", has_text="in 30 days")).to_have_count(2)
    expect(page.get_by_text("New", exact=True)).to_be_visible()  # in the chart's legend
    expect(page.get_by_role("list", name="Live activity")).to_be_visible()
    assert row.bounding_box() == before


def test_the_movements_chart_has_an_equivalent_table(page: Page) -> None:
    open_overview(page)
    page.get_by_role("button", name=re.compile("table", re.IGNORECASE)).first.click()
    expect(page.get_by_role("columnheader", name=re.compile("churn", re.IGNORECASE)).first).to_be_visible()


def test_on_a_phone_the_last_column_of_a_charts_table_is_in_sight(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_overview(page)
    page.get_by_role("button", name="As table").click()
    expect(page.get_by_role("columnheader", name="Closing")).to_be_in_viewport(ratio=1)


def test_charts_are_loaded_with_the_first_chart_and_are_small(page: Page) -> None:
    def scripts(path: str, shown: str) -> dict[str, int]:
        page.goto(path)
        expect(page.locator(shown).first).to_be_visible()
        return page.evaluate(  # type: ignore[no-any-return]  # what the script returns
            """() => Object.fromEntries(performance.getEntriesByType('resource')
                .filter(({ name }) => name.endsWith('.js'))
                .map(({ name, encodedBodySize }) => [name, encodedBodySize]))"""
        )

    without, with_chart = scripts("/accounts", "table"), scripts("/", ".chart-area")
    added = [size for name, size in with_chart.items() if name not in without]
    assert 0 < sum(added) <= CHARTS_BYTES


def test_arrow_keys_walk_through_a_chart_and_speak_the_exact_values(page: Page, api: httpx.Client) -> None:
    today = datetime.now(UTC).date()
    months = answer(
        api, f"/v1/metrics/movements?from={today.year - 1}-{today.month:02}-01&to={today}&by=month"
    )
    # The latest month of which each movement would be left out if it were zero.
    index = max(at for at, period in enumerate(months["periods"]) if period["new"] != "0.00")
    steps = len(months["periods"]) - 1 - index
    open_overview(page)
    points = page.get_by_role("slider", name=re.compile("Revenue movements"))
    points.focus()
    for _ in range(steps):
        page.keyboard.press("ArrowLeft")
    new = float(months["periods"][index]["new"])
    expect(points).to_have_attribute("aria-valuetext", re.compile(re.escape(f"New +${new:,.2f}")))
    expect(page.locator(".chart-tip")).to_be_visible()


def test_a_product_event_appears_within_seconds_without_a_reload(
    page: Page, api: httpx.Client, demo: RunningServer
) -> None:
    account = answer(api, "/v1/save-list?limit=1")["items"][0]
    external_id = answer(api, f"/v1/accounts/{account['account_id']}")["external_id"]
    write_key = json.loads(keepwell(demo.home, "write-key", "create", "--name", "game", "--json"))[
        "write_key"
    ]

    def send(event: str) -> None:
        call = {"userId": external_id, "event": event}
        httpx.post(f"{demo.url}/v1/track", json=call, auth=(write_key, "")).raise_for_status()

    open_overview(page)
    live = page.get_by_role("list", name="Live activity")
    expect(live).to_be_visible()
    send("match_started")
    first = live.get_by_role("listitem").first
    expect(first).to_contain_text("match_started", timeout=SECONDS_TO_BE_SEEN * 1000)
    first.get_by_role("link", name=account["name"]).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(account["name"])
    send("match_won")
    newest = page.get_by_role("list", name="Recent events").get_by_role("listitem").first
    expect(newest).to_contain_text("match_won", timeout=SECONDS_TO_BE_SEEN * 1000)


def test_the_axis_of_a_count_has_whole_numbers_only(page: Page, api: httpx.Client) -> None:
    account_id = answer(api, "/v1/save-list?limit=1")["items"][0]["account_id"]

    def one_event_every_other_day(route: Route) -> None:
        account = route.fetch().json()
        for index, day in enumerate(account["activity"]["days"]):
            day["events"] = index % 2
        route.fulfill(json=account)

    page.route(f"**/v1/accounts/{account_id}", one_event_every_other_day)
    page.goto(f"/accounts/{account_id}")
    expect(page.locator(".chart-y span")).to_have_text(["0", "1"])


def test_synthetic_data_is_marked_on_every_page(page: Page) -> None:
    for path in ("/", "/accounts"):
        page.goto(path)
        expect(page.get_by_text(re.compile("synthetic", re.IGNORECASE)).first).to_be_visible()


def test_accounts_are_found_by_part_of_their_name_and_the_url_keeps_the_search(
    page: Page, api: httpx.Client
) -> None:
    name = answer(api, "/v1/accounts?limit=1")["items"][0]["name"]
    page.goto("/accounts")
    page.get_by_role("searchbox").fill(name)
    expect(page.get_by_role("link", name=name).first).to_be_visible()
    expect(page).to_have_url(re.compile("q="))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("where", ["overview", "accounts", "account"])
def test_axe_finds_no_violation(page: Page, api: httpx.Client, theme: str, where: str) -> None:
    account_id = answer(api, "/v1/save-list?limit=1")["items"][0]["account_id"]
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto({"overview": "/", "accounts": "/accounts", "account": f"/accounts/{account_id}"}[where])
    expect(page.get_by_role("table").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/", "/accounts"])
def test_no_page_scrolls_sideways_on_a_phone(page: Page, path: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain dict is what it takes
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_first_tab_stop_skips_to_the_content(page: Page) -> None:
    open_overview(page)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_contain_text(re.compile("skip", re.IGNORECASE))


def test_a_signed_out_browser_shows_how_to_sign_in(demo: RunningServer, browser: Browser) -> None:
    page = browser.new_page(base_url=demo.url)
    page.goto("/")
    expect(page.get_by_text("./keepwell sign-in").first).to_be_visible()
    assert violations(page) == []
    page.close()


def test_a_used_link_shows_how_to_get_another(demo: RunningServer, browser: Browser) -> None:
    link = keepwell(demo.home, "sign-in").strip()
    httpx.get(link)
    page = browser.new_page()
    page.goto(link)
    expect(page.get_by_text("already been used")).to_be_visible()
    expect(page.get_by_text("./keepwell sign-in").first).to_be_visible()
    page.close()


def test_the_api_reference_lists_its_operations(page: Page) -> None:
    page.goto("/docs")
    expect(page.get_by_text("/v1/save-list").first).to_be_visible()
