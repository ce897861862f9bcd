"""Unreadable subscription rows in files never count as churn."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.revenue.rates.model import DatedRate
from keepwell.revenue.rates.service import set_rates
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


async def stored_periods(shop: Shop) -> list[tuple[str, str, str | None]]:
    found = (await shop.state())["subscriptions"]
    return sorted((row["external_id"], row["starts_on"], row["ends_on"]) for row in found)


async def test_a_stored_subscription_with_an_unreadable_row_continues_and_its_account_is_marked(
    shop: Shop,
) -> None:
    await import_rows(shop, OPEN)
    await import_rows(shop, OPEN.replace("100", "on request"))
    assert await stored_periods(shop) == [("S-1", "2024-01-01", None)]
    ((since, why),) = (await shop.uncertain()).values()
    assert since == datetime.now(UTC).date().isoformat()
    assert why.startswith("S-1: amount: ")


@pytest.mark.parametrize("case", UNREADABLE)
async def test_an_end_followed_by_an_unreadable_row_is_not_churn(shop: Shop, case: str) -> None:
    await import_rows(shop, ENDED, UNREADABLE[case])
    assert await stored_periods(shop) == [("S-1", "2024-01-01", None)]
    assert [kind for _, kind in await shop.movements()] == ["new"]
    assert list(await shop.uncertain()) == ["A-1"]


async def test_an_end_followed_by_a_second_row_with_the_same_id_is_not_churn(shop: Shop) -> None:
    await import_rows(shop, ENDED, next_row().replace("S-9", "S-1"))
    assert [kind for _, kind in await shop.movements()] == ["new"]
    assert (await shop.uncertain())["A-1"][0] == "2024-06-01"


async def test_a_second_row_with_the_same_id_and_start_and_an_earlier_end_changes_nothing(shop: Shop) -> None:
    await import_rows(shop, ENDED, ENDED.replace("2024-06-01", "2024-05-01"))
    assert await stored_periods(shop) == [("S-1", "2024-01-01", "2024-06-01")]
    assert await shop.uncertain() == {}


async def test_the_last_price_continues_until_the_end_of_the_unreadable_row(shop: Shop) -> None:
    await import_rows(shop, ENDED, next_row(amount="on request", end="2024-09-01"))
    assert await stored_periods(shop) == [("S-1", "2024-01-01", "2024-09-01")]


async def test_the_last_price_continues_until_the_next_readable_row(shop: Shop) -> None:
    later = OPEN.replace("S-1", "S-2").replace("2024-01-01", "2024-10-01")
    await import_rows(shop, ENDED, next_row(amount="on request"), later)
    assert await stored_periods(shop) == [("S-1", "2024-01-01", "2024-10-01"), ("S-2", "2024-10-01", None)]


async def test_consecutive_rows_keep_their_ends_beside_an_unreadable_one(shop: Shop) -> None:
    second = OPEN.replace("S-1", "S-2").replace("2024-01-01", "2024-06-01")
    await import_rows(shop, ENDED, second, next_row(amount="on request", start="2024-01-01"))
    assert await stored_periods(shop) == [("S-1", "2024-01-01", "2024-06-01"), ("S-2", "2024-06-01", None)]


async def test_an_end_before_the_unreadable_row_starts_is_churn(shop: Shop) -> None:
    await import_rows(shop, ENDED, next_row(amount="on request", start="2024-08-01"))
    assert await shop.movements() == [("2024-01-01", "new"), ("2024-06-01", "churn")]


async def test_an_unreadable_row_does_not_hide_the_churn_of_another_account(shop: Shop) -> None:
    await import_rows(shop, ENDED, UNREADABLE["amount"].replace("A-1", "A-2"))
    assert [kind for _, kind in await shop.movements()] == ["new", "churn"]


async def test_a_new_unreadable_subscription_adds_no_revenue(shop: Shop) -> None:
    await import_rows(shop, UNREADABLE["amount"])
    assert (await stored_periods(shop), await shop.movements()) == ([], [])
    assert (await shop.uncertain())["A-1"][0] == "2024-06-01"


@pytest.mark.parametrize("broken", [UNREADABLE["amount"], UNREADABLE["amount"].replace("S-9", "")])
async def test_a_readable_row_clears_the_mark(shop: Shop, broken: str) -> None:
    await import_rows(shop, ENDED, broken)
    assert await shop.uncertain() != {}
    await import_rows(shop, ENDED, next_row())
    assert await stored_periods(shop) == [("S-1", "2024-01-01", "2024-06-01"), ("S-9", "2024-06-01", None)]
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


DAY = "2026-06-01"
S = "S-1,A-1,Pro,3,100,month,USD,2026-01-01,{end},false"
S_ENDED = S.format(end="2026-05-31")
S2 = next_row(amount="abc", start=DAY)
CARRIED = [("S-1", "2026-01-01", None)]


async def kinds(shop: Shop) -> list[str]:
    return [kind for _, kind in await shop.movements()]


@pytest.mark.parametrize("start", ["2026-05-20", "2026-05-31", DAY, "2026-07-01", "in June"])
async def test_a_gap_of_up_to_a_month_before_an_unreadable_row_is_not_churn(shop: Shop, start: str) -> None:
    await import_rows(shop, S.format(end=""))
    await import_rows(shop, S_ENDED, next_row(amount="abc", start=start))
    assert (await stored_periods(shop), await kinds(shop)) == (CARRIED, ["new"])


async def test_a_gap_of_more_than_a_month_before_an_unreadable_row_is_churn(shop: Shop) -> None:
    await import_rows(shop, S_ENDED, next_row(amount="abc", start="2026-07-02"))
    assert await kinds(shop) == ["new", "churn"]


async def test_a_readable_row_before_the_unreadable_one_follows_instead(shop: Shop) -> None:
    follows = S.format(end="").replace("S-1", "S-2").replace("2026-01-01", DAY)
    await import_rows(shop, S_ENDED, follows, next_row(amount="abc", start="2026-06-10"))
    assert await stored_periods(shop) == [("S-1", "2026-01-01", "2026-05-31"), ("S-2", DAY, None)]


async def test_an_end_while_the_mark_of_an_earlier_import_stands_is_not_churn(shop: Shop) -> None:
    await import_rows(shop, S.format(end=""))
    await import_rows(shop, S_ENDED, S2)
    marked = await shop.state()
    await import_rows(shop, S_ENDED)
    assert (await stored_periods(shop), await kinds(shop)) == (CARRIED, ["new"])
    assert await shop.state() == marked


async def test_an_end_after_an_import_with_only_the_unreadable_row_is_not_churn(shop: Shop) -> None:
    await import_rows(shop, S.format(end=""), S2)
    before = await shop.state()
    await import_rows(shop, S_ENDED)
    assert (await stored_periods(shop), await kinds(shop)) == (CARRIED, ["new"])
    assert await shop.state() == before


async def test_an_end_does_not_clear_the_mark_of_a_row_without_an_id(shop: Shop) -> None:
    await import_rows(shop, S.format(end=""), S2.replace("S-9", ""))
    await import_rows(shop, S_ENDED)
    assert (await stored_periods(shop), await kinds(shop)) == (CARRIED, ["new"])
    assert list(await shop.uncertain()) == ["A-1"]


async def test_an_end_that_was_known_before_the_mark_stays_churn(shop: Shop) -> None:
    late = next_row(amount="abc", start="2026-09-01")
    await import_rows(shop, S_ENDED, late)
    await import_rows(shop, S_ENDED)
    assert await kinds(shop) == ["new", "churn"]


@pytest.mark.parametrize("start", [DAY, "in June"])
async def test_a_later_import_with_only_the_unreadable_row_continues_the_stored_one(
    shop: Shop, start: str
) -> None:
    await import_rows(shop, S_ENDED)
    ended = await shop.state()
    await import_rows(shop, next_row(amount="abc", start=start))
    assert (await stored_periods(shop), await kinds(shop)) == (CARRIED, ["new"])
    assert list(await shop.uncertain()) == ["A-1"]
    newest, _ = await shop.imports()
    await shop.undo(newest.id)
    assert await shop.state() == ended


async def test_a_broken_line_of_an_ended_subscription_does_not_continue_it(shop: Shop) -> None:
    await import_rows(shop, S_ENDED)
    await import_rows(shop, S_ENDED + ",extra")
    assert await kinds(shop) == ["new", "churn"]
    assert list(await shop.uncertain()) == ["A-1"]


BROKEN = {
    "a byte that is not UTF-8": S2.replace("Max", "M\udcff").replace("abc", "100"),
    "an extra cell": S2.replace("abc", "100") + ",",
    "an extra comma in the plan": S2.replace("Max", "Max, yearly").replace("abc", "100"),
    "a missing cell": "S-9,A-1,Max",
    "an open quote": S2.replace("Max", '"Max'),
    "a second row of the id": S.format(end=""),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_an_end_followed_by_a_broken_line_is_not_churn(shop: Shop, case: str) -> None:
    await import_rows(shop, S.format(end=""))
    unmarked = await shop.state()
    await import_rows(shop, S_ENDED, BROKEN[case])
    assert (await stored_periods(shop), await kinds(shop)) == (CARRIED, ["new"])
    assert list(await shop.uncertain()) == ["A-1"]
    newest, _ = await shop.imports()
    await shop.undo(newest.id)
    assert await shop.state() == unmarked


async def test_a_readable_row_clears_the_mark_of_an_id_that_was_not_utf8(shop: Shop) -> None:
    await import_rows(shop, S_ENDED, S2.replace("S-9", "S-\udcff9"))
    assert (await stored_periods(shop), list(await shop.uncertain())) == (CARRIED, ["A-1"])
    await import_rows(shop, S_ENDED, S2.replace("abc", "100"))
    assert await stored_periods(shop) == [("S-1", "2026-01-01", "2026-05-31"), ("S-9", DAY, None)]
    assert await shop.uncertain() == {}


@pytest.mark.parametrize("account", ["", "A-99"])
async def test_a_row_of_a_known_subscription_without_its_account_marks_it(shop: Shop, account: str) -> None:
    await import_rows(shop, S.format(end=""))
    second = S.format(end="").replace("A-1", account).replace("2026-01-01", DAY)
    await import_rows(shop, S_ENDED, second)
    assert (await stored_periods(shop), await kinds(shop)) == (CARRIED, ["new"])
    assert list(await shop.uncertain()) == ["A-1"]


async def test_lines_without_a_known_account_are_reported_with_the_import(shop: Shop) -> None:
    await import_rows(shop, S_ENDED, S2.replace("A-1", ""), "???")
    newest, *_ = await shop.imports()
    assert (
        "subscriptions: lines without a known account: 2; a churn of this import may be a change of plan"
        in newest.assumptions
    )


async def test_an_end_beside_another_paid_row_is_continued_by_an_unreadable_row(shop: Shop) -> None:
    other = S.format(end="").replace("S-1", "S-2").replace(",100,", ",50,")
    await import_rows(shop, S.format(end=""), other)
    await import_rows(shop, S_ENDED, other, S2)
    assert await stored_periods(shop) == [*CARRIED, ("S-2", "2026-01-01", None)]
    assert "contraction" not in await kinds(shop)


async def test_a_readable_row_at_the_end_follows_although_another_is_unreadable(shop: Shop) -> None:
    follows = S.format(end="").replace("S-1", "S-2").replace("2026-01-01", "2026-05-31")
    await import_rows(shop, S_ENDED, follows, S2)
    assert await stored_periods(shop) == [("S-1", "2026-01-01", "2026-05-31"), ("S-2", "2026-05-31", None)]


async def test_the_mrr_names_the_subscriptions_that_wait_for_an_exchange_rate(shop: Shop) -> None:
    await import_rows(shop, ENDED, next_row(currency="EUR"))
    assert await shop.unrated(date(2024, 7, 1)) == {"EUR": 1}
    assert await shop.unrated(date(2024, 5, 31)) == {}
    rates = [DatedRate("EUR", date(2024, 1, 1), Decimal(2))]
    async with shop.database.workspace(shop.workspace.id) as connection:
        await set_rates(connection, rates, workspace_id=shop.workspace.id, today=date(2024, 7, 1))
    assert await shop.unrated(date(2024, 7, 1)) == {"EUR": 1}
    await shop.import_export()
    assert await shop.unrated(date(2024, 7, 1)) == {}
    assert await shop.mrr(date(2024, 7, 1)) == ("600.00", 1)
