"""`tail --workspace`: product events from files to the account's activity, the lake and churn's features."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import click
import numpy as np
import pytest

from keepwell.app.cli import keepwell
from keepwell.app.verbs import VERBS
from keepwell.churn.counting.lookups import Moments
from keepwell.churn.counting.usage import usage_columns
from keepwell.churn.features import daily_counts
from keepwell.churn.model import windows_of
from keepwell.intake.service import activity, events_table
from keepwell.platform.config import Settings
from tests.commands import run_command
from tests.integration.exports import Export

Finished = subprocess.CompletedProcess[str]
Run = Callable[..., Finished]
DAY = date(2024, 5, 10)


@pytest.fixture
def run(tmp_path: Path, conninfo: str) -> Run:
    """Runs a verb in a folder, home and workspace of the test's own."""
    slug = f"test-{uuid4().hex[:12]}"
    environment = {**os.environ, "KEEPWELL_HOME": str(tmp_path / "home"), "KEEPWELL_DATABASE_URL": conninfo}

    def run(*arguments: str) -> Finished:
        return run_command(*arguments, "--workspace", slug, environment=environment, folder=tmp_path)

    return run


@pytest.fixture
def shop(run: Run, tmp_path: Path) -> Run:
    """The same, in a workspace with accounts."""
    export = Export(tmp_path / "export")
    export.events = export.events[:1]
    done = run("import", str(export.write()), "--mapping", str(export.mapping_file))
    assert done.returncode == 0, done.stderr
    return run


def line(message_id: str, *, account: str = "A-1", day: int = 1, event: str = "login") -> str:
    call = {
        "type": "track",
        "event": event,
        "messageId": message_id,
        "context": {"groupId": account},
        "userId": "user-7",
        "timestamp": datetime(2024, 5, day, 12, tzinfo=UTC).isoformat(),
    }
    return json.dumps(call) + "\n"


def write_events(folder: Path) -> None:
    """Two files: six events, a repeat, a reused id and two invalid lines."""
    folder.mkdir()
    (folder / "a.jsonl").write_text(
        line("E-1", day=1) + "{\n" + line("E-2", day=9) + line("E-1", event="other")
    )
    (folder / "b.jsonl").write_text(
        line("E-3", day=9)
        + line("E-2", day=9)
        + "".join(line(f"B-{day}", account="A-2", day=day) for day in (3, 4, 5))
        + '{"type": "track", "event": "login", "messageId": "E-9"}\n'
    )


def test_files_of_events_reach_the_lake_the_activity_and_the_features_exactly_once(
    shop: Run, tmp_path: Path
) -> None:
    write_events(tmp_path / "events")
    first, second = (json.loads(shop(*example(), "--json").stdout) for _ in range(2))
    assert (first["rows"], first["repeats"]) == (6, 1)
    assert first["dead_letters"] == {"duplicate-id": 1, "invalid-json": 1, "schema": 1}
    assert (second["rows"], second["repeats"], second["dead_letters"]) == (0, 0, {})

    letters = json.loads(shop("dead-letters", "list", "--json").stdout)
    places = [(each["id"], each["source"], each["line"]) for each in letters]
    assert places == [
        ("tail:0:1", str(tmp_path / "events/a.jsonl"), 2),
        ("tail:0:2", str(tmp_path / "events/a.jsonl"), 4),
        ("tail:0:3", str(tmp_path / "events/b.jsonl"), 6),
    ]
    shown = json.loads(shop("dead-letters", "show", "tail:0:3", "--json").stdout)
    assert shown == letters[2:]
    replayed = shop("dead-letters", "replay").stdout
    assert "3 were rejected again" in replayed
    assert "Rows of an import are validated by importing their file again." in replayed
    assert len(json.loads(shop("dead-letters", "list", "--json").stdout)) == 3

    built = shop("lake", "build")
    assert built.stdout.startswith("0 rows of 0 segments"), "--once left events out of the lake"
    counted = shop("lake", "query", "select account, count(*) from events group by all order by 1", "--csv")
    assert counted.stdout.splitlines()[1:] == ['"A-1",3', '"A-2",3']
    assert_activity(Settings(home=tmp_path / "home"), workspace_id(tmp_path))


def assert_activity(settings: Settings, workspace: UUID) -> None:
    shown = activity(
        settings.lake,
        workspace_id=workspace,
        account="A-2",
        today=DAY,
        intake_root=settings.intake(workspace),
    )
    assert [each.at.day for each in shown.recent] == [5, 4, 3]
    counts = daily_counts(
        events_table(settings.lake, workspace_id=workspace), ["A-1", "A-2"], before=DAY + timedelta(days=1)
    )
    moments = Moments(np.array([0, 1]), np.array([DAY.toordinal()] * 2))
    use = usage_columns(counts, moments, windows=windows_of(30), kinds=())
    assert use["active_days_mid"].tolist() == [2, 3]
    assert use["recency_days"].tolist() == [1, 5]


def test_unknown_workspace_is_named_with_the_command_that_creates_it(run: Run, tmp_path: Path) -> None:
    refused = run("tail", "*.jsonl", "--once")
    assert refused.returncode == 2
    assert "There is no workspace called" in refused.stderr
    assert "`./keepwell import` creates it" in refused.stderr
    assert not (tmp_path / "home" / "intake").exists()


def example() -> list[str]:
    """The arguments of the help's example for files of events that are still written, without the workspace that it names."""
    command = keepwell.get_command(click.Context(keepwell), "tail")
    assert command is not None
    assert "tail" in VERBS
    (of_events,) = re.findall(r"\./keepwell (tail .+ --workspace \w+ --once)\n", command.help or "")
    arguments = shlex.split(of_events)
    at = arguments.index("--workspace")
    return arguments[:at] + arguments[at + 2 :]


def workspace_id(folder: Path) -> UUID:
    (found,) = (folder / "home" / "intake").iterdir()
    return UUID(found.name)
