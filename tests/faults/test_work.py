"""Workers are killed, and servers and workers run beside each other: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

import tests.faults.children
from keepwell.identity.model import Workspace
from keepwell.platform.database import Database
from tests import thorough
from tests.commands import ForkedProcess, start_command
from tests.integration.due_work import EFFECT, LEASED_EFFECT, effects, rows, schedule, table_of_effects
from tests.integration.receiver import receiver
from tests.running import PATIENCE, RunningServer, environment, keepwell
from tests.unit.intake.sample_events import accepted_lines

pytestmark = pytest.mark.anyio

CHILD = Path(tests.faults.children.__file__).parent / "work.py"
JOBS = thorough.repeats(300, thorough=1_000)
KILLS = thorough.repeats(6, thorough=100)
# Servers, and as many workers.
PROCESSES = thorough.repeats(2, thorough=3)


@pytest.fixture(scope="module", autouse=True)
def _table(conninfo: str) -> Iterator[None]:
    with table_of_effects(conninfo):
        yield


@contextmanager
def worker_that_is_killed(conninfo: str) -> Iterator[None]:
    """A worker that has begun to work when the block runs, and is killed when it ends."""
    with subprocess.Popen(
        [sys.executable, str(CHILD), conninfo],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(CHILD.parents[3])},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "works\n"
        try:
            yield
        finally:
            process.kill()


async def is_left(database: Database, workspace: Workspace) -> bool:
    return bool(await rows(database, "select from due_work limit 1", workspace_id=workspace.id))


async def test_kill_9_during_work_loses_nothing_and_doubles_nothing(
    database: Database, workspace: Workspace, conninfo: str
) -> None:
    timing, subjects, interrupted = random.Random(14), list[UUID](), 0
    for _ in range(KILLS):
        for kind in (EFFECT, LEASED_EFFECT):
            subjects += await schedule(
                database, workspace.id, due_at=datetime.now(UTC), kind=kind, count=JOBS // KILLS // 2
            )
        with worker_that_is_killed(conninfo):
            await asyncio.sleep(timing.uniform(0, 0.06))
        interrupted += await is_left(database, workspace)
    with worker_that_is_killed(conninfo):
        async with asyncio.timeout(PATIENCE):
            while await is_left(database, workspace):  # noqa: ASYNC110  the worker is another process
                await asyncio.sleep(0.1)
    assert Counter(await effects(database, subjects)) == Counter(subjects)
    # Otherwise the test would say nothing.
    assert interrupted


@contextmanager
def running_worker(home: Path, conninfo: str) -> Iterator[ForkedProcess]:
    with (home.parent / "worker.log").open("ab") as log:
        process = start_command(
            "worker", environment=environment(home, database_url=conninfo), stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) in {0, -signal.SIGKILL}


def add_accounts(urls: Sequence[str], token: str, *, name: str, count: int) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    for number in range(count):
        body = {"external_id": f"{name}-{number}", "name": name}
        url = f"{urls[number % len(urls)]}/v1/accounts"
        httpx.post(url, json=body, headers=headers, timeout=30).raise_for_status()


def url_of(server: RunningServer) -> str:
    """Its address as it has printed it; server.json has that of the last server to start."""
    found = re.search(r"answers at (\S+)", server.output.read_text())
    assert found
    return found[1]


def test_several_servers_and_workers_on_one_database_do_all_work_once(
    tmp_path: Path, conninfo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEPWELL_WEBHOOKS_ALLOW_PRIVATE", "1")
    home, slug = tmp_path / "home", f"several-{uuid4().hex[:8]}"

    def run(*command: str) -> str:
        return keepwell(home, *command, "--workspace", slug, database_url=conninfo)

    with ExitStack() as stack:
        shop = stack.enter_context(receiver())
        servers = []
        for number in range(PROCESSES):
            server = RunningServer(home, "serve", "--workspace", slug, database_url=conninfo)
            server.output = tmp_path / f"serve-{number}.log"
            servers.append(stack.enter_context(server))
        workers = [stack.enter_context(running_worker(home, conninfo)) for _ in range(PROCESSES)]
        urls = [url_of(server) for server in servers]
        token = json.loads(run("token", "create", "--json"))["token"]
        run("webhooks", "add", shop.url)
        add_accounts(urls, token, name="before", count=10 * PROCESSES)
        wait_until(lambda: len(shop.received) >= 10 * PROCESSES)
        assert len(set(shop.ids)) == len(shop.ids)
        write_key = run("write-key", "create", "--name", "product").split()[-1]
        send_events(urls, write_key)
        [journal] = home.glob("intake/*/http")
        assert sorted(json.loads(line)["messageId"] for line in accepted_lines(journal)) == [
            "m-0",
            "m-1",
            "m-2",
        ]
        # The others go on without the ones that are killed.
        workers[0].kill()
        servers[0].kill()
        add_accounts(urls[1:], token, name="after", count=10)
        wait_until(lambda: len(set(shop.ids)) == 10 * PROCESSES + 10)
        wait_until(lambda: json.loads(run("webhooks", "deliveries", "--status", "due", "--json")) == [])


def send_events(urls: Sequence[str], write_key: str) -> None:
    """The same calls to every server at once, as a client that gets no answer from one of them."""
    calls = [
        {"type": "track", "event": "login", "userId": "u-1", "messageId": f"m-{number}"}
        for number in range(3)
    ]

    def send(url: str) -> None:
        answer = httpx.post(f"{url}/v1/batch", json={"batch": calls}, auth=(write_key, ""), timeout=30)
        answer.raise_for_status()

    with ThreadPoolExecutor() as pool:
        list(pool.map(send, urls))


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
