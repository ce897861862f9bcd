"""What gives lasting access (passwords, e-mails, new owners) requires a session that has just signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.records import Client, client_of, made, problem_code
from tests.integration.test_live_rights import (
    ANY,
    PASSWORD,
    RUNTIME,
    bearer,
    later,
    pair_for,
    second_member,
    token_for,
)

pytestmark = pytest.mark.anyio

OTHER_PASSWORD = "another password"  # noqa: S105  of a member of the test


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> AsyncIterator[Client]:
    """A client with an API token of the first owner."""
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as opened:
        yield opened


@pytest.fixture
async def half_an_hour_later(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> AsyncIterator[Client]:
    runtime = later(timedelta(minutes=30))
    async with client_of(database, workspace, settings=settings_of_test, runtime=runtime) as opened:
        yield opened


async def set_password(
    client: Client, credential: dict[str, str], *, password: str = PASSWORD, current: str | None = None
) -> httpx.Response:
    body = {"password": password} | ({} if current is None else {"current": current})
    return await client.put("/v1/session/password", json=body, headers=credential)


@pytest.mark.parametrize("kind", ["read token", "owner's token", "access token"])
async def test_a_bearer_token_cannot_set_a_password(client: Client, kind: str) -> None:
    scopes = ["read"] if kind == "read token" else None
    credential = bearer((await token_for(client, {}, scopes=scopes))["token"])
    if kind == "access token":
        credential = bearer((await pair_for(client, credential))["access_token"])
    answer = await set_password(client, credential)
    assert (answer.status_code, problem_code(answer)) == (403, "fresh-sign-in-required")


async def test_a_bearer_token_cannot_change_a_password_even_with_the_current_one(client: Client) -> None:
    _, session = await second_member(client)
    assert (await set_password(client, session)).status_code == 204
    credential = bearer((await token_for(client, session))["token"])
    answer = await set_password(client, credential, password=OTHER_PASSWORD, current=PASSWORD)
    assert problem_code(answer) == "fresh-sign-in-required"


async def test_a_first_password_requires_a_recent_sign_in(client: Client, half_an_hour_later: Client) -> None:
    _, session = await second_member(client)
    answer = await set_password(half_an_hour_later, session)
    assert (answer.status_code, problem_code(answer)) == (403, "fresh-sign-in-required")
    assert (await set_password(client, session)).status_code == 204


async def test_an_old_session_can_change_the_password_with_the_current_one(
    client: Client, half_an_hour_later: Client
) -> None:
    _, session = await second_member(client)
    assert (await set_password(client, session)).status_code == 204
    wrong = await set_password(half_an_hour_later, session, password=OTHER_PASSWORD, current="wrong")
    assert problem_code(wrong) == "wrong-password"
    right = await set_password(half_an_hour_later, session, password=OTHER_PASSWORD, current=PASSWORD)
    assert right.status_code == 204


async def test_setting_a_password_is_audited_without_the_password(client: Client) -> None:
    member_id, session = await second_member(client)
    assert (await set_password(client, session)).status_code == 204
    found = await client.get("/v1/audit-entries", params={"action": "member.password-set"})
    (entry,) = found.json()["items"]
    assert (entry["member_id"], entry["subject"]) == (member_id, f"member:{member_id}")
    assert PASSWORD not in found.text
    assert "argon2" not in found.text


async def test_changing_an_email_requires_a_recent_sign_in(
    client: Client, half_an_hour_later: Client, workspace: Workspace
) -> None:
    own_id, session = await second_member(client)
    other = await made(client, "/v1/members", {"name": "Third", "role": "agent"})
    for member_id in (own_id, other["id"]):
        path, change = f"/v1/members/{member_id}", {"email": f"{member_id}-{workspace.slug}@example.org"}
        for refusing, credential in ((client, {}), (half_an_hour_later, session)):
            answer = await refusing.patch(path, json=change, headers={**credential, **ANY})
            assert (answer.status_code, problem_code(answer)) == (403, "fresh-sign-in-required")
        changed = await client.patch(path, json=change, headers={**session, **ANY})
        assert changed.json()["email"] == change["email"]
        # Sending the e-mail unchanged is not a change of how the member signs in.
        same = await client.patch(path, json={**change, "name": "Renamed"}, headers=ANY)
        assert same.status_code == 200


async def invite(client: Client, credential: dict[str, str], **fields: str) -> httpx.Response:
    return await client.post("/v1/members", json={"name": "Third", **fields}, headers=credential)


@pytest.mark.parametrize("role", ["owner", "agent"])
async def test_an_access_token_cannot_add_a_member(client: Client, role: str) -> None:
    _, session = await second_member(client)
    access_token = (await pair_for(client, session))["access_token"]
    answer = await invite(client, bearer(access_token), role=role)
    assert (answer.status_code, problem_code(answer)) == (403, "access-token-not-accepted")


@pytest.mark.parametrize("with_email", [False, True])
async def test_an_old_session_cannot_add_an_owner_or_an_email(
    client: Client, half_an_hour_later: Client, workspace: Workspace, *, with_email: bool
) -> None:
    _, session = await second_member(client)
    fields = (
        {"role": "agent", "email": f"third-{workspace.slug}@example.org"} if with_email else {"role": "owner"}
    )
    answer = await invite(half_an_hour_later, session, **fields)
    assert (answer.status_code, problem_code(answer)) == (403, "fresh-sign-in-required")
    assert (await invite(client, session, **fields)).status_code == 201


async def test_an_old_session_gets_no_earlier_invitation_again(
    client: Client, half_an_hour_later: Client
) -> None:
    _, session = await second_member(client)
    credential = {**session, "Idempotency-Key": "of the invitation"}
    assert (await invite(client, credential, role="owner")).status_code == 201
    answer = await invite(half_an_hour_later, credential, role="owner")
    assert (answer.status_code, problem_code(answer)) == (403, "fresh-sign-in-required")


async def test_an_old_session_can_add_an_agent_without_email(
    client: Client, half_an_hour_later: Client
) -> None:
    _, session = await second_member(client)
    assert (await invite(half_an_hour_later, session, role="agent")).status_code == 201


async def test_an_api_token_can_add_a_member_with_an_email(client: Client, workspace: Workspace) -> None:
    answer = await invite(client, {}, role="owner", email=f"third-{workspace.slug}@example.org")
    assert answer.status_code == 201
