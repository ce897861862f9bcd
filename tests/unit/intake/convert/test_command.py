"""`keepwell convert` on pipes and odd file names."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from keepwell.platform.errors import InfrastructureError
from tests.unit.intake.convert.test_convert import write

COMMAND = [sys.executable, "-m", "keepwell.app.cli", "convert", "-", "-", "--from", "jsonl", "--to", "csv"]


def test_command_reads_and_writes_pipes(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--dead-letters", str(tmp_path / "letters.jsonl"), "--json"],
        input='{"a": 1}\n{"b": "x"}\nbroken\n',
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout.splitlines() == ["a,b", "1,", ",x"]
    told = json.loads(done.stderr)
    assert (told["rows"], told["dead_letters"]) == (2, 1)
    assert told["dead_letters_file"] == str(tmp_path / "letters.jsonl")


def test_closed_pipe_is_reported_in_one_line(tmp_path: Path) -> None:
    rows = write(tmp_path / "in.jsonl", [{"a": "x" * 1_000}] * 1_000)
    command = [*COMMAND, "--dead-letters", str(tmp_path / "letters.jsonl")]
    with (
        rows.open("rb") as file,
        subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process,
    ):
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        told = process.stderr.read().decode()
        assert process.wait() == InfrastructureError.exit_code
    assert told.startswith("Error: standard output: Broken pipe.")
    assert "Traceback" not in told
    assert "Exception" not in told


def test_a_file_whose_name_is_not_utf8_is_named_in_its_dead_letters(tmp_path: Path) -> None:
    source = tmp_path / "in\udcff.jsonl"
    source.write_text("{\n", encoding="utf-8")
    done = subprocess.run(
        [*COMMAND[:4], str(source), str(tmp_path / "out\udcff.csv"), "--json"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
    letter = json.loads((tmp_path / "out\udcff.csv.dead-letters.jsonl").read_text(encoding="utf-8"))
    assert letter["source"] == r"in\xff.jsonl"
