"""What a workspace and its members settle: over the API and from the command line, and in the audit log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest

from keepwell.identity import service as identity
from keepwell.identity.model import Actor, Principal, Workspace
from keepwell.identity.permissions import Role
from keepwell.identity.preferences import service as preferences
from keepwell.identity.workspace_settings import service
from keepwell.identity.workspace_settings.model import WorkspaceChange
from keepwell.platform.database import Database
from keepwell.platform.errors import PolicyViolation
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client, account, made, problem_code

pytestmark = pytest.mark.anyio

ANY = {"If-Match": "*"}


async def changed(client: Client, **fields: Any) -> dict[str, Any]:
    answer = await client.patch("/v1/workspace", json=fields, headers=ANY)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_a_new_workspace_holds_nobody_out_and_lives_in_utc(client: Client) -> None:
    settings = (await client.get("/v1/workspace")).json()
    assert settings["holdout_shares"] == {"follow_up": "0", "dunning": "0"}
    assert (settings["time_zone"], settings["locale"], settings["policy"]) == ("UTC", "en", "default")


async def test_settings_are_changed_by_version_and_audited(client: Client) -> None:
    seen = {"If-Match": (await client.get("/v1/workspace")).headers["etag"]}
    change = {
        "time_zone": "Europe/Berlin",
        "sender_email": "Care@Studio.example",
        "postal_address": "Way 1\nBonn",
    }
    answer = await client.patch("/v1/workspace", json=change, headers=seen)
    assert (answer.json()["sender_email"], answer.json()["version"]) == ("care@studio.example", 2)
    again = await client.patch("/v1/workspace", json=change, headers=seen)
    assert problem_code(again) == "precondition-failed"
    [entry] = (await client.get("/v1/audit-entries", params={"action": "workspace.updated"})).json()["items"]
    assert entry["before"]["time_zone"] == "UTC"
    assert entry["after"]["time_zone"] == "Europe/Berlin"


async def test_one_share_is_changed_and_the_other_stays(client: Client) -> None:
    await changed(client, holdout_shares={"dunning": "0.1"})
    found = await changed(client, holdout_shares={"follow_up": "0.2"})
    assert found["holdout_shares"] == {"follow_up": "0.2", "dunning": "0.1"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"time_zone": "Berlin"}, "time_zone: 'Berlin' is not a time zone."),
        ({"locale": "German"}, "locale: 'German' is not a language tag."),
        ({"sender_name": "Studio\nBcc: all@studio.example"}, "sender_name: contains a line break"),
        ({"sender_email": "care@studio.example\n"}, "sender_email: "),
        ({"holdout_shares": {"follow_up": "1"}}, "holdout_shares"),
        ({"holdout_shares": {"follow_up": "-0.1"}}, "holdout_shares"),
        ({"holdout_shares": {"mailing": "0.1"}}, "mailing"),
        ({"policy": "own"}, "policy"),
        ({"currency": "EUR"}, "currency"),
    ],
)
async def test_a_wrong_setting_is_refused_by_its_name(
    client: Client, change: dict[str, Any], reason: str
) -> None:
    answer = await client.patch("/v1/workspace", json=change, headers=ANY)
    assert answer.status_code == 400
    assert reason in answer.json()["detail"]


async def test_figures_and_their_rows_follow_the_policy_of_the_workspace_unless_another_is_asked_for(
    client: Client,
) -> None:
    await changed(client, policy="stripe")
    owner = await account(client)
    price = {
        "plan": "Pro",
        "amount": "30",
        "amount_per": "month",
        "interval": "month",
        "starts_on": "2026-01-01",
    }
    await made(client, "/v1/subscriptions", {"external_id": "S-1", "account_id": owner["id"], **price})
    figure = (await client.get("/v1/metrics/mrr")).json()
    assert figure["policy"] == "stripe"
    assert "policy=stripe" in figure["rows"]
    assert {each["policy"] for each in (await client.get("/v1/movements")).json()["items"]} == {"stripe"}
    other = await client.get("/v1/metrics/mrr", params={"policy": "chartmogul"})
    assert other.json()["policy"] == "chartmogul"


async def test_an_admin_changes_settings_but_no_holdout_share(
    database: Database, workspace: Workspace
) -> None:
    async with database.workspace(workspace.id) as connection:
        owner = (await identity.operator(connection, workspace.id)).principal
        admin = Actor(Principal(workspace.id, owner.member_id, Role.ADMIN), "test")
        after = await service.update_settings(
            connection, admin, WorkspaceChange(locale="de"), version=None, clock=RUNTIME.clock
        )
        assert after.locale == "de"
        share = WorkspaceChange(holdout_shares={"follow_up": "0.2"})
        with pytest.raises(PolicyViolation, match="Only an owner changes a holdout share"):
            await service.update_settings(connection, admin, share, version=None, clock=RUNTIME.clock)


async def test_preferences_come_from_the_workspace_until_a_member_has_their_own(
    client: Client, database: Database, workspace: Workspace
) -> None:
    await changed(client, time_zone="Europe/Berlin")
    invited = await made(client, "/v1/members", {"name": "Agent", "role": "agent"})

    async def effective() -> str:
        async with database.workspace(workspace.id) as connection:
            found = await preferences.effective(
                connection, workspace_id=workspace.id, member_id=msgspec.convert(invited["id"], type=UUID)
            )
        return found.time_zone

    assert await effective() == "Europe/Berlin"
    client.headers.pop("Authorization")
    await client.get(invited["sign_in_path"], follow_redirects=False)
    none = await client.get("/v1/me/preferences")
    answer = await client.patch(
        "/v1/me/preferences", json={"time_zone": "Asia/Tokyo"}, headers={"If-Match": none.headers["etag"]}
    )
    assert answer.json() == {
        "time_zone": "Asia/Tokyo",
        "locale": None,
        "quiet_from": None,
        "quiet_until": None,
        "version": 2,
    }
    assert await effective() == "Asia/Tokyo"


async def test_a_token_does_not_change_preferences(client: Client) -> None:
    answer = await client.patch("/v1/me/preferences", json={"locale": "de"}, headers=ANY)
    assert problem_code(answer) == "fresh-sign-in-required"
