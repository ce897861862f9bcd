"""How each member can sign in, as owners and admins see it."""

from __future__ import annotations

from typing import Any

import pytest

from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Role
from keepwell.platform.database import Database
from tests.integration.credentials import NOW, PASSWORD, bearer, invited, second_member
from tests.integration.records import Client
from tests.integration.test_permissions import token_of_role

pytestmark = pytest.mark.anyio


async def access(client: Client) -> dict[str, dict[str, Any]]:
    answer = await client.get("/v1/members/access")
    assert answer.status_code == 200, answer.text
    assert answer.json()["provider"] is None
    return {each.pop("member_id"): each for each in answer.json()["items"]}


async def test_a_member_who_has_signed_in_and_set_a_password_is_shown_so(
    client: Client, workspace: Workspace
) -> None:
    member_id, session = await second_member(client, email=f"second-{workspace.slug}@example.org")
    answer = await client.put("/v1/session/password", json={"password": PASSWORD}, headers=session)
    assert answer.status_code == 204, answer.text
    assert (await access(client))[member_id] == {
        "has_password": True,
        "provider": None,
        "invited_until": None,
        "sessions": 1,
        "last_signed_in_at": f"{NOW:%Y-%m-%dT%H:%M:%SZ}",
    }


async def test_an_invited_member_who_never_came_has_a_link_that_waits(
    client: Client, workspace: Workspace
) -> None:
    member = await invited(client, "late", workspace)
    assert (await access(client))[member["id"]] == {
        "has_password": False,
        "provider": None,
        "invited_until": "2026-05-20T12:30:00Z",
        "sessions": 0,
        "last_signed_in_at": None,
    }


async def test_an_admin_sees_it_and_an_agent_does_not(
    client: Client, database: Database, workspace: Workspace
) -> None:
    for role, status in ((Role.ADMIN, 200), (Role.AGENT, 403)):
        token = await token_of_role(database, workspace, role)
        assert (await client.get("/v1/members/access", headers=bearer(token))).status_code == status
