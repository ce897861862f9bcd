"""Signing in with an e-mail and a password: who gets in, how often, and what is said to whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from structlog.testing import capture_logs

from keepwell.app import http
from keepwell.identity import service as identity
from keepwell.identity.members import service as members
from keepwell.identity.members.model import NewMember
from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Role
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.app_client import AppClient
from tests.integration.credentials import (
    PASSWORD,
    RUNTIME,
    invited,
    refreshed,
)
from tests.integration.records import Client, made, problem_code

pytestmark = pytest.mark.anyio


async def test_a_member_signs_in_with_their_own_password(client: Client, workspace: Workspace) -> None:
    member = await invited(client, "ada", workspace)
    client.headers.pop("Authorization")
    await client.get(member["sign_in_path"], follow_redirects=False)
    assert (await client.put("/v1/session/password", json={"password": PASSWORD})).status_code == 204
    await client.post("/v1/session/end")
    client.cookies.clear()
    credentials = {"email": member["email"].upper(), "password": PASSWORD}
    assert (await client.post("/v1/sign-in", json=credentials)).status_code == 204
    assert (await client.get("/v1/session")).json()["member"]["name"] == "ada"


async def test_wrong_password_and_unknown_email_get_the_same_answer(
    client: Client, workspace: Workspace
) -> None:
    member = await invited(client, "ada", workspace)
    answers = [
        await client.post("/v1/sign-in", json={"email": email, "password": "wrong password"})
        for email in (member["email"], f"nobody-{workspace.slug}@example.org")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    bodies = [answer.json() for answer in answers]
    assert bodies[0] == bodies[1]


async def test_a_link_leads_a_member_without_a_password_to_the_page_that_sets_one(
    client: Client, workspace: Workspace
) -> None:
    member = await invited(client, "ada", workspace)
    client.headers.pop("Authorization")
    first = await client.get(member["sign_in_path"], follow_redirects=False)
    assert first.headers["location"] == "/set-password"
    assert (await client.get("/v1/session")).json()["has_password"] is False
    assert (await client.put("/v1/session/password", json={"password": PASSWORD})).status_code == 204
    assert (await client.get("/v1/session")).json()["has_password"] is True


async def test_a_wrong_password_says_how_many_attempts_are_left(client: Client, workspace: Workspace) -> None:
    credentials = {"email": f"nobody-{workspace.slug}@example.org", "password": "wrong password"}
    hints = [(await client.post("/v1/sign-in", json=credentials)).json()["hint"] for _ in range(10)]
    assert hints[0].startswith("9 attempts are left with this e-mail, then one every 90 seconds.")
    assert hints[8].startswith("1 attempt is left")
    assert hints[9].startswith("That was the last attempt for now")


async def test_password_attempts_are_limited_across_processes(
    database: Database, workspace: Workspace, shared_settings: Settings
) -> None:
    body = {"email": f"x-{workspace.slug}@example.org", "password": "wrong password"}
    few = msgspec.structs.replace(shared_settings, sign_ins_per_minute=10)
    statuses = []
    for _ in range(2):
        app = http.create_app(database, settings=few, runtime=RUNTIME)
        async with AppClient(app) as client:
            statuses += [(await client.post("/v1/sign-in", json=body)).status_code for _ in range(6)]
    assert statuses == [401] * 10 + [429] * 2


async def test_repeating_a_sign_in_with_the_same_key_creates_one_session(
    client: Client, database: Database, workspace: Workspace
) -> None:
    member = await invited(client, "ada", workspace)
    client.headers.pop("Authorization")
    await client.get(member["sign_in_path"], follow_redirects=False)
    assert (await client.put("/v1/session/password", json={"password": PASSWORD})).status_code == 204
    await client.post("/v1/session/end")
    credentials = {"email": member["email"], "password": PASSWORD}
    cookies = []
    for _ in range(2):
        answer = await client.post("/v1/sign-in", json=credentials, headers={"Idempotency-Key": "once"})
        assert answer.status_code == 204
        cookies.append(answer.cookies["keepwell_session"])
    assert cookies[0] == cookies[1]
    async with database.workspace(workspace.id) as connection:
        counted = await (await connection.execute("select count(*) from sessions")).fetchone()
    assert counted == (1,)


async def test_secrets_appear_in_no_log_and_no_answer(client: Client, workspace: Workspace) -> None:
    canary = "kw_canary-4711"
    with capture_logs() as lines:
        answers = [
            await client.get("/v1/session", headers={"Authorization": f"Bearer {canary}"}),
            await client.get("/v1/session", headers={"Authorization": f"Bearer {canary}.{canary}.{canary}"}),
            await client.get(
                "/v1/session", headers={"Cookie": f"keepwell_session={canary}", "Authorization": ""}
            ),
            await client.get("/sign-in", params={"token": canary}, headers={"Authorization": ""}),
            await client.post("/v1/sign-in", json={"email": f"{workspace.slug}@x.y", "password": canary}),
            await client.put(
                "/v1/session/password", json={"password": PASSWORD, "current": canary, "x": canary}
            ),
            await refreshed(client, canary),
        ]
    assert len(lines) >= len(answers)
    assert all(answer.status_code in {400, 401} for answer in answers)
    for answer in answers:
        assert canary not in answer.text
        assert canary not in str(answer.headers)
    assert canary not in str(lines)


async def test_every_way_to_write_an_email_has_the_same_limit_and_owner(
    client: Client, workspace: Workspace
) -> None:
    member = await invited(client, "kim", workspace)
    client.headers.pop("Authorization")
    spellings = [member["email"], member["email"].upper(), member["email"].replace("k", "\u212a", 1)]
    codes = [
        problem_code(await client.post("/v1/sign-in", json={"email": spellings[number % 3], "password": "x"}))
        for number in range(11)
    ]
    assert codes == ["wrong-password"] * 10 + ["rate-limited"]


async def test_the_second_way_to_write_an_email_is_a_conflict(client: Client, workspace: Workspace) -> None:
    email = (await invited(client, "kim", workspace))["email"]
    again = {"name": "Other", "role": "agent", "email": email.replace("k", "\u212a", 1)}
    assert (await client.post("/v1/members", json=again)).status_code == 409


async def known_in_two_workspaces(
    client: Client, database: Database, workspace: Workspace
) -> tuple[str, dict[str, str]]:
    """An e-mail, and the id of its member in each of two workspaces by their password."""
    email = f"kim-{workspace.slug}@example.org"
    async with database.transaction() as connection:
        other = await identity.ensure_workspace(connection, f"other-{uuid4().hex[:12]}", runtime=RUNTIME)
        actor = await identity.operator(connection, other.id)
        new = NewMember(name="Kim", role=Role.AGENT, email=email)
        there = await members.invite(connection, actor, new, runtime=RUNTIME)
    here = await made(client, "/v1/members", {"name": "Kim", "role": "agent", "email": email})
    invitations = {PASSWORD: (here["id"], here["sign_in_path"])}
    invitations["another password"] = (str(there.id), there.sign_in_path)
    client.headers.pop("Authorization")
    for password, (_, path) in invitations.items():
        await client.get(path, follow_redirects=False)
        assert (await client.put("/v1/session/password", json={"password": password})).status_code == 204
        client.cookies.clear()
    return email, {password: member_id for password, (member_id, _) in invitations.items()}


async def test_an_invitation_does_not_tell_that_another_workspace_knows_the_email(
    client: Client, database: Database, workspace: Workspace
) -> None:
    email, members_by_password = await known_in_two_workspaces(client, database, workspace)
    for password, member_id in members_by_password.items():
        answer = await client.post("/v1/sign-in", json={"email": email, "password": password})
        assert answer.status_code == 204
        assert (await client.get("/v1/session")).json()["member"]["id"] == member_id
        client.cookies.clear()


async def test_a_sign_in_computes_one_hash_however_many_workspaces_know_the_email(
    client: Client, database: Database, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    email, _ = await known_in_two_workspaces(client, database, workspace)
    computed = list[str]()
    for name in ("hash", "verify"):
        monkeypatch.setattr(Argon2Hasher, name, counted(getattr(Argon2Hasher, name), computed))
    for each in (email, f"nobody-{workspace.slug}@example.org"):
        computed.clear()
        answer = await client.post("/v1/sign-in", json={"email": each, "password": "wrong password"})
        assert (answer.status_code, len(computed)) == (401, 1), each


def counted(hashing: Callable[..., Any], computed: list[str]) -> Callable[..., Any]:
    def wrapped(*arguments: Any, **named: Any) -> Any:
        computed.append(hashing.__name__)
        return hashing(*arguments, **named)

    return wrapped
