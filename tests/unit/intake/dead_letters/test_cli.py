from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from keepwell.intake.dead_letters.cli import dead_letters
from tests.unit.intake.sample_events import opened, rows


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
