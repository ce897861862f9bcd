"""Write keys over HTTP: created, shown once, listed with their last use, revoked."""

from __future__ import annotations

import pytest

from keepwell.app.write_keys import WriteKeys
from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Permission
from keepwell.platform.database import Database
from tests.integration.credentials import NOW, RUNTIME, bearer, pair
from tests.integration.records import Client, made, problem_code, token_of

pytestmark = pytest.mark.anyio


async def test_a_new_key_is_shown_once_and_then_listed_without_its_secret(client: Client) -> None:
    created = await made(client, "/v1/write-keys", {"name": "website"})
    assert created["write_key"].startswith("kwk_")
    listed = (await client.get("/v1/write-keys")).json()["items"]
    assert listed == [
        {
            "id": created["id"],
            "name": "website",
            "created_at": "2026-05-20T12:00:00Z",
            "last_used_at": None,
            "revoked_at": None,
        }
    ]


async def test_the_use_of_a_key_is_noted(client: Client, database: Database, workspace: Workspace) -> None:
    created = await made(client, "/v1/write-keys", {"name": "website"})
    keys = WriteKeys(database, clock=RUNTIME.clock)
    assert await keys.workspace_of(created["write_key"]) == workspace.id
    (listed,) = (await client.get("/v1/write-keys")).json()["items"]
    assert listed["last_used_at"] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"


async def test_a_revoked_key_opens_nothing_and_its_name_is_free_again(
    client: Client, database: Database
) -> None:
    created = await made(client, "/v1/write-keys", {"name": "website"})
    for _ in range(2):
        assert (await client.delete(f"/v1/write-keys/{created['id']}")).status_code == 204
    keys = WriteKeys(database, clock=RUNTIME.clock)
    assert await keys.workspace_of(created["write_key"]) is None
    await made(client, "/v1/write-keys", {"name": "website"})
    entries = (await client.get("/v1/audit-entries", params={"action": "write_key.revoked"})).json()["items"]
    assert len(entries) == 1


async def test_two_keys_in_use_never_share_a_name(client: Client) -> None:
    await made(client, "/v1/write-keys", {"name": "website"})
    answer = await client.post("/v1/write-keys", json={"name": "website"})
    assert (answer.status_code, problem_code(answer)) == (409, "conflict")


async def test_an_access_token_creates_no_key_that_would_outlive_it(client: Client) -> None:
    access = (await pair(client))["access_token"]
    answer = await client.post("/v1/write-keys", json={"name": "website"}, headers=bearer(access))
    assert problem_code(answer) == "access-token-not-accepted"


async def test_a_token_that_may_only_write_sees_no_keys(
    client: Client, database: Database, workspace: Workspace
) -> None:
    token = await token_of(database, workspace, runtime=RUNTIME, scopes=[Permission.WRITE])
    assert (await client.get("/v1/write-keys", headers=bearer(token))).status_code == 403


async def test_policies_are_listed_with_that_of_the_workspace(client: Client) -> None:
    answer = await client.patch("/v1/workspace", json={"policy": "stripe"}, headers={"If-Match": "*"})
    assert answer.status_code == 200
    found = (await client.get("/v1/policies")).json()
    assert found["of_workspace"] == "stripe"
    assert [each["name"] for each in found["items"]] == ["default", "stripe", "chartmogul"]
    assert all(each["title"] and each["summary"] for each in found["items"])
