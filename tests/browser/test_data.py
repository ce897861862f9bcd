"""The pages about data, and the first run of an empty workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.looks import assert_fits, each_look

PATHS = ("/data", "/data/imports", "/data/dead-letters", "/data/stripe", "/data/write-keys")
EMPTY: dict[str, Any] = {"items": [], "next": None}
MOMENT = "2026-06-28T06:00:00Z"
SOME_ID = "0190b3c2-1f6a-7c3e-9c55-000000000001"
CRAWL = {
    "id": SOME_ID,
    "cause": "worker",
    "started_at": MOMENT,
    "ended_at": MOMENT,
    "state": "ended",
    "accounts": 2,
    "websites": 2,
    "signals": 3,
    "requests": 12,
    "bytes": 120_000,
    "outcomes": {"page": 9, "client_error": 1},
    "queue_left": 0,
    "statuses": {"200": 9, "404": 1},
    "retries": {"throttled": 2},
    "waited": {"crawl_delay": 12.5},
}


def answer(api: httpx.Client, path: str) -> Any:
    return api.get(path).raise_for_status().json()


@pytest.fixture(scope="module")
def letter(api: httpx.Client) -> str:
    """The id of an event that was refused, for a field with a number in place of a text."""
    key = api.post("/v1/write-keys", json={"name": "tests"}, headers={"Idempotency-Key": "tests"}).json()
    call = {"type": "track", "userId": "user-1", "event": 7, "messageId": "refused-1"}
    api.post("/v1/batch", json={"batch": [call]}, auth=(key["write_key"], "")).raise_for_status()
    return str(answer(api, "/v1/dead-letters?journal=http")["items"][0]["id"])


def test_every_page_about_data_fits_every_look(page: Page, api: httpx.Client, letter: str) -> None:
    newest = answer(api, "/v1/imports?limit=1")["items"][0]["id"]
    for path in (*PATHS, f"/data/imports/{newest}", f"/data/dead-letters?letter={letter}"):
        for look in each_look(page, path):
            assert_fits(page, look)


def fulfilling(document: Any) -> Callable[[Route], None]:
    def fulfil(route: Route) -> None:
        route.fulfill(json=document)

    return fulfil


def test_the_websites_of_accounts_fit_every_look(page: Page, api: httpx.Client) -> None:
    [account] = answer(api, "/v1/accounts?limit=1")["items"]
    read = {
        "since": MOMENT,
        "read_at": MOMENT,
        "changed_at": MOMENT,
        "changes": ["website.status", "website.pricing"],
    }
    website = {
        "id": account["id"],
        "account_id": account["id"],
        "is_own": True,
        "is_left_out": False,
        "name": account["name"],
        "website": "https://first.example/" + "shop" * 30,
    }
    dead = {
        **website,
        **read,
        "state": "dead",
        "problem": None,
        "outcome": "client_error",
        "status": 404,
        "moved_to": None,
    }
    moved = {
        **dead,
        "id": SOME_ID,
        "is_own": False,
        "state": "moved",
        "moved_to": "https://second.example/" + "shop" * 30,
    }
    crawl = {
        **CRAWL,
        "error": "The crawl needs the package selectolax. Install the extra: pip install 'keepwell[crawl]'.",
    }
    counts = {"alive": 0, "moved": 1, "dead": 1, "unknown": 0, "nonsense": 0, "unread": 0, "left_out": 0}
    for path, found in {
        "websites/totals": counts,
        "websites?*": {"items": [dead, moved], "next": None},
        "crawls?*": {"items": [crawl], "next": None},
    }.items():
        page.route(f"**/v1/{path}", fulfilling(found))
    for look in each_look(page, "/data/websites"):
        expect(page.get_by_text("answers 404")).to_be_visible()
        expect(page.get_by_text("Install the extra")).to_be_visible()
        assert_fits(page, look)


def test_an_empty_workspace_leads_to_three_doors(page: Page) -> None:
    page.route("**/v1/accounts?limit=1", lambda route: route.fulfill(json=EMPTY))
    for look in each_look(page, "/"):
        for door in ("Connect Stripe", "Bring files", "Look at a sample"):
            expect(page.get_by_role("heading", name=door)).to_be_visible()
        expect(page.get_by_text("./keepwell import --dry-run", exact=False)).to_be_visible()
        assert_fits(page, look)


def test_a_key_of_another_shape_is_refused_before_it_is_sent(page: Page) -> None:
    page.goto("/data/stripe")
    page.get_by_label("Restricted key").fill("pk_live_123")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("alert")).to_contain_text("rk_live_")
    expect(page.get_by_label("Restricted key")).to_have_value("pk_live_123")


def test_a_dead_letter_that_is_corrected_becomes_an_event(page: Page, letter: str) -> None:
    page.goto("/data/dead-letters?journal=http")
    page.get_by_role("row").filter(has_text="is not of types").get_by_role("link").click()
    sheet = page.get_by_role("dialog", name="What is wrong")
    expect(sheet.locator("mark")).to_have_text('"event": 7,')
    row = sheet.get_by_label("The event, to correct")
    row.fill(row.input_value().replace(": 7", ': "Report exported"').replace(":7", ':"Report exported"'))
    sheet.get_by_role("button", name="Send corrected").click()
    expect(page.get_by_text("The event was accepted")).to_be_visible()
    expect(page.get_by_text("is not of types")).to_have_count(0)


def test_the_lines_for_a_library_contain_the_new_key_and_this_server(page: Page) -> None:
    page.goto("/data/write-keys")
    page.get_by_label("Name").fill("website")
    page.get_by_role("button", name="Create").click()
    key = page.locator(".secret code").inner_text()
    origin = page.evaluate("location.origin")
    expect(page.locator(".data-snippet code")).to_contain_text(f"writeKey: '{key}', host: '{origin}'")
