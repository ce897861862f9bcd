from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from keepwell.intake.dead_letters.cli import dead_letters
from keepwell.intake.model import DeadLetter
from keepwell.platform.errors import NotFound
from tests.unit.intake.sample_events import opened, rows

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_dead_letters_are_listed_as_json_and_by_code(tmp_path: Path) -> None:
    with opened(tmp_path) as intake:
        intake.append(rows(20))
    listed = CliRunner().invoke(dead_letters, ["list", str(tmp_path), "--json", "--code", "duplicate-id"])
    assert [(each["source"], each["line"]) for each in json.loads(listed.stdout)] == [("usage.jsonl", 15)]


def test_dead_letters_are_listed_as_a_table(tmp_path: Path) -> None:
    with opened(tmp_path) as intake:
        intake.append(rows(20))
    listed = CliRunner().invoke(dead_letters, ["list", str(tmp_path)])
    assert "3 dead letters" in listed.stdout
    assert "usage.jsonl:15" in listed.stdout


def test_a_long_list_is_cut_in_the_table_and_complete_as_json(tmp_path: Path) -> None:
    with opened(tmp_path) as intake:
        intake.reject(letter(number) for number in range(1_000))
    table = CliRunner().invoke(dead_letters, ["list", str(tmp_path)]).stdout
    assert table.startswith("1,000 dead letters, the first 200 of them; --json prints all")
    assert (table.count("usage.csv:"), "usage.csv:199 " in table) == (200, True)
    assert (
        len(json.loads(CliRunner().invoke(dead_letters, ["list", str(tmp_path), "--json"]).stdout)) == 1_000
    )


def letter(line: int) -> DeadLetter:
    return DeadLetter(
        source="usage.csv",
        line=line,
        code="invalid-json",
        reason="is not JSON",
        row=str(line),
        received_at=NOW,
    )


@pytest.mark.parametrize("verb", ["list", "replay"])
def test_a_folder_that_is_no_intake_folder_is_not_an_empty_one(tmp_path: Path, verb: str) -> None:
    with pytest.raises(NotFound, match="has no state"):
        CliRunner().invoke(dead_letters, [verb, str(tmp_path)], catch_exceptions=False)
    assert list(tmp_path.iterdir()) == []


def test_showing_no_dead_letter_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(dead_letters, ["show", str(tmp_path)])
    assert done.exit_code == 2
    assert "Name at least one ID; `./keepwell dead-letters list` prints them." in done.output
