"""The figures stored in Postgres, compared with the rules in Python."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.ids import Uuid7
from keepwell.platform.progress import SilentProgress
from keepwell.platform.runtime import Runtime
from keepwell.revenue import service
from keepwell.revenue.facts import service as movement_facts
from keepwell.revenue.policies import ALL
from keepwell.revenue.rates.model import DatedRate
from keepwell.revenue.rates.service import set_rates
from keepwell.revenue.rebuild import service as rebuilding
from keepwell.revenue.reports.movements import movements_report
from keepwell.revenue.reports.query import ReportQuery
from tests import thorough
from tests.clocks import FixedClock
from tests.integration.histories import RATES, YEAR, days, fill, subscriptions
from tests.integration.records import Client, account, client_of, made, problem_code

pytestmark = pytest.mark.anyio

CLOCK = FixedClock(datetime(2026, 12, 31, 12, tzinfo=UTC))
RUNTIME = Runtime(CLOCK, Uuid7(CLOCK))
TODAY = date(2026, 12, 31)


async def facts(connection: Connection) -> list[tuple[Any, ...]]:
    cursor = await connection.execute(
        'select id, policies, account_id, "on", kind, annual_amount, paying_accounts, end_reason, cohort,'
        " subscription_ids from movement_facts order by id"
    )
    return await cursor.fetchall()


@settings(
    max_examples=thorough.repeats(25, thorough=600), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(rows=st.lists(subscriptions(), max_size=8))
async def test_stored_movements_equal_the_calculated_ones(
    database: Database, rows: list[dict[str, Any]]
) -> None:
    async with database.transaction() as connection:
        own = await identity.ensure_workspace(connection, f"test-{uuid4().hex[:12]}", runtime=RUNTIME)
        ids = await fill(connection, own.id, rows)
        await set_rates(connection, RATES, workspace_id=own.id, today=YEAR)
        checked = await rebuilding.check(
            connection, workspace_id=own.id, progress=SilentProgress(), timer=time.perf_counter
        )
        assert checked.differences == []
        at_once = await facts(connection)
        for account_id in ids:
            await movement_facts.refresh(connection, workspace_id=own.id, account_ids=[account_id])
        assert await facts(connection) == at_once
        # A rate changes the figures of those it concerns only, and of all of those.
        later = DatedRate("EUR", date(2026, 2, 10), Decimal("1.3"))
        await set_rates(connection, [later], workspace_id=own.id, today=YEAR)
        changed = await rebuilding.check(
            connection, workspace_id=own.id, progress=SilentProgress(), timer=time.perf_counter
        )
        assert changed.differences == []


@settings(
    max_examples=thorough.repeats(20, thorough=400), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(rows=st.lists(subscriptions(), max_size=8), start=days, length=st.integers(0, 90))
async def test_opening_plus_movements_plus_fx_is_closing_under_every_policy(
    database: Database, rows: list[dict[str, Any]], start: date, length: int
) -> None:
    end = start + timedelta(days=length)
    async with database.transaction() as connection:
        own = await identity.ensure_workspace(connection, f"test-{uuid4().hex[:12]}", runtime=RUNTIME)
        await fill(connection, own.id, rows)
        await set_rates(connection, RATES, workspace_id=own.id, today=YEAR)
        for policy in ALL:
            asked = ReportQuery(own.id, start, end, "USD", policy)  # type: ignore[arg-type]  # one of the names
            report = await movements_report(connection, asked)
            closing = await service.mrr(
                connection, workspace_id=own.id, on=end, currency="USD", policy=asked.policy
            )
            assert report.periods[-1].closing == closing.mrr
            for before, after in zip(report.periods, report.periods[1:], strict=False):
                assert before.closing == after.opening


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as opened:
        yield opened


async def sold(client: Client, number: int, account_id: str, **fields: Any) -> dict[str, Any]:
    body = {
        "external_id": f"S-{number}",
        "account_id": account_id,
        "plan": "Pro",
        "amount": "100",
        "amount_per": "month",
        "interval": "month",
        "starts_on": "2026-01-10",
    }
    return await made(client, "/v1/subscriptions", {**body, **fields})


async def rows_of(client: Client, address: str) -> list[dict[str, Any]]:
    found, path = [], address
    while path:
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    return found


async def test_each_figure_is_the_sum_of_the_rows_it_links_to(client: Client) -> None:
    for number in range(6):
        owner = await account(client, number)
        await sold(
            client,
            number,
            owner["id"],
            starts_on=f"2026-0{number % 3 + 1}-10",
            ends_on=f"2026-05-{number + 10}" if number % 2 else None,
        )
    report = (await client.get("/v1/metrics/movements?from=2026-01-01&to=2026-06-30")).json()
    for period in report["periods"]:
        rows = await rows_of(client, period["rows"])
        moved = sum(Decimal(row["amount"]) for row in rows)
        assert moved == Decimal(period["closing"]) - Decimal(period["opening"])
    mrr = (await client.get("/v1/metrics/mrr?on=2026-06-30")).json()
    assert sum(Decimal(row["amount"]) for row in await rows_of(client, mrr["rows"])) == Decimal(mrr["mrr"])
    assert (mrr["mrr"], mrr["arr"], mrr["arpa"], mrr["accounts"]) == ("300.00", "3600.00", "100.00", 3)


async def test_retention_of_the_worked_example(client: Client) -> None:
    """E3 and E3a of docs/metrics.md."""
    a, b, c, d, e, f = [(await account(client, number))["id"] for number in range(6)]
    before, within = "2026-01-01", "2026-03-10"
    for number, (owner, amount, starts_on, ends_on) in enumerate(
        [
            (a, "100", before, within),
            (a, "150", within, None),
            (b, "50", before, within),
            (c, "200", before, within),
            (c, "120", within, None),
            (d, "30", before, "2026-02-01"),
            (d, "30", within, None),
            (e, "60", within, None),
            (f, "25", within, "2026-03-20"),
        ]
    ):
        await sold(client, number, owner, amount=amount, starts_on=starts_on, ends_on=ends_on)
    days_of_march = "from=2026-03-01&to=2026-03-31"
    report = (await client.get(f"/v1/metrics/retention?{days_of_march}")).json()
    assert (report["net"], report["gross"], report["movement_net"]) == ("0.7714", "0.6286", "0.7857")
    rows = await rows_of(client, report["rows"])
    opening = sum(Decimal(row["amount"]) for row in rows if row["on"] < "2026-03-01")
    assert str(opening) == report["opening"] == "350.00"
    assert {row["account_id"] for row in rows} == {a, b, c}
    assert f"{sum(Decimal(row['amount']) for row in rows) / opening:.4f}" == report["net"]
    (period,) = (await client.get(f"/v1/metrics/movements?{days_of_march}")).json()["periods"]
    assert (period["opening"], period["closing"]) == ("350.00", "360.00")
    assert (period["new"], period["churn"], period["quick_ratio"]) == ("85.00", "-75.00", "1.0645")
    churn = (await client.get(f"/v1/metrics/churn?{days_of_march}")).json()
    assert (churn["opening_accounts"], churn["churned_accounts"], churn["churned"]) == (3, 1, "75.00")


async def test_cohorts_include_returning_customers_and_leave_future_months_blank(client: Client) -> None:
    one, two = [(await account(client, number))["id"] for number in range(2)]
    await sold(client, 1, one, starts_on="2026-10-05", ends_on="2026-11-05")
    await sold(client, 2, one, starts_on="2026-12-05", amount="50")
    await sold(client, 3, two, starts_on="2026-10-20")
    report = (await client.get("/v1/metrics/cohorts?from=2026-10-01&to=2026-12-31")).json()
    october, november, december = report["cohorts"]
    assert (october["size"], october["accounts"], october["mrr"]) == (
        2,
        [2, 1, None],
        ["200.00", "100.00", None],
    )
    assert (november["size"], december["accounts"]) == (0, [None])


async def test_involuntary_churn_is_separate(client: Client) -> None:
    one, two = [(await account(client, number))["id"] for number in range(2)]
    await sold(client, 1, one, ends_on="2026-03-22", end_reason="involuntary")
    await sold(client, 2, two, ends_on="2026-03-10", end_reason="voluntary")
    churn = (await client.get("/v1/metrics/churn?from=2026-03-01&to=2026-03-31")).json()
    assert (churn["voluntary_accounts"], churn["involuntary_accounts"]) == (1, 1)
    assert (churn["account_rate"], churn["account_rate_monthly"]) == ("1.0000", "1.0000")


async def test_lifetime_value_equals_its_formula(client: Client) -> None:
    owners = [(await account(client, number))["id"] for number in range(4)]
    for number, owner in enumerate(owners):
        await sold(client, number, owner, amount=str(100 * number + 50), starts_on="2025-12-10")
    await sold(client, 9, owners[0], amount="30", starts_on="2026-03-05")
    leaver = await account(client, 5)
    await sold(client, 5, leaver["id"], starts_on="2025-12-10", ends_on="2026-03-20")
    of_march = "from=2026-03-01&to=2026-03-31"
    report = (await client.get(f"/v1/metrics/lifetime-value?{of_march}")).json()
    churn = (await client.get(f"/v1/metrics/churn?{of_march}")).json()
    mrr = (await client.get("/v1/metrics/mrr?on=2026-03-31")).json()
    assert report["formula"] == "ARPA / monthly account churn rate"
    assert report["arpa"] == mrr["arpa"] == "207.50"
    rows = await rows_of(client, report["rows"])
    assert sum(Decimal(row["amount"]) for row in rows) == Decimal(mrr["mrr"])
    assert report["account_rate_monthly"] == churn["account_rate_monthly"]
    monthly = 1 - (1 - 1 / 5) ** ((365 / 12) / 31)
    assert float(report["lifetime_value"]) == pytest.approx(207.5 / monthly, abs=0.01)


async def test_the_difference_between_policies_is_explained_row_by_row(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = (await account(client))["id"]
    await sold(client, 1, owner, amount="50", list_amount="100", ends_on="2026-04-10")
    await sold(client, 2, owner, amount="100", starts_on="2026-04-10")
    path = "/v1/metrics/differences?other=stripe&from=2026-01-01&to=2026-12-31"
    report = (await client.get(path)).json()
    assert [(row["policy"], row["on"], row["kind"], row["amount"]) for row in report["differences"]] == [
        ("default", "2026-01-10", "new", "50.00"),
        ("stripe", "2026-01-10", "new", "100.00"),
        ("default", "2026-04-10", "expansion", "50.00"),
    ]
    assert "coupon" in report["reasons"][0]
    monkeypatch.setattr(service, "_MOST_DIFFERENCES", 1)
    cut = (await client.get(path)).json()
    assert (len(cut["differences"]), cut["total_differences"]) == (2, report["total_differences"]) == (2, 3)
    stripe = (await client.get("/v1/metrics/mrr?on=2026-02-01&policy=stripe")).json()
    assert (stripe["mrr"], stripe["policy"]) == ("100.00", "stripe")


async def test_a_move_to_a_free_plan_is_churn_by_default_and_a_contraction_under_chartmogul(
    client: Client,
) -> None:
    owner = (await account(client))["id"]
    await sold(client, 1, owner, ends_on="2026-04-10")
    await sold(client, 2, owner, amount="0", starts_on="2026-04-10")
    kinds = {}
    for policy in ("default", "chartmogul"):
        rows = await rows_of(client, f"/v1/movements?policy={policy}")
        kinds[policy] = [row["kind"] for row in rows]
    assert kinds == {"default": ["new", "churn"], "chartmogul": ["new", "contraction"]}


async def test_a_currency_requires_a_rate_and_gets_fx_lines(
    client: Client, database: Database, workspace: Workspace
) -> None:
    owner = (await account(client))["id"]
    body = {
        "external_id": "S-1",
        "account_id": owner,
        "plan": "Pro",
        "amount": "100",
        "amount_per": "month",
        "interval": "month",
        "currency": "EUR",
        "starts_on": "2026-01-10",
    }
    assert problem_code(await client.post("/v1/subscriptions", json=body)) == "no-exchange-rate"
    async with database.workspace(workspace.id) as connection:
        await set_rates(connection, RATES, workspace_id=workspace.id, today=TODAY)
    await made(client, "/v1/subscriptions", body)
    rows = await rows_of(client, "/v1/movements")
    assert [(row["on"], row["kind"], row["amount"]) for row in rows] == [
        ("2026-01-10", "new", "110.00"),
        ("2026-02-01", "fx", "15.00"),
        ("2026-03-01", "fx", "-35.00"),
    ]
    (listed,) = (await client.get("/v1/accounts")).json()["items"]
    assert (listed["mrr"], listed["currency"]) == ("90.00", "USD")
    (subscription,) = (await client.get(f"/v1/accounts/{owner}")).json()["subscriptions"]
    assert (subscription["mrr"], subscription["currency"]) == ("100.00", "EUR")


async def test_a_later_rate_updates_accounts_and_figures(
    client: Client, database: Database, workspace: Workspace
) -> None:
    owner = (await account(client))["id"]
    async with database.workspace(workspace.id) as connection:
        await set_rates(connection, RATES, workspace_id=workspace.id, today=TODAY)
    await sold(client, 1, owner, currency="EUR")
    later = DatedRate("EUR", date(2026, 6, 1), Decimal("1.5"))
    async with database.workspace(workspace.id) as connection:
        await set_rates(connection, [later], workspace_id=workspace.id, today=TODAY)
    (listed,) = (await client.get("/v1/accounts")).json()["items"]
    figure = (await client.get("/v1/metrics/mrr")).json()
    assert listed["mrr"] == figure["mrr"] == "150.00"


async def test_the_check_reports_changed_projections(
    client: Client, database: Database, workspace: Workspace
) -> None:
    owner = (await account(client))["id"]
    await sold(client, 1, owner)
    async with database.workspace(workspace.id) as connection:
        await connection.execute("update movement_facts set annual_amount = 1")
        found = await rebuilding.check(
            connection, workspace_id=workspace.id, progress=SilentProgress(), timer=time.perf_counter
        )
        # Each policy has a wrong fact for a right one, and their roll-ups by month and by day are not what the facts add up to.
        assert found.differing == 8
        assert any("new of 100.00 a month" in line for line in found.differences)
        assert any(
            "roll-up" in line and "1200 is stored, the facts give 1" in line for line in found.differences
        )
        await rebuilding.rebuild(connection, workspace_id=workspace.id, today=TODAY, timer=time.perf_counter)
        again = await rebuilding.check(
            connection, workspace_id=workspace.id, progress=SilentProgress(), timer=time.perf_counter
        )
    assert msgspec.to_builtins(again)["differences"] == []
