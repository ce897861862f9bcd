"""Every way in by a browser, and the pages of those that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.looks import assert_fits, each_look, violations
from tests.running import RunningServer, keepwell

EMAIL = "ada@example.org"
PASSWORD = "correct horse battery"  # noqa: S105  of a member of the test
LINK = re.compile(r"http\S+/sign-in\?token=\S+")


@pytest.fixture
def visitor(demo: RunningServer, browser: Browser) -> Iterator[BrowserContext]:
    """A browser that is not signed in."""
    context = browser.new_context(base_url=demo.url)
    yield context
    context.close()


@pytest.fixture(scope="module")
def invitation(demo: RunningServer) -> str:
    """The link of a new member, who has no password yet."""
    added = keepwell(demo.home, "member", "add", "Ada", "--role", "analyst", "--email", EMAIL)
    found = LINK.search(added)
    assert found, added
    return found[0]


def sign_in(page: Page, password: str) -> None:
    page.get_by_label("E-mail").last.fill(EMAIL)
    page.get_by_label("Password", exact=True).last.fill(password)
    page.get_by_role("button", name="Sign in", exact=True).last.click()


def test_an_invited_member_sets_a_password_signs_in_with_it_and_goes_on_where_a_session_ended(
    visitor: BrowserContext, invitation: str
) -> None:
    page = visitor.new_page()
    page.goto(invitation)
    expect(page).to_have_url(re.compile("/set-password$"))
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_text("Your password is set")).to_be_visible()

    visitor.clear_cookies()
    page.goto("/accounts?status=active")
    sign_in(page, "wrong horse battery")
    expect(page.get_by_role("alert")).to_contain_text("9 attempts are left")
    sign_in(page, PASSWORD)
    expect(page.get_by_role("heading", level=1, name="Accounts")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/accounts\?status=active$"))

    page.goto("/set-password")
    page.get_by_label("New password").fill("half of a new password")
    visitor.clear_cookies()
    page.get_by_role("button", name="Set password").click()
    dialog = page.get_by_role("dialog", name="Your session has ended")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    sign_in(page, PASSWORD)
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("New password")).to_have_value("half of a new password")


def test_a_command_prints_a_link_for_any_member_and_a_spent_one_is_explained(
    demo: RunningServer, visitor: BrowserContext, invitation: str
) -> None:
    assert invitation
    link = keepwell(demo.home, "sign-in", "--email", EMAIL.upper()).strip()
    assert httpx.get(link).status_code == 303
    page = visitor.new_page()
    page.goto(link)
    expect(page.get_by_role("alert")).to_contain_text("has been used")
    page.get_by_text("Print a link on the server").click()
    expect(page.get_by_text("./keepwell sign-in", exact=True)).to_be_visible()


def test_the_sign_in_page_is_readable_at_every_size(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    ways = {"password": True, "mail": True, "provider": True}
    page.route("**/v1/sign-in-ways", lambda route: route.fulfill(json=ways))
    for look in each_look(page, "/revenue?period=month"):
        provider = page.get_by_role("link", name="Continue with your provider")
        expect(provider).to_have_attribute("href", "/sign-in/oidc?return_to=%2Frevenue%3Fperiod%3Dmonth")
        assert_fits(page, look)


def test_an_address_that_leads_nowhere_shows_a_page_instead_of_json(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    for look in each_look(page, "/unsubscribe?token=cut-off"):
        expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing at this address")
        assert_fits(page, look)
    page.goto("/v1/accounts")
    page.get_by_role("link", name="Go to the sign-in page").click()
    expect(page.get_by_label("E-mail")).to_be_visible()
