"""The CSV files that the API exports, imported again: every text and number is what it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.importing.mapping.mapping_file import read_mapping
from keepwell.importing.service import import_export
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.integration.records import Client, account, client_of, made
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio

MAPPING = """\
version: 1
workspace: {name: Copy, currency: USD}
entities:
  accounts:
    file: accounts.csv
    fields: {id: external_id, name: name, industry: industry, country: country, signed_up_on: signed_up_on}
  contacts:
    file: contacts.csv
    fields:
      {id: external_id, account: account_external_id, name: name, email: email, phone: phone, locale: locale,
       time_zone: time_zone, website: website, is_billing: is_billing, unsubscribed_at: unsubscribed_at}
  subscriptions:
    file: subscriptions.csv
    fields:
      {id: external_id, account: account_external_id, plan: plan, seats: seats, amount: amount, amount_per: amount_per,
       interval: interval, currency: currency, starts_on: starts_on, ends_on: ends_on, is_trial: is_trial}
  invoices:
    file: invoices.csv
    fields:
      {id: external_id, account: account_external_id, number: number, status: status, currency: currency, total: total,
       tax: tax, issued_on: issued_on}
"""
NAMES = [
    "=1+1",
    "'=1+1",
    "@SUM(A1)",
    "+cmd|' /C calc'!A0",
    "-2+3;=1",
    "Acme \x1b[31m\x07",
    'a,"b"\r\nc',
    "\uff1d1",
    "-5",
    "é",
]
LISTS = ("accounts", "contacts", "subscriptions", "invoices")


async def exported(client: Client) -> dict[str, list[dict[str, str]]]:
    """The rows of each export by the ids of the source, without ids and versions of ours."""
    texts = {name: (await client.get(f"/v1/{name}.csv")).text for name in LISTS}
    rows = {name: list(csv.DictReader(io.StringIO(text, newline=""))) for name, text in texts.items()}
    names = {row["id"]: row["external_id"] for row in rows["accounts"]}
    for row in (row for listed in rows.values() for row in listed):
        if "account_id" in row:
            row["account_external_id"] = names[row.pop("account_id")]
        del row["id"], row["version"]
    return {name: sorted(listed, key=lambda row: row["external_id"]) for name, listed in rows.items()}


def written(rows: dict[str, list[dict[str, str]]], folder: Path) -> Path:
    folder.mkdir()
    for name, listed in rows.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(listed[0]))
            writer.writeheader()
            writer.writerows(listed)
    (folder / "copy.yaml").write_text(MAPPING, encoding="utf-8")
    return folder


async def fill(client: Client) -> None:
    accounts = [await account(client, number, name=name) for number, name in enumerate(NAMES)]
    price: dict[str, Any] = {
        "plan": "=Team",
        "amount_per": "month",
        "interval": "month",
        "starts_on": "2026-01-01",
    }
    for number, amount in enumerate(("123456789012.123456", "0.1", "7")):
        own = {"external_id": f"-S{number}", "account_id": accounts[number]["id"], "amount": amount}
        await made(client, "/v1/subscriptions", {**price, **own})
    person = {
        "name": "=Desk",
        "email": "a@x.example",
        "phone": "+49 30 5550123",
        "locale": "de",
        "is_billing": True,
    }
    more: dict[str, Any] = {
        "time_zone": "Asia/Tokyo",
        "website": "https://x.example/?q=1",
        "unsubscribed_at": "2026-03-01T08:00:00Z",
    }
    for number, details in enumerate((person, {"name": "'Ä", **more})):
        at = {"external_id": f"@C{number}", "account_id": accounts[0]["id"]}
        await made(client, "/v1/contacts", {**at, **details})
    bill = {"external_id": "=in_1", "account_id": accounts[0]["id"], "number": "-1-", "total": "-5.10"}
    await made(client, "/v1/invoices", {**bill, "status": "open", "issued_on": "2026-02-01"})


async def test_an_export_that_is_imported_again_is_the_same(
    database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path
) -> None:
    runtime = system_runtime()
    async with client_of(database, workspace, settings=settings_of_test, runtime=runtime) as client:
        await fill(client)
        before = await exported(client)
    folder = written(before, tmp_path / "export")
    work = Shop(database, workspace, settings_of_test, folder=tmp_path / "unused").work
    work = msgspec.structs.replace(work, slug=f"{workspace.slug}-copy")
    summary = await import_export(
        work, read_mapping(folder / "copy.yaml", IMPORT_ENTITIES.fields), folder=folder
    )
    assert [each.dead_lettered for each in summary.entities.values()] == [0, 0, 0, 0]
    async with database.transaction() as connection:
        copy = await identity.get_workspace(connection, work.slug)
    async with client_of(database, copy, settings=settings_of_test, runtime=runtime) as client:
        assert await exported(client) == before
