"""What gives lasting access (passwords, e-mails, new owners) requires a session that has just signed in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from keepwell.identity.model import Actor, Principal, Workspace
from keepwell.identity.passwords import service as passwords
from keepwell.identity.passwords.model import NewPassword
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.credentials import (
    ANY,
    NOW,
    PASSWORD,
    RUNTIME,
    bearer,
    later,
    pair_for,
    second_member,
    token_for,
)
from tests.integration.records import Client, client_of, made, problem_code

pytestmark = pytest.mark.anyio

OTHER_PASSWORD = "another password"  # noqa: S105  of a member of the test


@pytest.fixture
async def half_an_hour_later(
    database: Database, workspace: Workspace, shared_settings: Settings
) -> AsyncIterator[Client]:
    runtime = later(timedelta(minutes=30))
    async with client_of(database, workspace, settings=shared_settings, runtime=runtime) as opened:
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


async def test_a_forgotten_password_is_replaced_right_after_signing_in_and_not_later(
    client: Client, half_an_hour_later: Client
) -> None:
    _, session = await second_member(client)
    assert (await set_password(client, session)).status_code == 204
    late = await set_password(half_an_hour_later, session, password=OTHER_PASSWORD)
    assert (late.status_code, problem_code(late)) == (403, "fresh-sign-in-required")
    assert (await set_password(client, session, password=OTHER_PASSWORD)).status_code == 204
    wrong = await set_password(client, session, current="wrong")
    assert problem_code(wrong) == "wrong-password"


async def test_a_session_that_began_with_the_password_cannot_replace_it_without_it(
    client: Client, workspace: Workspace
) -> None:
    email = f"second-{workspace.slug}@example.org"
    _, by_link = await second_member(client, role="agent", email=email)
    assert (await set_password(client, by_link)).status_code == 204
    credentials = {"email": email, "password": PASSWORD}
    signed_in = await client.post("/v1/sign-in", json=credentials, headers={"Authorization": ""})
    session = {"Cookie": f"keepwell_session={signed_in.cookies['keepwell_session']}", "Authorization": ""}
    client.cookies.clear()
    without = await set_password(client, session, password=OTHER_PASSWORD)
    assert (without.status_code, problem_code(without)) == (403, "fresh-sign-in-required")
    assert (await set_password(client, session, password=OTHER_PASSWORD, current=PASSWORD)).status_code == 204


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


async def test_an_old_session_creates_no_api_token(client: Client, half_an_hour_later: Client) -> None:
    _, session = await second_member(client)
    answer = await half_an_hour_later.post("/v1/tokens", json={"name": "mine"}, headers=session)
    assert (answer.status_code, problem_code(answer)) == (403, "fresh-sign-in-required")
    await token_for(client, session)


async def change_role(
    client: Client, member_id: str, role: str, credential: dict[str, str]
) -> httpx.Response:
    return await client.patch(f"/v1/members/{member_id}", json={"role": role}, headers={**credential, **ANY})


async def test_an_old_session_gives_nobody_more_rights(client: Client, half_an_hour_later: Client) -> None:
    _, session = await second_member(client)
    other, _ = await second_member(client, "analyst")
    answer = await change_role(half_an_hour_later, other, "owner", session)
    assert (answer.status_code, problem_code(answer)) == (403, "fresh-sign-in-required")
    assert (await change_role(client, other, "owner", session)).status_code == 200
    # Fewer rights need no proof, so that whoever notices a fault can act at once.
    assert (await change_role(half_an_hour_later, other, "analyst", session)).status_code == 200


async def test_an_access_token_gives_nobody_more_rights(client: Client) -> None:
    own, session = await second_member(client)
    other, _ = await second_member(client, "analyst")
    credential = bearer((await pair_for(client, session))["access_token"])
    answer = await change_role(client, other, "owner", credential)
    assert (answer.status_code, problem_code(answer)) == (403, "access-token-not-accepted")
    assert (await change_role(client, own, "analyst", credential)).status_code == 200


@pytest.mark.parametrize(
    "password", ["password1234", "123456789012", "qwertyuiop12", "second-member-2026", "Keepwell2026!"]
)
async def test_a_password_that_is_common_or_made_of_names_is_refused(client: Client, password: str) -> None:
    _, session = await second_member(client, name="Second Member")
    answer = await set_password(client, session, password=password)
    assert (answer.status_code, problem_code(answer)) == (400, "invalid-data")
    assert answer.json()["hint"]


async def test_wrong_current_passwords_are_limited(client: Client) -> None:
    _, session = await second_member(client)
    assert (await set_password(client, session)).status_code == 204
    codes = [
        problem_code(await set_password(client, session, password=OTHER_PASSWORD, current="wrong"))
        for _ in range(11)
    ]
    assert codes == ["wrong-password"] * 10 + ["rate-limited"]


async def test_a_password_that_waits_to_be_hashed_holds_no_connection(
    client: Client, conninfo: str, workspace: Workspace
) -> None:
    member_id, _ = await second_member(client)
    fresh = Principal(workspace.id, UUID(member_id), session_id=UUID(int=1), signed_in_at=NOW)
    actor, limiter = Actor(fresh, "request-of-the-test"), passwords._limiter()
    # The only connection of all: while it is held, nobody else gets one.
    async with Database.open(conninfo, max_size=1) as only, AsyncExitStack() as others:
        for _ in range(int(limiter.total_tokens)):
            other = object()
            await limiter.acquire_on_behalf_of(other)
            others.callback(limiter.release_on_behalf_of, other)
        setting = asyncio.create_task(
            passwords.set_password(only, actor, NewPassword(PASSWORD), clock=RUNTIME.clock)
        )
        for _ in range(1_000):
            if limiter.statistics().tasks_waiting:
                break
            await asyncio.sleep(0.01)
        await asyncio.wait_for(only.ping(), 10)
        assert not setting.done()
        await others.aclose()
        await setting
