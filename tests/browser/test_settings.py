"""Settings: two members at once, a way back within eight seconds, secrets that are shown once, and what a role may see."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import assert_fits, each_look
from tests.running import RunningServer, keepwell

PATHS = (
    "/settings/preferences",
    "/settings/sign-in",
    "/settings/members",
    "/settings/workspace",
    "/settings/policy",
    "/settings/currency",
    "/settings/tokens",
    "/settings/webhooks",
    "/settings/audit",
)


SENDER = re.compile("Sender.s name")


@contextmanager
def second_browser(demo: RunningServer, browser: Browser, link: str) -> Iterator[Page]:
    """A browser of its own, signed in by a link."""
    context = browser.new_context(base_url=demo.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    yield page
    context.close()


def invited(demo: RunningServer, name: str, role: str) -> str:
    """The link of a new member."""
    answer: dict[str, Any] = json.loads(keepwell(demo.home, "member", "add", name, "--role", role, "--json"))
    return str(next(value for key, value in answer.items() if "path" in key or "link" in key))


def names(api: httpx.Client) -> set[str]:
    """The names of the members."""
    return {each["name"] for each in api.get("/v1/members").json()["items"]}


def test_every_page_of_settings_fits_every_look(page: Page) -> None:
    for path in PATHS:
        for look in each_look(page, path):
            assert_fits(page, look)


def test_two_members_who_change_the_same_setting_choose_between_both_versions(
    page: Page, demo: RunningServer, browser: Browser, api: httpx.Client
) -> None:
    page.goto("/settings/workspace")
    page.get_by_label(SENDER).fill("Mine")
    with second_browser(demo, browser, invited(demo, "Second", "admin")) as other:
        other.goto("/settings/workspace")
        other.get_by_label(SENDER).fill("Theirs")
        other.get_by_role("button", name="Save").click()
        expect(other.locator(".toast")).to_contain_text("Saved")
    page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("region", name="Theirs, saved")).to_contain_text("Theirs")
    expect(dialog.get_by_role("region", name="Yours")).to_contain_text("Mine")
    assert api.get("/v1/workspace").json()["sender_name"] == "Theirs"
    dialog.get_by_role("button", name="Save mine").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("Saved")
    assert api.get("/v1/workspace").json()["sender_name"] == "Mine"


def test_how_often_websites_are_read_is_chosen_among_the_settings(page: Page, api: httpx.Client) -> None:
    page.goto("/data/websites")
    expect(page.get_by_text("never by itself")).to_be_visible()
    page.get_by_role("link", name="workspace", exact=True).click()
    choice = page.get_by_role("combobox", name="Read by the worker")
    expect(choice).to_have_value("off")
    choice.select_option("weekly")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Saved")
    assert api.get("/v1/workspace").json()["website_crawls"] == "weekly"
    page.goto("/data/websites")
    expect(page.get_by_text("every week")).to_be_visible()
    answer = api.patch("/v1/workspace", json={"website_crawls": "off"}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text


def test_a_member_who_was_removed_is_back_after_undo_and_gone_without_it(
    page: Page, demo: RunningServer, api: httpx.Client
) -> None:
    invited(demo, "Brief", "agent")
    page.clock.install()
    page.goto("/settings/members")
    page.get_by_role("button", name="Remove Brief").click()
    page.get_by_role("button", name="Undo").click()
    page.clock.run_for(9_000)
    assert "Brief" in names(api)
    page.get_by_role("button", name="Remove Brief").click()
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.clock.run_for(9_000)
    assert "Brief" not in names(api)
    expect(page.get_by_role("button", name="Remove Brief")).to_have_count(0)


def test_a_role_that_the_server_refuses_goes_back_and_says_why(page: Page) -> None:
    page.goto("/settings/members")
    role = page.get_by_label("Role of Owner")
    role.select_option("agent")
    expect(page.get_by_role("alert")).to_contain_text("owner")
    expect(role).to_have_value("owner")


def test_a_token_is_shown_once_and_is_nowhere_after_a_reload(page: Page, demo: RunningServer) -> None:
    # Only a member who signed in within the last minutes may create one.
    page.goto(keepwell(demo.home, "sign-in").strip())
    page.goto("/settings/tokens")
    page.get_by_label("Name").fill("nightly")
    page.get_by_role("button", name="Create").click()
    secret = page.locator(".secret code").inner_text()
    assert secret.startswith("kw_")
    page.reload()
    expect(page.get_by_role("rowheader", name="nightly")).to_be_visible()
    assert secret not in page.content()
    kept = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    assert secret not in kept


def test_what_was_typed_is_there_after_a_reload_until_it_is_discarded(page: Page) -> None:
    page.goto("/settings/workspace")
    name = page.get_by_label("Name", exact=True)
    saved = name.input_value()
    name.fill("A half-typed name")
    page.reload()
    expect(name).to_have_value("A half-typed name")
    page.get_by_role("button", name="Discard changes").click()
    expect(name).to_have_value(saved)


def test_an_agent_sees_neither_tokens_nor_the_audit_log_and_is_told_why(
    demo: RunningServer, browser: Browser
) -> None:
    with second_browser(demo, browser, invited(demo, "Agent", "agent")) as page:
        page.goto("/settings/audit")
        expect(page.get_by_text("Your role may not see this")).to_be_visible()
        tabs = page.get_by_role("navigation", name="Settings")
        expect(tabs.get_by_role("link", name="Members")).to_be_visible()
        expect(tabs.get_by_role("link", name="Tokens")).to_have_count(0)
        expect(tabs.get_by_role("link", name="Audit log")).to_have_count(0)
