"""Which workspaces a browser can switch between: those that somebody signed in to with it, and no others."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from keepwell.identity import service as identity
from keepwell.identity.model import Principal, Workspace
from keepwell.identity.sessions import service as sessions
from keepwell.identity.sessions.model import IDLE_LIMIT
from keepwell.platform.database import Database
from tests.integration.credentials import ANY, RUNTIME, later, pair_for, refreshed, second_member
from tests.integration.records import ACCOUNT, Client, problem_code, token_of

pytestmark = pytest.mark.anyio

COOKIE = "keepwell_session"
SIGNED_OUT = {"Authorization": ""}


@pytest.fixture
async def other(database: Database) -> Workspace:
    async with database.transaction() as connection:
        return await identity.ensure_workspace(connection, f"other-{uuid4().hex[:12]}", runtime=RUNTIME)


async def signed_in(
    client: Client, database: Database, workspace: Workspace, *, with_cookie: str = ""
) -> str:
    """The cookie of a browser after its user opened a sign-in link of the workspace's owner."""
    async with database.workspace(workspace.id) as connection:
        owner = await identity.owner(connection, workspace.id)
        principal = Principal(workspace.id, owner.id)
        link = await sessions.create_sign_in_link(connection, principal, runtime=RUNTIME)
    headers = SIGNED_OUT | ({"Cookie": f"{COOKIE}={with_cookie}"} if with_cookie else {})
    answer = await client.get(f"/sign-in?token={link}", headers=headers, follow_redirects=False)
    client.cookies.clear()
    return answer.cookies[COOKIE]


def browser(cookie: str) -> dict[str, str]:
    return SIGNED_OUT | {"Cookie": f"{COOKIE}={cookie}"}


async def listed(client: Client, cookie: str) -> dict[str, bool]:
    answer = await client.get("/v1/session/workspaces", headers=browser(cookie))
    assert answer.status_code == 200, answer.text
    return {item["workspace"]["slug"]: item["is_current"] for item in answer.json()["items"]}


async def chosen(client: Client, cookie: str, workspace: Workspace) -> Any:
    answer = await client.post(
        "/v1/session/workspace", json={"workspace_id": str(workspace.id)}, headers=browser(cookie)
    )
    client.cookies.clear()
    return answer


async def workspace_of(client: Client, cookie: str) -> str | None:
    answer = await client.get("/v1/session", headers=browser(cookie))
    return answer.json()["workspace"]["slug"] if answer.status_code == 200 else None


async def test_a_browser_that_signed_in_to_two_workspaces_switches_between_them(
    client: Client, database: Database, workspace: Workspace, other: Workspace
) -> None:
    first = await signed_in(client, database, workspace)
    both = await signed_in(client, database, other, with_cookie=first)
    assert await listed(client, both) == {workspace.slug: False, other.slug: True}
    answer = await chosen(client, both, workspace)
    assert answer.status_code == 200, answer.text
    assert answer.json()["workspace"]["slug"] == workspace.slug
    switched = answer.cookies[COOKIE]
    assert await workspace_of(client, switched) == workspace.slug
    assert await listed(client, switched) == {workspace.slug: True, other.slug: False}


async def test_a_member_with_the_email_of_anothers_owner_gets_no_workspace_by_it(
    client: Client, database: Database, workspace: Workspace, other: Workspace
) -> None:
    email = f"ada-{workspace.slug}@example.org"
    await second_member(client, email=email)
    token = {"Authorization": f"Bearer {await token_of(database, other, runtime=RUNTIME)}"}
    invited = await client.post(
        "/v1/members", json={"name": "Eve", "role": "owner", "email": email}, headers=token
    )
    assert invited.status_code == 201, invited.text
    opened = await client.get(invited.json()["sign_in_path"], headers=SIGNED_OUT, follow_redirects=False)
    client.cookies.clear()
    eve = opened.cookies[COOKIE]
    assert await listed(client, eve) == {other.slug: True}
    refused = await chosen(client, eve, workspace)
    assert refused.status_code == 404
    assert COOKIE not in refused.cookies


async def test_a_cookie_with_a_secret_of_nobodys_opens_nothing(
    client: Client, database: Database, workspace: Workspace, other: Workspace
) -> None:
    own = await signed_in(client, database, workspace)
    assert await listed(client, f"{own}.invented.{own}") == {workspace.slug: True}
    assert (await chosen(client, f"{own}.invented", other)).status_code == 404
    assert await listed(client, "..") == {}


async def test_a_second_sign_in_to_a_workspace_ends_the_one_that_waits_behind_another(
    client: Client, database: Database, workspace: Workspace, other: Workspace
) -> None:
    first = await signed_in(client, database, workspace)
    both = await signed_in(client, database, other, with_cookie=first)
    again = await signed_in(client, database, workspace, with_cookie=both)
    assert await workspace_of(client, first) is None
    assert await listed(client, again) == {workspace.slug: True, other.slug: False}


async def test_signing_out_ends_every_session_of_the_browser_and_what_they_began(
    client: Client, database: Database, workspace: Workspace, other: Workspace
) -> None:
    first = await signed_in(client, database, workspace)
    pair = await pair_for(client, browser(first))
    both = await signed_in(client, database, other, with_cookie=first)
    answer = await client.post("/v1/session/end", headers=browser(both))
    assert answer.status_code == 204
    client.cookies.clear()
    assert await listed(client, both) == {}
    assert problem_code(await refreshed(client, pair["refresh_token"])) == "invalid-grant"


async def test_signing_out_of_the_workspace_in_use_leaves_the_other_one_in_use(
    client: Client, database: Database, workspace: Workspace, other: Workspace
) -> None:
    first = await signed_in(client, database, workspace)
    both = await signed_in(client, database, other, with_cookie=first)
    answer = await client.post(f"/v1/session/workspaces/{other.id}/end", headers=browser(both))
    client.cookies.clear()
    assert answer.status_code == 204
    assert await workspace_of(client, answer.cookies[COOKIE]) == workspace.slug
    assert await listed(client, both) == {workspace.slug: False}


async def test_a_removed_member_switches_back_no_more(
    client: Client, database: Database, workspace: Workspace, other: Workspace
) -> None:
    member_id, session = await second_member(client)
    removed = session["Cookie"].partition("=")[2]
    both = await signed_in(client, database, other, with_cookie=removed)
    assert (await client.delete(f"/v1/members/{member_id}", headers=ANY)).status_code == 204
    assert await listed(client, both) == {other.slug: True}
    assert (await chosen(client, both, workspace)).status_code == 404


async def test_switching_is_no_fresh_sign_in(
    client: Client, database: Database, workspace: Workspace, other: Workspace
) -> None:
    first = await signed_in(client, database, workspace)
    both = await signed_in(client, database, other, with_cookie=first)
    switched = (await chosen(client, both, workspace)).cookies[COOKIE]
    async with database.transaction() as connection:
        found = await sessions.principal_of_session(
            connection, switched.partition(".")[0], clock=later(IDLE_LIMIT / 2).clock
        )
    assert found is not None
    assert found.signed_in_at == RUNTIME.clock.now()


async def test_another_sites_page_cannot_switch(
    client: Client, database: Database, workspace: Workspace, other: Workspace
) -> None:
    first = await signed_in(client, database, workspace)
    both = await signed_in(client, database, other, with_cookie=first)
    answer = await client.post(
        "/v1/session/workspace",
        json={"workspace_id": str(workspace.id)},
        headers=browser(both) | {"Sec-Fetch-Site": "cross-site"},
    )
    assert problem_code(answer) == "cross-site"


async def test_a_page_that_was_loaded_before_a_switch_writes_nothing_to_the_other_workspace(
    client: Client, database: Database, workspace: Workspace, other: Workspace
) -> None:
    first = await signed_in(client, database, workspace)
    both = await signed_in(client, database, other, with_cookie=first)
    page = browser(both) | {"Keepwell-Workspace": str(workspace.id)}
    answer = await client.post("/v1/accounts", json=ACCOUNT, headers=page)
    assert (answer.status_code, problem_code(answer)) == (409, "another-workspace")
    same = browser(both) | {"Keepwell-Workspace": str(other.id)}
    assert (await client.post("/v1/accounts", json=ACCOUNT, headers=same)).status_code == 201
