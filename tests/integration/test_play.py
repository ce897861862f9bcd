"""What the Play page receives: the game's files if they are built, and a write key of the workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from keepwell.app.api import play
from keepwell.app.assets import static_files
from keepwell.app.http import create_app
from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Permission
from keepwell.identity.write_keys import service as write_keys
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.app_client import AppClient
from tests.integration.records import client_of, token_of

pytestmark = pytest.mark.anyio

Client = AppClient
CALL = {"type": "track", "event": "match_started", "anonymousId": "p-1", "messageId": "m-1"}


@pytest.fixture(scope="module", autouse=True)
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A folder in place of the game's built files."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "manifest.json").write_text('{"files":{}}')
    (folder / "core.zip").write_bytes(b"PK")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(play, "_BUILT", folder)
        yield


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, settings_of_module: Settings
) -> AsyncIterator[Client]:
    async with client_of(
        database, workspace, settings=settings_of_module, runtime=system_runtime()
    ) as client:
        yield client


async def play_document(client: Client) -> dict[str, Any]:
    answer = await client.get("/v1/play")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def sent_with(client: Client, key: str) -> int:
    return (await client.post("/v1/batch", json={"batch": [CALL], "writeKey": key})).status_code


async def test_the_write_key_sends_events_to_the_workspace_and_stays_the_same(client: Client) -> None:
    first, second = await play_document(client), await play_document(client)
    assert first == second
    assert await sent_with(client, first["write_key"]) == 200


async def test_a_credential_that_may_not_write_gets_no_write_key(
    client: Client, database: Database, workspace: Workspace
) -> None:
    token = await token_of(
        database, workspace, runtime=system_runtime(), scopes=[Permission.READ, Permission.EXPORT]
    )
    client.headers["Authorization"] = f"Bearer {token}"
    document = await play_document(client)
    assert document["write_key"] is None
    async with database.workspace(workspace.id) as connection:
        assert await write_keys.list_write_keys(connection, workspace.id) == []


async def test_making_and_revoking_a_write_key_is_audited_once(
    client: Client, database: Database, workspace: Workspace
) -> None:
    for _ in range(2):
        await play_document(client)
    async with database.workspace(workspace.id) as connection:
        actor = await identity.operator(connection, workspace.id)
        await write_keys.create_write_key(connection, actor, name="shop", runtime=system_runtime())
        await write_keys.revoke_write_key(connection, actor, name="shop", clock=system_runtime().clock)
    entries = (await client.get("/v1/audit-entries")).json()["items"]
    found = [entry["action"] for entry in entries if entry["subject"].startswith("write_key:")]
    assert found == ["write_key.revoked", "write_key.created", "write_key.created"]


async def test_a_revoked_key_is_replaced(client: Client, database: Database, workspace: Workspace) -> None:
    old = (await play_document(client))["write_key"]
    async with database.workspace(workspace.id) as connection:
        actor = await identity.operator(connection, workspace.id)
        await write_keys.revoke_write_key(connection, actor, name="Play page", clock=system_runtime().clock)
    new = (await play_document(client))["write_key"]
    assert (await sent_with(client, old), await sent_with(client, new)) == (401, 200)


async def test_the_games_files_have_their_own_cacheable_path(client: Client) -> None:
    folder = (await play_document(client))["assets"]
    answer = await client.get(f"{folder}/core.zip")
    assert answer.content == b"PK"
    assert "immutable" in answer.headers["Cache-Control"]


async def test_without_built_assets_no_path_is_returned(
    database: Database,
    workspace: Workspace,
    settings_of_test: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(play, "_BUILT", tmp_path / "not-built")
    opening = client_of(database, workspace, settings=settings_of_test, runtime=system_runtime())
    async with opening as client:
        assert (await play_document(client))["assets"] is None


async def test_an_unknown_file_of_the_game_is_not_found(client: Client) -> None:
    assert (await client.get("/bulwark/0/core.zip")).status_code == 404


async def test_only_the_games_worker_may_compile_webassembly(
    database: Database,
    settings_of_test: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    assets = tmp_path / "static" / "assets"
    assets.mkdir(parents=True)
    (assets / "play-worker-1.js").write_text("")
    (assets / "index-1.js").write_text("")
    monkeypatch.setattr(static_files, "STATIC", tmp_path / "static")
    app = create_app(database, settings=settings_of_test, runtime=system_runtime())
    async with AppClient(app) as client:
        policies = {
            name: (await client.get(f"/assets/{name}")).headers["Content-Security-Policy"]
            for name in ("play-worker-1.js", "index-1.js")
        }
    assert policies["play-worker-1.js"] == (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
    )
    assert "script-src" not in policies["index-1.js"]
