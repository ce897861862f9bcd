"""The folder of the static demo."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from keepwell.app.site import folder as site_folder
from keepwell.app.site.folder import write_site
from keepwell.app.site.model import Answer, Recording, request_name
from keepwell.platform.errors import Conflict

PAGE = """<html lang="en">
    <link rel="icon" href="/assets/favicon.svg" />
    <link rel="manifest" href="/manifest.webmanifest" />
    <meta property="csp-nonce" nonce="__CSP_NONCE__">
    <script nonce="__CSP_NONCE__">askTheServer()</script>
    <script type="module" crossorigin src="/assets/index.js" nonce="__CSP_NONCE__"></script>
"""
ANSWER = Answer(b'{"mrr": "1.00"}', "application/json", '"1"')
RECORDING = Recording(date(2026, 6, 30), {"/v1/a": ANSWER, "/v1/b": ANSWER}, ["/", "/accounts"])


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a build leaves, in small."""
    static = tmp_path / "static"
    for name in ("index.html", "docs/index.html"):
        (static / name).parent.mkdir(parents=True, exist_ok=True)
        (static / name).write_text(PAGE)
    for name in ("index.js", "index.js.br", "static-demo-1.js", "static-demo-1.css", "play-worker-1.js"):
        (static / "assets").mkdir(exist_ok=True)
        (static / "assets" / name).write_text(name)
    (static / "assets" / "pyodide-1").mkdir()
    monkeypatch.setattr(site_folder, "STATIC", static)
    return tmp_path


def test_every_address_of_a_page_is_below_the_base_and_the_demos_script_comes_first(built: Path) -> None:
    write_site(built / "demo", RECORDING, base="/keepwell/")
    page = (built / "demo" / "index.html").read_text()
    assert 'data-base="/keepwell/"' in page
    assert 'data-recorded-at="2026-06-30T10:00:00Z"' in page
    assert page.index("/keepwell/assets/static-demo-1.js") < page.index("/keepwell/assets/index.js")
    assert '"/assets/' not in page
    assert "NONCE" not in page
    assert "manifest" not in page
    assert "askTheServer" not in page


def test_each_page_and_the_one_for_unknown_addresses_are_the_same_shell(built: Path) -> None:
    write_site(built / "demo", RECORDING, base="/")
    shells = {
        (built / "demo" / name).read_text() for name in ("index.html", "404.html", "accounts/index.html")
    }
    assert len(shells) == 1


def test_the_game_and_what_only_our_server_can_send_are_left_out(built: Path) -> None:
    write_site(built / "demo", RECORDING, base="/")
    names = sorted(each.name for each in (built / "demo" / "assets").iterdir())
    assert names == ["index.js", "static-demo-1.css", "static-demo-1.js"]


def test_the_same_answer_to_two_requests_is_one_file(built: Path) -> None:
    write_site(built / "demo", RECORDING, base="/")
    answers = built / "demo" / "answers"
    index = json.loads((answers / "index.json").read_bytes())
    assert index["/v1/a"] == index["/v1/b"] == {"file": ANSWER.file, "type": ANSWER.type, "etag": ANSWER.etag}
    assert (answers / ANSWER.file).read_bytes() == ANSWER.body
    assert len(list(answers.iterdir())) == 3


def test_an_earlier_demo_is_replaced(built: Path) -> None:
    earlier = Recording(RECORDING.day, RECORDING.answers, ["/", "/removed"])
    write_site(built / "demo", earlier, base="/")
    assert (built / "demo" / "removed").exists()
    write_site(built / "demo", RECORDING, base="/")
    assert not (built / "demo" / "removed").exists()


def test_what_somebody_added_to_an_earlier_demo_is_not_removed(built: Path) -> None:
    write_site(built / "demo", RECORDING, base="/")
    (built / "demo" / "CNAME").write_text("demo.example.org")
    with pytest.raises(Conflict, match="contains something else: CNAME"):
        write_site(built / "demo", RECORDING, base="/")
    assert (built / "demo" / "CNAME").exists()


def test_a_folder_beside_the_demo_is_kept(built: Path) -> None:
    (built / "demo.new").mkdir()
    write_site(built / "demo", RECORDING, base="/")
    assert (built / "demo.new").exists()


def test_a_folder_with_something_else_in_it_is_left_as_it_is(built: Path) -> None:
    precious = built / "demo" / "precious.txt"
    precious.parent.mkdir()
    precious.touch()
    with pytest.raises(Conflict, match="something else"):
        write_site(precious.parent, RECORDING, base="/")
    assert precious.exists()


def test_the_name_of_a_request_does_not_depend_on_the_order_of_its_parameters() -> None:
    query = {"sort": "-mrr", "q": "a & b", "limit": "50"}
    # The same expectation as in web/apps/dashboard/src/static-demo/answers.test.ts.
    assert request_name("/v1/accounts", query) == "/v1/accounts?limit=50&q=a & b&sort=-mrr"


def test_a_list_in_a_request_is_a_parameter_that_is_repeated() -> None:
    assert request_name("/v1/x", {"limit": 5, "kinds": ["b", "a"]}) == "/v1/x?kinds=a&kinds=b&limit=5"
