"""For any rows: imports are idempotent, independent of order and batches, and undo restores the previous state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepwell.app.listeners import event_bus
from keepwell.identity import service as identity
from keepwell.importing.import_log import service as import_log
from keepwell.importing.import_log.model import ImportReport
from keepwell.importing.upserts import service as upserts
from keepwell.importing.upserts.entities import ACCOUNTS, CHARGES, CONTACTS, INVOICES, REFUNDS, SUBSCRIPTIONS
from keepwell.importing.upserts.rows import (
    AccountRow,
    ChargeRow,
    ChargeStatus,
    ContactRow,
    InvoiceRow,
    InvoiceStatus,
    RefundRow,
    SubscriptionRow,
)
from keepwell.importing.upserts.service import Batch, WriteResult
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from keepwell.records.model import Interval
from tests import thorough
from tests.integration.shops import Shop, State

RUNTIME = system_runtime()
START = date(2024, 1, 1)

numbers = st.integers(0, 4)
days = st.integers(0, 400).map(lambda number: START + timedelta(days=number))
money = st.decimals(min_value=0, max_value=1000, places=2)
words = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), min_size=1, max_size=8)


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    """Rows of every entity that refer to each other."""
    accounts = [
        AccountRow(f"A-{number}", draw(words), draw(st.none() | words), None, draw(st.none() | days))
        for number in range(5)
    ]
    return {
        ACCOUNTS: accounts,
        CONTACTS: [draw(contacts(number)) for number in draw(st.sets(numbers))],
        SUBSCRIPTIONS: [draw(subscriptions(number)) for number in draw(st.sets(st.integers(0, 9)))],
        INVOICES: [draw(invoices(number)) for number in draw(st.sets(numbers))],
        CHARGES: [charge(number, draw(money)) for number in range(2)],
        REFUNDS: [refund(number, draw(money)) for number in draw(st.sets(st.integers(0, 1)))],
    }


@st.composite
def contacts(draw: st.DrawFn, number: int) -> ContactRow:
    return ContactRow(f"P-{number}", account=f"A-{draw(numbers)}", name=draw(st.none() | words))


@st.composite
def subscriptions(draw: st.DrawFn, number: int) -> SubscriptionRow:
    starts_on = draw(days)
    return SubscriptionRow(
        external_id=f"S-{number}",
        account=f"A-{draw(numbers)}",
        plan=draw(st.sampled_from(["Pro", "Basic"])),
        seats=draw(numbers),
        amount=draw(money),
        amount_per=draw(st.sampled_from(Interval)),
        billing_interval=Interval.MONTH,
        currency="USD",
        starts_on=starts_on,
        ends_on=draw(st.none() | st.integers(0, 90).map(lambda length: starts_on + timedelta(days=length))),
        is_trial=draw(st.booleans()),
        cancelled_on=None,
        end_reason=None,
    )


@st.composite
def invoices(draw: st.DrawFn, number: int) -> InvoiceRow:
    return InvoiceRow(
        external_id=f"I-{number}",
        account=f"A-{draw(numbers)}",
        status=draw(st.sampled_from(InvoiceStatus)),
        currency="USD",
        total=draw(money),
        issued_on=draw(days),
    )


def charge(number: int, amount: Decimal) -> ChargeRow:
    return ChargeRow(
        external_id=f"C-{number}",
        account=f"A-{number}",
        invoice=f"I-{number}",
        status=ChargeStatus.SUCCEEDED,
        currency="USD",
        amount=amount,
        charged_at=datetime(2024, 1, 1, tzinfo=UTC),
    )


def refund(number: int, amount: Decimal) -> RefundRow:
    return RefundRow(
        external_id=f"R-{number}",
        charge=f"C-{number}",
        currency="USD",
        amount=amount,
        refunded_at=datetime(2024, 2, 1, tzinfo=UTC),
    )


class Books:
    """The workspace of one example."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    async def write(self, *parts: Batch) -> tuple[WriteResult, Any]:
        """Write `parts` as one import; the counts and the import's id."""
        written = WriteResult()
        async with self.shop.database.workspace(self.shop.workspace.id) as connection:
            scope = {"workspace_id": self.shop.workspace.id}
            import_id = await import_log.begin(
                connection, **scope, source="test", mapping="none", runtime=RUNTIME
            )
            for part in parts:
                written += await upserts.write(
                    connection, part, import_id=import_id, **scope, runtime=RUNTIME, bus=event_bus(RUNTIME)
                )
            report = ImportReport(summary={})
            await import_log.finish(connection, import_id, **scope, report=report, clock=RUNTIME.clock)
        return written, import_id

    async def state(self) -> State:
        """The contents of the tables, without the ids that differ between workspaces."""
        found = await self.shop.state()
        names = {
            row["id"]: row["external_id"] for rows in found.values() for row in rows if "external_id" in row
        }

        def named(value: Any) -> Any:
            if isinstance(value, list):
                return sorted(map(named, value))
            return names.get(value, value) if isinstance(value, str) else value

        return {
            table: sorted(
                (
                    {
                        name: named(value)
                        for name, value in row.items()
                        # A fact's id is derived from its account's.
                        if name != "workspace_id" and (name != "id" or table != "movement_facts")
                    }
                    for row in rows
                ),
                key=str,
            )
            for table, rows in found.items()
        }


Play = Callable[[Books], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def play(conninfo: str) -> Iterator[Callable[[Play], None]]:
    """Runs each example in its own workspace, with one event loop and one pool for all."""

    with asyncio.Runner() as runner:
        opening = Database.open(conninfo)
        database = runner.run(opening.__aenter__())

        async def one(example: Play) -> None:
            async with database.transaction() as connection:
                workspace = await identity.ensure_workspace(
                    connection, f"test-{uuid4().hex[:12]}", runtime=RUNTIME
                )
            home = Path("unused")
            await example(
                Books(Shop(database, workspace, Settings(home=home, database_url=conninfo), folder=home))
            )

        yield lambda example: runner.run(one(example))
        runner.run(opening.__aexit__(None, None, None))


Player = Callable[[Play], None]
few = settings(
    max_examples=thorough.repeats(12, thorough=250),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def parts_of(batch: Batch, *, size: int, random: Random) -> list[Batch]:
    """The rows of `batch` shuffled and split, each entity after those it refers to."""
    parts: list[Batch] = []
    for entity, written in batch.items():
        rows = list(written)
        random.shuffle(rows)
        parts += [{entity: rows[start : start + size]} for start in range(0, len(rows), size)]
    return parts


@few
@given(batch=batches())
def test_writing_the_same_rows_twice_changes_nothing(play: Player, batch: Batch) -> None:
    async def example(books: Books) -> None:
        await books.write(batch)
        before = await books.state()
        written, _ = await books.write(batch)
        assert all(counts.written == 0 for counts in written.entities.values())
        assert await books.state() == before

    play(example)


@few
@given(batch=batches(), size=st.integers(1, 4), random=st.randoms(use_true_random=False))
def test_writing_shuffled_subsets_gives_the_same_rows(
    play: Player, batch: Batch, size: int, random: Random
) -> None:
    states: list[State] = []

    async def whole(books: Books) -> None:
        await books.write(batch)
        states.append(await books.state())

    async def parts(books: Books) -> None:
        await books.write(*parts_of(batch, size=size, random=random))
        states.append(await books.state())

    play(whole)
    play(parts)
    assert states[0] == states[1]


@few
@given(first=batches(), second=batches(), third=batches())
def test_undoing_an_import_restores_the_previous_state_exactly(
    play: Player, first: Batch, second: Batch, third: Batch
) -> None:
    async def example(books: Books) -> None:
        await books.write(first)
        before = await books.shop.state()
        # Two writes of one import: undo restores rows changed by both to their state before the first.
        _, import_id = await books.write(second, third)
        await books.shop.undo(import_id)
        assert await books.shop.state() == before

    play(example)
