"""The HTTP intake as a Segment library, a browser and a careless script meet it."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Response

from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.identity.write_keys import service as write_keys
from keepwell.intake.jobs import LAKE, kinds
from keepwell.intake.service import events_table, read_dead_letters
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import StorageFull
from keepwell.platform.runtime import system_runtime
from keepwell.platform.work.worker import Worker
from tests.app_client import AppClient
from tests.clocks import MovableClock
from tests.integration.apps import create_app
from tests.unit.intake.sample_events import accepted_lines

pytestmark = pytest.mark.anyio

Client = AppClient
Send = Callable[..., Awaitable[Response]]
TRACK = {"event": "login", "userId": "u-1", "messageId": "m-1", "timestamp": "2024-05-01T12:00:00Z"}


@pytest.fixture
async def client(database: Database, settings_of_module: Settings) -> AsyncIterator[Client]:
    app = create_app(database, settings=settings_of_module, runtime=system_runtime())
    async with AppClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
async def write_key(database: Database, workspace: Workspace) -> str:
    async with database.workspace(workspace.id) as connection:
        actor = await identity.operator(connection, workspace.id)
        made = await write_keys.create_write_key(connection, actor, name="test", runtime=system_runtime())
        return made.write_key


@pytest.fixture
def send(client: Client, write_key: str) -> Send:
    return sending(client, write_key)


def sending(client: Client, write_key: str) -> Send:
    """Posts a document to a path with the write key as a Segment library sends it."""
    basic = base64.b64encode(f"{write_key}:".encode()).decode()

    async def post(path: str, document: object, **headers: str) -> Response:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        return await client.post(
            path, content=content, headers={"Authorization": f"Basic {basic}", **headers}
        )

    return post


@pytest.fixture
def inlet(settings_of_module: Settings, workspace: Workspace) -> Path:
    return settings_of_module.intake(workspace.id) / "http"


def rows(inlet: Path) -> list[dict[str, Any]]:
    if not inlet.exists():
        return []
    return [json.loads(row) for row in accepted_lines(inlet)]


async def test_an_answered_call_is_in_the_journal(send: Send, inlet: Path) -> None:
    answer = await send("/v1/track", TRACK)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    (row,) = rows(inlet)
    assert (row["type"], row["event"], row["messageId"]) == ("track", "login", "m-1")
    assert row["receivedAt"].endswith("Z")


@pytest.mark.parametrize(
    ("path", "document", "kind"),
    [
        ("/v1/t", TRACK, "track"),
        ("/v1/identify", {"userId": "u", "traits": {"plan": "pro"}}, "identify"),
        ("/v1/i", {"anonymousId": "visitor"}, "identify"),
        ("/v1/page", {"userId": "u", "name": "Pricing"}, "page"),
        ("/v1/p", {"userId": "u"}, "page"),
        ("/v1/screen", {"userId": "u", "name": "Home"}, "screen"),
        ("/v1/group", {"userId": "u", "groupId": "A-1"}, "group"),
        ("/v1/alias", {"userId": "u", "previousId": "visitor"}, "alias"),
    ],
)
async def test_each_call_is_accepted_at_its_path(
    send: Send, inlet: Path, path: str, document: Mapping[str, Any], kind: str
) -> None:
    assert (await send(path, document)).status_code == 200
    (row,) = rows(inlet)
    assert row["type"] == kind
    assert row["messageId"]


async def test_batch_context_is_applied_and_the_senders_clock_is_corrected(send: Send, inlet: Path) -> None:
    call = {**TRACK, "type": "track", "context": {"page": "/"}}
    batch = {"batch": [call], "context": {"groupId": "A-1"}, "sentAt": "2024-05-01T12:00:30Z"}
    assert (await send("/v1/batch", batch)).status_code == 200
    (row,) = rows(inlet)
    assert row["context"] == {"groupId": "A-1", "page": "/"}
    assert row["originalTimestamp"] == "2024-05-01T12:00:00Z"
    received, corrected = row["receivedAt"], row["timestamp"]
    assert received > corrected > "2026"


async def test_a_repeated_message_id_is_dropped(send: Send, inlet: Path) -> None:
    for _ in range(3):
        assert (await send("/v1/batch", {"batch": [{**TRACK, "type": "track"}] * 2})).status_code == 200
    assert len(rows(inlet)) == 1
    assert list(read_dead_letters(inlet)) == []


async def test_a_reused_message_id_of_another_user_is_dead_lettered(send: Send, inlet: Path) -> None:
    mine, other = ({**TRACK, "type": "track", "userId": user} for user in ("alice", "bob"))
    for sent in ("2024-05-01T12:00:01Z", "2024-05-01T12:10:01Z"):
        assert (await send("/v1/batch", {"batch": [mine], "sentAt": sent})).status_code == 200
    assert (await send("/v1/batch", {"batch": [mine, other]})).status_code == 200
    assert [row["userId"] for row in rows(inlet)] == ["alice"]
    (letter,) = read_dead_letters(inlet)
    assert (letter.code, json.loads(letter.row)["userId"]) == ("duplicate-id", "bob")


async def test_a_call_cut_within_a_character_is_dead_lettered_and_the_others_are_accepted(
    send: Send, inlet: Path
) -> None:
    good = json.dumps({**TRACK, "type": "track"})
    bodies = [f'{{"batch":[{good},{{"properties":{{"t":"\\ud83d"}}}}]}}', '{"event":"\\ud83d"}']
    for path, body in zip(("/v1/batch", "/v1/track"), bodies, strict=True):
        assert (await send(path, body.encode())).status_code == 200
    assert len(rows(inlet)) == 1
    assert [letter.code for letter in read_dead_letters(inlet)] == ["invalid-json", "invalid-json"]


async def test_an_invalid_call_is_dead_lettered_and_the_rest_of_its_batch_is_accepted(
    send: Send, inlet: Path
) -> None:
    calls = [
        {**TRACK, "type": "track"},
        {**TRACK, "type": "track", "messageId": "m-2", "timestamp": "yesterday"},
        {"type": "track", "event": "login", "messageId": "m-3"},
        {**TRACK, "type": "track", "messageId": "m-4", "properties": {"text": "x" * 40_000}},
        "no call",
    ]
    assert (await send("/v1/batch", {"batch": calls})).status_code == 200
    assert [row["messageId"] for row in rows(inlet)] == ["m-1"]
    letters = {letter.code: letter for letter in read_dead_letters(inlet)}
    assert sorted(letter.field for letter in read_dead_letters(inlet)) == ["", "", "", "/timestamp"]
    assert letters.keys() == {"schema", "too-long"}


async def test_a_deeply_nested_call_is_dead_lettered_and_the_others_are_accepted(
    send: Send, inlet: Path
) -> None:
    deep: object = 1
    for _ in range(500):
        deep = [deep]
    calls = [{**TRACK, "type": "track"}, {**TRACK, "type": "track", "properties": {"deep": deep}}]
    assert (await send("/v1/batch", {"batch": calls})).status_code == 200
    assert len(rows(inlet)) == 1
    assert [letter.code for letter in read_dead_letters(inlet)] == ["invalid-json"]


async def test_a_gzipped_body_is_accepted(send: Send, inlet: Path) -> None:
    body = gzip.compress(json.dumps({"batch": [{**TRACK, "type": "track"}]}).encode())
    assert (await send("/v1/batch", body, **{"Content-Encoding": "gzip"})).status_code == 200
    assert len(rows(inlet)) == 1


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/v1/batch", b"{", {}, 400),
        ("/v1/batch", b"[]", {}, 400),
        ("/v1/batch", b'{"batch": 5}', {}, 400),
        ("/v1/batch", b"no gzip", {"Content-Encoding": "gzip"}, 400),
        ("/v1/batch", gzip.compress(b"{}" * 1_000, mtime=0)[:-9], {"Content-Encoding": "gzip"}, 400),
        ("/v1/batch", gzip.compress(b"0" * 50_000_000, mtime=0), {"Content-Encoding": "gzip"}, 413),
        ("/v1/batch", b'{"batch": ["' + b"x" * 500 * 1024 + b'"]}', {}, 413),
        ("/v1/track", b'{"event": "' + b"x" * 33_000 + b'"}', {}, 413),
        ("/v1/track", b"[" * 100_000, {}, 400),
        ("/v1/track", b"\xff", {}, 400),
    ],
)
async def test_an_invalid_body_is_refused_and_nothing_is_accepted(
    send: Send, inlet: Path, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await send(path, body, **headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert rows(inlet) == []


@pytest.mark.parametrize("authorization", [None, "Basic !!!", "Basic d3Jvbmc6", "Bearer token"])
async def test_without_a_valid_write_key_nothing_is_accepted(
    client: Client, authorization: str | None
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = await client.post("/v1/track", json=TRACK, headers=headers)
    assert answer.status_code == 401
    assert "write-key create" in answer.json()["hint"]


async def test_a_browser_sends_the_key_in_the_body_from_any_site(
    client: Client, write_key: str, inlet: Path
) -> None:
    asked = await client.options("/v1/t")
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, "*")
    sent = await client.post(
        "/v1/t", content=json.dumps({**TRACK, "writeKey": write_key}), headers={"Content-Type": "text/plain"}
    )
    assert (sent.status_code, sent.headers["access-control-allow-origin"]) == (200, "*")
    assert "writeKey" not in rows(inlet)[0]


async def test_a_write_key_gives_no_other_access(client: Client, write_key: str) -> None:
    for scheme in ("Bearer", "Basic"):
        answer = await client.get("/v1/session", headers={"Authorization": f"{scheme} {write_key}"})
        assert answer.status_code == 401


async def test_a_revoked_key_is_refused(
    client: Client, database: Database, workspace: Workspace, write_key: str
) -> None:
    async with database.workspace(workspace.id) as connection:
        actor = await identity.operator(connection, workspace.id)
        await write_keys.revoke_write_key(connection, actor, name="test", clock=system_runtime().clock)
    answer = await client.post("/v1/track", json={**TRACK, "writeKey": write_key})
    assert answer.status_code == 401


async def test_a_full_disk_is_reported_and_the_next_call_is_accepted(
    send: Send, inlet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageFull

    await send("/v1/track", TRACK)
    with monkeypatch.context() as patched:
        patched.setattr("keepwell.intake.files.LocalFs.write", full)
        assert (await send("/v1/track", {**TRACK, "messageId": "m-2"})).status_code == 507
    assert (await send("/v1/track", {**TRACK, "messageId": "m-2"})).status_code == 200
    assert [row["messageId"] for row in rows(inlet)] == ["m-1", "m-2"]


async def test_accepted_calls_reach_the_lake_within_a_minute(
    settings_of_test: Settings, database: Database, workspace: Workspace, write_key: str
) -> None:
    app = create_app(database, settings=settings_of_test, runtime=system_runtime())
    async with AppClient(app) as client:
        await reach_the_lake(sending(client, write_key), settings_of_test, database, workspace)


async def reach_the_lake(send: Send, settings: Settings, database: Database, workspace: Workspace) -> None:
    clock = MovableClock(datetime.now(UTC))
    worker = Worker(database, kinds(settings, clock=clock), clock=clock)

    async def work() -> None:
        await worker.round()
        while await is_due(database, workspace, before=clock.now()):
            await worker.round()

    # The daily one, which finds nothing.
    await work()
    await send("/v1/batch", {"batch": [{**TRACK, "type": "track", "context": {"groupId": "A-1"}}]})
    async with asyncio.timeout(10):
        while not await is_due(database, workspace, before=clock.now() + timedelta(minutes=2)):  # noqa: ASYNC110  the row is what is asked
            await asyncio.sleep(0.01)
    await work()
    assert not settings.lake.exists()
    clock.move(timedelta(seconds=70))
    # The application may still have the journal open when the worker wants it.
    await work()
    events = events_table(settings.lake, workspace_id=workspace.id)
    assert events.select("account", "event").to_pyarrow().to_pylist() == [
        {"account": "A-1", "event": "login"}
    ]
    assert not await is_due(database, workspace, before=clock.now() + timedelta(hours=23))
    assert (await send("/v1/track", {**TRACK, "messageId": "m-2"})).status_code == 200


async def is_due(database: Database, workspace: Workspace, *, before: datetime) -> bool:
    async with database.workspace(workspace.id) as connection:
        found = await connection.execute(
            "select from due_work where kind = %s and due_at < %s", [LAKE, before]
        )
        return bool(await found.fetchall())


async def test_a_workspace_without_events_gets_no_lake(
    settings_of_test: Settings, database: Database, workspace: Workspace
) -> None:
    clock = MovableClock(datetime.now(UTC))
    await Worker(database, kinds(settings_of_test, clock=clock), clock=clock).round()
    assert not settings_of_test.lake.exists()
    assert not settings_of_test.intakes.exists()
