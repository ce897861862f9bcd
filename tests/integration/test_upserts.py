"""Writing the rows of an import, as every source does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest

from keepwell.app.listeners import event_bus
from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.importing.import_log import service as import_log
from keepwell.importing.upserts import service as upserts
from keepwell.importing.upserts.entities import ACCOUNTS, CHARGES, REFUNDS
from keepwell.importing.upserts.entity import Entity
from keepwell.importing.upserts.rows import AccountRow, ChargeRow, ChargeStatus, RefundRow
from keepwell.importing.upserts.service import Batch, ConcurrentInsert, Counts, WriteResult
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import DataValidationError
from keepwell.platform.planner_statistics.service import WORTH_COUNTING, GrowingTable
from keepwell.platform.runtime import system_runtime
from tests.conftest import migrated_database

pytestmark = pytest.mark.anyio

RUNTIME = system_runtime()
DAY = datetime(2024, 1, 1, tzinfo=UTC)


class Source:
    """Writes each batch in its own transaction."""

    def __init__(self, database: Database, workspace: Workspace) -> None:
        self._database = database
        self._id = workspace.id

    async def begin(self) -> UUID:
        async with self._database.workspace(self._id) as connection:
            return await import_log.begin(
                connection, workspace_id=self._id, source="test", mapping="", runtime=RUNTIME
            )

    def transaction(self) -> AbstractAsyncContextManager[Connection]:
        return self._database.workspace(self._id)

    async def write(self, batch: Batch, import_id: UUID) -> WriteResult:
        async with self.transaction() as connection:
            return await self.write_in(connection, batch, import_id)

    async def write_in(self, connection: Connection, batch: Batch, import_id: UUID) -> WriteResult:
        return await upserts.write(
            connection,
            batch,
            import_id=import_id,
            workspace_id=self._id,
            runtime=RUNTIME,
            bus=event_bus(RUNTIME),
        )

    async def known(self, entity: Entity, external_ids: Sequence[str]) -> set[str]:
        async with self._database.workspace(self._id) as connection:
            return set(await upserts.known(connection, entity, external_ids, workspace_id=self._id))


@pytest.fixture
def source(database: Database, workspace: Workspace) -> Source:
    return Source(database, workspace)


def accounts(numbers: Sequence[int], name: str) -> Batch:
    return {ACCOUNTS: [AccountRow(f"A-{number:03}", name, None, None, None) for number in numbers]}


def charge(external_id: str, account: str) -> ChargeRow:
    return ChargeRow(
        external_id=external_id,
        account=account,
        status=ChargeStatus.SUCCEEDED,
        currency="USD",
        amount=Decimal(29),
        charged_at=DAY,
    )


async def test_pages_of_one_import_are_counted_together(source: Source) -> None:
    import_id = await source.begin()
    written = await source.write(accounts(range(3), "Acme"), import_id)
    written += await source.write(accounts(range(2, 5), "Beta"), import_id)
    assert written.of(ACCOUNTS) == Counts(inserted=5, changed=1)
    assert written.of(REFUNDS) == Counts()


async def test_concurrent_imports_of_the_same_rows_wait_for_each_other(source: Source) -> None:
    numbers = list(range(200))
    both = [await source.begin(), await source.begin()]
    written = await asyncio.gather(
        source.write(accounts(numbers, "Acme"), both[0]),
        source.write(accounts(numbers[::-1], "Acme"), both[1]),
    )
    counts = [each.of(ACCOUNTS) for each in written]
    assert sorted(each.inserted for each in counts) == [0, 200]
    assert sum(each.changed for each in counts) == 0


async def test_a_row_created_concurrently_with_other_values_has_to_be_retried(
    source: Source,
) -> None:
    import_id = await source.begin()
    async with source.transaction() as connection:
        await source.write_in(connection, accounts([1], "Acme"), await source.begin())
        waiting = asyncio.create_task(source.write(accounts([1], "Beta"), import_id))
        await asyncio.sleep(0.3)
        assert not waiting.done()
    with pytest.raises(ConcurrentInsert):
        await waiting
    again = await source.write(accounts([1], "Beta"), import_id)
    assert again.of(ACCOUNTS) == Counts(changed=1)


async def test_a_row_of_an_unknown_account_is_refused_and_nothing_is_written(
    source: Source,
) -> None:
    batch = {**accounts([1], "Acme"), CHARGES: [charge("C-1", "A-009")]}
    with pytest.raises(DataValidationError, match="The account 'A-009' of charges 'C-1' is not known"):
        await source.write(batch, await source.begin())
    assert await source.known(ACCOUNTS, ["A-001"]) == set()


async def test_a_duplicate_id_in_one_batch_is_refused(source: Source) -> None:
    with pytest.raises(DataValidationError, match="The id 'A-001' occurs twice in the accounts"):
        await source.write(accounts([1, 1], "Acme"), await source.begin())


async def test_a_refund_belongs_to_a_charge_of_the_same_batch(source: Source) -> None:
    refund = RefundRow(external_id="R-1", charge="C-1", currency="USD", amount=Decimal(5), refunded_at=DAY)
    batch = {**accounts([1], "Acme"), CHARGES: [charge("C-1", "A-001")], REFUNDS: [refund]}
    written = await source.write(batch, await source.begin())
    assert {entity.name: counts.inserted for entity, counts in written.entities.items()} == {
        "accounts": 1,
        "charges": 1,
        "refunds": 1,
    }
    assert await source.known(REFUNDS, ["R-1", "R-2"]) == {"R-1"}


async def test_a_row_that_the_database_refuses_does_not_stop_the_others(source: Source) -> None:
    # Longer than an index allows, and of digits that hardly compress.
    unstorable = "".join(str(number) for number in range(50_000, 58_000))
    batch: Batch = {
        ACCOUNTS: [AccountRow(name, name, None, None, None) for name in ("A-1", unstorable, "A-2")],
        CHARGES: [charge("ch_1", "A-1"), charge("ch_2", unstorable)],
    }
    written = await source.write(batch, await source.begin())
    assert await source.known(ACCOUNTS, ["A-1", "A-2"]) == {"A-1", "A-2"}
    assert [(each.entity.name, each.row.external_id) for each in written.refused] == [
        ("accounts", unstorable),
        ("charges", "ch_2"),
    ]
    assert (written.of(ACCOUNTS).inserted, written.of(CHARGES).inserted) == (2, 1)


async def rows_read(connection: Connection) -> dict[str, int]:
    """How many rows the transaction has read by an index, by table."""
    found = await connection.execute("select relname, idx_tup_fetch from pg_stat_xact_user_tables")
    return {name: rows for name, rows in await found.fetchall() if rows}


async def test_an_import_beside_a_large_workspace_reads_no_more_for_each_row_as_it_grows(server: str) -> None:
    rows = 5_000
    with migrated_database(server) as conninfo:
        async with Database.open(conninfo) as database:
            async with database.transaction() as connection:
                first, second = [
                    Source(database, await identity.ensure_workspace(connection, slug, runtime=RUNTIME))
                    for slug in ("first", "second")
                ]
            await first.write(accounts(range(200), "Acme"), await first.begin())
            # From here on, the planner believes that every row is of the first workspace.
            with psycopg.connect(conninfo, autocommit=True) as owner:
                owner.execute("analyze")
            import_id = await second.begin()
            async with second.transaction() as connection:
                await second.write_in(connection, accounts(range(rows), "Beta"), import_id)
                read = await rows_read(connection)
    # Until the tables are counted, each row reads those before it.
    most = WORTH_COUNTING**2 / 2 + 20 * rows
    assert {table: count for table, count in read.items() if count > most} == {}


async def test_a_table_that_another_transaction_counts_is_counted_at_the_next_batch(
    source: Source, conninfo: str
) -> None:
    table = GrowingTable("accounts")
    counted = """
        select count(*) from pg_locks
        where pid = pg_backend_pid() and mode = 'ShareUpdateExclusiveLock' and relation = 'accounts'::regclass
    """
    async with source.transaction() as connection:
        with psycopg.connect(conninfo) as other:
            other.execute("lock table accounts in share update exclusive mode")
            await table.grew(connection, rows=WORTH_COUNTING)
            assert await (await connection.execute(counted)).fetchone() == (0,)
        await table.grew(connection, rows=1)
        assert await (await connection.execute(counted)).fetchone() == (1,)
