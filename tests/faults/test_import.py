"""An import interrupted by Ctrl-C, kill -9 or a full disk is completed by the same command."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests import thorough
from tests.commands import run_command
from tests.faults.disks import enlarge
from tests.faults.tail_process import wait_for
from tests.integration.exports import Export

ACCOUNTS = 300
SUBSCRIPTIONS = 1_500
EVENTS = 12_000
CUTS = {
    signal.SIGINT: thorough.repeats(1, thorough=5),
    signal.SIGTERM: thorough.repeats(1, thorough=5),
    signal.SIGKILL: thorough.repeats(3, thorough=15),
}
PATIENCE = 60.0
SECONDS_OF_WORK = 0.8


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    """Enough rows that an import takes a while."""
    made = Export(tmp_path_factory.mktemp("export"))
    made.accounts[1:] = [f"A-{number},Account {number},US" for number in range(ACCOUNTS)]
    made.subscriptions[1:] = [
        f"S-{number},A-{number % ACCOUNTS},Pro,1,{number % 90 + 10},month,USD,2024-01-{number % 28 + 1:02},,false"
        for number in range(SUBSCRIPTIONS)
    ]
    made.events[1:] = [
        f"E-{number},S-{number % SUBSCRIPTIONS},login,2024-02-{number % 29 + 1:02}T10:00:00Z,{number % 7}"
        for number in range(EVENTS)
    ]
    made.write()
    return made


class Importer:
    """`keepwell import` as a process, in its own workspace and home."""

    def __init__(self, export: Export, home: Path, *, conninfo: str) -> None:
        self._conninfo = conninfo
        self.workspace = f"test-{uuid4().hex[:12]}"
        self._arguments = ["import", str(export.folder), "--json"]
        self._arguments += ["--mapping", str(export.mapping_file), "--workspace", self.workspace]
        self._started: list[subprocess.Popen[str]] = []
        self._environment = {**os.environ, "KEEPWELL_HOME": str(home), "KEEPWELL_DATABASE_URL": conninfo}

    def start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "keepwell.app.cli", *self._arguments],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        return process

    def end(self) -> None:
        """End what a failed test has left running, which would hold a transaction open for the next tests."""
        for each in self._started:
            with each:
                each.kill()

    def has_begun(self) -> bool:
        with psycopg.connect(self._conninfo) as connection:
            found = connection.execute("select from workspaces where slug = %s", (self.workspace,))
            return found.fetchone() is not None

    def finish(self) -> dict[str, Any]:
        """Run to the end and return the summary."""
        done = run_command(*self._arguments, environment=self._environment)
        assert done.returncode == 0, done.stderr
        summary: dict[str, Any] = json.loads(done.stdout)
        return summary


@pytest.fixture
def importer(export: Export, tmp_path: Path, conninfo: str) -> Iterator[Importer]:
    made = Importer(export, tmp_path / "home", conninfo=conninfo)
    yield made
    made.end()


def assert_whole(summary: dict[str, Any]) -> None:
    """Every row is stored once: those that this run did not import were stored before."""
    for name, number in (("accounts", ACCOUNTS), ("subscriptions", SUBSCRIPTIONS), ("events", EVENTS)):
        counts = summary["entities"][name]
        assert counts["imported"] + counts["unchanged"] == number
        assert counts["dead_lettered"] == 0


@pytest.mark.parametrize("how", thorough.sample(list(CUTS), 1, seed="kills"))
def test_an_import_killed_at_random_is_completed_by_the_same_command(
    importer: Importer, how: signal.Signals
) -> None:
    chance = random.Random(how)
    for _ in range(CUTS[how]):
        process = importer.start()
        wait_for(importer.has_begun)
        time.sleep(chance.uniform(0, SECONDS_OF_WORK))
        process.send_signal(how)
        process.communicate(timeout=PATIENCE)
    assert_whole(importer.finish())
    again = importer.finish()
    assert_whole(again)
    assert not again["changed"]


def test_an_interrupted_import_prints_one_line_and_exits_with_130(importer: Importer) -> None:
    process = importer.start()
    wait_for(importer.has_begun)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Run the same command again" in error
    assert "Traceback" not in error


@pytest.fixture
def small_disk(disk_of: Callable[[int], Path]) -> Path:
    """A disk of one megabyte."""
    return disk_of(1 << 20)


def test_a_full_disk_is_reported_and_freeing_space_completes_the_import(
    export: Export, small_disk: Path, conninfo: str
) -> None:
    importer = Importer(export, small_disk / "home", conninfo=conninfo)
    process = importer.start()
    _, error = process.communicate(timeout=120)
    assert process.returncode == 4, error
    assert "full" in error
    assert "Traceback" not in error
    enlarge(small_disk, 200 << 20)
    assert_whole(importer.finish())
    assert not importer.finish()["changed"]
