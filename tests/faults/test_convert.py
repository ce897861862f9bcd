"""A conversion interrupted by a full disk or kill -9: OUT is complete or absent, and IN is unchanged."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from keepwell.platform.errors import StorageFull
from tests import thorough
from tests.faults.disks import enlarge

ROWS = 40_000
DISK_BYTES = 500_000
KILLS = thorough.repeats(3, thorough=20)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows; every tenth is invalid."""
    path = tmp_path_factory.mktemp("rows") / "in.jsonl"
    rows = (f'{{"n": {number}' + ("" if number % 10 else " broken") + "}\n" for number in range(ROWS))
    path.write_text("".join(rows), encoding="utf-8")
    return path


def start(source: Path, target: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "keepwell.app.cli", "convert", str(source), str(target), "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def letters_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.dead-letters.jsonl")


def require_whole(target: Path) -> None:
    accepted = [row["n"] for row in json.loads(target.read_text(encoding="utf-8"))]
    letters = [json.loads(line) for line in letters_of(target).read_text(encoding="utf-8").splitlines()]
    assert accepted == [number for number in range(ROWS) if number % 10]
    assert [letter["line"] for letter in letters] == list(range(1, ROWS + 1, 10))


def test_a_full_disk_is_reported_and_leaves_nothing_and_freeing_space_completes_the_rows(
    source: Path, disk_of: Callable[[int], Path]
) -> None:
    disk = disk_of(DISK_BYTES)
    target = disk / "out.json"
    with start(source, target) as process:
        _, errors = process.communicate()
    assert process.returncode == StorageFull.exit_code
    assert f"disk full: space needed at {disk}/out.json" in errors
    assert list(disk.iterdir()) == []
    enlarge(disk, 40 * DISK_BYTES)
    with start(source, target) as process:
        assert process.wait() == 0
    require_whole(target)


def test_rows_are_complete_or_absent_whenever_it_is_killed(source: Path, tmp_path: Path) -> None:
    before = source.read_bytes()
    began = time.monotonic()
    with start(source, tmp_path / "measured.json") as process:
        process.wait()
    whole_seconds = time.monotonic() - began
    for kill in range(1, KILLS + 1):
        target = tmp_path / f"out-{kill}.json"
        with start(source, target) as process:
            time.sleep(whole_seconds * kill / KILLS)
            process.kill()
        if target.exists():
            require_whole(target)
        with start(source, target) as process:
            assert process.wait() == 0
        require_whole(target)
        assert not list(tmp_path.glob(".*.part"))
    assert source.read_bytes() == before
