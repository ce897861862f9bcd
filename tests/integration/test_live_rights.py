"""Lost rights cannot be used to get new ones: no credential outlives its source."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from joserfc import jwt
from litestar.routes import HTTPRoute

from keepwell.app.openapi import described
from keepwell.identity.access_tokens.signing_keys import SigningKeys
from keepwell.identity.model import Principal, Workspace
from keepwell.identity.permissions import Permission, Role
from keepwell.identity.sessions import service as sessions
from keepwell.identity.sessions.model import SignIn
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import NotAuthenticated
from tests.integration.credentials import (
    ANY,
    NOW,
    PASSWORD,
    RUNTIME,
    add_owner,
    bearer,
    demote,
    later,
    pair_for,
    refreshed,
    remove,
    second_member,
    token_for,
)
from tests.integration.records import Client, client_of, made, problem_code

pytestmark = pytest.mark.anyio


async def test_an_access_token_cannot_renew_itself(client: Client) -> None:
    pair = await made(client, "/v1/access-tokens", {})
    answer = await client.post("/v1/access-tokens", headers=bearer(pair["access_token"]))
    assert (answer.status_code, problem_code(answer)) == (403, "access-token-not-accepted")


async def test_an_access_token_cannot_create_an_api_token(client: Client) -> None:
    pair = await made(client, "/v1/access-tokens", {})
    answer = await client.post("/v1/tokens", json={"name": "mine"}, headers=bearer(pair["access_token"]))
    assert (answer.status_code, problem_code(answer)) == (403, "access-token-not-accepted")


async def test_a_removed_members_access_token_only_reads_what_every_member_may(client: Client) -> None:
    member_id, session = await second_member(client)
    access_token = (await pair_for(client, session))["access_token"]
    await remove(client, member_id)
    ids: defaultdict[str, object] = defaultdict(uuid4, version=1)
    still_answered = set()
    for path, item in described(client.app)["paths"].items():
        for method, operation in item.items():
            if "security" in operation or not path.startswith("/v1"):
                continue
            answer = await client.request(
                method.upper(), path.format_map(ids), headers={**bearer(access_token), **ANY}, json=[]
            )
            if answer.status_code != 401:
                still_answered.add(operation["operationId"])
    read_by_all = {
        handler.operation_id
        for route in client.app.routes
        if isinstance(route, HTTPRoute)
        for handler, _ in route.route_handler_map.values()
        if handler.opt.get("permission") == Permission.READ and "GET" in handler.http_methods
    }
    assert still_answered <= read_by_all | {"endSession", "receiveStripeEvent"}


async def test_a_removed_members_access_token_gets_no_write_key(client: Client) -> None:
    member_id, session = await second_member(client)
    access_token = (await pair_for(client, session))["access_token"]
    assert (await client.get("/v1/play", headers=bearer(access_token))).status_code == 200
    await remove(client, member_id)
    assert (await client.get("/v1/play", headers=bearer(access_token))).status_code == 401


async def test_a_removed_owners_access_token_adds_no_owner(client: Client) -> None:
    member_id, session = await second_member(client)
    access_token = (await pair_for(client, session))["access_token"]
    await remove(client, member_id)
    assert (await add_owner(client, bearer(access_token))).status_code == 401


async def test_a_demoted_owners_access_token_adds_no_owner(client: Client) -> None:
    member_id, session = await second_member(client)
    access_token = (await pair_for(client, session))["access_token"]
    await demote(client, member_id)
    answer = await add_owner(client, bearer(access_token))
    assert (answer.status_code, problem_code(answer)) == (403, "forbidden")


async def test_an_access_token_of_a_revoked_api_token_adds_no_owner(client: Client) -> None:
    _, session = await second_member(client)
    token = await token_for(client, session)
    access_token = (await pair_for(client, bearer(token["token"])))["access_token"]
    assert (await client.delete(f"/v1/tokens/{token['id']}")).status_code == 204
    assert (await add_owner(client, bearer(access_token))).status_code == 401


async def test_an_access_token_of_an_ended_family_adds_no_owner(
    client: Client, database: Database, workspace: Workspace, shared_settings: Settings
) -> None:
    first = await made(client, "/v1/access-tokens", {})
    second = (await refreshed(client, first["refresh_token"])).json()
    runtime = later(timedelta(minutes=1))
    async with client_of(database, workspace, settings=shared_settings, runtime=runtime) as afterwards:
        assert (await refreshed(afterwards, first["refresh_token"])).status_code == 401
        assert (await add_owner(afterwards, bearer(second["access_token"]))).status_code == 401


async def test_a_removed_members_remembered_api_token_changes_nothing(client: Client) -> None:
    member_id, session = await second_member(client)
    token = (await token_for(client, session))["token"]
    assert (await client.get("/v1/accounts", headers=bearer(token))).status_code == 200
    await remove(client, member_id)
    assert (await add_owner(client, bearer(token))).status_code == 401
    assert (await client.post("/v1/plans", json={}, headers=bearer(token))).status_code == 401
    assert (await client.post("/v1/access-tokens", headers=bearer(token))).status_code == 401


async def test_a_demoted_members_remembered_api_token_has_the_new_role(client: Client) -> None:
    member_id, session = await second_member(client)
    token = (await token_for(client, session))["token"]
    assert (await client.get("/v1/accounts", headers=bearer(token))).status_code == 200
    await demote(client, member_id)
    assert (await add_owner(client, bearer(token))).status_code == 403


async def test_a_revoked_remembered_api_token_mints_no_access_token(client: Client) -> None:
    token = await token_for(client, {})
    assert (await client.get("/v1/accounts", headers=bearer(token["token"]))).status_code == 200
    assert (await client.delete(f"/v1/tokens/{token['id']}")).status_code == 204
    answer = await client.post("/v1/access-tokens", headers=bearer(token["token"]))
    assert answer.status_code == 401


async def test_refreshing_after_a_demotion_gives_only_the_rights_of_the_new_role(
    client: Client, shared_settings: Settings
) -> None:
    member_id, session = await second_member(client)
    token = await token_for(client, session, scopes=["read", "members", "export"])
    pair = await pair_for(client, bearer(token["token"]))
    await demote(client, member_id)
    renewed = (await refreshed(client, pair["refresh_token"])).json()
    key = SigningKeys(shared_settings.signing_keys, clock=RUNTIME.clock).newest()
    claims = jwt.decode(renewed["access_token"], key, algorithms=["RS256"]).claims
    assert (claims["role"], claims["scope"]) == ("agent", "read")


async def test_an_expired_api_token_ends_its_refresh_tokens(
    client: Client, database: Database, workspace: Workspace, shared_settings: Settings
) -> None:
    token = await token_for(client, {}, expires_at=(NOW + timedelta(hours=1)).isoformat())
    pair = await pair_for(client, bearer(token["token"]))
    runtime = later(timedelta(hours=2))
    async with client_of(database, workspace, settings=shared_settings, runtime=runtime) as afterwards:
        assert problem_code(await refreshed(afterwards, pair["refresh_token"])) == "invalid-grant"


async def test_a_removed_member_cannot_sign_in_with_their_password(
    client: Client, workspace: Workspace
) -> None:
    email = f"second-{workspace.slug}@example.org"
    member_id, session = await second_member(client, email=email)
    await client.put("/v1/session/password", json={"password": PASSWORD}, headers=session)
    await remove(client, member_id)
    answer = await client.post("/v1/sign-in", json={"email": email, "password": PASSWORD})
    assert problem_code(answer) == "wrong-password"


async def test_beginning_a_session_for_a_removed_member_is_refused(
    client: Client, database: Database, workspace: Workspace
) -> None:
    member_id, _ = await second_member(client)
    principal = Principal(workspace.id, UUID(member_id), Role.OWNER)
    await remove(client, member_id)
    with pytest.raises(NotAuthenticated):
        async with database.workspace(workspace.id) as connection:
            await sessions.begin_session(
                connection, principal, sign_in=SignIn("link", "test"), runtime=RUNTIME
            )


async def test_a_sign_in_link_of_a_removed_member_is_refused(
    client: Client, database: Database, workspace: Workspace
) -> None:
    member_id, _ = await second_member(client)
    principal = Principal(workspace.id, UUID(member_id), Role.OWNER)
    await remove(client, member_id)
    async with database.workspace(workspace.id) as connection:
        link = await sessions.create_sign_in_link(connection, principal, runtime=RUNTIME)
    answer = await client.get("/sign-in", params={"token": link}, follow_redirects=False)
    assert answer.status_code == 401


async def test_revoking_an_api_token_revokes_the_tokens_it_created(client: Client) -> None:
    first = await token_for(client, {}, name="first")
    second = await token_for(client, bearer(first["token"]), name="second")
    third = await token_for(client, bearer(second["token"]), name="third")
    pair = await pair_for(client, bearer(third["token"]))
    assert (await client.delete(f"/v1/tokens/{first['id']}")).status_code == 204
    for each in (second, third):
        assert (await add_owner(client, bearer(each["token"]))).status_code == 401
    assert (await refreshed(client, pair["refresh_token"])).status_code == 401
    revoked = (await client.get("/v1/audit-entries", params={"action": "token.revoked"})).json()["items"]
    assert {entry["subject"] for entry in revoked} == {
        f"token:{each['id']}" for each in (first, second, third)
    }


async def test_an_api_token_expires_no_later_than_the_one_that_created_it(client: Client) -> None:
    end = (NOW + timedelta(hours=1)).isoformat()
    first = await token_for(client, {}, expires_at=end)
    second = await token_for(client, bearer(first["token"]))
    assert second["expires_at"] == first["expires_at"]
    longer = {"name": "longer", "expires_at": (NOW + timedelta(hours=2)).isoformat()}
    answer = await client.post("/v1/tokens", json=longer, headers=bearer(first["token"]))
    assert (answer.status_code, problem_code(answer)) == (403, "forbidden")


@pytest.mark.parametrize("role", Role)
async def test_a_token_cannot_grant_a_role_with_more_permissions_than_itself(
    client: Client, role: Role
) -> None:
    scopes = [Permission.MANAGE_MEMBERS, *Role.AGENT.permissions]
    token = (await token_for(client, {}, scopes=scopes))["token"]
    is_within = role.permissions <= set(scopes)
    added = await client.post("/v1/members", json={"name": "A", "role": role}, headers=bearer(token))
    assert added.status_code == (201 if is_within else 403)
    agent = await made(client, "/v1/members", {"name": "B", "role": "agent"})
    changed = await client.patch(
        f"/v1/members/{agent['id']}", json={"role": role}, headers={**bearer(token), **ANY}
    )
    assert changed.status_code == (200 if is_within else 403)
