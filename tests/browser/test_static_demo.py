"""The static demo in Chromium, served as files below a path, as GitHub Pages does."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from keepwell.app.site.plan.pages import PAGES
from tests.browser.conftest import UNTIL
from tests.running import RunningServer, keepwell

# Recording takes as long as all other pages together; `test_site_folder.py` and `test_site_options.py`
# guard the parts, and what publishes it runs this.
pytestmark = pytest.mark.thorough
BASE = "/keepwell/"
SETTLED_MILLISECONDS = 500


class Pages(SimpleHTTPRequestHandler):
    """Files, and 404.html at every other address."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code != HTTPStatus.NOT_FOUND or not self.path.startswith(BASE):
            super().send_error(code, message, explain)
            return
        body = Path(self.directory, BASE.strip("/"), "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def folder(demo: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static demo of the running demo's business, below `BASE`."""
    into = tmp_path_factory.mktemp("site") / BASE.strip("/")
    keepwell(
        demo.home,
        *("site", "--home", str(demo.home), "--into", str(into)),
        *("--base-path", BASE, "--until", UNTIL, "--account-pages", "3"),
    )
    return into


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages, directory=str(folder.parent))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{BASE}"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that must not ask for anything outside the folder."""
    context = browser.new_context()
    context.add_init_script(
        "window.missing = []; window.addEventListener('not-recorded', ({ detail }) => window.missing.push(detail))"
    )
    page = context.new_page()
    outside: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: outside.append(request.url) if address not in request.url else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not outside
    assert not errors


def open_page(page: Page, address: str) -> list[str]:
    """Open the page; what it asked for that is not recorded."""
    page.goto(address)
    expect(page.get_by_role("complementary", name="Static demo")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_timeout(SETTLED_MILLISECONDS)
    return page.evaluate("window.missing")  # type: ignore[no-any-return]  # what the script above collects


def index_of(folder: Path) -> dict[str, dict[str, str]]:
    return json.loads((folder / "answers" / "index.json").read_bytes())  # type: ignore[no-any-return]  # its shape


def answer(folder: Path, name: str) -> dict[str, str]:
    file = folder / "answers" / index_of(folder)[name]["file"]
    return json.loads(file.read_bytes())  # type: ignore[no-any-return]  # the shape of an account


def an_account(folder: Path) -> str:
    name = next(each for each in index_of(folder) if re.fullmatch(r"/v1/accounts/[0-9a-f-]{36}", each))
    return name.rpartition("/")[2]


def test_no_page_asks_for_what_is_not_recorded(page: Page, address: str) -> None:
    missing = {each.path: open_page(page, address + each.path.lstrip("/")) for each in PAGES}
    assert {path: asked for path, asked in missing.items() if asked} == {}


def test_an_account_opened_by_its_address_is_shown_and_everything_it_asks_for_is_recorded(
    page: Page, address: str, folder: Path
) -> None:
    account = an_account(folder)
    assert open_page(page, f"{address}accounts/{account}") == []
    name = answer(folder, f"/v1/accounts/{account}")["name"]
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_the_demo_says_what_it_is_and_its_clock_stands_on_the_recorded_day(page: Page, address: str) -> None:
    open_page(page, address)
    banner = page.get_by_role("complementary", name="Static demo")
    expect(banner).to_contain_text("synthetic data, as of June 30, 2026")
    assert page.evaluate("new Date().toISOString()").startswith(UNTIL)
    assert not Axe().run(page, context=".static-demo").response["violations"]


def test_a_write_is_refused_as_read_only(page: Page, address: str) -> None:
    open_page(page, address)
    code = page.evaluate(
        "fetch('/v1/accounts', { method: 'POST' }).then(answer => answer.json()).then(({ code }) => code)"
    )
    assert code == "read-only-demo"


def test_an_account_is_found_by_a_part_of_its_name(page: Page, address: str, folder: Path) -> None:
    open_page(page, address)
    name = answer(folder, f"/v1/accounts/{an_account(folder)}")["name"]
    page.keyboard.press("/")
    page.get_by_placeholder("Name or id").fill(name[:-2].upper())
    expect(page.get_by_role("link", name=name)).to_be_visible()
    assert page.evaluate("window.missing") == []


def test_a_list_is_downloaded_from_the_recording(page: Page, address: str) -> None:
    open_page(page, f"{address}save-list")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Export")).click()
    assert download.value.suggested_filename == "save-list.csv"
    assert download.value.path().read_text(encoding="utf-8").startswith("rank,")


def test_what_is_not_recorded_says_so_in_place(page: Page, address: str) -> None:
    page.goto(f"{address}play")
    expect(page.get_by_text("Not part of the static demo")).to_be_visible()


def test_the_recorded_answers_name_nothing_of_this_machine_and_nobodys_mail(
    folder: Path, demo: RunningServer
) -> None:
    texts = [each.read_text(encoding="utf-8") for each in (folder / "answers").iterdir()]
    assert len(texts) > 10
    machine = (str(demo.home.parent), f"{Path.home()}/", str(Path(__file__).parents[2]))
    assert not {each for each in machine for text in texts if each in text}
    domains = {found for text in texts for found in re.findall(r"@([\w.-]+\.\w+)", text)}
    assert {each for each in domains if not re.search(r"(^|\.)example(\.(com|org|net))?$", each)} == set()
