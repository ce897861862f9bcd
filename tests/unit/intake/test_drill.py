"""The drill explains a row that was kept twice, and tells repetitions that were named from those that were not."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from keepwell.intake.drill.service import PATTERN, count_rows, followed, repetitions
from keepwell.intake.drill.writer import Writer
from tests.unit.intake.sample_events import CLOCK


class Drill:
    """The files of a drill, without kills."""

    def __init__(self, folder: Path) -> None:
        self.logs, self.into = folder / "logs", folder / "intake"
        self.logs.mkdir()
        self.writer = Writer(self.logs / PATTERN, random.Random(1))
        self.writer.work()

    def follow(self) -> None:
        with followed(self.logs, self.into, clock=CLOCK) as tail:
            tail.poll()

    def forget_sources(self) -> None:
        with closing(sqlite3.connect(self.into / "state.db", isolation_level=None)) as state:
            state.execute("delete from source")


@pytest.fixture
def drill(tmp_path: Path) -> Drill:
    return Drill(tmp_path)


def test_same_seed_writes_the_same_files_again(tmp_path: Path) -> None:
    histories = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        histories.append(Drill(tmp_path / name).writer.history)
    assert histories[0] == histories[1]


def test_finding_names_both_commits_and_what_was_done_to_the_file(drill: Drill) -> None:
    drill.follow()
    drill.forget_sources()
    drill.follow()
    found = repetitions(count_rows(drill.into), drill.into, writer=drill.writer)
    assert (found.doubled, found.named) == (drill.writer.written, 0)
    first = found.findings[0]
    assert first.startswith("Row 0 was kept 2 times: in dlq-000000, commit ")
    assert first.count(f"{PATTERN}") >= 2
    assert "bytes 0 to " in first
    assert "during process 1: wrote " in first


def test_repetition_from_a_source_that_was_named_is_counted_apart(tmp_path: Path) -> None:
    drill = Drill(tmp_path)
    for path in drill.logs.iterdir():
        path.unlink()
    (drill.logs / PATTERN).write_bytes(b'{"n": 1}\n')
    drill.follow()
    (drill.logs / PATTERN).rename(drill.logs / "moved")
    (drill.logs / f"{PATTERN}.1").write_bytes(b'{"n": 1}\n')
    drill.follow()
    found = repetitions(count_rows(drill.into), drill.into, writer=drill.writer)
    assert (found.doubled, found.named, found.findings) == (0, 1, [])
