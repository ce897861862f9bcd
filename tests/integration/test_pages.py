"""The Content-Security-Policy of the pages: a nonce for each response, and no script without it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from keepwell.app import static_files
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.integration.apps import create_app

pytestmark = pytest.mark.anyio

BUILT = '<script nonce="__CSP_NONCE__">start()</script><style nonce="__CSP_NONCE__">p{}</style>'
PAGES = ["/", "/accounts/some-id", "/docs/"]


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture
async def client(
    database: Database, settings_of_test: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[AsyncTestClient[Litestar]]:
    (tmp_path / "docs").mkdir()
    for name in ("index.html", "docs/index.html"):
        (tmp_path / name).write_text(BUILT, encoding="utf-8")
    monkeypatch.setattr(static_files, "STATIC", tmp_path)
    app = create_app(database, settings=settings_of_test, runtime=system_runtime())
    async with AsyncTestClient(app) as opened:
        yield opened


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize("path", PAGES)
async def test_scripts_run_by_a_nonce_that_is_unique_to_each_response(
    client: AsyncTestClient[Litestar], path: str
) -> None:
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
    client: AsyncTestClient[Litestar], path: str
) -> None:
    policy = directives((await client.get(path)).headers["content-security-policy"])
    sources = {source for each in policy.values() for source in each if "nonce" not in source}
    assert sources <= {"'self'", "'none'", "data:", "'wasm-unsafe-eval'"}
    assert (policy["object-src"], policy["base-uri"], policy["frame-ancestors"]) == (["'none'"],) * 3


@pytest.mark.parametrize("path", ["/v1/session", "/health/live", "/openapi.json", "/v1/nowhere"])
async def test_the_policy_of_other_responses_allows_nothing(
    client: AsyncTestClient[Litestar], path: str
) -> None:
    policy = directives((await client.get(path)).headers["content-security-policy"])
    assert policy["default-src"] == ["'none'"]


@pytest.mark.parametrize("path", [*PAGES, "/health/live", "/openapi.json", "/v1/nothing", "/v1/accounts"])
async def test_head_is_answered_as_get_without_a_body(client: AsyncTestClient[Litestar], path: str) -> None:
    asked, got = await client.head(path), await client.get(path)
    assert (asked.status_code, asked.content) == (got.status_code, b"")
    assert asked.headers["content-type"] == got.headers["content-type"]
    assert asked.headers["content-length"] == got.headers["content-length"]


async def test_head_of_a_path_that_signs_in_is_refused(client: AsyncTestClient[Litestar]) -> None:
    for path in ("/sign-in?token=any", "/sign-in/?token=any", "/sign-in/oidc"):
        refused = await client.head(path)
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, OPTIONS")
