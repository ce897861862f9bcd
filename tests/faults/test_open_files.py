"""Too few open files: the commands that need more say so at once, and do not begin."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("limit", "words", "what"),
    [
        (120, ("up", "--no-browser"), "The server needs 576 open files"),
        (60, ("member", "list"), "Postgres needs 100 open files"),
        (60, ("tail", "*.jsonl", "--workspace", "default"), "Postgres needs 100 open files"),
    ],
)
def test_a_command_that_may_open_too_few_files_ends_with_4_and_says_how_many(
    tmp_path: Path, limit: int, words: tuple[str, ...], what: str
) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KEEPWELL_")} | {
        "KEEPWELL_HOME": str(tmp_path / "home")
    }
    command = ["sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh", sys.executable, "-m", "keepwell.app.cli"]
    done = subprocess.run(
        [*command, *words], env=environment, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 4
    assert f"{what} at least, and this process may have {limit}." in done.stderr
    assert "ulimit -n 4096" in done.stderr
    assert not (tmp_path / "home" / "postgres").exists()
