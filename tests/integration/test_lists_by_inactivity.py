"""Lists of accounts without subscriptions, over HTTP: weighed by mean spend, or by chance alone, and everything that shows them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from keepwell.churn.label import Label
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client, account, client_of
from tests.integration.scores import AS_OF, pays, score

pytestmark = pytest.mark.anyio

BY_SPEND = Label(name="inactivity", money="spend", active_within_days=180, amount_property="amount")
BY_CHANCE = Label(name="inactivity", money="none", active_within_days=180)
QUIET = [{"code": "quiet", "text": "Not used since 2026-10-01"}]


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, shared_settings: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=shared_settings, runtime=RUNTIME) as opened:
        yield opened


async def listed(
    client: Client, database: Database, workspace: Workspace, label: Label
) -> list[dict[str, Any]]:
    """A list of four accounts that never had a subscription, one of which is left alone, and one with an open payment."""
    added = [await account(client, number) for number in range(1, 5)]
    for number, each in enumerate(added, start=1):
        spend = 10 * number if label.has_money else 0
        await score(
            database,
            workspace,
            each,
            label=label,
            rank=number,
            plan="",
            mrr=spend,
            revenue_at_risk=spend * 0.25 * number,
            probability=0.25 * number if number < 4 else 0.5,
            kind="involuntary" if number == 2 else "voluntary",
            is_held=number == 4,
            reasons=QUIET,
        )
    return added


async def got(client: Client, path: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_a_list_by_spend_has_accounts_without_subscriptions_and_what_they_spend(
    client: Client, database: Database, workspace: Workspace
) -> None:
    first, second, third, held = await listed(client, database, workspace, BY_SPEND)
    found = await got(client, "/v1/save-list")
    assert found["model"]["label"]["money"] == "spend"
    assert [
        (item["account_id"], item["plan"], item["mrr"], item["revenue_at_risk"]) for item in found["items"]
    ] == [
        (third["id"], None, "30.00", "22.50"),
        (second["id"], None, "20.00", "10.00"),
        (first["id"], None, "10.00", "2.50"),
    ]
    totals = found["totals"]
    assert (totals["voluntary_mrr"], totals["voluntary_at_risk"]) == ("40.00", "25.00")
    assert (totals["involuntary_at_risk"], totals["left_alone"]) == ("10.00", 1)
    alone = await got(client, "/v1/save-list/left-alone")
    assert [(item["id"], item["mrr"], item["plan"]) for item in alone["items"]] == [
        (held["id"], "40.00", None)
    ]
    risk = (await got(client, f"/v1/accounts/{third['id']}"))["risk"]
    assert (risk["mrr"], risk["revenue_at_risk"], risk["rank"]) == ("30.00", "22.50", 1)
    assert (risk["label"]["name"], risk["horizon_days"]) == ("inactivity", 30)
    today = await got(client, "/v1/today")
    # MRR does not contain spend.
    assert (today["risk"]["revenue_at_risk"], today["risk"]["share_of_mrr"]) == ("35.00", None)


async def test_a_list_by_chance_is_in_its_order_and_knows_no_money_anywhere(
    client: Client, database: Database, workspace: Workspace
) -> None:
    first, second, third, held = await listed(client, database, workspace, BY_CHANCE)
    items, cursor = [], None
    while True:
        page = await got(client, "/v1/save-list", limit=1, **({} if cursor is None else {"cursor": cursor}))
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert [item["account_id"] for item in items] == [third["id"], second["id"], first["id"]]
    assert {(item["mrr"], item["revenue_at_risk"]) for item in items} == {(None, None)}
    assert {value for name, value in page["totals"].items() if name.endswith(("_mrr", "_at_risk"))} == {None}
    assert (page["totals"]["voluntary"], page["totals"]["involuntary"]) == (2, 1)
    csv = (await client.get("/v1/save-list.csv")).text.splitlines()
    assert len(csv) == 4
    alone = await got(client, "/v1/save-list/left-alone")
    assert [(item["id"], item["mrr"]) for item in alone["items"]] == [(held["id"], None)]
    risk = (await got(client, f"/v1/accounts/{second['id']}"))["risk"]
    assert (risk["probability"], risk["mrr"], risk["revenue_at_risk"], risk["rank"]) == (0.5, None, None, 2)
    today = (await got(client, "/v1/today"))["risk"]
    assert (today["accounts"], today["revenue_at_risk"], today["share_of_mrr"]) == (3, None, None)
    async with database.workspace(workspace.id) as connection:
        # The database has just made it, and the test's clock is earlier.
        await connection.execute("update churn_runs set scored_at = '2026-05-01T00:00:00Z'")
    timeline = await got(client, f"/v1/accounts/{third['id']}/timeline", kinds="score")
    scored = next(item for item in timeline["items"] if item["kind"] == "score")
    assert (scored["amount"], scored["score"]["label"]) == (None, "inactivity")
    found = await got(client, "/v1/accounts", risk_from="0.4")
    assert {item["id"] for item in found["items"]} == {second["id"], third["id"]}
    models = await got(client, "/v1/churn/models")
    assert models["items"][0]["revenue_at_risk"] is None


async def test_changes_compare_lists_of_one_label_only(
    client: Client, database: Database, workspace: Workspace
) -> None:
    added = await listed(client, database, workspace, BY_CHANCE)
    await pays(client, added[0], "100")
    later = AS_OF + timedelta(days=1)
    own: dict[str, Any] = {"kind": "voluntary", "rank": 1, "probability": 0.3}
    await score(database, workspace, added[0], version=2, as_of=later, **own)
    found = await got(client, "/v1/save-list/changes")
    assert (found["as_of"], found["compared_with"]) == (str(later), None)
    await score(database, workspace, added[0], version=3, as_of=later, label=BY_CHANCE, plan="", mrr=0, **own)
    found = await got(client, "/v1/save-list/changes")
    assert (found["compared_with"], found["revenue_at_risk"], found["gone"]) == (str(AS_OF), None, 2)
    [risen] = found["risen"]
    assert (risen["probability"], risen["probability_before"], risen["revenue_at_risk"]) == (0.3, 0.25, None)
    assert found["back_in_use"] == {
        "count": 1,
        "amount": None,
        "first": [{"id": added[0]["id"], "name": "Account 001"}],
    }


async def test_a_list_by_subscriptions_still_leaves_out_who_does_not_pay(
    client: Client, database: Database, workspace: Workspace
) -> None:
    added = [await account(client, number) for number in (1, 2)]
    await pays(client, added[0], "50")
    for number, each in enumerate(added, start=1):
        await score(database, workspace, each, rank=number, probability=0.5, kind="voluntary")
    found = await got(client, "/v1/save-list")
    assert [(item["account_id"], item["mrr"]) for item in found["items"]] == [(added[0]["id"], "50.00")]
    assert [item["id"] for item in (await got(client, "/v1/accounts", risk_from="0.1"))["items"]] == [
        added[0]["id"]
    ]
