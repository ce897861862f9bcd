"""What `import` says of arguments that cannot be right; none of these gets as far as the database."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from keepwell.importing.cli import import_command
from keepwell.platform.errors import KeepwellError


def refusal(*words: str) -> KeepwellError:
    done = CliRunner().invoke(import_command, words)
    assert isinstance(done.exception, KeepwellError), done.output
    return done.exception


def test_a_file_in_place_of_the_folder_is_refused_with_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("id,name\n", encoding="utf-8")
    refused = refusal(str(file), "--mapping", "stripe")
    assert refused.message == f"{file} is a file; the argument is the folder that contains it."
    assert f"Name the folder: {tmp_path}." in refused.hint


def test_a_missing_folder_is_named_and_not_the_files_in_it(tmp_path: Path) -> None:
    assert refusal(str(tmp_path / "exprots"), "--mapping", "stripe").message == (
        f"There is no folder {tmp_path / 'exprots'}."
    )


@pytest.mark.parametrize(("typed", "meant"), [("lst", "list"), ("unod", "undo"), ("strip", "stripe")])
def test_a_mistyped_command_gets_a_suggestion(typed: str, meant: str) -> None:
    assert refusal(typed).hint == f"Did you mean `./keepwell import {meant}`?"


def test_without_a_mapping_the_error_says_where_to_get_one(tmp_path: Path) -> None:
    done = CliRunner().invoke(import_command, [str(tmp_path)])
    assert done.exit_code == 2
    assert "Missing option '--mapping'. Write one as docs/mapping.md shows" in done.output
