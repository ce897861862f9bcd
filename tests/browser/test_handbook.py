"""The API handbook: what the description holds, each part at an address of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import assert_fits, each_look
from tests.running import RunningServer


@pytest.fixture
def handbook(demo: RunningServer, browser: Browser) -> Iterator[Page]:
    """A page of a browser that is not signed in; an error on its console fails the test."""
    page = browser.new_page(base_url=demo.url)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert not errors


def test_a_link_to_an_operation_shows_its_body_and_leads_on_to_its_schemas(handbook: Page) -> None:
    handbook.goto("/docs/#operation-createSubscription")
    operation = handbook.locator("#operation-createSubscription")
    expect(operation).to_be_in_viewport()
    assert operation.evaluate("each => each.getBoundingClientRect().top") < 40
    expect(operation.get_by_text("Permission write")).to_be_visible()
    body = operation.get_by_role("region", name="Body, Add a subscription")
    expect(body).to_contain_text('"external_id": "sub_2210"')
    operation.get_by_role("link", name="NewSubscription").click()
    expect(handbook.get_by_role("heading", name="NewSubscription")).to_be_in_viewport()
    handbook.go_back()
    expect(operation).to_be_in_viewport()


def test_the_link_of_a_problem_leads_to_its_meaning(handbook: Page) -> None:
    handbook.goto("/docs/#problem-wrong-password")
    problem = handbook.locator("#problem-wrong-password")
    expect(problem).to_be_in_viewport()
    expect(problem).to_contain_text("No member has this e-mail and password.")


def test_a_slash_searches_and_enter_opens_the_first_entry(handbook: Page) -> None:
    handbook.goto("/docs/")
    contents = handbook.get_by_role("navigation", name="Contents")
    expect(contents.get_by_role("group").first).to_be_visible()
    handbook.keyboard.press("/")
    handbook.keyboard.type("post refunds")
    expect(handbook.get_by_role("status")).to_have_text("1 entry")
    handbook.keyboard.press("Enter")
    expect(handbook.locator("#operation-createRefund")).to_be_in_viewport()


def test_an_address_of_something_that_is_gone_says_so(handbook: Page) -> None:
    handbook.goto("/docs/#operation-gone")
    expect(handbook.get_by_role("alert")).to_contain_text("operation-gone")


def test_a_command_is_copied(demo: RunningServer, browser: Browser) -> None:
    context = browser.new_context(base_url=demo.url, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto("/docs/#operation-createPlan")
    page.get_by_role("button", name="Copy: curl, Add a plan").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith('curl -X POST "$URL/v1/plans"')
    context.close()


def test_the_handbook_is_readable_at_every_size(handbook: Page) -> None:
    for look in each_look(handbook, "/docs/#operation-createPlan"):
        expect(handbook.locator("#operation-createPlan")).to_be_visible()
        assert_fits(handbook, look)
