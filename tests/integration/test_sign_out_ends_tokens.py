"""Signing out and setting a password end the refresh tokens that sessions began."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from keepwell.identity.model import Principal, Workspace
from keepwell.identity.permissions import Role
from keepwell.identity.refresh_tokens import service as refresh_tokens
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import NotAuthenticated
from tests.integration.credentials import (
    PASSWORD,
    RUNTIME,
    add_owner,
    bearer,
    later,
    pair_for,
    refreshed,
    second_member,
    token_for,
)
from tests.integration.records import Client, client_of, problem_code

pytestmark = pytest.mark.anyio


async def sign_out(client: Client, session: dict[str, str]) -> None:
    assert (await client.post("/v1/session/end", headers=session)).status_code == 204


async def set_password(client: Client, session: dict[str, str]) -> None:
    answer = await client.put("/v1/session/password", json={"password": PASSWORD}, headers=session)
    assert answer.status_code == 204


async def second_session(client: Client, email: str) -> dict[str, str]:
    signed_in = await client.post("/v1/sign-in", json={"email": email, "password": PASSWORD})
    client.cookies.clear()
    return {"Cookie": f"keepwell_session={signed_in.cookies['keepwell_session']}", "Authorization": ""}


async def test_signing_out_ends_the_refresh_tokens_that_the_session_began(client: Client) -> None:
    _, session = await second_member(client)
    pair = await pair_for(client, session)
    await sign_out(client, session)
    assert problem_code(await refreshed(client, pair["refresh_token"])) == "invalid-grant"
    change = await client.delete(f"/v1/tokens/{UUID(int=1)}", headers=bearer(pair["access_token"]))
    assert change.status_code == 401


async def test_signing_out_keeps_the_tokens_of_another_session(client: Client, workspace: Workspace) -> None:
    email = f"second-{workspace.slug}@example.org"
    _, session = await second_member(client, email=email)
    await set_password(client, session)
    other = await second_session(client, email)
    pair = await pair_for(client, other)
    await sign_out(client, session)
    assert (await refreshed(client, pair["refresh_token"])).status_code == 200


async def test_signing_out_keeps_the_tokens_that_an_api_token_began(client: Client) -> None:
    _, session = await second_member(client)
    token = bearer((await token_for(client, session))["token"])
    pair = await pair_for(client, token)
    await sign_out(client, session)
    assert (await refreshed(client, pair["refresh_token"])).status_code == 200


async def test_refresh_tokens_outlive_a_session_that_only_expired(
    client: Client, database: Database, workspace: Workspace, shared_settings: Settings
) -> None:
    _, session = await second_member(client)
    pair = await pair_for(client, session)
    runtime = later(timedelta(days=31))
    async with client_of(database, workspace, settings=shared_settings, runtime=runtime) as afterwards:
        # Inviting somebody deletes expired sessions.
        assert (await add_owner(afterwards, {})).status_code == 201
        assert (await refreshed(afterwards, pair["refresh_token"])).status_code == 200


async def test_a_session_that_has_ended_begins_no_refresh_tokens(
    client: Client, database: Database, workspace: Workspace
) -> None:
    member_id, _ = await second_member(client)
    principal = Principal(workspace.id, UUID(member_id), Role.OWNER, session_id=UUID(int=1))
    with pytest.raises(NotAuthenticated):
        async with database.workspace(workspace.id) as connection:
            await refresh_tokens.begin_family(connection, principal, runtime=RUNTIME)


async def test_a_new_password_ends_the_refresh_tokens_that_the_members_sessions_began(
    client: Client, workspace: Workspace
) -> None:
    _, session = await second_member(client, email=f"second-{workspace.slug}@example.org")
    _, somebody_else = await second_member(client)
    pair, of_somebody_else = await pair_for(client, session), await pair_for(client, somebody_else)
    of_a_token = await pair_for(client, bearer((await token_for(client, session))["token"]))
    await set_password(client, session)
    assert problem_code(await refreshed(client, pair["refresh_token"])) == "invalid-grant"
    for kept in (of_somebody_else, of_a_token):
        assert (await refreshed(client, kept["refresh_token"])).status_code == 200


async def test_a_family_ends_half_a_year_after_its_sign_in_however_often_it_was_refreshed(
    client: Client, database: Database, workspace: Workspace, shared_settings: Settings
) -> None:
    _, session = await second_member(client)
    token = (await pair_for(client, session))["refresh_token"]
    for days in (50, 100, 150, 179):
        runtime = later(timedelta(days=days))
        async with client_of(database, workspace, settings=shared_settings, runtime=runtime) as afterwards:
            answer = await refreshed(afterwards, token)
            assert answer.status_code == 200, days
            token = answer.json()["refresh_token"]
    async with client_of(
        database, workspace, settings=shared_settings, runtime=later(timedelta(days=181))
    ) as at_last:
        assert problem_code(await refreshed(at_last, token)) == "invalid-grant"


@pytest.mark.parametrize("kind", ["refresh_token", "access_token"])
async def test_a_revoked_token_ends_its_family(client: Client, kind: str) -> None:
    _, session = await second_member(client)
    pair, other = await pair_for(client, session), await pair_for(client, session)
    form = {"token": pair[kind], "token_type_hint": kind}
    answer = await client.post("/v1/oauth/revoke", data=form, headers={"Authorization": ""})
    assert answer.status_code == 200, answer.text
    assert problem_code(await refreshed(client, pair["refresh_token"])) == "invalid-grant"
    assert (await refreshed(client, other["refresh_token"])).status_code == 200


async def test_revoking_an_unknown_token_is_answered_like_any_other(client: Client) -> None:
    for token in ("kwr_unknown", "a.b.c", "\u0000"):
        answer = await client.post("/v1/oauth/revoke", data={"token": token}, headers={"Authorization": ""})
        assert answer.status_code == 200
