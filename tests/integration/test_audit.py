"""The audit log: written with each change, and tampering by a superuser is detected."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import LiteralString

import msgspec
import psycopg
import pytest

from keepwell.identity import service as identity
from keepwell.identity.audit import service as audit
from keepwell.identity.audit import store
from keepwell.identity.audit.checkpoints import read_checkpoint, write_checkpoint
from keepwell.identity.audit.model import (
    GENESIS,
    AuditFilter,
    ChainVerification,
    Entry,
    Head,
    changed_fields,
    hash_of,
)
from keepwell.identity.model import Actor, Principal, Workspace
from keepwell.platform.clock import SystemClock
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.database_server import chain_key
from keepwell.platform.errors import CorruptData, KeepwellError
from keepwell.platform.ids import Uuid7
from keepwell.platform.runtime import Runtime
from keepwell.platform.secrets import secret_of
from keepwell.revenue.rates.model import DatedRate
from keepwell.revenue.rates.service import import_rates
from tests.clocks import FixedClock
from tests.integration.records import Client, account, client_of
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio

CLOCK = FixedClock(datetime(2026, 5, 20, 12, tzinfo=UTC))
RUNTIME = Runtime(CLOCK, Uuid7(CLOCK))


class Thing(msgspec.Struct, frozen=True):
    name: str
    secret: str = "canary"  # noqa: S105  looked for in what is stored


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as opened:
        yield opened


async def verified(database: Database, workspace: Workspace, *checkpoints: Head) -> ChainVerification:
    async with database.workspace(workspace.id) as connection:
        return await audit.verify(connection, workspace.id, checkpoints=checkpoints)


async def head_of(database: Database, workspace: Workspace) -> Head:
    async with database.workspace(workspace.id) as connection:
        return await audit.head(connection, workspace.id)


async def test_each_change_is_recorded_with_its_fields_and_request_id(
    client: Client, database: Database, workspace: Workspace
) -> None:
    made = await account(client)
    path = f"/v1/accounts/{made['id']}"
    headers = {"If-Match": "*", "X-Request-Id": "request-42"}
    await client.patch(path, json={"name": "New"}, headers=headers)
    await client.delete(path, headers={"If-Match": "*"})
    entries = (await client.get("/v1/audit-entries")).json()["items"]
    assert [entry["action"] for entry in entries] == [
        "account.deleted",
        "account.updated",
        "account.created",
        "token.created",
    ]
    changed = entries[1]
    assert (changed["before"], changed["after"]) == (
        {"name": "Account 001", "version": 1},
        {"name": "New", "version": 2},
    )
    assert (changed["request_id"], changed["subject"]) == ("request-42", f"account:{made['id']}")
    assert changed["token_id"]
    assert (await verified(database, workspace)).findings == []


async def test_a_rolled_back_change_leaves_no_entry(client: Client) -> None:
    await account(client)
    assert (await client.post("/v1/accounts", json={"external_id": "A-1", "name": "B"})).status_code == 409
    entries = (await client.get("/v1/audit-entries?action=account.created")).json()["items"]
    assert len(entries) == 1


async def test_entries_are_filtered_and_paged(client: Client) -> None:
    for number in range(4):
        await account(client, number)
    page = (await client.get("/v1/audit-entries?limit=3&sort=sequence&action=account.created")).json()
    assert [entry["sequence"] for entry in page["items"]] == [2, 3, 4]
    asked = f"limit=3&sort=sequence&action=account.created&cursor={page['next']}"
    rest = await client.get(f"/v1/audit-entries?{asked}")
    assert [entry["sequence"] for entry in rest.json()["items"]] == [5]


async def test_concurrent_writers_build_one_chain_without_gaps(
    client: Client, database: Database, workspace: Workspace
) -> None:
    await asyncio.gather(*(account(client, number) for number in range(20)))
    found = await verified(database, workspace)
    assert (found.entries, found.findings) == (21, [])


class Holder(msgspec.Struct, frozen=True):
    client_secret: str
    things: list[Thing]


async def test_a_nested_secret_is_redacted() -> None:
    _, after = changed_fields(None, Holder("canary", [Thing("a")]))
    assert after == '{"client_secret":"[secret]","things":[{"name":"a","secret":"[secret]"}]}'


async def test_a_secret_is_redacted() -> None:
    before, after = changed_fields(Thing("a"), Thing("b", "other canary"))
    assert (before, after) == ('{"name":"a"}', '{"name":"b"}')
    assert changed_fields(None, Thing("a")) == (None, '{"name":"a","secret":"[secret]"}')


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_entries set action = 'nothing'",
        "delete from audit_entries",
        "truncate audit_entries",
        "delete from audit_heads",
        "update audit_heads set sequence = 0",
    ],
)
async def test_the_app_role_cannot_change_entries(
    client: Client, database: Database, workspace: Workspace, statement: LiteralString
) -> None:
    await account(client)
    with pytest.raises((psycopg.Error, KeepwellError)):
        async with database.workspace(workspace.id) as connection:
            await connection.execute(statement)
    assert (await verified(database, workspace)).entries == 2


@pytest.mark.parametrize(
    ("tampering", "finding"),
    [
        ("update audit_entries set after = '{}' where sequence = 2", "entry 2 has been changed"),
        ("update audit_entries set request_id = 'x' where sequence = 2", "entry 2 has been changed"),
        ("update audit_entries set at = at + interval '1 s' where sequence = 3", "entry 3 has been changed"),
        ("delete from audit_entries where sequence = 2", "entries 2 to 2 are missing"),
        ("delete from audit_entries where sequence = 1", "entries 1 to 1 are missing"),
        ("delete from audit_entries where sequence > 2", "entries 3 to 5, which the head knows, are missing"),
        ("delete from audit_entries", "entries 1 to 5, which the head knows, are missing"),
    ],
)
async def test_tampering_by_a_superuser_is_detected(
    client: Client, database: Database, workspace: Workspace, conninfo: str, tampering: str, finding: str
) -> None:
    for number in range(4):
        await account(client, number)
    with psycopg.connect(conninfo, autocommit=True) as superuser:
        scoped = f"{tampering} {'and' if 'where' in tampering else 'where'} workspace_id = '{workspace.id}'"
        superuser.execute(scoped.encode())
    assert finding in (await verified(database, workspace)).findings[0]


async def test_truncation_together_with_the_head_is_detected_by_a_checkpoint(
    client: Client, database: Database, workspace: Workspace, conninfo: str, tmp_path: Path
) -> None:
    for number in range(4):
        await account(client, number)
    async with database.workspace(workspace.id) as connection:
        write_checkpoint(tmp_path, workspace.id, await audit.head(connection, workspace.id))
    with psycopg.connect(conninfo, autocommit=True) as superuser:
        superuser.execute("alter table audit_heads disable trigger user")
        superuser.execute(
            """
            with kept as (
              delete from audit_entries where workspace_id = %(id)s and sequence > 2
            )
            update audit_heads set (sequence, hash) =
              (select sequence, hash from audit_entries where workspace_id = %(id)s and sequence = 2)
            where workspace_id = %(id)s
            """,
            {"id": workspace.id},
        )
        superuser.execute("alter table audit_heads enable trigger user")
    assert (await verified(database, workspace)).findings == []
    checkpoint = read_checkpoint(tmp_path, workspace.id)
    assert checkpoint is not None
    assert (await verified(database, workspace, checkpoint)).findings == [
        "entry 5, which a checkpoint knows, is missing"
    ]


@pytest.mark.parametrize("text", ["", "4", "4:zz", "-1:" + "0" * 64, "4:00"])
async def test_a_damaged_checkpoint_is_reported(tmp_path: Path, workspace: Workspace, text: str) -> None:
    (tmp_path / str(workspace.id)).write_text(text)
    with pytest.raises(CorruptData):
        read_checkpoint(tmp_path, workspace.id)


async def test_an_entry_contains_the_changed_record(database: Database, workspace: Workspace) -> None:
    actor = Actor(Principal(workspace.id, RUNTIME.ids.new()), "cli")
    async with database.workspace(workspace.id) as connection:
        await audit.record(connection, actor, action="x", subject="y:1", after=Thing("é"), clock=CLOCK)
        cursor = await connection.execute("select after from audit_entries")
        assert json.loads((await cursor.fetchall())[0][0])["name"] == "é"


SECRET_OF_HOME = bytes(range(32))


@pytest.fixture
async def of_home(conninfo: str) -> AsyncIterator[Database]:
    """As `open_database`: its entries are keyed with a home's secret."""
    async with Database.open(conninfo, chain_key=SECRET_OF_HOME) as opened:
        yield opened


async def recorded(database: Database, workspace: Workspace, *names: str) -> None:
    actor = Actor(Principal(workspace.id, RUNTIME.ids.new()), "cli")
    async with database.workspace(workspace.id) as connection:
        for name in names:
            await audit.record(connection, actor, action="x", subject="y:1", after=Thing(name), clock=CLOCK)


async def test_a_chain_that_began_without_the_homes_secret_continues_with_it(
    database: Database, of_home: Database, workspace: Workspace
) -> None:
    await recorded(database, workspace, "old", "older")
    checkpoint = await head_of(database, workspace)
    await recorded(of_home, workspace, "new", "newer")
    found = await verified(of_home, workspace, checkpoint)
    assert (found.entries, found.findings) == (4, [])


async def test_entries_without_the_homes_secret_that_no_checkpoint_covers_are_found(
    database: Database, of_home: Database, workspace: Workspace
) -> None:
    await recorded(database, workspace, "old")
    checkpoint = await head_of(database, workspace)
    await recorded(database, workspace, "older")
    await recorded(of_home, workspace, "new")
    [finding] = (await verified(of_home, workspace, checkpoint)).findings
    assert finding.startswith("entries 1 to 2 were made without this home's secret, and no checkpoint covers")


async def test_a_chain_that_was_turned_into_plain_hashes_before_the_first_verification_is_found(
    of_home: Database, workspace: Workspace, conninfo: str
) -> None:
    await recorded(of_home, workspace, "one", "two")
    async with of_home.workspace(workspace.id) as seen:
        rows = await store.ENTRIES_AFTER.all(seen, workspace_id=workspace.id, after=0, limit=9)
    previous = GENESIS
    with psycopg.connect(conninfo, autocommit=True) as superuser:
        superuser.execute("set session_replication_role = replica")
        for row in rows:
            fields = {name: getattr(row, name) for name in Entry.__struct_fields__} | {"action": "forged"}
            forged = hash_of(Entry(**fields), previous, key=None)
            superuser.execute(
                """
                update audit_entries set action = 'forged', previous_hash = %s, hash = %s, is_keyed = false
                where workspace_id = %s and sequence = %s
                """,
                (previous, forged, workspace.id, row.sequence),
            )
            previous = forged
        superuser.execute(
            "update audit_heads set hash = %s where workspace_id = %s", (previous, workspace.id)
        )
    [finding] = (await verified(of_home, workspace)).findings
    assert finding.startswith("entries 1 to 2 were made without this home's secret")


async def test_an_entry_that_was_added_without_the_homes_secret_is_found(
    database: Database, of_home: Database, workspace: Workspace
) -> None:
    await recorded(of_home, workspace, "ours")
    await recorded(database, workspace, "forged")
    assert (await verified(of_home, workspace)).findings == ["entry 2 was added without this home's secret"]


async def test_hashes_that_were_computed_again_without_the_homes_secret_are_found(
    of_home: Database, workspace: Workspace, conninfo: str
) -> None:
    await recorded(of_home, workspace, "one", "two")
    async with (
        Database.open(conninfo, chain_key=b"a guess") as forger,
        forger.workspace(workspace.id) as seen,
    ):
        [first, second] = await store.ENTRIES_AFTER.all(seen, workspace_id=workspace.id, after=0, limit=9)
    entry = Entry(**{name: getattr(second, name) for name in Entry.__struct_fields__} | {"action": "other"})
    forged = hash_of(entry, first.hash, key=b"a guess")
    with psycopg.connect(conninfo, autocommit=True) as superuser:
        superuser.execute(
            "update audit_entries set action = 'other', hash = %s where workspace_id = %s and sequence = 2",
            (forged, workspace.id),
        )
    assert "entry 2 has been changed" in (await verified(of_home, workspace)).findings[0]


def test_the_key_of_the_chain_is_the_homes_and_not_the_secret_itself(tmp_path: Path) -> None:
    one, other = (Settings(home=tmp_path / name) for name in ("one", "other"))
    assert chain_key(one) == chain_key(one) != chain_key(other)
    assert chain_key(one) != secret_of(one.secret_file)


async def test_imports_and_rates_have_entries_with_what_they_did(
    database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path
) -> None:
    shop = Shop(database, workspace, settings_of_test, folder=tmp_path / "export")
    done = await shop.import_export()
    rates = [DatedRate("EUR", date(2024, 1, 1), Decimal("1.1"))]
    async with database.workspace(workspace.id) as connection:
        actor = await identity.operator(connection, workspace.id)
        await import_rates(connection, actor, rates, clock=SystemClock())
    await shop.undo(done.id)
    async with database.workspace(workspace.id) as connection:
        found = await audit.list_entries(connection, AuditFilter(), workspace_id=workspace.id, limit=10)
    entries = {each.action: each for each in found.items}
    assert list(entries) == ["import.undone", "exchange_rates.imported", "import.finished", "import.started"]
    assert {each.subject for each in found.items} == {f"import:{done.id}", f"workspace:{workspace.id}"}
    assert entries["import.finished"].after == {
        "source": "file",
        "mapping": "shop.yaml",
        "imported": sum(each.imported for each in done.entities.values()),
        "changed": 0,
        "dead_lettered": 0,
        "error": None,
    }
    assert entries["exchange_rates.imported"].after == {
        "rates": 1,
        "currencies": ["EUR"],
        "first": "2024-01-01",
        "last": "2024-01-01",
    }


async def test_a_dry_run_has_no_entry(
    database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path
) -> None:
    shop = Shop(database, workspace, settings_of_test, folder=tmp_path / "export")
    await shop.dry_run()
    async with database.workspace(workspace.id) as connection:
        found = await audit.list_entries(connection, AuditFilter(), workspace_id=workspace.id, limit=10)
    assert found.items == []
