"""psycopg's errors are translated to Keepwell's; the errors are caused for real."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from psycopg.conninfo import make_conninfo

from keepwell.identity.model import Workspace
from keepwell.platform.database import Database
from keepwell.platform.errors import Conflict, DataValidationError, InfrastructureError, TimedOut, Unavailable
from keepwell.platform.statements import Query

pytestmark = pytest.mark.anyio


class ValueRow(msgspec.Struct):
    value: object


async def test_an_unreachable_server_is_unavailable_with_a_hint(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises((Unavailable, TimedOut)):
        async with Database.open(make_conninfo(host=str(tmp_path), dbname="none"), patience=1.0):
            pass
    assert time.monotonic() - began < 10


async def test_an_interrupted_opening_leaves_no_task_that_would_keep_the_process_alive() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        conninfo = make_conninfo(host="127.0.0.1", port=silent.getsockname()[1], dbname="none")
        before = asyncio.all_tasks()
        opening = asyncio.create_task(Database.open(conninfo).__aenter__())
        await asyncio.sleep(0.1)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
    assert asyncio.all_tasks() == before


async def test_a_duplicate_row_is_a_conflict(database: Database, workspace: Workspace) -> None:
    with pytest.raises(Conflict) as raised:
        async with database.workspace(workspace.id) as connection:
            for _ in range(2):
                await connection.execute(
                    "insert into accounts (workspace_id, id, external_id, name) values (%s, %s, 'A-1', 'Acme')",
                    (workspace.id, uuid4()),
                )
    assert "duplicate key" in raised.value.for_operator


async def test_a_slow_statement_times_out(database: Database) -> None:
    with pytest.raises(TimedOut):
        async with database.transaction() as connection:
            await connection.execute("set local statement_timeout = '50ms'")
            await connection.execute("select pg_sleep(5)")


async def test_a_broken_connection_is_unavailable_and_the_next_one_works(database: Database) -> None:
    with pytest.raises(InfrastructureError):
        async with database.transaction() as connection:
            await connection.execute("select pg_terminate_backend(pg_backend_pid())")
    await database.ping()


async def test_an_error_in_a_transaction_rolls_it_back(database: Database, workspace: Workspace) -> None:
    with pytest.raises(LookupError):
        async with database.workspace(workspace.id) as connection:
            await connection.execute(
                "insert into accounts (workspace_id, id, external_id, name) values (%s, %s, 'A-1', 'Acme')",
                (workspace.id, uuid4()),
            )
            raise LookupError
    async with database.workspace(workspace.id) as connection:
        rows = await (await connection.execute("select * from accounts")).fetchall()
    assert rows == []


@pytest.mark.parametrize(
    "text", ["'; drop table accounts; --", "\\", "\\'", "100 %", "%(text)s", "$$", 'ä"☃', None]
)
async def test_a_parameter_of_a_single_round_trip_read_is_not_parsed_as_sql(
    database: Database, workspace: Workspace, text: str | None
) -> None:
    same = Query("select %(text)s::text", ValueRow)
    assert await same.one(database.reader(workspace.id), text=text) == ValueRow(text)


async def test_a_single_round_trip_read_cannot_write(database: Database, workspace: Workspace) -> None:
    adding = Query(
        "insert into accounts (workspace_id, id, external_id, name) values (%(workspace)s, %(id)s, 'A-1', 'Acme')"
        " returning id",
        ValueRow,
    )
    with pytest.raises(InfrastructureError) as raised:
        await adding.one(database.reader(workspace.id), workspace=workspace.id, id=uuid4())
    assert "read-only transaction" in raised.value.for_operator
    async with database.workspace(workspace.id) as connection:
        assert await Query("select id from accounts", ValueRow).all(connection) == []


async def test_a_connection_is_usable_after_a_failed_statement(conninfo: str, workspace: Workspace) -> None:
    async with Database.open(conninfo, max_size=1) as database:
        reader = database.reader(workspace.id)
        process = await Query("select pg_backend_pid()", ValueRow).one(reader)
        with pytest.raises(DataValidationError):
            await Query("select 1 / %(by)s", ValueRow).one(reader, by=0)
        assert await Query("select pg_backend_pid()", ValueRow).one(reader) == process
