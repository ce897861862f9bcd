from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.identity.model import Workspace
from keepwell.importing.mapping.mapping_file import read_mapping
from keepwell.importing.service import import_export
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import Conflict, DataValidationError
from keepwell.revenue.rates.model import DatedRate
from keepwell.revenue.rates.service import set_rates
from tests.integration.exports import Export
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio


@pytest.fixture
def shop(database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path) -> Shop:
    return Shop(database, workspace, settings_of_test, folder=tmp_path / "export")


async def test_an_export_is_imported_and_counted(shop: Shop) -> None:
    summary = await shop.import_export()
    assert {name: (each.read, each.imported) for name, each in summary.entities.items()} == {
        "accounts": (3, 3),
        "subscriptions": (4, 4),
        "events": (3, 3),
    }
    assert shop.events() == 3


async def test_mrr_counts_from_the_start_until_the_day_before_the_end_and_never_a_trial(shop: Shop) -> None:
    await shop.import_export()
    assert await shop.mrr(date(2023, 12, 31)) == ("0.00", 0)
    assert await shop.mrr(date(2024, 4, 30)) == ("130.00", 2)
    assert await shop.mrr(date(2024, 5, 1)) == ("120.00", 1)
    assert await shop.mrr(date(2024, 6, 1)) == ("100.00", 1)


async def test_importing_the_same_files_again_reports_no_change(shop: Shop) -> None:
    await shop.import_export()
    again = await shop.import_export()
    assert not again.changed
    assert {name: (each.imported, each.unchanged) for name, each in again.entities.items()} == {
        "accounts": (0, 3),
        "subscriptions": (0, 4),
        "events": (0, 3),
    }
    assert shop.events() == 3


async def test_the_order_of_rows_does_not_matter(shop: Shop) -> None:
    await shop.import_export()
    for lines in (shop.export.accounts, shop.export.subscriptions, shop.export.events):
        header, *rows = lines
        random.Random(5).shuffle(rows)
        lines[:] = [header, *rows]
    assert not (await shop.import_export()).changed


async def test_only_a_changed_row_is_updated(shop: Shop) -> None:
    await shop.import_export()
    shop.export.subscriptions[1] = shop.export.subscriptions[1].replace(",100,", ",150,")
    counts = (await shop.import_export()).entities["subscriptions"]
    assert (counts.imported, counts.unchanged) == (1, 3)
    assert await shop.mrr(date(2024, 4, 30)) == ("180.00", 2)


Spoil = Callable[[Export], None]


def line(name: str, number: int, old: str, new: str) -> Spoil:
    def spoil(export: Export) -> None:
        lines: list[str] = getattr(export, name)
        lines[number - 1] = lines[number - 1].replace(old, new)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "letter"),
    [
        (line("accounts", 3, "Beta", '"Beta'), ("accounts.csv", 3, "broken-quote", "")),
        (line("accounts", 3, "Beta", "Beta,x"), ("accounts.csv", 3, "wrong-field-count", "")),
        (
            line("subscriptions", 5, "2024-04-01", "2024-04-31"),
            ("subscriptions.csv", 5, "invalid-date", "starts_on"),
        ),
        (
            line("subscriptions", 5, "2024-06-01", "2024-03-01"),
            ("subscriptions.csv", 5, "end-before-start", "ends_on"),
        ),
        (line("subscriptions", 5, ",20,", ",-20,"), ("subscriptions.csv", 5, "negative-amount", "amount")),
        (line("subscriptions", 5, "USD", "EUR"), ("subscriptions.csv", 5, "no-exchange-rate", "currency")),
        (line("subscriptions", 5, "A-1", "A-9"), ("subscriptions.csv", 5, "unknown-account", "account")),
        (line("events", 4, "S-2", "S-9"), ("events.csv", 4, "unknown-subscription", "account")),
        (line("events", 4, "2024-02-03", "yesterday"), ("events.csv", 4, "invalid-date", "at")),
        (line("events", 4, "E-3", "E-2"), ("events.csv", 4, "duplicate-id", "/messageId")),
    ],
    ids=lambda value: value[2] if isinstance(value, tuple) else "",
)
async def test_a_bad_row_is_dead_lettered_with_its_line_and_valid_rows_are_imported(
    shop: Shop, spoil: Spoil, letter: tuple[str, int, str, str]
) -> None:
    spoil(shop.export)
    summary = await shop.import_export()
    assert letter in shop.dead_letters()
    entity = summary.entities[letter[0].removesuffix(".csv")]
    assert entity.reasons[letter[2]] == 1
    assert entity.imported == entity.read - 1


async def test_a_repeated_bad_row_is_dead_lettered_once(shop: Shop) -> None:
    line("subscriptions", 5, ",20,", ",-20,")(shop.export)
    await shop.import_export()
    again = await shop.import_export()
    assert not again.changed
    assert again.entities["subscriptions"].already_dead_lettered == 1
    assert len(shop.dead_letters()) == 1


async def test_a_missing_file_changes_nothing(shop: Shop) -> None:
    folder = shop.export.write()
    (folder / "events.csv").unlink()
    mapping = read_mapping(shop.export.mapping_file, IMPORT_ENTITIES.fields)
    with pytest.raises(DataValidationError, match=r"There is no file .*events\.csv"):
        await import_export(shop.work, mapping, folder=folder)
    assert await shop.mrr(date(2024, 4, 30)) == ("0.00", 0)


async def test_a_missing_mapped_column_changes_nothing(shop: Shop) -> None:
    shop.export.mapping = shop.export.mapping.replace("event: event", "event: action")
    with pytest.raises(DataValidationError, match=r"shop\.yaml:\d+: entities\.events\.fields\.event"):
        await shop.import_export()
    assert await shop.mrr(date(2024, 4, 30)) == ("0.00", 0)


async def test_real_data_is_refused_in_a_synthetic_workspace(shop: Shop) -> None:
    shop.export.mapping = shop.export.mapping.replace("currency: USD}", "currency: USD, synthetic: true}")
    await shop.import_export()
    shop.export.mapping = shop.export.mapping.replace(", synthetic: true", "")
    with pytest.raises(Conflict, match="synthetic"):
        await shop.import_export()


async def test_plans_from_their_own_file_have_prices(shop: Shop) -> None:
    shop.export.mapping += """\
  plans:
    file: plans.csv
    fields: {id: plan, name: title, amount: price, amount_per: {constant: month}}
"""
    shop.export.write()
    (shop.export.folder / "plans.csv").write_text("plan,title,price\nPro,Professional,29\nFree,,\n", "utf-8")
    summary = await shop.import_export()
    assert (summary.entities["plans"].read, summary.entities["plans"].imported) == (2, 2)
    plans = {row["external_id"]: (row["name"], row["amount"]) for row in (await shop.state())["plans"]}
    assert plans == {
        "Pro": ("Professional", 29),
        "Free": ("Free", None),
        "Basic": ("Basic", None),
        "Add-on": ("Add-on", None),
    }


async def test_rows_that_the_mapping_skips_are_counted(shop: Shop) -> None:
    shop.export.mapping = shop.export.mapping.replace(
        "file: subscriptions.csv", "file: subscriptions.csv\n    skip: {plan: [Add-on]}"
    )
    counts = (await shop.import_export()).entities["subscriptions"]
    assert (counts.read, counts.imported, counts.skipped) == (4, 3, 1)


def counted(outcome: str) -> float:
    labels = {"source": "file", "entity": "subscriptions", "outcome": outcome}
    return REGISTRY.get_sample_value("keepwell_import_rows_total", labels) or 0


async def test_the_outcome_of_each_row_is_counted_for_prometheus(shop: Shop) -> None:
    line("subscriptions", 5, ",20,", ",-20,")(shop.export)
    outcomes = ("inserted", "unchanged", "dead-lettered")
    before = [counted(outcome) for outcome in outcomes]
    await shop.import_export()
    await shop.import_export()
    assert [counted(each) - was for each, was in zip(outcomes, before, strict=True)] == [3, 3, 2]


async def test_a_subscription_in_another_currency_is_converted_at_the_stored_rate(shop: Shop) -> None:
    await shop.import_export()
    rate = DatedRate("EUR", date(2024, 1, 1), Decimal("1.25"))
    async with shop.database.workspace(shop.workspace.id) as connection:
        await set_rates(connection, [rate], workspace_id=shop.workspace.id, today=date(2024, 7, 1))
    before = Decimal((await shop.mrr(date(2024, 7, 1)))[0])
    shop.export.subscriptions.append("S-9,A-2,Pro,1,100,month,EUR,2024-06-01,,false")
    summary = await shop.import_export()
    assert summary.entities["subscriptions"].imported == 1
    assert Decimal((await shop.mrr(date(2024, 7, 1)))[0]) == before + 125


async def test_a_dead_letter_is_resolved_by_importing_its_corrected_file_and_back_when_it_recurs(
    shop: Shop,
) -> None:
    bad, good = (line("subscriptions", 5, *pair) for pair in ((",20,", ",-20,"), (",-20,", ",20,")))
    bad(shop.export)
    line("accounts", 3, "Beta", '"Beta')(shop.export)
    await shop.import_export()
    assert {letter[2] for letter in shop.dead_letters()} >= {"negative-amount", "broken-quote"}
    good(shop.export)
    await shop.import_export()
    assert "negative-amount" not in {letter[2] for letter in shop.dead_letters()}
    assert "broken-quote" in {letter[2] for letter in shop.dead_letters()}
    bad(shop.export)
    await shop.import_export()
    assert "negative-amount" in {letter[2] for letter in shop.dead_letters()}


@pytest.mark.parametrize("ends_on", ["2024-04-10", "2024-04-15"])
async def test_an_account_whose_trial_was_never_paid_is_a_prospect(shop: Shop, ends_on: str) -> None:
    header = shop.export.subscriptions[0]
    row = f"S-1,A-1,Pro,1,20,month,USD,2024-04-01,{ends_on},false,2024-04-15"
    shop.export.subscriptions = [f"{header},trial", row]
    shop.export.mapping = shop.export.mapping.replace(
        "ends_on: ends_on", "ends_on: ends_on\n      trial_ends_on: trial"
    )
    shop.export.events = shop.export.events[:1]
    await shop.import_export()
    assert {row["status"] for row in (await shop.state())["account_standings"]} == {"prospect"}
    assert await shop.movements() == []
