"""The revenue figures of a large business: the server's cost per endpoint, and how fast facts are rebuilt."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from statistics import median
from uuid import UUID

import httpx
import msgspec
import psycopg

from benchmarks.business import SLUG, YEARS, fill, make_workspace
from benchmarks.measuring import machine, python
from benchmarks.processes import HOST, cpu_seconds, free_port, postgres_seconds, postmaster_of, served
from keepwell.platform.clock import SystemClock, today
from keepwell.platform.config import Settings, read_settings
from keepwell.platform.database import Database
from keepwell.platform.database_server import database_server
from keepwell.platform.errors import CorruptData
from keepwell.platform.migrations import migrate, migrations_folder, read_migrations
from keepwell.platform.progress import Progress
from keepwell.revenue import projections
from keepwell.revenue.model import ONE_DAY
from keepwell.revenue.rebuild import service as rebuilding

_CALLS = 10
_MIDDLE = 15


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds of processor time per response: of the server, and of its Postgres; `period` is what it is of."""

    path: str
    period: str
    server: float
    postgres: float


class RevenueFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures; a rebuild's seconds are processor time of Postgres, the check's those of Python."""

    machine: str
    accounts: int
    subscriptions: int
    facts: int
    repeats: int
    rebuild_seconds: float
    check_seconds: float
    endpoints: list[Endpoint]


def measure_revenue(folder: Path, *, subscriptions: int, repeats: int, progress: Progress) -> RevenueFigures:
    """Measure a business of this many subscriptions; raises CorruptData if a fact is wrong."""
    settings = read_settings({}, home=folder / "home")
    settings.home.mkdir(mode=0o700)
    with database_server(settings) as conninfo:
        return asyncio.run(_measure(conninfo, settings, subscriptions, repeats, progress))


async def _measure(
    conninfo: str, settings: Settings, subscriptions: int, repeats: int, progress: Progress
) -> RevenueFigures:
    accounts = subscriptions * 3 // 5
    migrate(conninfo, read_migrations(migrations_folder()))
    async with Database.open(conninfo) as database:
        with progress.step("Writing the business", total=None):
            workspace, token = await make_workspace(database)
            fill(conninfo, workspace.id, accounts=accounts, subscriptions=subscriptions)
        rebuilds = [await _rebuild(database, workspace.id, settings, progress) for _ in range(repeats)]
        async with database.workspace(workspace.id) as connection:
            await projections.advance_to(connection, workspace_id=workspace.id, today=today(SystemClock()))
            checked = await rebuilding.check(
                connection, workspace_id=workspace.id, progress=progress, timer=time.process_time
            )
        if checked.differing:
            raise CorruptData(checked.differences[0], hint="The figures would be meaningless.")
    # As autovacuum does a minute after so many rows have come in.
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(
            "vacuum analyze movement_facts, movement_rollups, movement_days, retention_rollups"
        )
    with progress.step("Requesting figures", total=None):
        endpoints = _endpoints(settings, token, repeats=repeats)
    return RevenueFigures(
        machine=machine(),
        accounts=accounts,
        subscriptions=subscriptions,
        facts=checked.facts,
        repeats=repeats,
        rebuild_seconds=median(rebuilds),
        check_seconds=checked.seconds,
        endpoints=endpoints,
    )


async def _rebuild(database: Database, workspace_id: UUID, settings: Settings, progress: Progress) -> float:
    postmaster = postmaster_of(settings.home)
    with progress.step("Rebuilding every movement", total=None):
        before = postgres_seconds(postmaster)
        async with database.workspace(workspace_id) as connection:
            await rebuilding.rebuild(
                connection,
                workspace_id=workspace_id,
                today=today(SystemClock()),
                timer=time.perf_counter,
            )
        # Including the commit, which is part of the work.
        return postgres_seconds(postmaster) - before


def _endpoints(settings: Settings, token: str, *, repeats: int) -> list[Endpoint]:
    last = today(SystemClock())
    first = last - timedelta(days=365 * YEARS)
    five_years = f"from={first}&to={last}"
    # The middle of a month is the farthest from the whole months of the roll-ups, at both ends.
    middle = last.replace(day=15) if last.day > _MIDDLE else (last.replace(day=1) - ONE_DAY).replace(day=15)
    year = f"from={middle.replace(year=middle.year - 1, day=17)}&to={middle}"
    requests = [
        ("/v1/metrics/mrr", "today", ""),
        ("/v1/metrics/mrr", "a day in mid-month", f"on={middle}"),
        *(
            (f"/v1/metrics/{name}", period, days)
            for name in ("movements", "retention", "churn", "lifetime-value", "cohorts")
            for period, days in (("five years", five_years), ("a year from mid-month to mid-month", year))
        ),
        *(
            ("/v1/metrics/series", f"five years by {step}", f"{five_years}&by={step}&over=12")
            for step in ("week", "month", "quarter")
        ),
        ("/v1/metrics/series", "a year from mid-month to mid-month, by month", f"{year}&by=month&over=12"),
        ("/v1/metrics/differences", "five years", f"other=stripe&{five_years}"),
        ("/v1/movements", "the first 50 of five years", f"{five_years}&limit=50"),
    ]
    port = free_port()
    command = python(
        "-m",
        "keepwell.app.cli",
        "up",
        "--no-browser",
        "--port",
        str(port),
        "--workspace",
        SLUG,
        "--home",
        str(settings.home),
    )
    with (
        served(command, port=port, environment={"KEEPWELL_REQUESTS_PER_MINUTE": "1000000"}) as server,
        httpx.Client(
            base_url=f"http://{HOST}:{port}", headers={"Authorization": f"Bearer {token}"}, timeout=60
        ) as client,
    ):
        postmaster = postmaster_of(settings.home)
        found = []
        for path, period, query in requests:
            address = f"{path}?{query}"
            client.get(address).raise_for_status()
            samples = []
            for _ in range(repeats):
                before = cpu_seconds(server), postgres_seconds(postmaster)
                for _ in range(_CALLS):
                    client.get(address).raise_for_status()
                samples.append((cpu_seconds(server) - before[0], postgres_seconds(postmaster) - before[1]))
            found.append(
                Endpoint(
                    path=path,
                    period=period,
                    server=median(each[0] for each in samples) / _CALLS * 1000,
                    postgres=median(each[1] for each in samples) / _CALLS * 1000,
                )
            )
        return found
