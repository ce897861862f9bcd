"""Unreadable subscription rows in files never count as churn."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.exports import SUBSCRIPTIONS
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio

HEADER = SUBSCRIPTIONS[0]
OPEN = "S-1,A-1,Pro,3,100,month,USD,2024-01-01,,false"
ENDED = "S-1,A-1,Pro,3,100,month,USD,2024-01-01,2024-06-01,false"
NEXT = "S-9,A-1,Max,3,{amount},{per},{currency},{start},{end},false"


def next_row(
    *,
    amount: str = "300",
    per: str = "month",
    currency: str = "USD",
    start: str = "2024-06-01",
    end: str = "",
) -> str:
    return NEXT.format(amount=amount, per=per, currency=currency, start=start, end=end)


UNREADABLE = {
    "amount": next_row(amount="on request"),
    "interval": next_row(per="biennial"),
    "currency without a rate": next_row(currency="EUR"),
    "start": next_row(start="in June"),
    "end": next_row(end="open"),
}


@pytest.fixture
def shop(database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path) -> Shop:
    found = Shop(database, workspace, settings_of_test, folder=tmp_path / "export")
    found.export.events = found.export.events[:1]
    return found


async def import_rows(shop: Shop, *rows: str) -> None:
    shop.export.subscriptions = [HEADER, *rows]
    await shop.import_export()


async def spans(shop: Shop) -> list[tuple[str, str, str | None]]:
    found = (await shop.state())["subscriptions"]
    return sorted((row["external_id"], row["starts_on"], row["ends_on"]) for row in found)


async def test_a_stored_subscription_with_an_unreadable_row_continues_and_its_account_is_marked(
    shop: Shop,
) -> None:
    await import_rows(shop, OPEN)
    await import_rows(shop, OPEN.replace("100", "on request"))
    assert await spans(shop) == [("S-1", "2024-01-01", None)]
    ((since, why),) = (await shop.uncertain()).values()
    assert since == datetime.now(UTC).date().isoformat()
    assert why.startswith("S-1: amount: ")


@pytest.mark.parametrize("case", UNREADABLE)
async def test_an_end_followed_by_an_unreadable_row_is_not_churn(shop: Shop, case: str) -> None:
    await import_rows(shop, ENDED, UNREADABLE[case])
    assert await spans(shop) == [("S-1", "2024-01-01", None)]
    assert [kind for _, kind in await shop.movements()] == ["new"]
    assert list(await shop.uncertain()) == ["A-1"]


async def test_an_end_followed_by_a_second_row_with_the_same_id_is_not_churn(shop: Shop) -> None:
    await import_rows(shop, ENDED, next_row().replace("S-9", "S-1"))
    assert [kind for _, kind in await shop.movements()] == ["new"]
    assert (await shop.uncertain())["A-1"][0] == "2024-06-01"


async def test_a_second_row_with_the_same_id_and_start_changes_nothing(shop: Shop) -> None:
    await import_rows(shop, ENDED, OPEN)
    assert await spans(shop) == [("S-1", "2024-01-01", "2024-06-01")]
    assert await shop.uncertain() == {}


async def test_the_last_price_continues_until_the_end_of_the_unreadable_row(shop: Shop) -> None:
    await import_rows(shop, ENDED, next_row(amount="on request", end="2024-09-01"))
    assert await spans(shop) == [("S-1", "2024-01-01", "2024-09-01")]


async def test_the_last_price_continues_until_the_next_readable_row(shop: Shop) -> None:
    later = OPEN.replace("S-1", "S-2").replace("2024-01-01", "2024-10-01")
    await import_rows(shop, ENDED, next_row(amount="on request"), later)
    assert await spans(shop) == [("S-1", "2024-01-01", "2024-10-01"), ("S-2", "2024-10-01", None)]


async def test_consecutive_rows_keep_their_ends_beside_an_unreadable_one(shop: Shop) -> None:
    second = OPEN.replace("S-1", "S-2").replace("2024-01-01", "2024-06-01")
    await import_rows(shop, ENDED, second, next_row(amount="on request", start="2024-01-01"))
    assert await spans(shop) == [("S-1", "2024-01-01", "2024-06-01"), ("S-2", "2024-06-01", None)]


async def test_an_end_before_the_unreadable_row_starts_is_churn(shop: Shop) -> None:
    await import_rows(shop, ENDED, next_row(amount="on request", start="2024-08-01"))
    assert await shop.movements() == [("2024-01-01", "new"), ("2024-06-01", "churn")]


async def test_an_unreadable_row_does_not_hide_the_churn_of_another_account(shop: Shop) -> None:
    await import_rows(shop, ENDED, UNREADABLE["amount"].replace("A-1", "A-2"))
    assert [kind for _, kind in await shop.movements()] == ["new", "churn"]


async def test_a_new_unreadable_subscription_adds_no_revenue(shop: Shop) -> None:
    await import_rows(shop, UNREADABLE["amount"])
    assert (await spans(shop), await shop.movements()) == ([], [])
    assert (await shop.uncertain())["A-1"][0] == "2024-06-01"


@pytest.mark.parametrize("broken", [UNREADABLE["amount"], UNREADABLE["amount"].replace("S-9", "")])
async def test_a_readable_row_clears_the_mark(shop: Shop, broken: str) -> None:
    await import_rows(shop, ENDED, broken)
    assert await shop.uncertain() != {}
    await import_rows(shop, ENDED, next_row())
    assert await spans(shop) == [("S-1", "2024-01-01", "2024-06-01"), ("S-9", "2024-06-01", None)]
    assert await shop.uncertain() == {}


async def test_undo_removes_the_mark_and_restores_the_previous_one(shop: Shop) -> None:
    await import_rows(shop, OPEN)
    unmarked = await shop.state()
    await import_rows(shop, OPEN, UNREADABLE["amount"])
    marked = await shop.state()
    await import_rows(shop, OPEN, next_row())
    newest, second, _ = await shop.imports()
    await shop.undo(newest.id)
    assert await shop.state() == marked
    await shop.undo(second.id)
    assert await shop.state() == unmarked
