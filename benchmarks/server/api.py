"""A page of accounts from a large table: our server compared with FastAPI, SQLAlchemy's ORM and uvicorn."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import httpx
import msgspec
import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict

from benchmarks.business import SLUG, fill, make_workspace
from benchmarks.measuring import machine, python, run
from benchmarks.processes import HOST, cpu_seconds, free_port, postgres_seconds, postmaster_of, served
from keepwell.platform.clock import SystemClock, today
from keepwell.platform.config import Settings, read_settings
from keepwell.platform.database import Database
from keepwell.platform.database_server import database_server
from keepwell.platform.errors import CorruptData
from keepwell.platform.migrations import migrate, migrations_folder, read_migrations
from keepwell.platform.progress import Progress
from keepwell.revenue import projections

_CONNECTIONS = 8
_WARM_UP = 20


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds of processor time per page: of the server, and of its Postgres."""

    server: float
    postgres: float


class ApiFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Ours with an API token and with an access token, and the baseline's."""

    machine: str
    accounts: int
    pages: int
    repeats: int
    by: Mapping[str, Served]


class Contender(NamedTuple):
    """A server that is measured, and the token that it is asked with."""

    name: str
    port: int
    process: psutil.Process
    token: str


def measure_api(folder: Path, *, accounts: int, pages: int, repeats: int, progress: Progress) -> ApiFigures:
    """Measure with this many accounts; raises CorruptData if the two servers return different rows."""
    settings = read_settings({}, home=folder / "home")
    settings.home.mkdir(mode=0o700)
    with database_server(settings) as conninfo:
        token = asyncio.run(prepare(conninfo, accounts, progress))
        by = _contest(conninfo, settings, token, pages=pages, repeats=repeats, progress=progress)
    return ApiFigures(machine=machine(), accounts=accounts, pages=pages, repeats=repeats, by=by)


async def prepare(conninfo: str, accounts: int, progress: Progress) -> str:
    """Write a business with so many accounts; returns an API token."""
    migrate(conninfo, read_migrations(migrations_folder()))
    async with Database.open(conninfo) as database:
        with progress.step("Writing the business", total=None):
            workspace, token = await make_workspace(database)
            fill(conninfo, workspace.id, accounts=accounts, subscriptions=accounts * 3 // 2)
            async with database.workspace(workspace.id) as connection:
                await projections.advance_to(
                    connection, workspace_id=workspace.id, today=today(SystemClock())
                )
    with psycopg.connect(conninfo, autocommit=True) as superuser:
        superuser.execute("vacuum analyze")
    return token


def _contest(
    conninfo: str, settings: Settings, token: str, *, pages: int, repeats: int, progress: Progress
) -> dict[str, Served]:
    ours, theirs = free_port(), free_port()
    command = up_command(settings.home, port=ours)
    textbook = python("-m", "benchmarks.server.api_baseline", str(theirs))
    with (
        served(command, port=ours, environment={"KEEPWELL_REQUESTS_PER_MINUTE": "100000000"}) as our_server,
        served(textbook, port=theirs, environment={"DATABASE_URL": _sqlalchemy(conninfo)}) as their_server,
    ):
        # Each server on one core, the client on the other.
        for server in (our_server, their_server):
            server.cpu_affinity([0])
        access = httpx.post(
            f"http://{HOST}:{ours}/v1/access-tokens", headers={"Authorization": f"Bearer {token}"}
        ).json()["access_token"]
        contenders = [
            Contender("keepwell", ours, our_server, token),
            Contender("keepwell, access token", ours, our_server, access),
            Contender("textbook", theirs, their_server, token),
        ]
        postmaster = postmaster_of(settings.home)
        samples: dict[str, list[Served]] = {each.name: [] for each in contenders}
        with progress.step("Reading pages", total=repeats * len(contenders)) as step:
            digests = {read_pages(each, pages=_WARM_UP)[1] for each in contenders}
            if len(digests) != 1:
                raise CorruptData(
                    "The two servers return different rows.", hint="The figures would be meaningless."
                )
            for _ in range(repeats):
                for each in contenders:
                    samples[each.name].append(sample(each, postmaster, pages=pages))
                    step.advance()
    return {name: median_of(some) for name, some in samples.items()}


def up_command(home: Path, *, port: int) -> list[str]:
    """The command that serves `home`."""
    options = ("--no-browser", "--port", str(port), "--workspace", SLUG, "--home", str(home))
    return python("-m", "keepwell.app.cli", "up", *options)


def sample(contender: Contender, postmaster: psutil.Process, *, pages: int) -> Served:
    """What each of the pages costs, of which every connection reads so many."""
    before = cpu_seconds(contender.process), postgres_seconds(postmaster)
    read, _ = read_pages(contender, pages=pages)
    server = (cpu_seconds(contender.process) - before[0]) / read * 1000
    return Served(server=server, postgres=(postgres_seconds(postmaster) - before[1]) / read * 1000)


def read_pages(contender: Contender, *, pages: int) -> tuple[int, str]:
    """Read so many pages over each connection; how many that were, and what was in them."""
    os.environ["TOKEN"] = contender.token
    command = python("-m", "benchmarks.server.api_load", str(contender.port), str(_CONNECTIONS), str(pages))
    counted = json.loads(run(command).output)
    return counted["pages"], str(counted["digests"])


def median_of(samples: Sequence[Served]) -> Served:
    """The median of each figure."""
    return Served(
        server=median(each.server for each in samples), postgres=median(each.postgres for each in samples)
    )


def _sqlalchemy(conninfo: str) -> str:
    parts = conninfo_to_dict(conninfo)
    host, user, name = parts.get("host", ""), parts.get("user", "postgres"), parts.get("dbname", "postgres")
    return f"postgresql+psycopg://{user}@/{name}?host={host}&port={parts.get('port', 5432)}"
