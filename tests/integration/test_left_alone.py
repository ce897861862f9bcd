"""The tabs of the save list, accounts that are left alone, and what changed between two days."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Role
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client, account, client_of
from tests.integration.scores import AS_OF, pays, score
from tests.integration.test_permissions import token_of_role

pytestmark = pytest.mark.anyio

UNTIL = "2026-12-20"


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, shared_settings: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=shared_settings, runtime=RUNTIME) as opened:
        added = [await account(opened, number) for number in range(1, 6)]
        for number, each in enumerate(added, start=1):
            await pays(opened, each, str(10 * number))
            await score(
                database,
                workspace,
                each,
                rank=number,
                probability=0.5,
                kind="involuntary" if number == 5 else "voluntary",
                is_held=number in (1, 4),
            )
        yield opened


async def as_role(client: Client, database: Database, workspace: Workspace, role: Role) -> Client:
    client.headers["Authorization"] = f"Bearer {await token_of_role(database, workspace, role)}"
    return client


async def names(client: Client, **query: Any) -> list[str]:
    answer = await client.get("/v1/save-list", params=query)
    return [item["name"] for item in answer.json()["items"]]


async def test_a_tab_has_the_accounts_of_its_kind_and_none_that_is_left_alone(client: Client) -> None:
    assert await names(client) == ["Account 005", "Account 003", "Account 002"]
    assert await names(client, kind="voluntary") == ["Account 003", "Account 002"]
    assert await names(client, kind="involuntary") == ["Account 005"]
    answer = await client.get("/v1/save-list?kind=other")
    assert (answer.status_code, "kind" in answer.json()["detail"]) == (400, True)


async def test_totals_count_the_accounts_the_revenue_and_those_left_alone_whatever_the_tab(
    client: Client,
) -> None:
    for query in ("", "?kind=involuntary", "?limit=1"):
        found = (await client.get(f"/v1/save-list{query}")).json()
        assert (found["as_of"], found["horizon_ends_on"]) == (AS_OF.isoformat(), UNTIL)
        assert found["totals"] == {
            "voluntary": 2,
            "involuntary": 1,
            "voluntary_mrr": "50.00",
            "involuntary_mrr": "50.00",
            "voluntary_at_risk": "25.00",
            "involuntary_at_risk": "25.00",
            "left_alone": 2,
        }


async def test_pages_of_a_tab_keep_the_ranks_of_the_whole_list(client: Client) -> None:
    first = (await client.get("/v1/save-list?kind=voluntary&limit=1")).json()
    second = (await client.get(f"/v1/save-list?kind=voluntary&limit=1&cursor={first['next']}")).json()
    assert [first["items"][0]["rank"], second["items"][0]["rank"], second["next"]] == [2, 3, None]
    other = await client.get(f"/v1/save-list?kind=involuntary&limit=1&cursor={first['next']}")
    assert other.status_code == 400


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.ANALYST])
async def test_who_is_left_alone_is_listed_by_name_and_end_without_a_rank(
    client: Client, database: Database, workspace: Workspace, role: Role
) -> None:
    opened = await as_role(client, database, workspace, role)
    found = (await opened.get("/v1/save-list/left-alone")).json()["items"]
    assert [(item["name"], item["mrr"], item["since"], item["until"]) for item in found] == [
        ("Account 001", "10.00", AS_OF.isoformat(), UNTIL),
        ("Account 004", "40.00", AS_OF.isoformat(), UNTIL),
    ]
    assert (await opened.get("/v1/save-list/left-alone?kind=involuntary")).json()["items"] == []
    risk = (await opened.get(f"/v1/accounts/{found[0]['id']}")).json()["risk"]
    assert (risk["is_held"], risk["rank"], risk["probability"]) == (True, None, 0.5)


async def test_an_agent_learns_only_how_many_are_left_alone(
    client: Client, database: Database, workspace: Workspace
) -> None:
    held = [item["id"] for item in (await client.get("/v1/save-list/left-alone")).json()["items"]]
    agent = await as_role(client, database, workspace, Role.AGENT)
    assert (await agent.get("/v1/save-list/left-alone")).status_code == 403
    assert (await agent.get("/v1/save-list")).json()["totals"]["left_alone"] == 2
    assert [(await agent.get(f"/v1/accounts/{each}")).json()["risk"] for each in held] == [None, None]
    found = (await agent.get("/v1/accounts?risk_from=0")).json()["items"]
    assert not {item["id"] for item in found} & set(held)


async def test_without_an_earlier_day_nothing_is_compared(client: Client) -> None:
    found = (await client.get("/v1/save-list/changes")).json()
    assert (found["as_of"], found["compared_with"], found["revenue_at_risk"]) == (
        AS_OF.isoformat(),
        None,
        None,
    )


async def test_lists_of_two_days_show_who_rose_fell_joined_and_went(
    client: Client, database: Database, workspace: Workspace
) -> None:
    items = {
        item["name"]: {"id": item["account_id"]}
        for item in (await client.get("/v1/save-list")).json()["items"]
    }
    new = await account(client, 6)
    later = date(2026, 11, 21)
    for rank, (each, probability) in enumerate(
        [(items["Account 002"], 0.75), (items["Account 003"], 0.25), (new, 0.1)], start=1
    ):
        await score(
            database,
            workspace,
            each,
            version=2,
            as_of=later,
            rank=rank,
            probability=probability,
            revenue_at_risk=Decimal(str(probability)) * 10,
            kind="voluntary",
        )
    found = (await client.get("/v1/save-list/changes")).json()
    assert (found["as_of"], found["compared_with"]) == (later.isoformat(), AS_OF.isoformat())
    assert (found["joined"], found["gone"]) == (1, 1)
    assert [each["name"] for each in found["risen"]] == ["Account 002"]
    assert [(each["name"], each["probability_before"]) for each in found["fallen"]] == [("Account 003", 0.5)]
    assert Decimal(found["revenue_at_risk"]) == Decimal(11)
    assert Decimal(found["revenue_at_risk_before"]) == Decimal(3)
    async with database.workspace(workspace.id) as connection:
        await connection.execute("update churn_runs set revenue_at_risk = 11.02 where number = 2")
    found = (await client.get("/v1/save-list/changes")).json()
    assert (found["revenue_at_risk"], Decimal(found["revenue_at_risk_before"])) == ("11.02", Decimal(3))


async def test_lists_of_another_workspace_are_never_compared(client: Client, database: Database) -> None:
    async with database.transaction() as connection:
        other = await identity.ensure_workspace(connection, "test-left-alone-other", runtime=RUNTIME)
    agent = await as_role(client, database, other, Role.OWNER)
    assert (await agent.get("/v1/save-list/changes")).json()["as_of"] is None
    assert (await agent.get("/v1/save-list/left-alone")).json()["items"] == []


async def contact_of(client: Client, external_id: str) -> Any:
    items = (await client.get("/v1/save-list")).json()["items"]
    return next(item["contact"] for item in items if item["name"] == external_id)


async def add_contact(client: Client, account_name: str, **fields: Any) -> None:
    found = (await client.get("/v1/accounts", params={"q": account_name})).json()["items"][0]["id"]
    answer = await client.post("/v1/contacts", json={"account_id": found, **fields})
    assert answer.status_code == 201, answer.text


async def test_the_list_says_whom_to_call_and_for_a_payment_whom_the_invoice_goes_to(client: Client) -> None:
    for name in ("Account 003", "Account 005"):
        desk = {"name": "Desk", "email": "desk@shop.example", "phone": "+49 30 5550123"}
        await add_contact(client, name, external_id=f"{name} desk", **desk)
        bills = {"name": "Bills", "email": "bills@shop.example", "is_billing": True}
        await add_contact(client, name, external_id=f"{name} bills", **bills)
    assert (await contact_of(client, "Account 003"))["phone"] == "+49 30 5550123"
    assert await contact_of(client, "Account 005") == {
        "name": "Bills",
        "email": "bills@shop.example",
        "phone": None,
    }


async def test_a_contact_without_a_way_to_reach_it_is_no_contact(client: Client) -> None:
    await add_contact(client, "Account 002", external_id="silent", name="Silent")
    assert await contact_of(client, "Account 002") is None


async def test_the_export_has_the_accounts_of_the_tab_in_their_order(client: Client) -> None:
    lines = (await client.get("/v1/save-list.csv", params={"kind": "voluntary"})).text.splitlines()
    assert lines[0].startswith("rank,account_id,name,")
    assert [line.split(",")[2] for line in lines[1:]] == ["Account 003", "Account 002"]
