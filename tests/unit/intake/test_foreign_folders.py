"""A folder with nothing of ours: each command says so, and leaves the folder as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from keepwell.app.cli import keepwell
from keepwell.intake.store import State
from keepwell.platform.errors import NotFound

COMMANDS = {
    "verify": ("verify", "FOLDER"),
    "list": ("dead-letters", "list", "FOLDER"),
    "show": ("dead-letters", "show", "FOLDER", "0:1"),
    "replay": ("dead-letters", "replay", "FOLDER"),
    "build": ("lake", "build", "FOLDER"),
    "compact": ("lake", "compact", "FOLDER"),
    "query": ("lake", "query", "select 1", "FOLDER"),
    "erase": ("lake", "erase", "--account", "A", "FOLDER"),
    "expire": ("lake", "expire", "--before", "2024-01-01", "FOLDER"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_with_nothing_of_ours_is_refused_and_stays_as_it_is(command: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    words = [str(tmp_path) if word == "FOLDER" else word for word in COMMANDS[command]]
    done = CliRunner().invoke(keepwell, words)
    assert isinstance(done.exception, NotFound)
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]


def test_an_intake_without_rows_has_nothing_to_verify(tmp_path: Path) -> None:
    State(tmp_path).close()
    done = CliRunner().invoke(keepwell, ["verify", str(tmp_path)])
    assert isinstance(done.exception, NotFound)
    assert "nothing to verify" in done.exception.message
    assert "unchanged" not in done.output
