"""Exports with renamed, new or missing columns: what is imported, rejected and reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keepwell.identity.model import Workspace
from keepwell.importing.service import ImportSummary
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import DataValidationError
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio


@pytest.fixture
def shop(database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path) -> Shop:
    return Shop(database, workspace, settings_of_test, folder=tmp_path / "export")


def kinds(summary: ImportSummary) -> list[tuple[str, str, str, str, int]]:
    return [(each.entity, each.kind, each.column, each.found, each.rows) for each in summary.drift]


async def subscription(shop: Shop, external_id: str) -> dict[str, Any]:
    rows = (await shop.state())["subscriptions"]
    return next(row for row in rows if row["external_id"] == external_id)


def rename(shop: Shop, old: str, new: str) -> None:
    shop.export.subscriptions[0] = shop.export.subscriptions[0].replace(old, new)


def remap(shop: Shop, old: str, new: str) -> None:
    assert old in shop.export.mapping
    shop.export.mapping = shop.export.mapping.replace(old, new)


@pytest.mark.parametrize("came", ["Amount", " amount ", "AMOUNT", "a.mount"])
async def test_a_column_that_differs_in_case_or_spacing_is_used_and_reported(shop: Shop, came: str) -> None:
    rename(shop, "amount", came)
    summary = await shop.import_export()
    assert summary.entities["subscriptions"].imported == 4
    assert kinds(summary) == [("subscriptions", "renamed", "amount", came, 4)]
    assert summary.assumptions == [f"subscriptions: the column {came!r} was used as 'amount'"]


async def test_a_column_with_an_alias_of_the_mapping_is_used_and_reported(shop: Shop) -> None:
    remap(shop, "amount: amount", "amount: {column: amount, aliases: [price, mrr]}")
    rename(shop, "amount", "mrr")
    summary = await shop.import_export()
    assert summary.entities["subscriptions"].imported == 4
    assert summary.assumptions == ["subscriptions: the column 'mrr' was used as 'amount'"]


async def test_ambiguous_columns_are_refused_by_name(shop: Shop) -> None:
    rename(shop, "amount", "Amount,AMOUNT")
    with pytest.raises(DataValidationError, match=r"subscriptions\.csv has 'Amount' and 'AMOUNT'"):
        await shop.import_export()
    assert await shop.imports() == []


async def test_a_column_added_since_the_previous_import_is_reported_as_new_once(shop: Shop) -> None:
    first = await shop.import_export()
    assert first.drift == []
    shop.export.accounts = [
        f"{line},{extra}"
        for line, extra in zip(shop.export.accounts, ["segment", "x", "y", "z"], strict=True)
    ]
    assert kinds(await shop.import_export()) == [("accounts", "new", "segment", "", 3)]
    assert kinds(await shop.import_export()) == []


async def test_a_missing_column_gets_its_default_and_is_reported(shop: Shop) -> None:
    remap(shop, "seats: seats", "seats: {column: seats, default: 5}")
    rename(shop, "seats", "people")
    summary = await shop.import_export()
    assert summary.assumptions == ["subscriptions: the column 'seats' is missing; seats is 5 by default"]
    assert {row["seats"] for row in (await shop.state())["subscriptions"]} == {5}


async def test_a_json_row_without_a_column_is_dead_lettered_with_the_field(shop: Shop) -> None:
    remap(shop, "accounts.csv", "accounts.jsonl")
    shop.export.write()
    rows = [{"account_id": "A-1", "name": "Acme", "country": "US"}, {"account_id": "A-2", "name": "Beta"}]
    (shop.export.folder / "accounts.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    summary = await shop.import_export()
    assert (summary.entities["accounts"].imported, summary.entities["accounts"].dead_lettered) == (1, 1)
    assert ("accounts.jsonl", 2, "missing-column", "country") in shop.dead_letters()


async def test_the_columns_of_a_rejected_row_are_reported_too(shop: Shop) -> None:
    rename(shop, "amount", "Amount")
    shop.export.subscriptions[1] = shop.export.subscriptions[1].replace(",100,", ",much,")
    summary = await shop.import_export()
    assert summary.entities["subscriptions"].dead_lettered == 1
    assert ("subscriptions", "renamed", "amount", "Amount", 4) in kinds(summary)


@pytest.mark.parametrize("suffix", ["json", "jsonl", "yaml"])
async def test_the_same_rows_in_another_file_format_change_nothing(shop: Shop, suffix: str) -> None:
    await shop.import_export()
    header, *lines = [line.split(",") for line in shop.export.subscriptions]
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    typed = [row | {"seats": int(row["seats"]), "amount": float(row["amount"])} for row in rows]
    remap(shop, "subscriptions.csv", f"subscriptions.{suffix}")
    text = "\n".join(map(json.dumps, typed)) if suffix == "jsonl" else json.dumps(typed)
    (shop.export.folder / f"subscriptions.{suffix}").write_text(text, encoding="utf-8")
    counts = (await shop.import_export()).entities["subscriptions"]
    assert (counts.imported, counts.unchanged) == (0, 4)


async def test_amounts_with_a_decimal_comma_are_read_if_the_mapping_says_so(shop: Shop) -> None:
    remap(shop, "amount: amount", "amount: {column: amount, decimal: comma}")
    shop.export.subscriptions[1] = shop.export.subscriptions[1].replace(",100,", ',"1.234,56",')
    await shop.import_export()
    assert (await subscription(shop, "S-1"))["amount"] == 1234.56


async def test_an_amount_with_a_currency_sign_is_read_and_reported(shop: Shop) -> None:
    shop.export.subscriptions[1] = shop.export.subscriptions[1].replace(",100,", ",$100,")
    shop.export.subscriptions[2] = shop.export.subscriptions[2].replace(",120,", ",120 USD,")
    summary = await shop.import_export()
    assert summary.entities["subscriptions"].imported == 4
    assert summary.assumptions == [
        "subscriptions: the column 'amount' has amounts with '$', which were read in the row's currency",
        "subscriptions: the column 'amount' has amounts with 'USD', which were read in the row's currency",
    ]


async def test_an_ambiguous_amount_is_dead_lettered(shop: Shop) -> None:
    shop.export.subscriptions[1] = shop.export.subscriptions[1].replace(",100,", ',"1,234",')
    await shop.import_export()
    assert ("subscriptions.csv", 2, "invalid-amount", "amount") in shop.dead_letters()


async def test_day_first_dates_are_read_if_the_mapping_says_so(shop: Shop) -> None:
    remap(shop, "starts_on: starts_on", "starts_on: {column: starts_on, day_first: true}")
    shop.export.subscriptions[1] = shop.export.subscriptions[1].replace("2024-01-01", "02/01/2024")
    await shop.import_export()
    assert (await subscription(shop, "S-1"))["starts_on"] == "2024-01-02"


async def test_day_first_dates_are_dead_lettered_if_the_mapping_does_not_allow_them(shop: Shop) -> None:
    shop.export.subscriptions[1] = shop.export.subscriptions[1].replace("2024-01-01", "02/01/2024")
    await shop.import_export()
    assert ("subscriptions.csv", 2, "invalid-date", "starts_on") in shop.dead_letters()


async def test_drift_and_assumptions_are_stored_with_the_import(shop: Shop) -> None:
    rename(shop, "amount", "Amount")
    summary = await shop.import_export()
    kept = (await shop.imports())[0]
    assert kept.assumptions == summary.assumptions
    assert [(each["kind"], each["found"]) for each in kept.drift] == [("renamed", "Amount")]
