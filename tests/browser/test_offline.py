"""The dashboard without its server, and changes that other browsers make."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import thorough
from tests.browser.conftest import CHROMIUM_FLAGS, chromium
from tests.browser.firefox import Firefox, firefox
from tests.browser.waiting import until
from tests.running import PATIENCE, RunningServer, keepwell

KEPT = "Northwind Coffee"
TABS = thorough.repeats(3, thorough=8)
# Under a second on a machine that does nothing else; docs/offline.md has the measured figure.
SECONDS_TO_BE_SEEN = 5.0
OPENED_BY_WORKER = (
    "() => navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
)
# What is in a table of IndexedDB: its values, or none if there is no such table.
ENTRIES = """name => new Promise((resolve, reject) => {
  const opening = indexedDB.open(name);
  opening.onupgradeneeded = () => opening.result.createObjectStore('entries');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const all = opening.result.transaction('entries').objectStore('entries').getAll();
    all.onsuccess = () => { opening.result.close(); resolve(all.result); };
  };
})"""
# Puts writes behind those that wait, as a page does; by the session whose data this browser keeps.
STORE = """writes => new Promise((resolve, reject) => {
  const owner = decodeURIComponent(document.cookie.match(/keepwell_kept_for=([^;]+)/)[1]);
  const opening = indexedDB.open('keepwell-outbox');
  opening.onupgradeneeded = () => opening.result.createObjectStore('entries');
  opening.onsuccess = () => {
    const changing = opening.result.transaction('entries', 'readwrite');
    const entries = changing.objectStore('entries');
    writes.forEach((write, index) => entries.put({ ...write, owner, madeAt: Date.now() }, index + 1));
    changing.oncomplete = () => { opening.result.close(); resolve(); };
    changing.onerror = () => reject(changing.error);
  };
})"""


class Served:
    """A server with one account, which can be taken away and brought back at the same address."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.url = server.url
        server.port = int(self.url.rpartition(":")[2])
        token = json.loads(keepwell(server.home, "token", "create", "--json"))["token"]
        self.api = httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
        )
        self.create_account("A-1", KEPT)

    def create_account(self, external_id: str, name: str) -> dict[str, Any]:
        answer = self.api.post("/v1/accounts", json={"external_id": external_id, "name": name})
        return answer.raise_for_status().json()  # type: ignore[no-any-return]  # JSON

    def rename(self, account: dict[str, Any], name: str) -> None:
        path = f"/v1/accounts/{account['id']}"
        version = self.api.get(path).headers["ETag"]
        self.api.patch(path, json={"name": name}, headers={"If-Match": version}).raise_for_status()

    def names(self) -> list[str]:
        return sorted(item["name"] for item in self.api.get("/v1/accounts").json()["items"])

    def sign_in(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.goto(keepwell(self.server.home, "sign-in").strip())
        page.goto(f"{self.url}/accounts")
        expect(page.get_by_role("link", name=KEPT)).to_be_visible()
        return page

    def stop(self) -> None:
        self.server.process.send_signal(signal.SIGTERM)
        self.server.process.wait(PATIENCE)

    def start(self) -> None:
        self.server.launch()
        self.server.wait_until_live()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with RunningServer(tmp_path_factory.mktemp("offline") / "home", port=_free_port()) as server:
        served = Served(server)
        yield served
        served.api.close()


@contextmanager
def opened(browser: Browser, profile: Path) -> Iterator[BrowserContext]:
    """A browser with a profile on disk; leaving the block closes it, as a member does in the evening."""
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=chromium(), args=CHROMIUM_FLAGS, viewport={"width": 1280, "height": 900}
    )
    yield context
    context.close()


def test_pages_open_without_the_server_and_what_was_written_is_sent_once_when_it_is_back(
    browser: Browser, served: Served, tmp_path: Path
) -> None:
    with opened(browser, tmp_path) as context:
        page = served.sign_in(context)
        page.wait_for_function(OPENED_BY_WORKER)
        page.goto(f"{served.url}/settings/workspace")
        until(page, lambda: {"accounts", "session", "workspace"} <= kept(page))
        page.goto(f"{served.url}/accounts")
        served.stop()
        expect(page.get_by_text(re.compile("^Offline since"))).to_be_visible()
        page.reload()
        expect(page.get_by_role("link", name=KEPT)).to_be_visible()
        expect(page.get_by_text(re.compile(r"^Offline, data of \d+:\d\d\s[AP]M UTC$"))).to_be_visible()
        page.evaluate(STORE, [waiting_write("1", {"external_id": "A-2", "name": 7}), *good_writes("2", "3")])
        page.goto(f"{served.url}/settings/workspace")
        page.get_by_label("Name", exact=True).fill("Renamed offline")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("4 changes wait and are sent once.")).to_be_visible()
    with opened(browser, tmp_path) as context:
        page = context.new_page()
        page.goto(f"{served.url}/accounts")
        expect(page.get_by_role("link", name=KEPT)).to_be_visible()
        expect(page.get_by_text("4 changes wait and are sent once.")).to_be_visible()
        served.start()
        expect(page.get_by_text("1 change could not be sent.")).to_be_visible()
        expect(page.get_by_role("link", name="Written offline 3")).to_be_visible()
        expect(page.get_by_role("button", name="Renamed offline, workspace menu")).to_be_visible()
        assert served.api.get("/v1/workspace").json()["name"] == "Renamed offline"
        assert served.names() == [KEPT, "Written offline 2", "Written offline 3"]
        assert [each["id"] for each in entries(page, "keepwell-outbox")] == ["1"]
        page.get_by_role("button", name="Open").click()
        page.get_by_role("button", name="Discard").click()
        expect(page.get_by_text("Everything has been sent.")).to_be_visible()
        assert entries(page, "keepwell-outbox") == []


@pytest.mark.thorough
@pytest.mark.skipif(firefox() is None, reason="this machine has no Firefox (Debian: firefox-esr)")
def test_in_firefox_pages_open_without_the_server_and_what_was_written_is_sent_once(
    served: Served, tmp_path: Path
) -> None:
    program = firefox() or ""
    shows_account = f"document.body.innerText.includes({json.dumps(KEPT)})"
    with Firefox(program, tmp_path / "profile") as browser:
        browser.go(keepwell(served.server.home, "sign-in").strip())
        browser.go(f"{served.url}/accounts")
        browser.wait_until(shows_account)
        browser.wait_until(f"({OPENED_BY_WORKER})()")
        browser.wait_until(f"({ENTRIES})('keepwell-queries').then((all) => all.length >= 2)")
        served.stop()
        browser.go(f"{served.url}/accounts")
        browser.wait_until(shows_account)
        browser.evaluate(f"({STORE})({json.dumps(good_writes('ff'))})")
    with Firefox(program, tmp_path / "profile") as browser:
        browser.go(f"{served.url}/accounts")
        browser.wait_until(shows_account)
        browser.wait_until("document.body.innerText.includes('1 change waits and is sent once.')")
        served.start()
        browser.wait_until(f"({ENTRIES})('keepwell-outbox').then((all) => all.length === 0)")
        assert served.names().count("Written offline ff") == 1


def test_signing_out_without_the_server_asks_first_and_leaves_nothing_behind(
    browser: Browser, served: Served, tmp_path: Path
) -> None:
    with opened(browser, tmp_path) as context:
        page = served.sign_in(context)
        page.wait_for_function(OPENED_BY_WORKER)
        served.stop()
        page.evaluate(STORE, good_writes("9"))
        page.reload()
        expect(page.get_by_text("1 change waits and is sent once.")).to_be_visible()
        page.get_by_role("button", name=re.compile("member menu")).first.click()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Sign out and erase").click()
        signed_out = page.get_by_role("heading", level=1, name=re.compile("sign|out", re.IGNORECASE))
        expect(signed_out).to_be_visible()
        assert [entries(page, name) for name in ("keepwell-queries", "keepwell-outbox")] == [[], []]
        page.reload()
        expect(signed_out).to_be_visible()
        served.start()
        page.reload()
        expect(signed_out).to_be_visible()
        assert context.request.get(f"{served.url}/v1/session").status == 401
        assert "Written offline 9" not in served.names()


def test_a_change_is_seen_in_another_browser_while_its_tabs_share_one_stream(
    browser: Browser, served: Served
) -> None:
    account = served.create_account("A-live", "Before the change")
    contexts = [browser.new_context(), browser.new_context()]
    first = served.sign_in(contexts[0])
    tabs = [served.sign_in(contexts[1])]
    expect(tabs[0].get_by_text(re.compile(r"^Live, synced"))).to_be_visible()
    streams: list[str] = []
    contexts[1].on(
        "request", lambda sent: streams.append(sent.url) if "/changes/stream" in sent.url else None
    )
    for _ in range(TABS - 1):
        tabs.append(contexts[1].new_page())
        tabs[-1].goto(f"{served.url}/accounts")
    for page in (first, *tabs):
        expect(page.get_by_text(re.compile(r"^Live, synced"))).to_be_visible()
    assert streams == []
    began = time.monotonic()
    served.rename(account, "After the change")
    for page in (first, *tabs):
        expect(page.get_by_role("link", name="After the change")).to_be_visible()
    assert time.monotonic() - began < SECONDS_TO_BE_SEEN
    # The tab that leads is closed: another one goes on.
    tabs[0].close()
    until(tabs[1], lambda: len(streams) == 1)
    served.rename(account, "Seen by the rest")
    for page in tabs[1:]:
        expect(page.get_by_role("link", name="Seen by the rest")).to_be_visible()
    for context in contexts:
        context.close()


def test_where_the_browser_refuses_storage_the_pages_work_online(browser: Browser, served: Served) -> None:
    context = browser.new_context()
    context.add_init_script(
        """
        const refuse = () => { throw new DOMException('refused', 'SecurityError'); };
        IDBFactory.prototype.open = refuse;
        if (globalThis.ServiceWorkerContainer) ServiceWorkerContainer.prototype.register = async () => refuse();
        Storage.prototype.getItem = refuse;
        Storage.prototype.setItem = refuse;
        """
    )
    errors: list[str] = []
    context.on("weberror", lambda failed: errors.append(str(failed.error)))
    page = served.sign_in(context)
    expect(page.get_by_text(re.compile(r"^Live, synced"))).to_be_visible()
    assert errors == []
    context.close()


def test_a_part_that_is_gone_after_an_update_offers_a_reload_and_does_not_reload_by_itself(
    browser: Browser, served: Served
) -> None:
    context = browser.new_context(service_workers="block")
    page = served.sign_in(context)
    page.route("**/assets/*.js", lambda route: route.fulfill(status=404, body=""))
    page.evaluate("window.written = 'half a form'")
    page.get_by_role("link", name="Revenue").first.click()
    expect(page.get_by_text("Keepwell was updated, and this page is of the old version.")).to_be_visible()
    assert page.evaluate("window.written") == "half a form"
    page.unroute_all()
    page.get_by_role("button", name="Reload").click()
    expect(page.get_by_role("heading", level=1, name=re.compile("MRR|Revenue"))).to_be_visible()
    context.close()


def waiting_write(identity: str, body: dict[str, Any]) -> dict[str, Any]:
    """A write as a page stores it."""
    return {
        "id": identity,
        "subject": "accounts",
        "label": f"Create account {identity}",
        "method": "POST",
        "path": "/v1/accounts",
        "body": body,
        "ifMatch": None,
        "affects": [["accounts"]],
        "state": "waiting",
        "attempts": 0,
        "firstTriedAt": None,
        "problem": None,
        "theirs": None,
    }


def good_writes(*identities: str) -> list[dict[str, Any]]:
    return [
        waiting_write(each, {"external_id": f"W-{each}", "name": f"Written offline {each}"})
        for each in identities
    ]


def entries(page: Page, table: str) -> list[dict[str, Any]]:
    return page.evaluate(ENTRIES, table)  # type: ignore[no-any-return]  # what the script returns


def kept(page: Page) -> set[str]:
    """The first words of the queries whose answers are on disk."""
    return {each["key"][0] for each in entries(page, "keepwell-queries")}


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
