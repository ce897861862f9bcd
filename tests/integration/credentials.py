"""Members, their credentials, and the time at which the tests of signing in take place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import httpx

from keepwell.identity.model import Workspace
from keepwell.platform.ids import Uuid7
from keepwell.platform.runtime import Runtime
from tests.clocks import FixedClock
from tests.integration.records import Client, made

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
RUNTIME = Runtime(FixedClock(NOW), Uuid7(FixedClock(NOW)))
ANY = {"If-Match": "*"}
PASSWORD = "correct horse battery"  # noqa: S105  of a member of the test


@cache
def later(by: timedelta) -> Runtime:
    """That time after; the same runtime each time, so that one application serves it."""
    return Runtime(FixedClock(NOW + by), RUNTIME.ids)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def second_member(client: Client, role: str = "owner", **fields: Any) -> tuple[str, dict[str, str]]:
    """The id of a new member, and the cookie header of their fresh session."""
    invited = await made(client, "/v1/members", {"name": "Second", "role": role} | fields)
    signed_in = await client.get(invited["sign_in_path"], follow_redirects=False)
    session = signed_in.cookies["keepwell_session"]
    client.cookies.clear()
    return invited["id"], {"Cookie": f"keepwell_session={session}", "Authorization": ""}


async def pair_for(client: Client, credential: dict[str, str]) -> dict[str, Any]:
    answer = await client.post("/v1/access-tokens", headers=credential)
    assert answer.status_code == 201, answer.text
    pair: dict[str, Any] = answer.json()
    return pair


async def token_for(client: Client, credential: dict[str, str], **fields: Any) -> dict[str, Any]:
    answer = await client.post("/v1/tokens", json={"name": "second", **fields}, headers=credential)
    assert answer.status_code == 201, answer.text
    token: dict[str, Any] = answer.json()
    return token


async def refreshed(client: Client, token: str, *, key: str | None = None) -> httpx.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token}
    headers = {"Authorization": ""} | ({} if key is None else {"Idempotency-Key": key})
    return await client.post("/v1/oauth/token", data=form, headers=headers)


async def remove(client: Client, member_id: str) -> None:
    assert (await client.delete(f"/v1/members/{member_id}", headers=ANY)).status_code == 204


async def demote(client: Client, member_id: str, role: str = "agent") -> None:
    answer = await client.patch(f"/v1/members/{member_id}", json={"role": role}, headers=ANY)
    assert answer.status_code == 200, answer.text


async def add_owner(client: Client, credential: dict[str, str]) -> httpx.Response:
    return await client.post("/v1/members", json={"name": "Accomplice", "role": "owner"}, headers=credential)


async def invited(
    client: Client, name: str, workspace: Workspace, *, role: str = "analyst"
) -> dict[str, Any]:
    email = f"{name}-{workspace.slug}@example.org"
    return await made(client, "/v1/members", {"name": name, "role": role, "email": email})


async def pair(client: Client) -> dict[str, Any]:
    return await made(client, "/v1/access-tokens", {})


async def asked_with(client: Client, token: str) -> httpx.Response:
    return await client.get("/v1/session", headers={"Authorization": f"Bearer {token}"})
