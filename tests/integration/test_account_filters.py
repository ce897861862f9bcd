"""The filters of accounts: the list, its totals and its export find the same ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.clock import today
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.records.accounts import service
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client, client_of, made
from tests.integration.scores import pays, score

pytestmark = pytest.mark.anyio

TODAY = today(RUNTIME.clock)
LEFT_ON = TODAY - timedelta(days=40)


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, shared_settings: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=shared_settings, runtime=RUNTIME) as opened:
        arcade, bakery, cafe, gone = [
            await made(opened, "/v1/accounts", {"external_id": f"A-{number}", "name": name, **fields})
            for number, (name, fields) in enumerate(
                {
                    "Arcade": {"country": "CH", "industry": "Games"},
                    "Bakery": {"country": "DE"},
                    "Café Übung": {"country": "CH"},
                    "Gone": {},
                }.items()
            )
        ]
        await pays(opened, arcade, "10.005")
        await pays(opened, bakery, "50", plan="Team", starts_on="2026-03-01")
        await pays(opened, cafe, "20")
        await pays(opened, gone, "5", ends_on=LEFT_ON.isoformat(), end_reason="voluntary")
        await made(opened, "/v1/accounts", {"external_id": "A-9", "name": "Prospect"})
        await score(database, workspace, arcade, rank=1, probability=0.5, kind="voluntary")
        await score(database, workspace, bakery, rank=2, probability=0.125, kind="involuntary")
        await score(database, workspace, cafe, rank=3, probability=0.5, kind="voluntary", is_held=True)
        await score(database, workspace, gone, rank=4, probability=0.5, kind="voluntary")
        yield opened


async def names(client: Client, query: str) -> list[str]:
    """What the list finds, after the totals and the export were compared with it."""
    answer = await client.get(f"/v1/accounts?{query}")
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    totals = (await client.get(f"/v1/accounts/totals?{query}")).json()
    assert totals["accounts"] == len(items)
    assert totals["paying"] == sum(item["mrr"] != "0.00" for item in items)
    exported = (await client.get(f"/v1/accounts.csv?{query}")).text.splitlines()[1:]
    assert [line.split(",")[0] for line in exported] == [item["id"] for item in items]
    return [item["name"] for item in items]


async def test_each_filter_narrows_list_totals_and_export_alike(client: Client) -> None:
    found = {
        query: await names(client, query)
        for query in (
            "q=%C3%BCBUNG",
            "country=CH",
            "industry=Games",
            "plan=Team",
            "plan=Plan+that+is+gone",
            "country=CH&plan=Pro&mrr_from=20",
            "mrr_from=10.01&mrr_to=10.01",
            "mrr_from=999999999999&mrr_to=999999999999.99",
            "since_from=2026-03-01&since_to=2026-03-01",
            f"churned_from={LEFT_ON}&churned_to={LEFT_ON}",
            f"churned_to={LEFT_ON - timedelta(days=1)}",
            "status=churned",
            "kind=involuntary",
            "risk_from=0.2",
            "risk_to=0.125",
            "risk_from=0&risk_to=1&sort=name",
        )
    }
    assert found == {
        "q=%C3%BCBUNG": ["Café Übung"],
        "country=CH": ["Café Übung", "Arcade"],
        "industry=Games": ["Arcade"],
        "plan=Team": ["Bakery"],
        "plan=Plan+that+is+gone": [],
        "country=CH&plan=Pro&mrr_from=20": ["Café Übung"],
        "mrr_from=10.01&mrr_to=10.01": ["Arcade"],
        "mrr_from=999999999999&mrr_to=999999999999.99": [],
        "since_from=2026-03-01&since_to=2026-03-01": ["Bakery"],
        f"churned_from={LEFT_ON}&churned_to={LEFT_ON}": ["Gone"],
        f"churned_to={LEFT_ON - timedelta(days=1)}": [],
        "status=churned": ["Gone"],
        "kind=involuntary": ["Bakery"],
        "risk_from=0.2": ["Arcade"],
        "risk_to=0.125": ["Bakery"],
        "risk_from=0&risk_to=1&sort=name": ["Arcade", "Bakery"],
    }


async def test_totals_add_up_the_exact_mrr_of_every_account(client: Client) -> None:
    totals = (await client.get("/v1/accounts/totals")).json()
    assert totals == {
        "accounts": 5,
        "paying": 3,
        "mrr": "80.01",
        "currency": "USD",
        "policy": "default",
    }


async def test_a_churned_account_has_its_date_until_it_pays_again(client: Client) -> None:
    (gone,) = (await client.get("/v1/accounts?sort=-churned_on&limit=1")).json()["items"]
    assert (gone["name"], gone["status"], gone["churned_on"]) == ("Gone", "churned", LEFT_ON.isoformat())
    await pays(client, gone, "7", external_id="S-again", starts_on=TODAY.isoformat())
    again = (await client.get(f"/v1/accounts/{gone['id']}")).json()
    assert (again["status"], again["churned_on"]) == ("active", None)


async def test_pages_of_a_filter_add_up_in_the_order_of_the_day_of_leaving(client: Client) -> None:
    whole = (await client.get("/v1/accounts?sort=churned_on")).json()["items"]
    paged: list[dict[str, Any]] = []
    url: str | None = "/v1/accounts?sort=churned_on&limit=2"
    while url:
        answer = await client.get(url)
        paged += answer.json()["items"]
        url = answer.links["next"]["url"] if "next" in answer.links else None
    assert paged == whole
    assert whole[-1]["name"] == "Gone"


async def test_a_cursor_of_another_filter_is_refused(client: Client) -> None:
    cursor = (await client.get("/v1/accounts?country=CH&limit=1")).json()["next"]
    answer = await client.get(f"/v1/accounts?country=DE&limit=1&cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-data")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("mrr_from=lots", "mrr_from"),
        ("mrr_from=-1", "mrr_from"),
        ("mrr_to=NaN", "mrr_to"),
        ("mrr_to=1e9", "mrr_to"),
        ("mrr_from=2&mrr_to=1", "mrr_to"),
        ("since_from=soon", "since_from"),
        ("since_from=2026-02-30", "since_from"),
        ("since_from=2026-02-02&since_to=2026-02-01", "since_to"),
        ("churned_from=2026-02-02&churned_to=2026-02-01", "churned_to"),
        ("risk_from=1.1", "risk_from"),
        ("risk_from=nan", "risk_from"),
        ("risk_from=0.5&risk_to=0.4", "risk_to"),
        ("kind=accidental", "kind"),
        ("country=%00", "NUL"),
        ("industry=" + "x" * 256, "industry"),
        ("colour=red", "colour"),
    ],
)
async def test_nonsense_is_refused_by_name_by_list_totals_and_export(
    client: Client, query: str, named: str
) -> None:
    for path in ("/v1/accounts", "/v1/accounts/totals", "/v1/accounts.csv"):
        answer = await client.get(f"{path}?{query}")
        assert answer.status_code == 400, (path, answer.text)
        assert named in answer.json()["detail"]


async def test_a_text_that_many_have_is_found_in_the_order_of_the_list(
    client: Client, database: Database, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_RARE", 2)
    async with database.workspace(workspace.id) as connection:
        for number in range(3):
            await connection.execute(
                "insert into accounts (workspace_id, id, external_id, name) values (%s, %s, %s, %s)",
                (workspace.id, uuid4(), f"M-{number}", f"Many {number}"),
            )
    assert await names(client, "q=many&sort=name") == ["Many 0", "Many 1", "Many 2"]
    assert await names(client, "q=MANY+1") == ["Many 1"]


async def test_facets_count_the_values_that_accounts_have_the_most_common_first(client: Client) -> None:
    facets = (await client.get("/v1/accounts/facets")).json()
    assert facets["countries"] == [{"value": "CH", "accounts": 2}, {"value": "DE", "accounts": 1}]
    assert facets["industries"] == [{"value": "Games", "accounts": 1}]
    for plan in facets["plans"]:
        totals = (await client.get("/v1/accounts/totals", params={"plan": plan["value"]})).json()
        assert totals["accounts"] == plan["accounts"]
    assert "Team" in [plan["value"] for plan in facets["plans"]]
