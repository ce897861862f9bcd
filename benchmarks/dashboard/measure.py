"""The dashboard with a large business: what it weighs, how fast its pages are there, and how they scroll."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

from benchmarks.business import SLUG, fill, make_workspace
from benchmarks.dashboard.browser import Accounts, Browsing, Live, Load
from benchmarks.dashboard.sizes import Sizes, built_sizes
from benchmarks.measuring import machine, python
from benchmarks.processes import HOST, free_port, served
from keepwell.platform.clock import SystemClock, today
from keepwell.platform.config import Settings, read_settings
from keepwell.platform.database import Database
from keepwell.platform.database_server import database_server
from keepwell.platform.migrations import migrate, migrations_folder, read_migrations
from keepwell.platform.progress import Progress
from keepwell.revenue import projections
from keepwell.revenue.rebuild import service as rebuilding

_MANY = "1000000"


class DashboardFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures: sizes in bytes of gzip, times in milliseconds."""

    machine: str
    accounts: int
    repeats: int
    sizes: Sizes
    loads: list[Load]
    interaction_p95: float
    listed: Accounts
    live: Live


def measure_dashboard(folder: Path, *, accounts: int, repeats: int, progress: Progress) -> DashboardFigures:
    """Measure with this many accounts in a home of its own; needs Chromium and the built dashboard."""
    settings = read_settings({}, home=folder / "home")
    settings.home.mkdir(mode=0o700)
    with database_server(settings) as conninfo:
        with progress.step("Writing the business", total=None):
            token = asyncio.run(_write(conninfo, accounts))
        with _server(settings) as (address, link), Browsing.open(address, link) as browsing:
            with progress.step("Loading pages", total=None):
                loads = browsing.loads(repeats)
            with progress.step("Pressing keys", total=None):
                interactions = browsing.interaction_p95()
            with progress.step("Scrolling", total=None):
                listed = browsing.accounts(repeats)
            with progress.step("Watching a change", total=None):
                headers = {"Authorization": f"Bearer {token}"}
                with httpx.Client(base_url=address, headers=headers, timeout=30) as client:
                    live = browsing.live(client, repeats)
    return DashboardFigures(
        machine=machine(),
        accounts=accounts,
        repeats=repeats,
        sizes=built_sizes(),
        loads=loads,
        interaction_p95=interactions,
        listed=listed,
        live=live,
    )


async def _write(conninfo: str, accounts: int) -> str:
    migrate(conninfo, read_migrations(migrations_folder()))
    async with Database.open(conninfo) as database:
        workspace, token = await make_workspace(database)
        fill(conninfo, workspace.id, accounts=accounts, subscriptions=accounts)
        day = today(SystemClock())
        async with database.workspace(workspace.id) as connection:
            await rebuilding.rebuild(connection, workspace_id=workspace.id, today=day, timer=lambda: 0.0)
        async with database.workspace(workspace.id) as connection:
            await projections.advance_to(connection, workspace_id=workspace.id, today=day)
    return token


@contextmanager
def _server(settings: Settings) -> Iterator[tuple[str, str]]:
    """The address of a server, and a link that signs a browser in."""
    port = free_port()
    home = ("--workspace", SLUG, "--home", str(settings.home))
    command = python("-m", "keepwell.app.cli", "up", "--no-browser", "--port", str(port), *home)
    with served(command, port=port, environment={"KEEPWELL_REQUESTS_PER_MINUTE": _MANY}):
        printed = subprocess.run(
            python("-m", "keepwell.app.cli", "sign-in", "--json", *home),
            check=True,
            capture_output=True,
            text=True,
            env=dict(os.environ),
        ).stdout
        yield f"http://{HOST}:{port}", json.loads(printed)["link"]
