"""Heavy work runs as a child process: the loop goes on, errors are kept, and the child never outlives its parent."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import psutil
import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.work import service as work
from keepwell.platform.work.children import run_child
from keepwell.platform.work.kinds import LeasedKind, NextDue, Settle
from keepwell.platform.work.model import Job
from keepwell.platform.work.worker import Worker
from tests.clocks import MovableClock

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 10, tzinfo=UTC)
LONGEST_SILENCE = 0.5
# Runs until it is killed.
FOREVER = ("http.server", "0", "--bind", "127.0.0.1")
STARTS_A_CHILD = f"""
import asyncio
from keepwell.platform.work.children import run_child
asyncio.run(run_child(*{FOREVER!r}))
"""


async def longest_silence(doing: asyncio.Task[None]) -> float:
    longest, last = 0.0, time.monotonic()
    while not doing.done():
        await asyncio.sleep(0.005)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    return longest


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_rebuild_of_revenue_does_not_hold_up_the_loop_and_its_error_is_kept(
    database: Database,
    workspace: Workspace,
    settings_of_test: Settings,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_known: bool,
) -> None:
    monkeypatch.setenv("KEEPWELL_DATABASE_URL", settings_of_test.database_url or "")
    slug = workspace.slug if is_known else "nobody"
    printed = []

    async def rebuild(job: Job) -> Settle:
        home = str(settings_of_test.home)
        command = ("metrics", "rebuild", "--json", "--home", home, "--workspace", slug)
        printed.append(await run_child("keepwell.app.cli", *command))

        async def settle(_: Connection) -> NextDue:
            return None

        return settle

    async with database.workspace(workspace.id) as connection:
        await work.schedule(
            connection, workspace_id=workspace.id, kind="trial.rebuild", subject_id=workspace.id, due_at=NOW
        )
    kind = LeasedKind(name="trial.rebuild", perform=rebuild)
    working = asyncio.create_task(Worker(database, [kind], clock=MovableClock(NOW)).round())
    assert await longest_silence(working) < LONGEST_SILENCE
    await working
    async with database.workspace(workspace.id) as connection:
        found = await connection.execute("select last_error from due_work where kind = 'trial.rebuild'")
        errors = [each[0] for each in await found.fetchall()]
    if is_known:
        assert (errors, len(printed)) == ([], 1)
        assert '"facts"' in printed[0]
    else:
        assert "ended with exit code 2" in errors[0]
        assert "nobody" in errors[0]


def children() -> list[psutil.Process]:
    return [each for each in psutil.Process().children(recursive=True) if FOREVER[0] in each.cmdline()]


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110  another process is asked
            await asyncio.sleep(0.02)


async def test_a_cancelled_child_is_killed() -> None:
    running = asyncio.create_task(run_child(*FOREVER))
    await until(lambda: bool(children()))
    running.cancel()
    await asyncio.wait([running])
    assert children() == []


async def test_a_child_ends_when_its_parent_is_killed() -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", STARTS_A_CHILD)
    try:
        await until(lambda: bool(children()))
        [child] = children()
    finally:
        parent.kill()
        await parent.wait()
    await until(lambda: not child.is_running())


async def test_a_child_that_fails_is_named_with_what_it_said() -> None:
    with pytest.raises(
        InfrastructureError, match=r"(?s)`calendar` ended with exit code 2: .*arguments: --no"
    ):
        await run_child("calendar", "--no")
