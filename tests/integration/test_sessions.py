"""Sessions end when they should: by the next sign-in, by disuse, by their member; and no other site begins one."""

from __future__ import annotations

from datetime import timedelta

import httpx
import msgspec
import pytest

from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Permission
from keepwell.identity.sessions import service as sessions
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.credentials import (
    PASSWORD,
    RUNTIME,
    bearer,
    later,
    pair_for,
    refreshed,
    second_member,
)
from tests.integration.records import Client, client_of, made, problem_code, token_of

pytestmark = pytest.mark.anyio

COOKIE = "keepwell_session"


async def is_signed_in(client: Client, session: dict[str, str]) -> bool:
    return (await client.get("/v1/session", headers=session)).status_code == 200


async def session_with_password(client: Client, email: str, **headers: str) -> dict[str, str]:
    answer = await client.post("/v1/sign-in", json={"email": email, "password": PASSWORD}, headers=headers)
    assert answer.status_code == 204, answer.text
    client.cookies.clear()
    return {"Cookie": f"{COOKIE}={answer.cookies[COOKIE]}", "Authorization": ""}


async def member_with_password(client: Client, workspace: Workspace) -> tuple[str, dict[str, str]]:
    email = f"second-{workspace.slug}@example.org"
    _, session = await second_member(client, email=email)
    answer = await client.put("/v1/session/password", json={"password": PASSWORD}, headers=session)
    assert answer.status_code == 204, answer.text
    return email, session


async def test_signing_in_again_ends_the_browsers_old_session_and_its_tokens(
    client: Client, workspace: Workspace
) -> None:
    email, old = await member_with_password(client, workspace)
    pair = await pair_for(client, old)
    new = await session_with_password(client, email, Cookie=old["Cookie"])
    assert not await is_signed_in(client, old)
    assert await is_signed_in(client, new)
    assert problem_code(await refreshed(client, pair["refresh_token"])) == "invalid-grant"


async def test_signing_in_as_another_member_by_link_ends_the_old_session(client: Client) -> None:
    _, old = await second_member(client)
    invited = await made(client, "/v1/members", {"name": "Third", "role": "agent"})
    await client.get(invited["sign_in_path"], headers=old, follow_redirects=False)
    client.cookies.clear()
    assert not await is_signed_in(client, old)


async def test_a_session_that_nobody_used_for_a_week_has_ended(
    client: Client, database: Database, workspace: Workspace, shared_settings: Settings
) -> None:
    _, used = await second_member(client)
    _, idle = await second_member(client)
    for days, still in ((5, [used]), (10, [used])):
        runtime = later(timedelta(days=days))
        async with client_of(database, workspace, settings=shared_settings, runtime=runtime) as afterwards:
            for session in still:
                assert await is_signed_in(afterwards, session)
            if days == 10:
                assert not await is_signed_in(afterwards, idle)


async def test_a_stream_that_stays_open_does_not_count_as_use_of_its_session(
    client: Client, database: Database, workspace: Workspace, shared_settings: Settings
) -> None:
    _, session = await second_member(client)
    secret = session["Cookie"].partition("=")[2]
    async with database.transaction() as connection:
        still = later(timedelta(days=5)).clock
        assert await sessions.principal_of_session(connection, secret, clock=still, is_use=False)
    runtime = later(timedelta(days=10))
    async with client_of(database, workspace, settings=shared_settings, runtime=runtime) as afterwards:
        assert not await is_signed_in(afterwards, session)


async def test_a_member_sees_only_their_own_sessions_and_ends_another_one(
    client: Client, workspace: Workspace
) -> None:
    email, first = await member_with_password(client, workspace)
    _, somebody_else = await second_member(client)
    second = await session_with_password(client, email)
    pair = await pair_for(client, second)
    listed = (await client.get("/v1/sessions", headers=first)).json()["items"]
    assert sorted(each["is_current"] for each in listed) == [False, True]
    other = next(each["id"] for each in listed if not each["is_current"])
    foreign = await client.delete(f"/v1/sessions/{other}", headers=somebody_else)
    assert (foreign.status_code, problem_code(foreign)) == (404, "not-found")
    assert (await client.delete(f"/v1/sessions/{other}", headers=first)).status_code == 204
    assert not await is_signed_in(client, second)
    assert await is_signed_in(client, first)
    assert problem_code(await refreshed(client, pair["refresh_token"])) == "invalid-grant"


async def test_a_token_ends_no_session(client: Client) -> None:
    _, session = await second_member(client)
    token = (await pair_for(client, session))["access_token"]
    [own] = (await client.get("/v1/sessions", headers=session)).json()["items"]
    answer = await client.delete(f"/v1/sessions/{own['id']}", headers=bearer(token))
    assert (answer.status_code, problem_code(answer)) == (403, "fresh-sign-in-required")
    assert await is_signed_in(client, session)


async def test_a_new_password_ends_the_members_other_sessions(client: Client, workspace: Workspace) -> None:
    email, first = await member_with_password(client, workspace)
    second = await session_with_password(client, email)
    change = {"password": "another password", "current": PASSWORD}
    assert (await client.put("/v1/session/password", json=change, headers=first)).status_code == 204
    assert (await is_signed_in(client, first), await is_signed_in(client, second)) == (True, False)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_link_that_another_sites_page_opened_asks_before_it_signs_in(
    client: Client, site: str
) -> None:
    invited = await made(client, "/v1/members", {"name": "<b>Eve</b>", "role": "agent"})
    headers = {"Sec-Fetch-Site": site, "Accept": "text/html", "Authorization": ""}
    begun = await client.get(invited["sign_in_path"], headers=headers, follow_redirects=False)
    assert COOKIE not in begun.cookies
    # The link is not in the address of the page, so it does not stay in the browser's history.
    assert (begun.status_code, begun.headers["location"]) == (303, "/sign-in/confirm")
    page = await client.get("/sign-in/confirm", headers=headers)
    assert "&lt;b&gt;Eve&lt;/b&gt;" in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    refused = await confirmed(client, site)
    assert (refused.status_code, problem_code(refused)) == (403, "cross-site")
    answer = await confirmed(client, "same-origin")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert COOKIE in answer.cookies
    client.cookies.clear()


async def test_a_link_that_another_site_made_up_is_as_good_as_spent(client: Client) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Authorization": ""}
    page = await client.get("/sign-in", params={"token": "€"}, headers=headers)
    assert (page.status_code, page.url.path) == (200, "/link-spent")


async def confirmed(client: Client, site: str) -> httpx.Response:
    headers = {"Sec-Fetch-Site": site, "Authorization": ""}
    return await client.post("/sign-in/confirm", headers=headers, follow_redirects=False)


async def test_a_link_that_was_typed_or_opened_by_our_own_page_signs_in_at_once(client: Client) -> None:
    for site in ("none", "same-origin"):
        invited = await made(client, "/v1/members", {"name": "Third", "role": "agent"})
        headers = {"Sec-Fetch-Site": site, "Authorization": ""}
        answer = await client.get(invited["sign_in_path"], headers=headers, follow_redirects=False)
        assert COOKIE in answer.cookies
        client.cookies.clear()


async def test_signing_in_with_a_password_from_another_sites_page_is_refused(
    client: Client, workspace: Workspace
) -> None:
    email, _ = await member_with_password(client, workspace)
    answer = await client.post(
        "/v1/sign-in",
        json={"email": email, "password": PASSWORD},
        headers={"Sec-Fetch-Site": "cross-site", "Authorization": ""},
    )
    assert (answer.status_code, problem_code(answer)) == (403, "cross-site")


async def test_sign_ins_and_wrong_passwords_are_audited(client: Client, workspace: Workspace) -> None:
    email, session = await member_with_password(client, workspace)
    await session_with_password(client, email)
    wrong = {"email": email, "password": "not this one"}
    assert (await client.post("/v1/sign-in", json=wrong)).status_code == 401
    change = {"password": "another password", "current": "not this one"}
    assert (await client.put("/v1/session/password", json=change, headers=session)).status_code == 401
    entries = (await client.get("/v1/audit-entries", params={"sort": "sequence"})).json()["items"]
    began = [entry["after"]["by"] for entry in entries if entry["action"] == "member.signed-in"]
    assert began == ["link", "password"]
    assert [entry["action"] for entry in entries].count("member.wrong-password") == 2


async def test_who_may_import_sees_the_home_that_commands_need_and_nobody_else(
    database: Database, workspace: Workspace, shared_settings: Settings
) -> None:
    settings = msgspec.structs.replace(shared_settings, home_option="/srv/keepwell")
    async with client_of(database, workspace, settings=settings, runtime=RUNTIME) as client:
        assert (await client.get("/v1/session")).json()["home"] == "/srv/keepwell"
        reader = await token_of(database, workspace, runtime=RUNTIME, scopes=[Permission.READ])
        answer = await client.get("/v1/session", headers={"Authorization": f"Bearer {reader}"})
        assert answer.json()["home"] is None
