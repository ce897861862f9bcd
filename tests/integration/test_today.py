"""The page of the day: each of its figures is the one of the route that has its details."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Role
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.credentials import NOW, RUNTIME
from tests.integration.records import Client, account, client_of
from tests.integration.scores import pays, score
from tests.integration.test_failed_payments import charge, invoice, owner
from tests.integration.test_permissions import token_of_role

pytestmark = pytest.mark.anyio

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, shared_settings: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=shared_settings, runtime=RUNTIME) as opened:
        yield opened


async def today(client: Client, **query: Any) -> dict[str, Any]:
    answer = await client.get("/v1/today", params=query)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def groups(page: dict[str, Any]) -> dict[str, tuple[int, str | None, list[str]] | None]:
    return {
        each["kind"]: each["group"]
        and (
            each["group"]["count"],
            each["group"]["amount"],
            [account["name"] for account in each["group"]["first"]],
        )
        for each in page["changes"]
    }


async def test_an_empty_workspace_has_zero_for_what_is_known_and_null_for_what_is_not(client: Client) -> None:
    page = await today(client)
    assert (page["on"], page["since"], page["currency"]) == (TODAY.isoformat(), YESTERDAY.isoformat(), "USD")
    risk, mrr = page["risk"], page["mrr"]
    assert (risk["model"], risk["as_of"], risk["revenue_at_risk_change"], risk["items"]) == (
        None,
        None,
        None,
        [],
    )
    assert (risk["revenue_at_risk"], risk["share_of_mrr"]) == ("0.00", None)
    assert {day["revenue_at_risk"] for day in risk["days"]} == {None}
    assert (mrr["mrr"], mrr["mrr_change"], mrr["arpa"], len(mrr["days"]), len(mrr["months"])) == (
        "0.00",
        "0.00",
        None,
        15,
        13,
    )
    assert (page["failed_payments"]["payments"], page["need_person"]) == (0, [])
    assert groups(page) == {
        "new_at_risk": None,
        "back_in_use": None,
        **dict.fromkeys(
            (
                "payments_recovered",
                "payments_failed",
                "customers_left",
                "customers_new",
                "customers_back",
            ),
            (0, "0.00", []),
        ),
    }


async def test_movements_are_counted_from_yesterday_on_and_add_up_to_the_change_of_mrr(
    client: Client,
) -> None:
    stays, left, new, newer, back = [await account(client, number) for number in range(1, 6)]
    await pays(client, stays, "100.01")
    await pays(client, left, "30", ends_on=YESTERDAY.isoformat(), end_reason="voluntary")
    await pays(client, new, "12.50", starts_on=YESTERDAY.isoformat())
    await pays(client, newer, "20", starts_on=TODAY.isoformat())
    await pays(client, back, "5", ends_on="2026-02-10", end_reason="voluntary")
    await pays(client, back, "7", external_id="S-again", starts_on=TODAY.isoformat())
    page = await today(client)
    found = groups(page)
    assert found["customers_left"] == (1, "-30.00", ["Account 002"])
    assert found["customers_new"] == (2, "32.50", ["Account 004", "Account 003"])
    assert found["customers_back"] == (1, "7.00", ["Account 005"])
    mrr = page["mrr"]
    assert (mrr["mrr"], mrr["mrr_change"], mrr["accounts"], mrr["accounts_change"]) == (
        "139.51",
        "9.50",
        4,
        2,
    )
    for change in page["changes"][4:]:
        rows = (await client.get(change["rows"])).json()["items"]
        assert len(rows) == change["group"]["count"]
        assert sum(Decimal(row["amount"]) for row in rows) == Decimal(change["group"]["amount"])
    report = (await client.get("/v1/metrics/mrr")).json()
    assert {name: mrr[name] for name in ("mrr", "arpa", "accounts", "rows")} == {
        name: report[name] for name in ("mrr", "arpa", "accounts", "rows")
    }
    monthly = (await client.get(f"/v1/metrics/movements?from=2025-05-01&to={TODAY}")).json()["periods"]
    assert [(each["day"], each["mrr"]) for each in mrr["months"]] == [
        (period["to"] if "to" in period else period["end"], period["closing"]) for period in monthly
    ]
    for each in mrr["days"]:
        assert (await client.get(f"/v1/metrics/mrr?on={each['day']}")).json()["mrr"] == each["mrr"]


async def test_an_earlier_day_widens_what_changed(client: Client) -> None:
    left = await account(client)
    await pays(client, left, "30", ends_on="2026-05-15", end_reason="voluntary")
    assert groups(await today(client))["customers_left"] == (0, "0.00", [])
    page = await today(client, since="2026-05-15")
    assert groups(page)["customers_left"] == (1, "-30.00", ["Account 001"])
    assert page["mrr"]["mrr_change"] == "-30.00"
    for since in ("2026-04-18", "2026-05-21"):
        answer = await client.get(f"/v1/today?since={since}")
        assert (answer.status_code, "since" in answer.json()["detail"]) == (400, True)


async def test_payments_that_failed_and_those_that_came_back_are_apart(client: Client) -> None:
    again, back, old = [await owner(client, number) for number in (1, 2, 3)]
    await invoice(client, again, "10", declines=["lost_card", "lost_card"], days_ago=0)
    recovered = await invoice(client, back, "20", declines=["insufficient_funds"], days_ago=9)
    await charge(client, recovered, "ok", status="succeeded", charged_at=NOW.isoformat())
    await invoice(client, old, "40", declines=["insufficient_funds"], days_ago=3)
    page = await today(client)
    found = groups(page)
    assert found["payments_failed"] == (1, "10.00", ["Account 001"])
    assert found["payments_recovered"] == (1, "20.00", ["Account 002"])
    listed = (await client.get("/v1/failed-payments")).json()
    assert page["failed_payments"] == listed["totals"]
    assert page["need_person"] == [item for item in listed["items"] if item["needs_person"]]
    assert [item["name"] for item in page["need_person"]] == ["Account 001"]


async def test_an_amount_without_a_rate_is_unknown_and_not_left_out(client: Client) -> None:
    euro, dollar = await owner(client, 1), await owner(client, 2)
    await invoice(client, euro, "10", currency="EUR", declines=["expired_card"])
    await invoice(client, dollar, "10", declines=["expired_card"])
    found = groups(await today(client))["payments_failed"]
    assert found == (2, None, ["Account 002", "Account 001"])


async def test_warnings_that_came_and_went_are_those_of_the_two_newest_lists(
    client: Client, database: Database, workspace: Workspace
) -> None:
    # Reasons on the first and the second day, and whether the account is left alone.
    lists: list[tuple[list[str] | None, list[str] | None, bool]] = [
        ([], ["quiet"], False),
        (None, ["payment_open"], False),
        (["quiet"], ["quiet"], False),
        (["activity_low"], ["tenure"], False),
        (["tenure"], ["tenure"], False),
        ([], ["quiet"], True),
        (["quiet"], [], True),
    ]
    for number, (before, after, is_held) in enumerate(lists, start=1):
        each = await account(client, number)
        await pays(client, each, "100")
        for version, codes in ((1, before), (2, after)):
            if codes is not None:
                await score(
                    database,
                    workspace,
                    each,
                    version=version,
                    as_of=TODAY - timedelta(days=2 - version),
                    rank=number,
                    probability=number / 10,
                    revenue_at_risk=Decimal(version * number),
                    kind="voluntary",
                    reasons=[{"code": code, "text": code} for code in codes],
                    is_held=is_held,
                )
    page = await today(client)
    assert groups(page)["new_at_risk"] == (2, "6.00", ["Account 002", "Account 001"])
    assert groups(page)["back_in_use"] == (1, "4.00", ["Account 004"])
    changes = (await client.get("/v1/save-list/changes")).json()
    assert [change["group"] for change in page["changes"][:2]] == [
        changes["new_at_risk"],
        changes["back_in_use"],
    ]
    risk, saved = page["risk"], (await client.get("/v1/save-list?limit=5")).json()
    assert (risk["items"], risk["totals"], risk["model"]) == (saved["items"], saved["totals"], saved["model"])
    assert (risk["accounts"], risk["revenue_at_risk"], risk["totals"]["left_alone"]) == (5, "150.00", 2)
    assert risk["share_of_mrr"] == "0.2143"
    assert (risk["compared_with"], risk["revenue_at_risk_change"]) == (YESTERDAY.isoformat(), "17")
    assert Decimal(risk["revenue_at_risk_change"]) == Decimal(changes["revenue_at_risk"]) - Decimal(
        changes["revenue_at_risk_before"]
    )


async def test_an_agent_reads_the_page_without_the_names_of_accounts_left_alone(
    client: Client, database: Database, workspace: Workspace
) -> None:
    held = await account(client)
    await pays(client, held, "100")
    for version in (1, 2):
        await score(
            database,
            workspace,
            held,
            version=version,
            as_of=TODAY - timedelta(days=2 - version),
            rank=1,
            probability=0.5,
            kind="voluntary",
            reasons=[{"code": "quiet", "text": "quiet"}] * (version - 1),
            is_held=True,
        )
    client.headers["Authorization"] = f"Bearer {await token_of_role(database, workspace, Role.AGENT)}"
    answer = await client.get("/v1/today")
    assert answer.status_code == 200
    assert answer.json()["risk"]["totals"]["left_alone"] == 1
    assert "Account 001" not in answer.text
