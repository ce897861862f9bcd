"""A response that contains a credential is replayed to nobody but the credential that asked for it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from keepwell.identity.model import Workspace
from tests.integration.credentials import (
    PASSWORD,
    bearer,
    pair_for,
    refreshed,
    second_member,
    token_for,
)
from tests.integration.records import ACCOUNT, Client, problem_code

pytestmark = pytest.mark.anyio

KEY = {"Idempotency-Key": "the key of the first request"}
ISSUING: dict[str, dict[str, Any] | None] = {
    "/v1/access-tokens": None,
    "/v1/tokens": {"name": "mine"},
    "/v1/members": {"name": "Third", "role": "agent"},
}


async def post(client: Client, path: str, credential: dict[str, str]) -> httpx.Response:
    return await client.post(path, json=ISSUING[path], headers={**credential, **KEY})


@pytest.mark.parametrize("path", ISSUING)
async def test_a_session_gets_its_own_response_again(client: Client, path: str) -> None:
    _, session = await second_member(client)
    first, second = await post(client, path, session), await post(client, path, session)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["idempotent-replayed"] == "true"
    assert second.json() == first.json()


@pytest.mark.parametrize("path", ISSUING)
async def test_a_token_of_the_same_member_does_not_get_the_response_of_a_session(
    client: Client, path: str
) -> None:
    _, session = await second_member(client)
    scopes = ["read", "write", "tokens", "members"]
    token = bearer((await token_for(client, session, scopes=scopes))["token"])
    assert (await post(client, path, session)).status_code == 201
    answer = await post(client, path, token)
    assert (answer.status_code, problem_code(answer)) == (409, "idempotency-key-reused")


@pytest.mark.parametrize("path", ["/v1/access-tokens", "/v1/tokens"])
async def test_an_access_token_is_refused_before_a_replay(client: Client, path: str) -> None:
    _, session = await second_member(client)
    access_token = (await pair_for(client, session))["access_token"]
    assert (await post(client, path, session)).status_code == 201
    answer = await post(client, path, bearer(access_token))
    assert (answer.status_code, problem_code(answer)) == (403, "access-token-not-accepted")


async def test_another_session_of_the_member_does_not_get_the_response(
    client: Client, workspace: Workspace
) -> None:
    email, password = f"second-{workspace.slug}@example.org", PASSWORD
    _, session = await second_member(client, email=email)
    await client.put("/v1/session/password", json={"password": password}, headers=session)
    again = await client.post("/v1/sign-in", json={"email": email, "password": password})
    client.cookies.clear()
    other = {"Cookie": f"keepwell_session={again.cookies['keepwell_session']}", "Authorization": ""}
    assert (await post(client, "/v1/access-tokens", session)).status_code == 201
    answer = await post(client, "/v1/access-tokens", other)
    assert (answer.status_code, problem_code(answer)) == (409, "idempotency-key-reused")


async def test_a_request_is_replayed_to_a_refreshed_access_token_of_the_family(client: Client) -> None:
    pair = await pair_for(client, {})
    renewed = (await refreshed(client, pair["refresh_token"])).json()
    first, second = [
        await client.post("/v1/accounts", json=ACCOUNT, headers={**bearer(each["access_token"]), **KEY})
        for each in (pair, renewed)
    ]
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
