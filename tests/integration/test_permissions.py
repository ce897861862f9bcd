"""Permissions of every role and scope for every operation, compared with a snapshot."""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from pathlib import Path
from uuid import uuid4

import pytest

from keepwell.app.middleware.authentication import CACHED_SECONDS
from keepwell.app.openapi import described
from keepwell.identity import service as identity
from keepwell.identity.api_tokens import service as api_tokens
from keepwell.identity.api_tokens.model import NewToken
from keepwell.identity.members import service as members
from keepwell.identity.members.model import NewMember
from keepwell.identity.model import Actor, Principal, Workspace
from keepwell.identity.permissions import Permission, Role
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import PolicyViolation
from keepwell.platform.runtime import system_runtime
from tests.integration.apps import create_app
from tests.integration.records import Client, client_of, made, problem_code, token_of

pytestmark = pytest.mark.anyio

RUNTIME = system_runtime()
ANY = {"If-Match": "*"}
SNAPSHOT = Path(__file__).parent / "snapshots" / "permissions.txt"


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    """No test here needs a home of its own."""
    return shared_settings


async def token_of_role(database: Database, workspace: Workspace, role: Role) -> str:
    async with database.workspace(workspace.id) as connection:
        actor = await identity.operator(connection, workspace.id)
        added = await members.invite(connection, actor, NewMember(name=role, role=role), runtime=RUNTIME)
        own = Actor(Principal(workspace.id, added.id, role), "test")
        return (await api_tokens.create_token(connection, own, NewToken(name="test"), runtime=RUNTIME)).token


async def allowed(client: Client, token: str) -> dict[str, bool]:
    """Which operations answer anything but 403; no body is valid, and no id is anybody's."""
    document = described(client.app)
    ids: defaultdict[str, object] = defaultdict(uuid4, version=1)
    found = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if "security" in operation or not path.startswith("/v1"):
                continue
            answer = await client.request(
                method.upper(),
                path.format_map(ids),
                headers={"Authorization": f"Bearer {token}", "If-Match": "*"},
                json=[],
            )
            assert answer.status_code < 500, answer.text
            found[operation["operationId"]] = answer.status_code != 403
    return found


async def test_routes_allowed_to_each_role_match_the_snapshot(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as client:
        by_role = {
            role: await allowed(client, await token_of_role(database, workspace, role)) for role in Role
        }
    operations = sorted(by_role[Role.OWNER])
    lines = [f"{'operation':<32}" + "".join(f"{role:>9}" for role in Role)]
    lines += [
        f"{name:<32}" + "".join(f"{'yes' if by_role[role][name] else '-':>9}" for role in Role)
        for name in operations
    ]
    text = "\n".join(lines) + "\n"
    if os.environ.get("KEEPWELL_WRITE_SNAPSHOTS"):
        SNAPSHOT.write_text(text)
    assert text == SNAPSHOT.read_text(), "KEEPWELL_WRITE_SNAPSHOTS=1 updates it"


@pytest.mark.parametrize("scope", Permission)
async def test_a_token_with_one_scope_can_use_only_the_routes_of_that_scope(
    database: Database, workspace: Workspace, settings_of_test: Settings, scope: Permission
) -> None:
    token = await token_of(database, workspace, runtime=RUNTIME, scopes=[scope])
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as client:
        found = await allowed(client, token)
    app = create_app(database, settings=settings_of_test, runtime=RUNTIME)
    needed = {
        handler.operation_id: handler.opt.get("permission")
        for route in app.routes
        for handler, _ in getattr(route, "route_handler_map", {}).values()
    }
    assert {name for name, is_allowed in found.items() if is_allowed} == {
        name for name in found if needed[name] == scope
    }


async def test_a_token_cannot_create_one_with_more_scopes(database: Database, workspace: Workspace) -> None:
    async with database.workspace(workspace.id) as connection:
        owner = (await identity.operator(connection, workspace.id)).principal
        scopes = frozenset({Permission.MANAGE_TOKENS})
        actor = Actor(Principal(owner.workspace_id, owner.member_id, Role.OWNER, scopes), "test")
        with pytest.raises(PolicyViolation):
            wide = NewToken(name="wide", scopes=[Permission.WRITE])
            await api_tokens.create_token(connection, actor, wide, runtime=RUNTIME)
        same = await api_tokens.create_token(connection, actor, NewToken(name="same"), runtime=RUNTIME)
    assert same.scopes == ["tokens"]


async def test_a_revoked_token_is_refused_after_two_seconds(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as client:
        token = await made(client, "/v1/tokens", {"name": "other", "scopes": ["read"]})
        headers = {"Authorization": f"Bearer {token['token']}"}
        assert (await client.get("/v1/accounts", headers=headers)).status_code == 200
        assert (await client.delete(f"/v1/tokens/{token['id']}")).status_code == 204
        await asyncio.sleep(CACHED_SECONDS)
        assert (await client.get("/v1/accounts", headers=headers)).status_code == 401
        listed = (await client.get("/v1/tokens")).json()["items"]
    assert all("token" not in item for item in listed)
    assert next(item for item in listed if item["name"] == "other")["last_used_at"]


async def test_the_last_owner_cannot_be_removed_or_demoted(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as client:
        (owner,) = (await client.get("/v1/members")).json()["items"]
        path = f"/v1/members/{owner['id']}"
        assert problem_code(await client.delete(path, headers=ANY)) == "conflict"
        assert problem_code(await client.patch(path, json={"role": "admin"}, headers=ANY)) == "conflict"
        await made(client, "/v1/members", {"name": "Second", "role": "owner"})
        changed = await client.patch(path, json={"role": "admin"}, headers=ANY)
        assert changed.json()["role"] == "admin"


async def test_changing_and_removing_a_member_requires_its_current_version(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as client:
        path = f"/v1/members/{(await made(client, '/v1/members', {'name': 'A', 'role': 'agent'}))['id']}"
        seen = {"If-Match": (await client.get(path)).headers["etag"]}
        assert problem_code(await client.patch(path, json={"name": "B"})) == "precondition-required"
        changed = await client.patch(path, json={"name": "B"}, headers=seen)
        assert (changed.json()["name"], changed.json()["version"]) == ("B", 2)
        assert (await client.get(path)).headers["etag"] == changed.headers["etag"]
        assert (
            problem_code(await client.patch(path, json={"name": "C"}, headers=seen)) == "precondition-failed"
        )
        assert problem_code(await client.delete(path, headers=seen)) == "precondition-failed"
        gone = await client.delete(path, headers={"If-Match": changed.headers["etag"]})
        assert gone.status_code == 204


async def test_a_removed_members_session_is_refused(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as client:
        invited = await made(client, "/v1/members", {"name": "Agent", "role": "agent"})
        client.headers.pop("Authorization")
        signed_in = await client.get(invited["sign_in_path"], follow_redirects=False)
        assert signed_in.status_code == 303
        assert (await client.get("/v1/session")).json()["member"]["role"] == "agent"
        token = await token_of(database, workspace, runtime=RUNTIME)
        owner = {"Authorization": f"Bearer {token}", **ANY}
        assert (await client.delete(f"/v1/members/{invited['id']}", headers=owner)).status_code == 204
        assert (await client.get("/v1/session")).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({"Sec-Fetch-Site": "none"}, 204),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "http://testserver.local"}, 204),
        ({}, 204),
    ],
)
async def test_a_change_with_a_cookie_is_accepted_only_from_our_own_pages(
    database: Database,
    workspace: Workspace,
    settings_of_test: Settings,
    headers: dict[str, str],
    status: int,
) -> None:
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as client:
        invited = await made(client, "/v1/members", {"name": "Agent", "role": "agent"})
        client.headers.pop("Authorization")
        await client.get(invited["sign_in_path"], follow_redirects=False)
        answer = await client.post("/v1/session/end", headers=headers)
    assert answer.status_code == status
