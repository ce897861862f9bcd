"""Due work: jobs per second, each with an effect, and what a worker costs that has nothing to do."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

import msgspec
import psutil
import psycopg

from benchmarks.business import make_workspace
from benchmarks.measuring import machine
from benchmarks.processes import cpu_seconds, postgres_seconds, postmaster_of
from keepwell.platform.clock import SystemClock
from keepwell.platform.config import read_settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.database_server import database_server
from keepwell.platform.errors import CorruptData
from keepwell.platform.migrations import migrate, migrations_folder, read_migrations
from keepwell.platform.progress import Progress
from keepwell.platform.work import service as work
from keepwell.platform.work.kinds import Kind, LeasedKind, NextDue, Settle, TransactionalKind
from keepwell.platform.work.model import Job, Subject
from keepwell.platform.work.worker import Worker

GOAL = 1_500
IN_DATABASE, LEASED = "bench.transactional", "bench.leased"
_PATIENCE = timedelta(minutes=5)
_SECONDS_BETWEEN_LOOKS = 0.02


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Jobs of one kind per second of wall clock, and the processor time of one in milliseconds."""

    kind: str
    jobs_per_second: float
    worker: float
    postgres: float


class WorkFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures; `idle_*` are milliseconds of processor time in each second without due work."""

    machine: str
    jobs: int
    repeats: int
    rates: list[Rate]
    idle_worker: float
    idle_postgres: float


def measure_work(
    folder: Path, *, jobs: int, repeats: int, idle_seconds: float, progress: Progress
) -> WorkFigures:
    """Measure one worker on a Postgres of its own; raises CorruptData if an effect is lost or doubled."""
    settings = read_settings({}, home=folder / "home")
    settings.home.mkdir(mode=0o700)
    with database_server(settings) as conninfo:
        migrate(conninfo, read_migrations(migrations_folder()))
        _make_table(conninfo)
        bench = _Bench(conninfo, postmaster_of(settings.home))
        return asyncio.run(bench.measure(jobs, repeats=repeats, idle_seconds=idle_seconds, progress=progress))


def _make_table(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        # Without a key, so that a doubled effect would be counted.
        connection.execute("create table effects (subject_id uuid not null)")
        connection.execute("grant select, insert, delete on effects to keepwell_app")


async def _write_effect(connection: Connection, job: Job) -> NextDue:
    await connection.execute("insert into effects values (%s)", [job.subject_id])
    return None


async def _perform(job: Job) -> Settle:
    async def settle(connection: Connection) -> NextDue:
        return await _write_effect(connection, job)

    return settle


_KINDS: Mapping[str, Kind] = {
    IN_DATABASE: TransactionalKind(name=IN_DATABASE, run=_write_effect),
    LEASED: LeasedKind(name=LEASED, perform=_perform, at_once=32),
}


class _Bench:
    def __init__(self, conninfo: str, postmaster: psutil.Process) -> None:
        self._conninfo = conninfo
        self._postmaster = postmaster
        self._own = psutil.Process(os.getpid())

    async def measure(
        self, jobs: int, *, repeats: int, idle_seconds: float, progress: Progress
    ) -> WorkFigures:
        async with Database.open(self._conninfo) as database:
            workspace, _ = await make_workspace(database)
            runs: dict[str, list[Rate]] = {kind: [] for kind in _KINDS}
            with progress.step("Doing due work", total=repeats * len(runs)) as step:
                for _ in range(repeats):
                    for kind, measured in runs.items():
                        measured.append(await self._rate(database, workspace.id, kind=kind, jobs=jobs))
                        step.advance()
            with progress.step("Having nothing to do", total=None):
                idle = await self._idle(database, idle_seconds)
        return WorkFigures(
            machine=machine(),
            jobs=jobs,
            repeats=repeats,
            rates=[_median(measured) for measured in runs.values()],
            idle_worker=idle[0],
            idle_postgres=idle[1],
        )

    async def _rate(self, database: Database, workspace_id: UUID, *, kind: str, jobs: int) -> Rate:
        subjects = [Subject(uuid4()) for _ in range(jobs)]
        async with database.workspace(workspace_id) as connection:
            await work.schedule_many(
                connection, subjects, workspace_id=workspace_id, kind=kind, due_at=SystemClock().now()
            )
        before, began = self._costs(), time.perf_counter()
        working = asyncio.create_task(Worker(database, list(_KINDS.values()), clock=SystemClock()).work())
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            while await _is_work_left(database, workspace_id):  # noqa: ASYNC110  the table is what is asked
                await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        seconds, after = time.perf_counter() - began, self._costs()
        working.cancel()
        await asyncio.wait([working])
        await _require_each_once(database, workspace_id, subjects)
        return Rate(
            kind=kind,
            jobs_per_second=jobs / seconds,
            worker=(after[0] - before[0]) / jobs * 1000,
            postgres=(after[1] - before[1]) / jobs * 1000,
        )

    async def _idle(self, database: Database, seconds: float) -> tuple[float, float]:
        working = asyncio.create_task(Worker(database, list(_KINDS.values()), clock=SystemClock()).work())
        before = self._costs()
        await asyncio.sleep(seconds)
        after = self._costs()
        working.cancel()
        await asyncio.wait([working])
        own, postgres = ((after[part] - before[part]) / seconds * 1000 for part in (0, 1))
        return own, postgres

    def _costs(self) -> tuple[float, float]:
        return cpu_seconds(self._own), postgres_seconds(self._postmaster)


async def _is_work_left(database: Database, workspace_id: UUID) -> bool:
    async with database.workspace(workspace_id) as connection:
        return await (await connection.execute("select 1 from due_work limit 1")).fetchone() is not None


async def _require_each_once(database: Database, workspace_id: UUID, subjects: list[Subject]) -> None:
    async with database.workspace(workspace_id) as connection:
        found = await connection.execute("delete from effects returning subject_id")
        effects = sorted(each[0] for each in await found.fetchall())
    if effects != sorted(each.id for each in subjects):
        raise CorruptData("An effect is lost or doubled.", hint="The figures would be meaningless.")


def _median(rates: list[Rate]) -> Rate:
    return Rate(
        kind=rates[0].kind,
        jobs_per_second=median(each.jobs_per_second for each in rates),
        worker=median(each.worker for each in rates),
        postgres=median(each.postgres for each in rates),
    )
