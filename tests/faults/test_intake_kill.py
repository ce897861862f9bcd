"""kill -9 while rows are appended, repeatedly in one folder."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests import thorough
from tests.unit.intake.sample_events import accepted_ids, defined_ids, opened, rows

ROOT = Path(__file__).parents[2]
ROWS = rows(20_000)
EXPECTED = defined_ids(ROWS)
KILLS = thorough.repeats(15, thorough=150)
LONGEST_LIFE = 0.2


class Appender:
    """Processes that append all rows to a folder, one after another."""

    def __init__(self, launcher: subprocess.Popen[str]) -> None:
        assert launcher.stdin is not None
        assert launcher.stdout is not None
        self._orders, self._answers = launcher.stdin, launcher.stdout

    def killed_after(self, life: float) -> int:
        """Let one append for `life` seconds, then kill it; the number of rows it acknowledged."""
        print("append", file=self._orders, flush=True)
        process_id = int(self._answers.readline())
        time.sleep(life)
        with suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)
        acknowledged = 0
        while (answer := self._answers.readline()) != "ended\n":
            acknowledged = int(answer)
        return acknowledged


@pytest.fixture
def appender(tmp_path: Path) -> Iterator[Appender]:
    command = [sys.executable, "-m", "tests.faults.children.intake_append", str(tmp_path), str(len(ROWS))]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as launcher:
        yield Appender(launcher)
        launcher.kill()


def test_rows_sent_again_after_each_kill_are_stored_once_and_acknowledged_ones_at_once(
    appender: Appender, tmp_path: Path
) -> None:
    rng = random.Random(20240501)
    cut_off = 0
    for _ in range(KILLS):
        acknowledged = appender.killed_after(rng.uniform(0, LONGEST_LIFE))
        cut_off += acknowledged < len(ROWS)
        held = list(accepted_ids(tmp_path))
        assert len(held) == len(set(held))
        assert defined_ids(ROWS[:acknowledged]) <= set(held)
    with opened(tmp_path) as intake:
        intake.append(ROWS)
        letters = len(list(intake.dead_letters()))
    assert sorted(accepted_ids(tmp_path)) == sorted(EXPECTED)
    assert letters == len(ROWS) - len(EXPECTED)
    assert cut_off > KILLS // 2, "hardly any process was killed at work"
