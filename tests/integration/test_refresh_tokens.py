"""Refresh tokens: each is used once, a stolen one ends its family, and a repeated request has one effect."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.credentials import (
    asked_with,
    invited,
    later,
    pair,
    refreshed,
)
from tests.integration.records import Client, client_of, made, problem_code

pytestmark = pytest.mark.anyio


async def test_a_refresh_token_gives_the_next_one(client: Client) -> None:
    first = await pair(client)
    answer = await refreshed(client, first["refresh_token"])
    assert answer.status_code == 200
    second = answer.json()
    assert (await asked_with(client, second["access_token"])).status_code == 200
    assert (await refreshed(client, second["refresh_token"])).status_code == 200


async def test_reusing_a_refresh_token_ends_its_family(
    client: Client, database: Database, workspace: Workspace, shared_settings: Settings
) -> None:
    first = await pair(client)
    second = (await refreshed(client, first["refresh_token"])).json()
    runtime = later(timedelta(minutes=1))
    async with client_of(database, workspace, settings=shared_settings, runtime=runtime) as afterwards:
        assert problem_code(await refreshed(afterwards, first["refresh_token"])) == "invalid-grant"
        assert (await refreshed(afterwards, second["refresh_token"])).status_code == 401


async def test_concurrent_second_refresh_is_rejected_and_the_family_continues(client: Client) -> None:
    first = await pair(client)
    answers = await asyncio.gather(*(refreshed(client, first["refresh_token"]) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    winner = next(answer for answer in answers if answer.status_code == 200).json()
    assert (await refreshed(client, winner["refresh_token"])).status_code == 200


async def test_a_repeated_refresh_with_the_same_key_gets_the_same_pair(
    client: Client, database: Database, workspace: Workspace, shared_settings: Settings
) -> None:
    first = await pair(client)
    answer = await refreshed(client, first["refresh_token"], key="try 1")
    runtime = later(timedelta(minutes=1))
    async with client_of(database, workspace, settings=shared_settings, runtime=runtime) as afterwards:
        again = await refreshed(afterwards, first["refresh_token"], key="try 1")
        assert (again.json(), again.headers["idempotent-replayed"]) == (answer.json(), "true")
        following = await refreshed(afterwards, again.json()["refresh_token"], key="try 2")
        assert following.status_code == 200
        reused = await refreshed(afterwards, following.json()["refresh_token"], key="try 1")
        assert problem_code(reused) == "idempotency-key-reused"
        # Whoever has the token but not the key is a thief.
        assert (await refreshed(afterwards, first["refresh_token"], key="a guess")).status_code == 401
        assert (await refreshed(afterwards, following.json()["refresh_token"])).status_code == 401


async def test_concurrent_refreshes_with_the_same_key_get_the_same_pair(client: Client) -> None:
    first = await pair(client)
    answers = await asyncio.gather(*(refreshed(client, first["refresh_token"], key="one") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1


async def test_revoking_an_api_token_ends_the_families_it_began(client: Client) -> None:
    token = await made(client, "/v1/tokens", {"name": "app", "scopes": ["read"]})
    own = {"Authorization": f"Bearer {token['token']}"}
    pair_of_token = (await client.post("/v1/access-tokens", headers=own)).json()
    assert (await client.delete(f"/v1/tokens/{token['id']}")).status_code == 204
    answer = await refreshed(client, pair_of_token["refresh_token"])
    assert problem_code(answer) == "invalid-grant"


async def test_expired_refresh_tokens_are_deleted_with_their_families(
    client: Client, database: Database, workspace: Workspace, shared_settings: Settings
) -> None:
    first = await pair(client)
    await refreshed(client, first["refresh_token"])
    runtime = later(timedelta(days=61))
    async with client_of(database, workspace, settings=shared_settings, runtime=runtime) as afterwards:
        await pair(afterwards)
    async with database.workspace(workspace.id) as connection:
        left = await (
            await connection.execute(
                "select (select count(*) from refresh_tokens), (select count(*) from refresh_families)"
            )
        ).fetchone()
    assert left == (1, 1)


async def test_a_removed_member_cannot_refresh(client: Client, workspace: Workspace) -> None:
    member = await invited(client, "ada", workspace)
    owner = client.headers.pop("Authorization")
    await client.get(member["sign_in_path"], follow_redirects=False)
    own = await pair(client)
    client.cookies.clear()
    gone = {"Authorization": owner, "If-Match": "*"}
    assert (await client.delete(f"/v1/members/{member['id']}", headers=gone)).status_code == 204
    assert (await refreshed(client, own["refresh_token"])).status_code == 401
