"""What the changes feed costs writers: transactions per second without it, with it, and with it but without NOTIFY."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from uuid import UUID

import msgspec
import psycopg

from benchmarks.measuring import machine
from keepwell.identity import service as identity
from keepwell.platform.config import read_settings
from keepwell.platform.database import Database
from keepwell.platform.database_server import database_server
from keepwell.platform.feed import service as feed
from keepwell.platform.migrations import migrate, migrations_folder, read_migrations
from keepwell.platform.progress import Progress
from keepwell.platform.runtime import system_runtime

WITHOUT, SILENT, WITH = "no feed", "feed without NOTIFY", "feed"
WRITERS = 8
_NOTIFY = "perform pg_notify('changes', new.workspace_id::text);"
_RUNTIME = system_runtime()


class ChangesFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Committed transactions per second of 8 writers: all in one workspace, and each in its own."""

    machine: str
    transactions: int
    repeats: int
    one_workspace: Mapping[str, float]
    own_workspaces: Mapping[str, float]


def measure_changes(folder: Path, *, transactions: int, repeats: int, progress: Progress) -> ChangesFigures:
    """Measure with this many transactions per run, each of which adds an account, on a Postgres that syncs."""
    settings = read_settings({}, home=folder / "home")
    settings.home.mkdir(mode=0o700)
    with database_server(settings) as conninfo:
        migrate(conninfo, read_migrations(migrations_folder()))
        return asyncio.run(_measure(conninfo, transactions, repeats, progress=progress))


async def _measure(conninfo: str, transactions: int, repeats: int, *, progress: Progress) -> ChangesFigures:
    async with Database.open(conninfo, max_size=WRITERS) as database:
        ids = [await _workspace(database, number) for number in range(WRITERS)]
        places = {"one": [ids[0]] * WRITERS, "own": ids}
        samples: dict[str, dict[str, list[float]]] = {
            place: {way: [] for way in (WITHOUT, SILENT, WITH)} for place in places
        }
        with progress.step("Writing changes", total=repeats * 6) as step:
            for _ in range(repeats):
                for place, writers in places.items():
                    for way, figures in samples[place].items():
                        _set_notify(conninfo, is_on=way == WITH)
                        run = _Run(database, is_noted=way != WITHOUT)
                        figures.append(await run.rate(writers, transactions=transactions))
                        step.advance()
    medians = {
        place: {way: median(rates) for way, rates in figures.items()} for place, figures in samples.items()
    }
    return ChangesFigures(
        machine=machine(),
        transactions=transactions,
        repeats=repeats,
        one_workspace=medians["one"],
        own_workspaces=medians["own"],
    )


async def _workspace(database: Database, number: int) -> UUID:
    async with database.transaction() as connection:
        return (await identity.ensure_workspace(connection, f"bench-{number}", runtime=_RUNTIME)).id


def _set_notify(conninfo: str, *, is_on: bool) -> None:
    with psycopg.connect(conninfo) as owner:
        found = owner.execute("select pg_get_functiondef('number_changes'::regproc)").fetchone()
        source = str(found[0]) if found else ""
        silent = f"-- {_NOTIFY}"
        changed = source.replace(silent, _NOTIFY)
        owner.execute((changed if is_on else changed.replace(_NOTIFY, silent)).encode())


class _Run:
    def __init__(self, database: Database, *, is_noted: bool) -> None:
        self._database = database
        self._is_noted = is_noted

    async def rate(self, writers: Sequence[UUID], *, transactions: int) -> float:
        """Transactions per second."""
        began = time.perf_counter()
        await asyncio.gather(*(self._write(each, transactions // len(writers)) for each in writers))
        return transactions / (time.perf_counter() - began)

    async def _write(self, workspace_id: UUID, count: int) -> None:
        for _ in range(count):
            account_id = _RUNTIME.ids.new()
            async with self._database.workspace(workspace_id) as connection:
                await connection.execute(
                    "insert into accounts (workspace_id, id, external_id, name) values (%s, %s, %s, 'Account')",
                    [workspace_id, account_id, str(account_id)],
                )
                if self._is_noted:
                    await feed.note(
                        connection, {"accounts": [account_id]}, workspace_id=workspace_id, runtime=_RUNTIME
                    )
