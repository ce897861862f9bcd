"""`keepwell import` as a process: how it is called, what it prints, and its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.commands import run_command
from tests.integration.exports import Export

Finished = subprocess.CompletedProcess[str]
Run = Callable[..., Finished]


@pytest.fixture
def export(tmp_path: Path) -> Export:
    made = Export(tmp_path / "export")
    made.write()
    return made


@pytest.fixture
def run(tmp_path: Path, conninfo: str) -> Run:
    """Runs a command in the test's own workspace and home."""
    workspace = f"test-{uuid4().hex[:12]}"
    environment = {**os.environ, "KEEPWELL_HOME": str(tmp_path / "home"), "KEEPWELL_DATABASE_URL": conninfo}

    def finished(*words: str) -> Finished:
        return run_command("import", *words, "--workspace", workspace, environment=environment)

    return finished


def test_an_import_is_dry_run_done_listed_and_undone_from_the_command_line(run: Run, export: Export) -> None:
    folder, mapping = str(export.folder), str(export.mapping_file)
    tried = run("--dry-run", folder, "--mapping", mapping)
    assert tried.returncode == 0, tried.stderr
    assert "Nothing was changed." in tried.stdout
    done = json.loads(run(folder, "--mapping", mapping, "--json").stdout)
    assert [each["status"] for each in json.loads(run("list", "--json").stdout)] == ["finished"]
    undone = run("undo", done["id"])
    assert undone.returncode == 0, undone.stderr
    assert "subscriptions: 4 deleted" in undone.stdout
    assert "undone" in run("list").stdout


def test_an_import_that_cannot_be_undone_exits_with_2_and_the_reason(run: Run, export: Export) -> None:
    words = (str(export.folder), "--mapping", str(export.mapping_file), "--json")
    done = json.loads(run(*words).stdout)
    export.accounts[1] = "A-1,Acme Limited,US"
    export.write()
    run(*words)
    refused = run("undo", done["id"])
    assert refused.returncode == 2
    assert "accounts 'A-1' was changed since by the import" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_built_in_mapping_is_found_by_name(run: Run, tmp_path: Path) -> None:
    refused = run(str(tmp_path), "--mapping", "stripe", "--currency", "USD")
    assert refused.returncode == 3
    assert "There is no file" in refused.stderr
    assert "customers.csv" in refused.stderr


def test_the_counts_of_an_import_are_written_for_prometheus(run: Run, export: Export, tmp_path: Path) -> None:
    export.subscriptions.append("S-9,A-1,Pro,1,much,month,USD,2024-01-01,,false")
    export.write()
    file = tmp_path / "import.prom"
    done = run(str(export.folder), "--mapping", str(export.mapping_file), "--metrics-file", str(file))
    assert done.returncode == 0, done.stderr
    counted = {family.name: family.samples for family in text_string_to_metric_families(file.read_text())}
    outcomes = {
        sample.labels["outcome"]: sample.value
        for sample in counted["keepwell_import_rows"]
        if sample.labels["entity"] == "subscriptions" and sample.name.endswith("_total")
    }
    assert outcomes == {"inserted": 4, "changed": 0, "unchanged": 0, "dead-lettered": 1}


def test_an_import_with_dead_letters_says_how_many_and_names_the_command_that_shows_them(
    run: Run, export: Export
) -> None:
    export.subscriptions.append("S-9,A-1,Pro,1,much,month,USD,2024-01-01,,false")
    export.write()
    words = (str(export.folder), "--mapping", str(export.mapping_file))
    tried = run("--dry-run", *words)
    assert (tried.returncode, "1 row would be rejected; all others would be taken." in tried.stderr) == (
        0,
        True,
    )
    done = run(*words)
    assert done.returncode == 0
    assert "subscriptions: 1 dead-lettered as invalid-amount\n" in done.stdout
    assert "1 row was rejected; all others were taken." in done.stderr
    assert "`./keepwell dead-letters list --workspace test-" in done.stderr
    assert "an earlier import" not in done.stdout
    assert "subscriptions: 1 of these an earlier import rejected too\n" in run(*words).stdout


def test_an_import_whose_rows_are_all_rejected_exits_with_3(run: Run, export: Export) -> None:
    for lines in (export.accounts, export.subscriptions, export.events):
        lines[1:] = ['"broken']
    export.write()
    done = run(str(export.folder), "--mapping", str(export.mapping_file))
    assert done.returncode == 3
    assert "No row could be taken: all 3 were rejected." in done.stderr


def test_the_numbers_of_an_import_add_up_in_its_table(run: Run, export: Export) -> None:
    done = run(str(export.folder), "--mapping", str(export.mapping_file))
    assert "rows read + further records = imported + unchanged + skipped + dead-lettered\n" in done.stdout
    cells = [line.split("│")[3:-1] for line in done.stdout.splitlines() if line.startswith("│")]
    assert len(cells) == 3
    for each in cells:
        read, further, imported, _, unchanged, skipped, rejected = map(int, each)
        assert read + further == imported + unchanged + skipped + rejected


def test_an_unwritable_metrics_file_is_reported_by_name(run: Run, export: Export, tmp_path: Path) -> None:
    file = tmp_path / "missing" / "import.prom"
    done = run(str(export.folder), "--mapping", str(export.mapping_file), "--metrics-file", str(file))
    assert done.returncode == 3
    assert str(file) in done.stderr
