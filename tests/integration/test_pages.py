"""The pages: their Content-Security-Policy, what makes them installable, and which paths have none."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from keepwell.app.assets import static_files
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.app_client import AppClient
from tests.integration.apps import create_app

pytestmark = pytest.mark.anyio

BUILT = '<head></head><script nonce="__CSP_NONCE__">start()</script><style nonce="__CSP_NONCE__">p{}</style>'
WORKERS = {"/sw.js": "/", "/pocket/sw.js": "/pocket/"}
MANIFESTS = ["/manifest.webmanifest", "/pocket/manifest.webmanifest"]
PAGES = ["/", "/accounts/some-id", "/docs/"]


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture
async def client(
    database: Database, settings_of_test: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[AppClient]:
    (tmp_path / "docs").mkdir()
    for name in ("index.html", "docs/index.html"):
        (tmp_path / name).write_text(BUILT, encoding="utf-8")
    monkeypatch.setattr(static_files, "STATIC", tmp_path)
    app = create_app(database, settings=settings_of_test, runtime=system_runtime())
    async with AppClient(app) as opened:
        yield opened


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize("path", PAGES)
async def test_scripts_run_by_a_nonce_that_is_unique_to_each_response(client: AppClient, path: str) -> None:
    nonces = set()
    for _ in range(2):
        answer = await client.get(path)
        policy = directives(answer.headers["content-security-policy"])
        (nonce,) = set(re.findall(r'nonce="([^"]+)"', answer.text))
        assert f"'nonce-{nonce}'" in policy["script-src"]
        assert f"'nonce-{nonce}'" in policy["style-src"]
        nonces.add(nonce)
    assert len(nonces) == 2


@pytest.mark.parametrize("path", PAGES)
async def test_the_policy_of_a_page_allows_neither_inline_nor_foreign_scripts(
    client: AppClient, path: str
) -> None:
    policy = directives((await client.get(path)).headers["content-security-policy"])
    sources = {source for each in policy.values() for source in each if "nonce" not in source}
    assert sources <= {"'self'", "'none'", "data:", "'wasm-unsafe-eval'"}
    assert (policy["object-src"], policy["base-uri"], policy["frame-ancestors"]) == (["'none'"],) * 3


@pytest.mark.parametrize("path", ["/v1/session", "/health/live", "/openapi.json", "/v1/nowhere"])
async def test_the_policy_of_other_responses_allows_nothing(client: AppClient, path: str) -> None:
    policy = directives((await client.get(path)).headers["content-security-policy"])
    assert policy["default-src"] == ["'none'"]


@pytest.mark.parametrize("path", [*PAGES, "/health/live", "/openapi.json", "/v1/nothing", "/v1/accounts"])
async def test_head_is_answered_as_get_without_a_body(client: AppClient, path: str) -> None:
    asked, got = await client.head(path), await client.get(path)
    assert (asked.status_code, asked.content) == (got.status_code, b"")
    assert asked.headers["content-type"] == got.headers["content-type"]
    assert asked.headers["content-length"] == got.headers["content-length"]


async def test_head_of_a_path_that_signs_in_is_refused(client: AppClient) -> None:
    for path in ("/sign-in?token=any", "/sign-in/?token=any", "/sign-in/oidc"):
        refused = await client.head(path)
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, OPTIONS")


@pytest.mark.parametrize(
    "path", ["/nothing.js", "/index.html", "/.env", "/accounts/old.aspx", "/pocket/app.css", "/x.map"]
)
async def test_an_unknown_path_with_a_file_ending_is_404_and_not_the_dashboard(
    client: AppClient, path: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not-found"


@pytest.mark.parametrize("path", [*WORKERS, *MANIFESTS])
async def test_what_an_app_is_installed_by_is_404_until_it_is_built(client: AppClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert "not be installed" in answer.json()["detail"] or "installed" in answer.json()["hint"]


@pytest.mark.parametrize(("path", "scope"), WORKERS.items())
async def test_a_service_worker_is_checked_at_each_visit_and_serves_its_own_app_only(
    client: AppClient, tmp_path: Path, path: str, scope: str
) -> None:
    built(tmp_path, path)
    answer = await client.get(path)
    assert (answer.status_code, answer.text) == (200, "built")
    assert answer.headers["service-worker-allowed"] == scope
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"].startswith("text/javascript")
    policy = directives(answer.headers["content-security-policy"])
    assert policy == {"default-src": ["'none'"], "script-src": ["'self'"], "connect-src": ["'self'"]}


@pytest.mark.parametrize("path", MANIFESTS)
async def test_a_manifest_has_its_own_type_and_is_checked_at_each_visit(
    client: AppClient, tmp_path: Path, path: str
) -> None:
    built(tmp_path, path)
    answer = await client.get(path)
    assert (answer.status_code, answer.text, answer.headers["cache-control"]) == (200, "built", "no-cache")
    assert answer.headers["content-type"].startswith("application/manifest+json")
    assert directives(answer.headers["content-security-policy"])["default-src"] == ["'none'"]


def built(folder: Path, path: str) -> None:
    file = folder / path.lstrip("/")
    file.parent.mkdir(exist_ok=True)
    file.write_text("built", encoding="utf-8")


PAGE_FILES = [
    {"path": "/", "scripts": ["assets/Today-1.js"], "styles": []},
    {"path": "/accounts/$accountId", "scripts": ["assets/Account-1.js"], "styles": ["assets/Account-1.css"]},
]


def named_in(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<link rel="(\w+)" crossorigin href="([^"]+)"', page.partition("</head>")[0])


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/", [("modulepreload", "/assets/Today-1.js")]),
        (
            "/accounts/some-id",
            [("modulepreload", "/assets/Account-1.js"), ("stylesheet", "/assets/Account-1.css")],
        ),
        (
            "/accounts/some-id/",
            [("modulepreload", "/assets/Account-1.js"), ("stylesheet", "/assets/Account-1.css")],
        ),
        ("/accounts//", []),
        ("/accounts", []),
        ("/nowhere", []),
        ("/docs/", []),
    ],
)
async def test_a_page_names_the_files_of_its_own_path(
    client: AppClient, tmp_path: Path, path: str, named: list[tuple[str, str]]
) -> None:
    (tmp_path / "page-files.json").write_bytes(msgspec.json.encode(PAGE_FILES))
    assert named_in((await client.get(path)).text) == named


@pytest.mark.parametrize(
    "name", ["https://elsewhere/x.js", "assets/../x.js", 'assets/x.js" onload="y', "x.js"]
)
async def test_a_table_of_pages_that_names_anything_but_built_files_is_refused(
    client: AppClient, tmp_path: Path, name: str
) -> None:
    page = {"path": "/", "scripts": [name], "styles": []}
    (tmp_path / "page-files.json").write_bytes(msgspec.json.encode([page]))
    answer = await client.get("/")
    assert answer.status_code >= 400
    assert name not in answer.text
