"""The worked examples of docs/metrics.md, by their numbers: records in Postgres, figures read over the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.ids import Uuid7
from keepwell.platform.runtime import Runtime
from keepwell.revenue.rates.model import DatedRate
from keepwell.revenue.rates.service import set_rates
from keepwell.revenue.rebuild import service as rebuilding
from tests.clocks import FixedClock
from tests.integration.records import Client, account, client_of, made

pytestmark = pytest.mark.anyio

CLOCK = FixedClock(datetime(2025, 1, 31, 12, tzinfo=UTC))
RUNTIME = Runtime(CLOCK, Uuid7(CLOCK))
KINDS = ("new", "expansion", "contraction", "churn", "reactivation")


class Book:
    """A workspace whose records are added, and whose figures are read, over the API."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._accounts: dict[str, str] = {}
        self._sold = 0

    async def sell(
        self, amount: str, starts_on: str, ends_on: str | None = None, *, to: str = "A", **fields: Any
    ) -> dict[str, Any]:
        """Add a subscription of the customer, by month unless `fields` say otherwise."""
        if to not in self._accounts:
            self._accounts[to] = (await account(self.client, len(self._accounts)))["id"]
        self._sold += 1
        body = {
            "external_id": f"S-{self._sold}",
            "account_id": self._accounts[to],
            "plan": "Pro",
            "amount": amount,
            "amount_per": "month",
            "interval": "month",
            "starts_on": starts_on,
            "ends_on": ends_on,
        }
        return await made(self.client, "/v1/subscriptions", {**body, **fields})

    async def change(self, sold: dict[str, Any], **fields: Any) -> None:
        answer = await self.client.patch(
            f"/v1/subscriptions/{sold['id']}", json=fields, headers={"If-Match": f'"{sold["version"]}"'}
        )
        assert answer.status_code == 200, answer.text

    async def figure(self, path: str) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/metrics/{path}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def mrr(self, *on: str) -> list[str]:
        return [(await self.figure(f"mrr?on={day}"))["mrr"] for day in on]

    async def totals(self, start: str, end: str) -> dict[str, str]:
        """The movements between two days that are not zero."""
        (period,) = (await self.figure(f"movements?from={start}&to={end}&by=total"))["periods"]
        return {kind: period[kind] for kind in KINDS if Decimal(period[kind])}

    async def moved(self) -> list[tuple[str, str, str]]:
        """Every movement: its day, kind and amount."""
        items = (await self.client.get("/v1/movements?sort=on")).json()["items"]
        return [(each["on"], each["kind"], each["amount"]) for each in items]


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture
async def book(database: Database, workspace: Workspace, settings_of_test: Settings) -> AsyncIterator[Book]:
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as client:
        yield Book(client)


async def test_e1_intervals_are_normalised_to_months(book: Book) -> None:
    for amount, per in (("29", "month"), ("81", "quarter"), ("290", "year"), ("10", "week")):
        await book.sell(amount, "2024-01-01", amount_per=per)
    assert await book.mrr("2024-01-01") == ["123.50"]


async def test_e1_a_thousand_annual_subscriptions_are_rounded_once_and_not_each(
    book: Book, database: Database, workspace: Workspace
) -> None:
    await book.sell("100", "2024-01-01", amount_per="year")
    async with database.workspace(workspace.id) as connection:
        await connection.execute(
            """
            insert into subscriptions (
              workspace_id, id, external_id, account_id, plan, seats, amount, amount_per, billing_interval, currency,
              starts_on, is_trial)
            select workspace_id, gen_random_uuid(), external_id || '-' || number, account_id, plan, seats, amount,
                   amount_per, billing_interval, currency, starts_on, is_trial
            from subscriptions, generate_series(1, 999) as number
            """
        )
        await rebuilding.rebuild(
            connection, workspace_id=workspace.id, today=date(2025, 1, 31), timer=lambda: 0.0
        )
    assert await book.mrr("2024-01-01") == ["8333.33"]


async def test_e2_seats_added_dropped_cancelled_and_bought_again(book: Book) -> None:
    await book.sell("2000", "2024-01-01", "2024-04-01", seats=4, amount_per="year")
    await book.sell("60", "2024-02-01", "2024-03-01", seats=2)
    await book.sell("150", "2024-05-01", seats=3)
    assert await book.totals("2024-01-01", "2024-12-31") == {
        "new": "166.67",
        "expansion": "60.00",
        "contraction": "-60.00",
        "churn": "-166.67",
        "reactivation": "150.00",
    }
    assert await book.mrr("2024-05-01") == ["150.00"]


@pytest.fixture
async def march(book: Book) -> Book:
    """E3: A expands, B churns, C contracts, D returns, E is new, F joins and leaves within the month."""
    await book.sell("100", "2024-01-01", "2024-03-10", to="A")
    await book.sell("150", "2024-03-10", to="A")
    await book.sell("50", "2024-01-01", "2024-03-12", to="B")
    await book.sell("200", "2024-01-01", "2024-03-14", to="C")
    await book.sell("120", "2024-03-14", to="C")
    await book.sell("30", "2023-01-01", "2023-06-01", to="D")
    await book.sell("30", "2024-03-05", to="D")
    await book.sell("60", "2024-03-07", to="E")
    await book.sell("25", "2024-03-08", "2024-03-20", to="F")
    return book


async def test_e3_a_month_of_movements_leads_from_opening_to_closing(march: Book) -> None:
    (period,) = (await march.figure("movements?from=2024-03-01&to=2024-03-31"))["periods"]
    assert (period["opening"], period["closing"]) == ("350.00", "360.00")
    assert await march.totals("2024-03-01", "2024-03-31") == {
        "new": "85.00",
        "expansion": "50.00",
        "contraction": "-80.00",
        "churn": "-75.00",
        "reactivation": "30.00",
    }
    assert period["quick_ratio"] == "1.0645"


async def test_e3a_retention_point_to_point_and_by_movements_differ(march: Book) -> None:
    report = await march.figure("retention?from=2024-03-01&to=2024-03-31")
    assert (report["net"], report["gross"], report["movement_net"]) == ("0.7714", "0.6286", "0.7857")


async def test_e4_a_discount_reduces_mrr_while_it_runs_and_its_expiry_is_an_expansion(book: Book) -> None:
    await book.sell("50", "2024-01-01", "2024-04-01", list_amount="100")
    await book.sell("100", "2024-04-01")
    month_ends = ("2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30")
    assert await book.mrr(*month_ends) == ["50.00", "50.00", "50.00", "100.00"]
    assert await book.moved() == [("2024-01-01", "new", "50.00"), ("2024-04-01", "expansion", "50.00")]


async def test_e6_a_trial_counts_from_the_day_it_is_paid_and_joins_that_months_cohort(book: Book) -> None:
    await book.sell("49", "2024-01-20", "2024-02-03", is_trial=True)
    await book.sell("49", "2024-02-03")
    assert await book.mrr("2024-01-31", "2024-02-29") == ["0.00", "49.00"]
    report = await book.figure("cohorts?from=2024-01-01&to=2024-02-29")
    assert [each["size"] for each in report["cohorts"]] == [0, 1]


async def test_e6_a_trial_that_ends_unpaid_is_no_churn(book: Book) -> None:
    await book.sell("49", "2024-01-20", "2024-02-03", is_trial=True)
    assert await book.moved() == []


async def test_e7_a_change_inside_a_cycle_is_an_expansion_of_the_whole_difference(book: Book) -> None:
    await book.sell("30", "2024-05-01", "2024-05-16")
    await book.sell("60", "2024-05-16")
    assert await book.moved() == [("2024-05-01", "new", "30.00"), ("2024-05-16", "expansion", "30.00")]


async def test_e8_churn_falls_on_the_end_of_service_and_a_cheaper_return_is_a_reactivation(
    book: Book,
) -> None:
    await book.sell("50", "2024-10-23", "2024-11-23", cancelled_on="2024-11-03", end_reason="voluntary")
    await book.sell("20", "2024-12-10")
    assert await book.moved() == [
        ("2024-10-23", "new", "50.00"),
        ("2024-11-23", "churn", "-50.00"),
        ("2024-12-10", "reactivation", "20.00"),
    ]


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ({"ends_on": "2024-03-22", "end_reason": "involuntary"}, (0, 1)),
        ({"ends_on": "2024-03-10", "cancelled_on": "2024-03-10", "end_reason": "voluntary"}, (1, 0)),
        ({}, (0, 0)),
    ],
    ids=["dunning exhausted", "cancelled meanwhile", "paid by a retry"],
)
async def test_e9_a_failed_payment_counts_until_service_ends_and_churn_has_its_reason(
    book: Book, end: dict[str, str], expected: tuple[int, int]
) -> None:
    sold = await book.sell("49", "2024-01-01")
    if end:
        await book.change(sold, **end)
    churn = await book.figure("churn?from=2024-03-01&to=2024-03-31")
    assert (churn["voluntary_accounts"], churn["involuntary_accounts"]) == expected
    last_paid = {"2024-03-22": "2024-03-21", "2024-03-10": "2024-03-09"}.get(
        end.get("ends_on", ""), "2024-03-31"
    )
    assert await book.mrr("2024-03-01", last_paid) == ["49.00", "49.00"]
    assert await book.mrr("2024-03-31") == (["0.00"] if end else ["49.00"])


async def test_e11_a_rate_over_ninety_days_is_not_divided_by_three(book: Book) -> None:
    for number in range(20):
        await book.sell("10", "2023-12-01", "2024-02-15" if number < 3 else None, to=f"Customer {number}")
    churn = await book.figure("churn?from=2024-01-01&to=2024-03-30")
    assert (churn["account_rate"], churn["account_rate_monthly"]) == ("0.1500", "0.0534")


async def test_a_customer_who_lapses_twice_and_is_back_has_not_churned(book: Book) -> None:
    for starts_on, ends_on in (
        ("2024-01-01", "2024-03-05"),
        ("2024-03-10", "2024-03-20"),
        ("2024-03-25", None),
    ):
        await book.sell("100", starts_on, ends_on)
    await book.sell("100", "2024-01-01", "2024-03-05", to="B", end_reason="involuntary")
    march = "from=2024-03-01&to=2024-03-31"
    churn, retention = await book.figure(f"churn?{march}"), await book.figure(f"retention?{march}")
    assert (churn["opening_accounts"], churn["churned_accounts"], retention["accounts_kept"]) == (2, 1, 1)
    assert (churn["voluntary_accounts"], churn["involuntary_accounts"]) == (0, 1)
    assert (churn["account_rate"], churn["churned"]) == ("0.5000", "300.00")
    value = await book.figure(f"lifetime-value?{march}")
    assert value["account_rate_monthly"] == churn["account_rate_monthly"]


async def test_a_customer_who_came_and_left_within_the_period_was_not_there_to_lose(book: Book) -> None:
    await book.sell("100", "2024-01-01")
    await book.sell("100", "2024-03-02", "2024-03-20", to="B")
    churn = await book.figure("churn?from=2024-03-01&to=2024-03-31")
    assert (churn["churned_accounts"], churn["churned"]) == (0, "100.00")


async def test_a_change_of_exchange_rates_is_in_no_retention_figure(
    book: Book, database: Database, workspace: Workspace
) -> None:
    rates = [
        DatedRate("EUR", date(2024, 1, 1), Decimal("1.00")),
        DatedRate("EUR", date(2024, 6, 1), Decimal("0.80")),
    ]
    async with database.workspace(workspace.id) as connection:
        await set_rates(connection, rates, workspace_id=workspace.id, today=date(2025, 1, 31))
    await book.sell("100", "2024-01-01", to="Kept", currency="EUR")
    await book.sell("50", "2024-01-01", "2024-09-01", to="Left", currency="EUR")
    report = await book.figure("retention?from=2024-02-01&to=2024-12-31")
    assert (report["net"], report["gross"], report["fx"]) == ("0.6667", "0.6667", "-20.00")
    # Churn counts at the rate of its day: 150 - 40 have moved, and 30 of FX are no movement.
    assert report["movement_net"] == "0.7333"
    (period,) = (await book.figure("movements?from=2024-02-01&to=2024-12-31&by=total"))["periods"]
    assert (period["opening"], period["net"], period["fx"], period["closing"]) == (
        "150.00",
        "-40.00",
        "-30.00",
        "80.00",
    )
