"""Domain events, heard inside the transaction of the change that published them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from keepwell.app.listeners import event_bus
from keepwell.identity.model import Workspace
from keepwell.importing.import_log import service as import_log
from keepwell.importing.import_log.events import ImportEnded
from keepwell.importing.upserts import service as upserts
from keepwell.importing.upserts.entities import ACCOUNTS, CHARGES
from keepwell.importing.upserts.rows import AccountRow, ChargeRow, ChargeStatus
from keepwell.importing.upserts.service import Batch
from keepwell.platform.bus import Bus, DomainEvent, on
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.runtime import Runtime, system_runtime
from keepwell.records.events import ActionTaken, ChargesFailed, RecordsChanged
from tests.integration.records import Client, made
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio
RUNTIME = system_runtime()
ACME: Batch = {ACCOUNTS: [AccountRow("A-1", "Acme", None, None, None)]}


class Heard:
    """A bus that keeps what was published, beside what the product does with it."""

    def __init__(self) -> None:
        self.events: list[DomainEvent] = []
        self._product = event_bus(RUNTIME)
        kinds = (RecordsChanged, ChargesFailed, ActionTaken, ImportEnded)
        self.bus = Bus(RUNTIME, *(on(kind, self._hear) for kind in kinds))

    async def _hear(self, connection: Connection, event: DomainEvent, runtime: Runtime) -> None:  # noqa: ARG002  a handler's signature
        self.events.append(event)
        await self._product.publish(connection, event)


class Importer:
    """Writes batches of one import, each in a transaction of its own."""

    def __init__(self, database: Database, workspace: Workspace, bus: Bus) -> None:
        self.database = database
        self.id = workspace.id
        self.bus = bus

    async def begin(self) -> UUID:
        async with self.database.workspace(self.id) as connection:
            return await import_log.begin(
                connection, workspace_id=self.id, source="test", mapping="", runtime=RUNTIME
            )

    async def write(self, *batches: Batch) -> None:
        import_id = await self.begin()
        for batch in batches:
            async with self.database.workspace(self.id) as connection:
                await upserts.write(
                    connection,
                    batch,
                    import_id=import_id,
                    workspace_id=self.id,
                    runtime=RUNTIME,
                    bus=self.bus,
                )

    async def names(self) -> list[str]:
        async with self.database.workspace(self.id) as connection:
            return [
                row[0]
                for row in await (await connection.execute("select external_id from accounts")).fetchall()
            ]


def charges(status: ChargeStatus, numbers: Sequence[int] = (1,)) -> Batch:
    return {CHARGES: [_charge(status, number) for number in numbers]}


def _charge(status: ChargeStatus, number: int) -> ChargeRow:
    return ChargeRow(
        external_id=f"C-{number:03}",
        account="A-1",
        status=status,
        currency="USD",
        amount=Decimal("29.00"),
        charged_at=datetime(2026, 5, 1, tzinfo=UTC),
        decline_code="card_declined" if status is ChargeStatus.FAILED else None,
    )


async def messages(database: Database, workspace: Workspace) -> list[dict[str, Any]]:
    """The webhook messages about failed charges, oldest first."""
    async with database.workspace(workspace.id) as connection:
        rows = await connection.execute(
            "select body from webhook_messages where event = 'charges.failed' order by id"
        )
        return [msgspec.json.decode(body) for (body,) in await rows.fetchall()]


async def subscribe(client: Client) -> None:
    await made(client, "/v1/webhook-endpoints", {"url": "https://shop.example.com/k", "events": []})


async def test_one_event_of_a_batch_names_its_records_and_their_accounts(
    database: Database, workspace: Workspace
) -> None:
    heard = Heard()
    await Importer(database, workspace, heard.bus).write(ACME, charges(ChargeStatus.SUCCEEDED, [1, 2]))
    first, second = heard.events
    assert isinstance(first, RecordsChanged)
    assert isinstance(second, RecordsChanged)
    [account_id] = first.records["accounts"]
    assert (set(first.records), first.account_ids) == ({"accounts"}, {account_id})
    assert {name: len(ids) for name, ids in second.records.items()} == {"charges": 2}
    assert second.account_ids == {account_id}


async def test_an_unchanged_import_publishes_nothing(database: Database, workspace: Workspace) -> None:
    await Importer(database, workspace, event_bus(RUNTIME)).write(ACME)
    heard = Heard()
    await Importer(database, workspace, heard.bus).write(ACME)
    assert heard.events == []


async def test_an_imported_failed_charge_is_sent_to_webhooks_once(
    client: Client, database: Database, workspace: Workspace
) -> None:
    await subscribe(client)
    importer = Importer(database, workspace, event_bus(RUNTIME))
    await importer.write(ACME, charges(ChargeStatus.PENDING))
    assert await messages(database, workspace) == []
    for _ in range(2):
        await importer.write(charges(ChargeStatus.FAILED))
    [message] = await messages(database, workspace)
    [charge] = message["data"]["charges"]
    assert message["type"] == "charges.failed"
    assert (charge["external_id"], charge["amount"], charge["decline_code"]) == (
        "C-001",
        "29.00",
        "card_declined",
    )


async def test_many_failed_charges_are_messages_of_a_hundred(
    client: Client, database: Database, workspace: Workspace
) -> None:
    await subscribe(client)
    importer = Importer(database, workspace, event_bus(RUNTIME))
    await importer.write(ACME, charges(ChargeStatus.FAILED, range(201)))
    sent = await messages(database, workspace)
    assert [len(each["data"]["charges"]) for each in sent] == [100, 100, 1]


async def test_undoing_an_import_publishes_what_it_takes_back(
    database: Database, workspace: Workspace, shared_settings: Settings, tmp_path: Any
) -> None:
    shop, heard = Shop(database, workspace, shared_settings, folder=tmp_path / "export"), Heard()
    imported = await shop.import_export()
    shop.work = msgspec.structs.replace(shop.work, bus=heard.bus)
    await shop.undo(imported.id)
    changed, ended, undone = heard.events
    assert isinstance(changed, RecordsChanged)
    assert {"accounts", "subscriptions"} <= set(changed.records)
    assert changed.account_ids == set()
    assert isinstance(ended, ImportEnded)
    assert isinstance(undone, ActionTaken)
    assert undone.action == "import.undone"


async def test_a_handler_that_raises_takes_the_change_back(database: Database, workspace: Workspace) -> None:
    async def fail(connection: Connection, event: RecordsChanged, runtime: Runtime) -> None:
        raise RuntimeError("the handler failed")

    importer = Importer(database, workspace, Bus(RUNTIME, on(RecordsChanged, fail)))
    with pytest.raises(RuntimeError, match="the handler failed"):
        await importer.write(ACME)
    assert await importer.names() == []


async def test_an_event_that_nobody_listed_is_an_error(database: Database, workspace: Workspace) -> None:
    importer = Importer(database, workspace, Bus(RUNTIME))
    with pytest.raises(KeyError):
        await importer.write(ACME)
    assert await importer.names() == []
