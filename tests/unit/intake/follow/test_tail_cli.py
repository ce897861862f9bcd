"""Where `tail` may write: a folder of rows of a schema, or a workspace, and not both."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from keepwell.intake.follow.cli import tail_command
from keepwell.intake.follow.metrics import TailMetrics
from keepwell.intake.follow.report import TailProgress, TerminalReport
from keepwell.intake.model import Doubtful
from keepwell.platform.clock import SystemClock
from keepwell.platform.errors import Conflict, DataValidationError, NotFound

WORKSPACE_ID = "018f3b1e-0000-7000-8000-000000000000"


def run(*options: str | Path) -> Result:
    return CliRunner().invoke(tail_command, ["*.jsonl", *map(str, options), "--once"])


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "row.schema.json"
    path.write_text("{}")
    return path


def rows_of(folder: Path, *rows: str) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_once_without_any_matching_file_is_an_error_that_names_the_pattern(
    schema: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("--schema", schema, "--into", "in")
    assert isinstance(result.exception, NotFound)
    assert result.exception.exit_code == 2
    assert "No file matches *.jsonl." in result.exception.message


@pytest.mark.parametrize(("rows", "code"), [(["{", "{}"], 0), (["{", "}"], 3), (["{}"], 0)])
def test_once_says_by_its_exit_code_whether_any_row_was_taken(
    schema: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[str], code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    rows_of(tmp_path, *rows)
    result = run("--schema", schema, "--into", "in")
    assert getattr(result.exception, "exit_code", 0) == code
    again = run("--schema", schema, "--into", "in")
    assert again.exit_code == 0


def test_without_schema_and_workspace_the_missing_option_is_named_with_the_alternative() -> None:
    result = run()
    assert result.exit_code == 2
    assert "Missing option '--schema'. For product events, name --workspace instead." in result.stderr


def test_without_a_folder_the_missing_option_is_named(schema: Path) -> None:
    result = run("--schema", schema)
    assert result.exit_code == 2
    assert "Missing option '--into'" in result.stderr


def test_workspace_excludes_a_folder_and_a_schema(schema: Path, tmp_path: Path) -> None:
    for option, value in (("--into", tmp_path), ("--schema", schema)):
        result = run("--workspace", "default", option, value)
        assert result.exit_code == 2
        assert f"{option} and --workspace exclude each other" in result.stderr


@pytest.mark.parametrize("part", ["", "tail", "http", "a/folder of its own"])
def test_folder_of_a_workspace_is_refused_with_the_alternative(
    schema: Path, tmp_path: Path, part: str
) -> None:
    folder = tmp_path / "home" / "intake" / WORKSPACE_ID / part
    result = run("--schema", schema, "--into", folder)
    assert isinstance(result.exception, Conflict)
    assert "--workspace NAME" in (result.exception.hint or "")
    assert not (tmp_path / "home").exists()


def test_folder_of_a_workspace_is_refused_by_another_path_too(schema: Path, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "intake" / WORKSPACE_ID
    folder.mkdir(parents=True)
    link = tmp_path / "rows"
    link.symlink_to(folder)
    assert isinstance(run("--schema", schema, "--into", link).exception, Conflict)


def test_uncertain_file_is_named_and_the_command_ends_with_5(
    schema: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in (1, 2):
        Path("app.jsonl").write_text('{"status": "ok"}\n', encoding="utf-8")
        os.utime("app.jsonl", (number, number))
        result = run("--schema", schema, "--into", "in")
    assert isinstance(result.exception, Doubtful)
    assert result.exception.exit_code == 5
    assert f"{tmp_path}/app.jsonl: it has the same text as" in result.stderr
    assert "1 row accepted, 0 dead letters, from 1 file." in result.stdout


@pytest.mark.parametrize("part", ["intake", f"rows/{WORKSPACE_ID}", "intake/2024"])
def test_any_other_folder_is_accepted(schema: Path, tmp_path: Path, part: str) -> None:
    result = CliRunner().invoke(
        tail_command,
        [
            str(rows_of(tmp_path, '{"a": 1}')),
            "--schema",
            str(schema),
            "--into",
            str(tmp_path / part),
            "--once",
        ],
    )
    assert result.exit_code == 0


@pytest.mark.parametrize("name", ["usage.csv", "exports/*.CSV", "usage.yaml", "usage.csv.gz"])
def test_a_file_of_another_format_is_refused_with_the_command_that_converts_it(name: str) -> None:
    result = CliRunner().invoke(tail_command, [name, "--workspace", "default", "--once"])
    assert isinstance(result.exception, DataValidationError)
    assert f"./keepwell convert {name} " in result.exception.hint


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (0, "2,000 rows accepted, 1 dead letter so far\n"),
        (2, "2,000 rows accepted, 1 dead letter, from 2 files; 1 byte behind\n"),
    ],
)
def test_progress_says_how_many_files_only_once_a_round_has_counted_them(
    files: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = {"rows": 2000, "bytes": 9, "dead_letters": {"schema": 1}, "repeats": 0, "lag_bytes": 1}
    none = {"lag_seconds": 0.0, "copies": [], "troubles": {}, "doubts": {}}
    report = TerminalReport(TailMetrics(), SystemClock())
    report.show(msgspec.convert({"report": "progress", **counts, **none, "files": files}, TailProgress))
    assert capsys.readouterr().err == said
