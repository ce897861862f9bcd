"""Every address that a browser can open by itself answers an error with a page; programs get the problem document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.app_client import AppClient
from tests.integration.apps import create_app
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client

pytestmark = pytest.mark.anyio

SNAPSHOT = Path(__file__).parent / "snapshots" / "error_pages.txt"
NAVIGATION = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Sec-Fetch-Mode": "navigate",
    "Authorization": "",
}
# What a browser opens by itself and the routes do not name: links that are old, cut off, made up or refused.
ODD_ADDRESSES = [
    "/sign-in?token=",
    f"/sign-in?token={'x' * 300}",
    "/sign-in?token=made-up",
    "/sign-in/confirm",
    "/sign-in/oidc?return_to=%00",
    "/sign-in/oidc/callback?state=another&code=any",
    "/sign-in/oidc/callback?error=access_denied",
    "/unsubscribe?token=cut-off",
    "/unsubscribe",
    "/v1/accounts?colour=red",
    "/v1/nothing",
    "/assets/gone-1234.js",
    "/old.aspx",
]
# Whether they answer depends on what the build has made on this machine.
BUILT = ("/assets", "/bulwark", "/docs", "/manifest.webmanifest", "/pocket/", "/sw.js")
NOT_BUILT = "The pages are not built"


def paths_of(app: Litestar) -> Iterator[str]:
    """Every path that answers to GET, with ids that nothing has."""
    for route in app.routes:
        if isinstance(route, HTTPRoute) and "GET" in route.methods:
            yield re.sub(
                r"\{[^}]+\}", lambda named: str(uuid4()) if "uuid" in named[0] else "nothing", route.path
            )


def heading(text: str) -> str:
    found = re.search(r"<h1>.*<span>(.+)</span></h1>", text)
    return found[1] if found else "no heading"


async def test_each_address_that_a_browser_can_open_answers_errors_with_a_page(client: Client) -> None:
    lines = []
    assert isinstance(client.app, Litestar)
    for path in [*sorted(set(paths_of(client.app))), *ODD_ADDRESSES]:
        answer = await client.get(path, headers=NAVIGATION, follow_redirects=False)
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if answer.status_code >= 400:
            assert kind == "text/html", f"{path}: {kind}"
            if path.startswith(BUILT) or heading(answer.text) in {NOT_BUILT, "You are not signed in"}:
                continue
            shown = re.sub(r"x{300}", "x...x", re.sub(r"[0-9a-f-]{36}", "ID", path))
            lines.append(f"{answer.status_code} {shown}: {heading(answer.text)}")
    assert lines == SNAPSHOT.read_text(encoding="utf-8").splitlines()


async def test_a_page_says_what_happened_what_holds_and_what_to_do_next(client: Client) -> None:
    answer = await client.get("/unsubscribe?token=cut-off", headers=NAVIGATION)
    assert answer.status_code == 404
    assert "This link is not one of ours, or was cut off." in answer.text
    assert "Nothing was changed" in answer.text
    assert '<a href="/">Open Keepwell</a>' in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "application/json"},
        {"Accept": "*/*"},
        {"Accept": "text/html", "Sec-Fetch-Mode": "cors"},
        {},
    ],
)
async def test_programs_and_scripts_of_a_page_get_the_problem_document(
    client: Client, headers: dict[str, str]
) -> None:
    answer = await client.get("/v1/accounts", headers={**headers, "Authorization": ""})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


async def test_without_fetch_metadata_a_browser_gets_the_page_as_well(client: Client) -> None:
    """Over http from another machine, browsers send none."""
    answer = await client.get("/v1/accounts", headers={"Accept": "text/html,*/*", "Authorization": ""})
    assert (answer.status_code, heading(answer.text)) == (401, "You are not signed in")


async def test_what_others_wrote_is_shown_as_text(client: Client) -> None:
    answer = await client.get(
        "/v1/accounts", params={"<script>": "1"}, headers={**NAVIGATION, **client_token(client)}
    )
    assert answer.status_code == 400
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def client_token(client: Client) -> dict[str, str]:
    return {"Authorization": client.headers["Authorization"]}


async def test_whoever_tried_too_often_reads_when_to_try_again(
    database: Database, shared_settings: Settings
) -> None:
    few = msgspec.structs.replace(shared_settings, requests_per_minute=1)
    app = create_app(database, settings=few, runtime=RUNTIME)
    async with AppClient(app) as client:
        answers = [
            await client.get("/unsubscribe?token=cut-off", headers=NAVIGATION, follow_redirects=False)
            for _ in range(3)
        ]
    limited = answers[-1]
    assert (limited.status_code, heading(limited.text)) == (429, "Too many attempts")
    assert re.search(r"Try again in \d+ seconds", limited.text)
    assert int(limited.headers["retry-after"]) > 0
    assert '<a href="/unsubscribe?token=cut-off">Try again</a>' in limited.text


@pytest.mark.parametrize("path", ["//evil.example/", "/%5Cevil.example/", "/%09/evil.example/"])
async def test_trying_again_stays_on_this_host(
    database: Database, shared_settings: Settings, path: str
) -> None:
    few = msgspec.structs.replace(shared_settings, requests_per_minute=1)
    app = create_app(database, settings=few, runtime=RUNTIME)
    async with AppClient(app) as client:
        for _ in range(3):
            limited = await client.get(f"{client.base_url}{path}", headers=NAVIGATION)
    assert limited.status_code == 429
    (again,) = re.findall(r'<a href="([^"]+)">Try again</a>', limited.text)
    assert re.fullmatch(r"/[!-~]+", again)
    assert not re.match(r"/[/\\]", again)


async def test_a_form_from_another_sites_page_is_refused_with_a_page(client: Client) -> None:
    answer = await client.post("/sign-in/confirm", headers={**NAVIGATION, "Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, heading(answer.text)) == (403, "Another site sent you here")


async def test_a_member_who_may_not_export_gets_a_page(client: Client) -> None:
    created = await client.post("/v1/tokens", json={"name": "reader", "scopes": ["read"]})
    headers = {**NAVIGATION, "Authorization": f"Bearer {created.json()['token']}"}
    answer = await client.get("/v1/accounts.csv", headers=headers)
    assert (answer.status_code, heading(answer.text)) == (403, "You may not open this")
