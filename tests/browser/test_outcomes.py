"""The page Outcomes with the sample's past follow-ups, and recording a contact from the save list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import assert_fits, each_look, each_look_at
from tests.running import RunningServer

OPEN_CASE = """
    insert into save_cases (workspace_id, id, external_id, account_id, opened_on, horizon_ends_on, arm, mrr, probability)
    select workspace_id, id, 'browser', id, current_date - 1, current_date + 29, 'act', 10, 0.4 from accounts where id = %s
"""


@pytest.fixture
def listed(demo: RunningServer, api: httpx.Client) -> Iterator[dict[str, Any]]:
    """The first account of the save list, with an open case: the demo's own lists are about days that are over."""
    entry: dict[str, Any] = api.get("/v1/save-list?limit=1").raise_for_status().json()["items"][0]
    folder = str(demo.home / "postgres")
    with psycopg.connect(host=folder, user="keepwell", dbname="keepwell", autocommit=True) as superuser:
        superuser.execute(OPEN_CASE, (entry["account_id"],))
        yield entry
        superuser.execute("delete from save_cases where external_id = 'browser'")


def test_outcomes_fit_every_look(page: Page) -> None:
    for look in each_look(page, "/outcomes"):
        expect(page.get_by_role("table", name="Cases", exact=True)).to_be_visible()
        assert_fits(page, look)


def test_the_counts_of_both_arms_are_those_of_the_api(page: Page, api: httpx.Client) -> None:
    experiment = api.get("/v1/outcomes").raise_for_status().json()["experiments"][0]
    page.goto("/outcomes")
    arms = page.get_by_role("group", name="Left, per arm")
    for arm in ("acted", "held"):
        found = experiment[arm]
        expect(arms).to_contain_text(f"{found['left']} of {found['cases']} left")
    page.get_by_role("link", name=re.compile("^Cases of May 2026")).click()
    expect(page).to_have_url(re.compile("month=2026-05"))
    shown = api.get("/v1/save-cases?opened_from=2026-05-01&opened_to=2026-05-31").json()["items"]
    expect(page.get_by_role("table", name="Cases", exact=True).locator("tbody tr")).to_have_count(len(shown))


def test_a_contact_is_recorded_from_its_row_and_taken_back(
    page: Page, api: httpx.Client, listed: dict[str, Any]
) -> None:
    def contacts() -> list[str]:
        case = api.get("/v1/save-cases", params={"account_id": listed["account_id"]}).json()["items"][0]
        return [each["note"] for each in api.get(f"/v1/save-cases/{case['id']}").json()["made"]]

    page.goto("/save-list")
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("Case since")
    row.get_by_role("button", name=f"Record a contact with {listed['name']}").click()
    dialog = page.get_by_role("dialog", name=f"Contact with {listed['name']}")
    dialog.get_by_label("Note").fill("Asks for fewer seats.")
    for look in each_look_at(page):
        assert_fits(page, look)
    dialog.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="recorded")).to_be_visible()
    expect(row).to_contain_text("contacted")
    assert contacts() == ["Asks for fewer seats."]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="taken back")).to_be_visible()
    assert contacts() == []
