"""Standard streams that are missing when the process starts, or cannot be written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("closed", [(2,), (0, 1, 2)], ids=str)
def test_a_command_that_is_started_without_standard_streams_does_its_work(
    closed: tuple[int, ...], tmp_path: Path
) -> None:
    (tmp_path / "in.csv").write_text("a\n1\n", encoding="utf-8")
    program = (
        f"import os, sys; [os.close(each) for each in {closed}];"
        "os.execv(sys.executable, [sys.executable, '-m', 'keepwell.app.cli', 'convert', 'in.csv', 'out.jsonl'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == '{"a":"1"}\n'


def test_a_full_disk_behind_standard_output_is_reported() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "keepwell.app.cli", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 4
    assert b"Error: The disk is full" in done.stderr
