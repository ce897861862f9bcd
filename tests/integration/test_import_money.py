"""Payment methods, charges and refunds from files: what fits together is stored, what does not is a dead letter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from keepwell.identity.model import Workspace
from keepwell.importing.import_log.model import NotUndoable
from keepwell.importing.service import ImportSummary
from keepwell.intake.service import EventJournal
from keepwell.platform.clock import SystemClock
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio

MAPPING = """\
version: 1
workspace: {name: Shop, currency: USD}
entities:
  accounts: {file: accounts.csv, fields: {id: account_id}}
  payment_methods:
    file: payment_methods.csv
    fields:
      id: payment_method_id
      account: account_id
      brand: brand
      last4: last4
      exp_month: exp_month
      exp_year: exp_year
      gateway: {constant: stripe}
      gateway_reference: reference
      is_default: is_default
      created_at: created_at
  invoices:
    file: invoices.csv
    fields:
      {id: id, account: account_id, status: {constant: paid}, total: total, currency: currency, issued_on: day}
  charges:
    file: charges.csv
    fields:
      id: id
      account: account_id
      invoice: invoice
      status: status
      currency: currency
      amount: amount
      charged_at: at
      decline_code: decline
      advice_code: advice
      payment_method: method
  refunds:
    file: refunds.csv
    fields: {id: id, charge: charge, amount: amount, currency: currency, refunded_at: at, reason: reason}
"""
HEADERS = {
    "accounts": "account_id",
    "payment_methods": "payment_method_id,account_id,brand,last4,exp_month,exp_year,reference,is_default,created_at",
    "invoices": "id,account_id,total,currency,day",
    "charges": "id,account_id,invoice,status,currency,amount,at,decline,advice,method",
    "refunds": "id,charge,amount,currency,at,reason",
}
ROWS = {
    "accounts": ["A-1", "A-2"],
    "payment_methods": ["P-1,A-1,visa,0042,8,30,tok_1,true,2024-01-01", "P-2,A-1,amex,1881,,,,,"],
    "invoices": ["I-1,A-1,58.00,USD,2024-01-01", "I-2,A-2,5800,JPY,2024-01-01"],
    "charges": [
        "C-1,A-1,I-1,failed,USD,58.00,2024-01-01T08:00:00Z,insufficient_funds,try_again_later,P-1",
        "C-2,A-1,I-1,succeeded,,58.00,2024-01-03T08:00:00+02:00,,,P-1",
        "C-3,A-2,I-2,succeeded,JPY,5800,2024-01-01,,,",
    ],
    "refunds": ["R-1,C-2,20.00,,2024-01-05,duplicate", "R-2,C-3,5800,JPY,2024-01-05,"],
}
CARD = "4242 4242 4242 4242"


class Files:
    """The files of an import; change `rows` before `write`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = {name: list(rows) for name, rows in ROWS.items()}
        self.mapping_file = folder / "shop.yaml"

    def write(self) -> Path:
        self.folder.mkdir(exist_ok=True)
        self.mapping_file.write_text(MAPPING, encoding="utf-8")
        for name, rows in self.rows.items():
            text = "\n".join([HEADERS[name], *rows, ""]).encode("utf-8", "surrogatepass")
            (self.folder / f"{name}.csv").write_bytes(text)
        return self.folder


class MoneyShop(Shop):
    """A workspace with the files of its billing system."""

    export: Files  # type: ignore[assignment]  # the same calls

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        async with self.database.workspace(self.workspace.id) as connection:
            return await (await connection.execute(sql.SQL(statement))).fetchall()

    def letters(self) -> list[tuple[str, str, str]]:
        """The code, the field and the row of each dead letter."""
        with EventJournal.open(self.settings.intake(self.workspace.id), clock=SystemClock()) as journal:
            return [(each.code, each.field, each.row) for each in journal.dead_letters()]


@pytest.fixture
def shop(database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path) -> MoneyShop:
    made = MoneyShop(database, workspace, settings_of_test, folder=tmp_path / "export")
    made.export = Files(tmp_path / "export")
    return made


def counts(summary: ImportSummary) -> dict[str, tuple[int, int]]:
    """Imported and dead-lettered rows."""
    return {name: (each.imported, each.dead_lettered) for name, each in summary.entities.items()}


async def test_money_is_imported_once_and_undone(shop: MoneyShop) -> None:
    empty = await shop.state()
    summary = await shop.import_export()
    assert counts(summary) == {
        "accounts": (2, 0),
        "payment_methods": (2, 0),
        "invoices": (2, 0),
        "charges": (3, 0),
        "refunds": (2, 0),
    }
    assert await shop.rows(
        "select p.external_id, last4, exp_month, exp_year, gateway, gateway_reference, is_default, c.external_id"
        " from payment_methods p left join charges c on c.payment_method_id = p.id and c.status = 'failed'"
        " order by 1"
    ) == [
        ("P-1", "0042", 8, 2030, "stripe", "tok_1", True, "C-1"),
        ("P-2", "1881", None, None, "stripe", None, False, None),
    ]
    assert await shop.rows(
        "select decline_code, advice_code, currency, amount::text, charged_at::text from charges order by external_id"
    ) == [
        ("insufficient_funds", "try_again_later", "USD", "58.00", "2024-01-01 08:00:00+00"),
        (None, None, "USD", "58.00", "2024-01-03 06:00:00+00"),
        (None, None, "JPY", "5800", "2024-01-01 00:00:00+00"),
    ]
    assert not (await shop.import_export()).changed
    await shop.undo(summary.id)
    assert await shop.state() == empty


@pytest.mark.parametrize(
    ("entity", "row", "code", "field"),
    [
        ("payment_methods", f"X,A-1,visa,4242,8,2030,{CARD},,", "card-number", "gateway_reference"),
        ("payment_methods", "X,A-1,4242-4242-4242-4242,4242,8,2030,,,", "card-number", "brand"),
        ("payment_methods", "X,A-1,visa,4242424242424242,8,2030,,,", "card-number", "last4"),
        ("payment_methods", "378282246310005,A-1,visa,4242,8,2030,,,", "card-number", "id"),
        ("payment_methods", "X,A-1,visa,42424,8,2030,,,", "invalid-value", "last4"),
        ("payment_methods", "X,A-1,visa,4242,13,2030,,,", "invalid-number", "exp_month"),
        ("payment_methods", "X,A-1,visa,4242,8,1999,,,", "invalid-number", "exp_year"),
        ("payment_methods", "X,A-1,visa,4242,8,,,,", "missing-value", "exp_year"),
        ("payment_methods", "X,A-1,visa,4242,8,2030,,true,", "second-default", "is_default"),
        ("payment_methods", "X,A-9,visa,4242,8,2030,,,", "unknown-account", "account"),
        ("payment_methods", "P-1,A-1,visa,4243,8,2030,,,", "duplicate-id", "id"),
        ("charges", "X,A-1,,succeeded,USD,-1,2024-01-01,,,", "negative-amount", "amount"),
        ("charges", "X,A-1,,succeeded,JPY,1.5,2024-01-01,,,", "invalid-amount", "amount"),
        ("charges", "X,A-1,,succeeded,KWD,1.2345,2024-01-01,,,", "invalid-amount", "amount"),
        ("charges", "X,A-1,,paid,USD,1,2024-01-01,,,", "unknown-value", "status"),
        ("charges", "X,A-1,,succeeded,USD,1,2199-01-01,,,", "in-the-future", "charged_at"),
        ("charges", "X,A-1,I-1,succeeded,EUR,1,2024-01-01,,,", "other-currency", "currency"),
        ("charges", "X,A-2,I-1,succeeded,USD,1,2024-01-01,,,", "other-account", "invoice"),
        ("charges", "X,A-1,,failed,USD,1,2024-01-01,,,P-9", "unknown-payment-method", "payment_method"),
        ("charges", "X,A-1,,failed,USD,1,2024-01-01,a\x00b,,", "invalid-text", "decline_code"),
        ("charges", f"X,A-1,,failed,USD,1,2024-01-01,{CARD},,", "card-number", "decline_code"),
        ("refunds", "X,C-2,38.01,,2024-01-05,", "not-refundable", "amount"),
        ("refunds", "X,C-1,1,,2024-01-05,", "not-refundable", "amount"),
        ("refunds", "X,C-9,1,,2024-01-05,", "unknown-charge", "charge"),
        ("refunds", "X,C-2,1,EUR,2024-01-05,", "other-currency", "currency"),
        ("refunds", f"X,C-2,1,,2024-01-05,to {CARD}", "card-number", "reason"),
    ],
)
async def test_a_row_that_does_not_fit_is_a_dead_letter_by_name(
    shop: MoneyShop, entity: str, row: str, code: str, field: str
) -> None:
    shop.export.rows[entity].append(row)
    summary = await shop.import_export()
    ((found, place, kept),) = shop.letters()
    assert (found, place) == (code, field)
    expected = len(ROWS[entity])
    assert counts(summary)[entity] == (expected, 1)
    if code == "card-number":
        assert "[card number]" in kept
    for table in ("payment_methods", "charges", "refunds", "imports", "import_changes"):
        texts = " ".join(text for (text,) in await shop.rows(f"select to_jsonb(t)::text from {table} t"))  # noqa: S608  a table
        for digits in (CARD, "4242424242424242", "4242-4242-4242-4242", "378282246310005"):
            assert digits not in texts + kept


async def test_a_card_number_is_masked_whatever_else_is_wrong_with_the_row(shop: MoneyShop) -> None:
    """In a column that no field uses too, and in a line that is not valid CSV."""
    shop.export.rows["payment_methods"] += [f"X,A-9,visa,4242,8,2030,{CARD},,", f'Y,A-1,"visa {CARD},,,']
    await shop.import_export()
    kept = "".join(path.read_text() for path in shop.settings.home.rglob("dlq-*"))
    assert kept.count("[card number]") == 2
    assert CARD not in kept


async def test_half_an_emoji_in_a_code_is_a_dead_letter(shop: MoneyShop) -> None:
    shop.export.rows["charges"].append("X,A-1,,failed,USD,1,2024-01-01,\ud83d,,")
    summary = await shop.import_export()
    assert counts(summary)["charges"] == (3, 1)


async def test_a_new_default_of_a_file_replaces_the_stored_one(shop: MoneyShop) -> None:
    await shop.import_export()
    shop.export.rows["payment_methods"] = ["P-3,A-1,visa,1234,1,2031,,true,"]
    summary = await shop.import_export()
    assert await shop.rows("select external_id from payment_methods where is_default") == [("P-3",)]
    counted = summary.entities["payment_methods"]
    assert (counted.read, counted.derived, counted.imported, counted.updated) == (1, 1, 2, 1)


async def test_refunds_of_earlier_imports_count_against_the_charge(shop: MoneyShop) -> None:
    await shop.import_export()
    shop.export.rows["refunds"] = ["R-9,C-2,38.01,,2024-01-06,"]
    assert counts(await shop.import_export())["refunds"] == (0, 1)
    # A row that replaces a stored one makes room, wherever it is in the file.
    shop.export.rows["refunds"].append("R-1,C-2,19.99,,2024-01-05,duplicate")
    assert counts(await shop.import_export())["refunds"] == (2, 0)
    shop.export.rows["refunds"] = ["R-1,C-2,20.00,,2024-01-05,duplicate"]
    assert counts(await shop.import_export())["refunds"] == (0, 1)
    assert await shop.rows(
        "select sum(r.amount)::text from refunds r join charges c on c.id = r.charge_id where c.external_id = 'C-2'"
    ) == [("58.00",)]


async def test_an_imported_refund_changes_its_charge_and_account_for_those_who_follow(
    shop: MoneyShop,
) -> None:
    await shop.import_export()
    feed = sql.SQL(
        "select kind from changes where version > (select max(version) - 4 from changes) order by 1"
    )
    shop.export.rows["refunds"].append("R-9,C-2,1.00,,2024-01-06,")
    await shop.import_export()
    async with shop.database.workspace(shop.workspace.id) as connection:
        kinds = await (await connection.execute(feed)).fetchall()
    assert kinds == [("accounts",), ("charges",), ("imports",), ("refunds",)]


async def test_an_invoice_that_keepwell_issued_is_changed_by_no_import(shop: MoneyShop) -> None:
    await shop.import_export()
    await shop.execute(
        sql.SQL("update invoices set source = 'keepwell', total = 60 where external_id = 'I-1'")
    )
    summary = await shop.import_export()
    assert counts(summary)["invoices"] == (0, 1)
    assert [(code, field) for code, field, _ in shop.letters()] == [("issued-by-keepwell", "id")]
    assert await shop.rows("select total::text from invoices where external_id = 'I-1'") == [("60",)]


async def test_an_import_is_not_undone_while_money_of_another_hangs_on_its_account(shop: MoneyShop) -> None:
    first = await shop.import_export()
    shop.export.rows["charges"].append("C-9,A-2,,succeeded,USD,1.00,2024-02-01,,,")
    later = await shop.import_export()
    with pytest.raises(NotUndoable, match="charges 'C-9' depends on accounts 'A-2'"):
        await shop.undo(first.id)
    await shop.undo(later.id)
    assert (await shop.undo(first.id)).deleted["accounts"] == 2
