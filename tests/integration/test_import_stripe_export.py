"""The CSV files of Stripe's dashboard, imported with the built-in mapping."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from psycopg import sql

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.churn.billing_records.store import PAYMENT_PROBLEMS
from keepwell.identity.model import Workspace
from keepwell.importing.mapping.mapping_file import read_mapping
from keepwell.importing.service import ImportSummary, import_export
from keepwell.platform.clock import SystemClock, today
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import DataValidationError
from keepwell.revenue.service import paying_spans
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio

CUSTOMERS = """\
id,Description,Email,Name,Created (UTC),Delinquent,Card Address Country
cus_1,,billing@acme.example,Acme,2023-12-30 08:15,false,US
cus_2,,billing@beta.example,,2024-01-02 10:00,false,DE
"""
SUBSCRIPTIONS = """\
id,Customer ID,Customer Email,Plan,Quantity,Currency,Interval,Amount,Status,Cancellation Reason,Created (UTC),\
Start Date (UTC),Current Period End (UTC),Trial Start (UTC),Trial End (UTC),Canceled At (UTC),Ended At (UTC)
sub_1,cus_1,billing@acme.example,price_pro,3,usd,month,29.00,active,,2024-01-01 00:00,2024-01-01 00:00,,,,,
sub_2,cus_2,billing@beta.example,price_pro,1,usd,month,29.00,canceled,payment_failed,2024-01-02 10:00,\
2024-01-02 10:00,,2024-01-02 10:00,2024-01-16 10:00,2024-03-01 09:00,2024-03-16 10:00
sub_3,cus_2,billing@beta.example,price_pro,1,usd,year,290.00,incomplete_expired,,2024-01-02 10:00,\
2024-01-02 10:00,,,,,
sub_4,cus_1,billing@acme.example,price_pro,1,usd,month,29.00,canceled,cancellation_requested,2024-02-01 00:00,\
2024-02-01 00:00,,2024-02-01 00:00,2024-02-15 00:00,2024-02-03 00:00,2024-02-03 00:00
"""
INVOICES = """\
id,Customer,Number,Status,Currency,Total,Tax,Amount Paid,Date (UTC),Due Date (UTC)
in_1,cus_1,A-0001,paid,usd,"87.00",0.00,87.00,2024-01-01 00:00,
in_2,cus_9,A-0002,open,usd,29.00,0.00,0.00,2024-02-16 10:00,2024-03-01 00:00
"""


class StripeExport:
    """An export in a folder and a workspace to import it into."""

    def __init__(self, shop: Shop, folder: Path) -> None:
        self.shop = shop
        self.folder = folder
        self.work = msgspec.structs.replace(shop.work, currency="USD")
        self.texts = {
            "customers.csv": CUSTOMERS,
            "subscriptions.csv": SUBSCRIPTIONS,
            "invoices.csv": INVOICES,
        }

    async def run(self) -> ImportSummary:
        self.folder.mkdir(exist_ok=True)
        for name, text in self.texts.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        return await import_export(
            self.work, read_mapping(Path("stripe"), IMPORT_ENTITIES.fields), folder=self.folder
        )

    async def subscriptions(self) -> dict[str, dict[str, Any]]:
        return {row["external_id"]: row for row in (await self.shop.state())["subscriptions"]}


@pytest.fixture
def export(
    database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path
) -> StripeExport:
    shop = Shop(database, workspace, settings_of_test, folder=tmp_path / "unused")
    return StripeExport(shop, tmp_path / "stripe")


async def test_an_export_is_imported_with_every_assumption_listed(export: StripeExport) -> None:
    summary = await export.run()
    counts = {name: (each.read, each.imported, each.skipped) for name, each in summary.entities.items()}
    assert counts == {
        "accounts": (2, 2, 0),
        "contacts": (2, 2, 0),
        "subscriptions": (4, 5, 1),
        "invoices": (2, 1, 0),
    }
    assert len([line for line in summary.assumptions if line.startswith("stripe:")]) == 6
    assert "invoices: the column 'Date (UTC)' was used as 'Finalized At (UTC)'" in summary.assumptions


async def test_the_email_of_a_customer_is_that_of_its_billing_contact(export: StripeExport) -> None:
    await export.run()
    contacts = {row["external_id"]: row for row in (await export.shop.state())["contacts"]}
    assert {name: (row["email"], row["name"], row["is_billing"]) for name, row in contacts.items()} == {
        "cus_1": ("billing@acme.example", "Acme", True),
        "cus_2": ("billing@beta.example", None, True),
    }


async def test_an_amount_is_multiplied_by_the_quantity(export: StripeExport) -> None:
    await export.run()
    first = (await export.subscriptions())["sub_1"]
    assert (first["seats"], Decimal(str(first["amount"]))) == (3, Decimal(87))
    assert await export.shop.mrr(date(2024, 1, 1)) == ("87.00", 1)


async def test_a_trial_is_a_separate_span_and_the_price_counts_from_its_end(export: StripeExport) -> None:
    await export.run()
    found = await export.subscriptions()
    trial, paid = found["sub_2#trial"], found["sub_2"]
    assert (trial["is_trial"], trial["starts_on"], trial["ends_on"]) == (True, "2024-01-02", "2024-01-16")
    assert (paid["is_trial"], paid["starts_on"], paid["ends_on"]) == (False, "2024-01-16", "2024-03-16")
    assert (paid["cancelled_on"], paid["end_reason"]) == ("2024-03-01", "involuntary")


async def test_a_subscription_that_ended_within_its_trial_never_counts(export: StripeExport) -> None:
    await export.run()
    found = (await export.subscriptions())["sub_4"]
    assert found["starts_on"] == found["ends_on"] == "2024-02-03"
    shop = export.shop
    async with shop.database.workspace(shop.workspace.id) as connection:
        spans = await paying_spans(connection, workspace_id=shop.workspace.id)
    assert {span.starts_on for span in spans} == {date(2024, 1, 1), date(2024, 1, 16)}


async def test_importing_the_same_export_again_changes_nothing_and_keeps_the_dead_letter(
    export: StripeExport,
) -> None:
    await export.run()
    again = await export.run()
    assert not again.changed
    assert again.entities["invoices"].reasons == {"unknown-account": 1}


async def test_an_export_without_invoices_is_imported_and_reports_it(export: StripeExport) -> None:
    del export.texts["invoices.csv"]
    summary = await export.run()
    assert "invoices: there is no file invoices.csv, which may be missing" in summary.assumptions


async def test_a_new_workspace_requires_a_currency(export: StripeExport) -> None:
    export.work = msgspec.structs.replace(export.work, currency=None)
    with pytest.raises(DataValidationError, match="report currency"):
        await export.run()


async def test_a_subscription_in_a_currency_without_a_rate_is_dead_lettered(export: StripeExport) -> None:
    export.texts["subscriptions.csv"] = SUBSCRIPTIONS.replace("price_pro,3,usd", "price_pro,3,eur")
    summary = await export.run()
    assert summary.entities["subscriptions"].reasons == {"no-exchange-rate": 1}


@pytest.mark.parametrize(
    "unreadable",
    ["usd,month,,", "usd,2 years,29.00,", "eur,month,29.00,"],
    ids=["tiered", "2 years", "no rate"],
)
async def test_an_unreadable_price_in_a_later_export_is_not_churn(
    export: StripeExport, unreadable: str
) -> None:
    await export.run()
    export.texts["subscriptions.csv"] = SUBSCRIPTIONS.replace(
        "price_pro,3,usd,month,29.00,", f"price_max,3,{unreadable}"
    )
    await export.run()
    first = (await export.subscriptions())["sub_1"]
    assert (first["plan"], first["ends_on"]) == ("price_pro", None)
    assert (await export.shop.uncertain())["cus_1"][1].startswith("sub_1: ")


HEADER = (
    "id,Customer ID,Plan,Quantity,Currency,Interval,Amount,Status,Start Date (UTC),Current Period Start (UTC),"
    "Current Period End (UTC),Cancel At Period End,Trial Start (UTC),Trial End (UTC),Canceled At (UTC),"
    "Ended At (UTC),Cancellation Reason\n"
)


def exported(
    status: str, *, period: str = ",", leaves: str = "false", trial: str = ",", cancelled: str = ""
) -> str:
    """A subscriptions file with one row, from 1 January 2026."""
    paid = "sub_1,cus_1,price_m,1,usd,month,10.00"
    return f"{HEADER}{paid},{status},2026-01-01 00:00,{period},{leaves},{trial},{cancelled},,\n"


@pytest.mark.parametrize(
    ("row", "moved"),
    [
        (
            exported("trialing", trial="2026-05-15 00:00,2026-06-15 00:00"),
            [("2026-01-01", "new"), ("2026-05-15", "churn"), ("2026-06-15", "reactivation")],
        ),
        (
            exported("unpaid", period="2026-05-01 00:00,2026-06-01 00:00"),
            [("2026-01-01", "new"), ("2026-05-01", "churn")],
        ),
        (exported("paused", trial="2026-01-01 00:00,2026-01-15 00:00"), []),
        (
            exported("active", period="2026-05-01 00:00,2026-06-01 00:00", leaves="true"),
            [("2026-01-01", "new"), ("2026-06-01", "churn")],
        ),
        (
            exported("canceled", cancelled="2026-04-01 00:00"),
            [("2026-01-01", "new"), ("2026-04-01", "churn")],
        ),
        (exported("trialing", trial="2026-01-01 00:00,2026-01-15 00:00", cancelled="2026-01-03 00:00"), []),
    ],
)
async def test_status_and_days_count_as_they_do_by_the_api(
    export: StripeExport, row: str, moved: list[tuple[str, str]]
) -> None:
    export.texts["subscriptions.csv"] = row
    await export.run()
    assert await export.shop.movements() == moved


@pytest.mark.parametrize("leaves", ["true", "false"])
async def test_an_unpaid_row_does_not_count_until_its_announced_end(
    export: StripeExport, leaves: str
) -> None:
    row = exported("unpaid", period="2026-05-01 00:00,2026-06-01 00:00", leaves=leaves)
    export.texts["subscriptions.csv"] = row
    await export.run()
    assert await export.shop.movements() == [("2026-01-01", "new"), ("2026-05-01", "churn")]


async def test_a_row_is_past_due_since_the_first_unpaid_period(export: StripeExport) -> None:
    async def past_due(row: str) -> Any:
        export.texts["subscriptions.csv"] = row
        await export.run()
        return (await export.subscriptions())["sub_1"]["past_due_since"]

    assert await past_due(exported("past_due")) == today(SystemClock()).isoformat()
    for started in ("2026-05-01", "2026-06-01"):
        assert await past_due(exported("past_due", period=f"{started} 00:00,")) == "2026-05-01"
    assert await past_due(exported("active")) is None


async def test_an_announced_end_is_revised_by_the_next_export(export: StripeExport) -> None:
    period = "2026-05-01 00:00,2026-06-01 00:00"
    for leaves in ("true", "false"):
        export.texts["subscriptions.csv"] = exported("active", period=period, leaves=leaves)
        await export.run()
    assert await export.shop.movements() == [("2026-01-01", "new")]


async def test_an_unpaid_row_without_its_period_is_a_dead_letter(export: StripeExport) -> None:
    export.texts["subscriptions.csv"] = exported("unpaid")
    await export.run()
    assert [each[2:] for each in export.shop.dead_letters()][:1] == [("missing-value", "period_starts_on")]


@pytest.mark.parametrize(("count", "mrr"), [("1", "10.00"), ("3", "3.33"), ("24", "0.42")])
async def test_a_price_is_for_the_number_of_intervals_that_the_row_states(
    export: StripeExport, count: str, mrr: str
) -> None:
    header, row, _ = exported("active").split("\n")
    export.texts["subscriptions.csv"] = f"{header},Interval Count\n{row},{count}\n"
    await export.run()
    assert (await export.shop.mrr(date(2026, 6, 1)))[0] == mrr


@pytest.mark.parametrize("count", ["0", "-3", "three", "1.5", "121"])
async def test_an_odd_number_of_intervals_is_a_dead_letter(export: StripeExport, count: str) -> None:
    header, row, _ = exported("active").split("\n")
    export.texts["subscriptions.csv"] = f"{header},Interval Count\n{row},{count}\n"
    await export.run()
    assert [each[2:] for each in export.shop.dead_letters()][:1] == [("invalid-number", "interval_count")]


async def test_a_cancelled_row_without_any_day_is_a_dead_letter(export: StripeExport) -> None:
    export.texts["subscriptions.csv"] = exported("canceled")
    await export.run()
    assert [each[2:] for each in export.shop.dead_letters()][:1] == [("no-end", "ends_on")]


async def test_the_export_of_all_customers_is_known_too(export: StripeExport) -> None:
    export.texts["unified_customers.csv"] = export.texts.pop("customers.csv")
    summary = await export.run()
    assert (summary.entities["accounts"].file, summary.entities["accounts"].imported) == (
        "unified_customers.csv",
        2,
    )


async def test_rows_that_a_later_export_lacks_continue_and_are_reported(export: StripeExport) -> None:
    export.texts["subscriptions.csv"] = exported("active")
    await export.run()
    export.texts["subscriptions.csv"] = exported("active").replace("sub_1", "sub_2")
    assumptions = (await export.run()).assumptions
    assert any("that this file lacks: 1; they continue" in each for each in assumptions)
    assert (await export.shop.mrr(date(2026, 6, 1)))[0] == "20.00"


async def test_an_export_changes_nothing_about_a_subscription_of_the_api(export: StripeExport) -> None:
    export.texts["subscriptions.csv"] = exported("active")
    await export.run()
    # As the API's import leaves it: the object was read, and has a later price.
    for statement in (
        sql.SQL(
            "insert into stripe_objects (workspace_id, id, as_of)"
            " select id, unnest(array['sub_1', 'cus_1']), now() from workspaces"
        ),
        sql.SQL("update subscriptions set ends_on = '2026-03-05'"),
    ):
        await export.shop.execute(statement)
    before = await export.shop.state()
    summary = await export.run()
    assert (summary.entities["subscriptions"].skipped, summary.entities["accounts"].skipped) == (1, 1)
    assert await export.shop.state() == before


UNPAID = """\
id,Customer,Status,Currency,Total,Finalized At (UTC),Due Date (UTC),Paid At (UTC)
in_open,cus_1,open,usd,10.00,2026-05-01,2026-05-10,
in_now,cus_1,open,usd,10.00,2026-05-02,,
in_late,cus_1,paid,usd,10.00,2026-02-01,2026-02-10,2026-03-05
in_good,cus_1,paid,usd,10.00,2026-03-01,2026-03-10,2026-03-02
in_void,cus_1,void,usd,10.00,2026-05-01,2026-05-10,
in_draft,cus_1,draft,usd,10.00,2026-05-01,2026-05-10,
in_note,cus_1,open,usd,-10.00,2026-05-01,2026-05-10,
in_lost,cus_2,uncollectible,usd,10.00,2026-01-01,,
in_gone,cus_2,uncollectible,usd,10.00,2026-04-01,,
in_paid,cus_2,paid,usd,10.00,2026-02-01,,
"""


async def test_unpaid_invoices_of_a_file_are_payment_problems_until_they_are_paid(
    export: StripeExport,
) -> None:
    export.texts |= {"subscriptions.csv": exported("past_due", period="2026-05-01,"), "invoices.csv": UNPAID}
    await export.run()
    own = export.shop.workspace.id
    async with export.shop.database.workspace(own) as connection:
        found = await PAYMENT_PROBLEMS.all(connection, workspace_id=own, today=date(2026, 6, 1))
    problems = {(str(each.since), each.until and str(each.until)) for each in found}
    assert problems == {
        ("2026-05-10", None),  # open
        ("2026-05-02", None),  # open, without a due day
        ("2026-02-10", "2026-03-05"),  # paid late
        ("2026-01-01", "2026-02-01"),  # uncollectible, until a later invoice was paid
        ("2026-04-01", None),  # uncollectible
        ("2026-05-01", None),  # the subscription that is past due
    }
