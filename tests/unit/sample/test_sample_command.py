"""The command `sample`: the same bytes whatever the hash seed, a summary for programs, and errors that name the folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.unit.sample.reading import contents

SMALL = ("--accounts", "8", "--until", "2026-07-01")


def run(*arguments: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "keepwell.app.cli", "sample", *arguments],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_same_command_gives_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    for number in ("1", "2"):
        done = run(str(tmp_path / number), *SMALL, "--json", hash_seed=number)
        assert done.returncode == 0, done.stderr
        summary = json.loads(done.stdout)
        assert (summary["accounts"], summary["folder"]) == (8, str(tmp_path / number))
        assert summary["rows"]["accounts.csv"] == 8
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(str(tmp_path / "file" / "sample"), *SMALL)
    assert done.returncode == 4
    assert "Cannot write the sample" in done.stderr
    assert str(tmp_path / "file") in done.stderr
