"""What a token learns of cases that are not its own to see: of an account left alone, of another workspace, of a member who has left."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from keepwell.app.listeners import event_bus
from keepwell.churn.cases.announcing import announce
from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Permission, Role
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.case_shop import CaseShop
from tests.integration.credentials import ANY, RUNTIME
from tests.integration.records import client_of, token_of
from tests.integration.test_permissions import token_of_role

pytestmark = pytest.mark.anyio

WHY = {"channel": "phone", "crossover_reason": "They called us."}


@pytest.fixture
async def shop(
    database: Database, workspace: Workspace, shared_settings: Settings, conninfo: str
) -> AsyncIterator[CaseShop]:
    """A shop with two open cases: the account 1 is left alone, and 2 is not."""
    async with client_of(database, workspace, settings=shared_settings, runtime=RUNTIME) as client:
        opened = CaseShop(client, database, workspace, conninfo)
        await opened.open_with(100, 50)
        await opened.list_of({1: 0.4, 2: 0.4}, on=date(2026, 5, 10), held=[1])
        yield opened


def use(shop: CaseShop, token: str) -> None:
    shop.client.headers["Authorization"] = f"Bearer {token}"


async def exported(shop: CaseShop, **query: Any) -> list[str]:
    answer = await shop.client.get("/v1/save-cases.csv", params={"sort": "opened_on", **query})
    assert answer.status_code == 200, answer.text
    return [row["account_id"] for row in csv.DictReader(io.StringIO(answer.text))]


async def send(shop: CaseShop, case_id: str, body: dict[str, Any], **headers: str) -> Any:
    return await shop.client.post(f"/v1/save-cases/{case_id}/contacts", json=body, headers=headers)


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.ANALYST])
async def test_the_export_has_the_cases_of_the_list_also_of_those_left_alone(
    shop: CaseShop, role: Role
) -> None:
    use(shop, await token_of_role(shop.database, shop.workspace, role))
    assert set(await exported(shop)) == {shop.accounts[1], shop.accounts[2]}
    assert await exported(shop, arm="hold") == [shop.accounts[1]]
    assert await exported(shop, outcome="left") == []
    row = next(csv.DictReader(io.StringIO((await shop.client.get("/v1/save-cases.csv?arm=act")).text)))
    assert (row["account_external_id"], row["arm"], row["probability"]) == ("A-2", "act", "0.4")
    assert "Nobody has logged in for 12 days." in row["reasons"]


async def test_an_export_without_the_holdout_has_nobody_who_is_left_alone_and_an_agent_gets_none(
    shop: CaseShop,
) -> None:
    agent = await token_of_role(shop.database, shop.workspace, Role.AGENT)
    scopes = [Permission.READ, Permission.EXPORT]
    use(shop, await token_of(shop.database, shop.workspace, runtime=RUNTIME, scopes=scopes))
    assert await exported(shop) == [shop.accounts[2]]
    assert await exported(shop, arm="hold") == []
    use(shop, agent)
    assert (await shop.client.get("/v1/save-cases.csv")).status_code == 403


async def test_another_workspaces_token_finds_no_case_changes_none_and_hears_of_none(shop: CaseShop) -> None:
    own, held = await shop.case_of(2), await shop.case_of(1)
    made = (await send(shop, own["id"], {"channel": "phone"})).json()
    async with shop.database.transaction() as connection:
        other = await identity.ensure_workspace(connection, f"other-{uuid4().hex[:8]}", runtime=RUNTIME)
    use(shop, await token_of_role(shop.database, other, Role.OWNER))
    for case in (own, held):
        path = f"/v1/save-cases/{case['id']}"
        assert (await shop.client.get(path)).status_code == 404
        assert (await send(shop, case["id"], WHY)).status_code == 404
        removed = await shop.client.delete(f"{path}/contacts/{made['id']}", headers=ANY)
        assert removed.status_code == 404
    assert await shop.cases() == []
    assert await exported(shop) == []
    assert (await shop.client.get("/v1/outcomes")).json()["cases"] == 0
    changed = (await shop.client.get("/v1/changes?after=0")).json()["items"]
    assert {each["kind"] for each in changed} == {"members"}
    entries = (await shop.client.get("/v1/audit-entries?action=save_case.contacted")).json()["items"]
    assert entries == []


async def test_an_answer_that_an_owner_got_is_not_replayed_to_an_agent(shop: CaseShop) -> None:
    held = await shop.case_of(1)
    key = {"Idempotency-Key": uuid4().hex}
    assert (await send(shop, held["id"], WHY, **key)).status_code == 201
    agent = await token_of_role(shop.database, shop.workspace, Role.AGENT)
    use(shop, agent)
    again = await send(shop, held["id"], WHY, **key)
    assert (again.status_code, "They called" in again.text) == (404, False)
    cached = await shop.client.get(f"/v1/save-cases/{held['id']}", headers={"If-None-Match": '"2"'})
    assert cached.status_code == 404


async def test_no_webhook_and_no_feed_tells_of_a_contact_with_an_account_left_alone(shop: CaseShop) -> None:
    endpoint = {"url": "https://hooks.example.com/keepwell"}
    answer = await shop.client.post("/v1/webhook-endpoints", json=endpoint)
    assert answer.status_code == 201, answer.text
    before = (await shop.client.get("/v1/changes")).json()["newest"]
    held, acted = await shop.case_of(1), await shop.case_of(2)
    async with shop.database.workspace(shop.workspace.id) as connection:
        await announce(connection, event_bus(RUNTIME), workspace_id=shop.workspace.id)
    for case, body in ((held, WHY), (acted, {"channel": "mail"})):
        made = (await send(shop, case["id"], body)).json()
        path = f"/v1/save-cases/{case['id']}/contacts/{made['id']}"
        assert (await shop.client.delete(path, headers=ANY)).status_code == 204
    sent = shop.sql("select body from webhook_messages where workspace_id = %s", shop.workspace.id)
    bodies = "".join(body for (body,) in sent)
    assert (acted["id"] in bodies, held["id"] in bodies, shop.accounts[1] in bodies) == (True, False, False)
    use(shop, await token_of_role(shop.database, shop.workspace, Role.AGENT))
    told = (await shop.client.get("/v1/changes", params={"after": before})).text
    assert (acted["id"] in told, held["id"] in told, shop.accounts[1] in told) == (True, False, False)
    assert (await shop.client.get("/v1/audit-entries")).status_code == 403


async def test_a_member_who_was_removed_reads_and_records_nothing_more(shop: CaseShop) -> None:
    owner = shop.client.headers["Authorization"]
    case = await shop.case_of(2)
    use(shop, await token_of_role(shop.database, shop.workspace, Role.ADMIN))
    # Not used before: what a token may do is remembered for some seconds.
    removed = shop.client.headers["Authorization"]
    shop.client.headers["Authorization"] = owner
    members = (await shop.client.get("/v1/members")).json()["items"]
    (admin,) = [each["id"] for each in members if each["role"] == "admin"]
    gone = await shop.client.delete(f"/v1/members/{admin}", headers=ANY)
    assert gone.status_code == 204, gone.text
    shop.client.headers["Authorization"] = removed
    for path in ("/v1/save-cases.csv", "/v1/outcomes", "/v1/changes", f"/v1/save-cases/{case['id']}"):
        assert (await shop.client.get(path)).status_code == 401
    assert (await send(shop, case["id"], {"channel": "phone"})).status_code == 401
    stream = await shop.client.get("/v1/changes/stream", headers={"Accept": "text/event-stream"})
    assert stream.status_code == 401
