"""kill -9 of `tail --workspace` in the middle of a file, and a rotation before it starts again."""

from __future__ import annotations

import asyncio
import json
import subprocess
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from keepwell.identity import service as identity
from keepwell.intake.journal.dead_letters import read_dead_letters
from keepwell.intake.model import ACCEPTED, TAIL_JOURNAL
from keepwell.intake.service import activity, events_table
from keepwell.intake.store import State, has_state
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.faults.tail_process import COMMAND, TailProcess, wait_for
from tests.unit.intake.sample_events import NOON, TODAY, accepted_ids

EVENTS = 6_000
# Every fiftieth line is invalid, and every thirtieth repeats the one before.
MALFORMED = {n for n in range(EVENTS) if n % 50 == 49}
EXPECTED = sorted({f"E-{n - (n % 30 == 29)}" for n in range(EVENTS) if n not in MALFORMED})


class FollowedEvents:
    """A file of events, and the command that follows it into a workspace."""

    def __init__(self, folder: Path, workspace_id: UUID, command: list[str]) -> None:
        self.settings = Settings(home=folder / "home")
        self.workspace_id = workspace_id
        self.file = folder / "events.jsonl"
        self.root = self.settings.intake(workspace_id) / TAIL_JOURNAL
        self._command = [*command, str(self.file), "--commit", "20KB", "--json"]

    def start(self) -> TailProcess:
        return TailProcess([*self._command, "--poll", "20ms"])

    def once(self) -> None:
        subprocess.run([*self._command, "--once"], check=True, capture_output=True)

    def append(self, first: int, end: int) -> None:
        with self.file.open("a") as file:
            file.writelines(map(line, range(first, end)))

    def rows(self) -> int:
        if not has_state(self.root):
            return 0
        with closing(State(self.root)) as state:
            return sum(segment.rows for segment in state.segments(ACCEPTED))

    def killed_after(self, rows: int) -> int:
        """Follow until so many rows are committed, and kill; the number of rows then."""
        with self.start() as tail:
            wait_for(lambda: self.rows() >= rows)
            tail.process.kill()
            tail.process.wait()
        return self.rows()


def line(number: int) -> str:
    if number in MALFORMED:
        return f'{{"number": {number}\n'
    sent = number - (number % 30 == 29)
    call = {
        "type": "track",
        "event": "login",
        "messageId": f"E-{sent}",
        "context": {"groupId": "A-1"},
        "timestamp": (NOON + timedelta(seconds=sent)).isoformat(),
    }
    return json.dumps(call) + "\n"


@pytest.fixture
def followed(tmp_path: Path, conninfo: str) -> FollowedEvents:
    slug = f"test-{uuid4().hex[:12]}"

    async def create() -> UUID:
        async with Database.open(conninfo) as database, database.transaction() as connection:
            return (await identity.ensure_workspace(connection, slug, runtime=system_runtime())).id

    environment = [f"KEEPWELL_HOME={tmp_path / 'home'}", f"KEEPWELL_DATABASE_URL={conninfo}"]
    command = ["env", *environment, *COMMAND, "--workspace", slug]
    return FollowedEvents(tmp_path, asyncio.run(create()), command)


def test_events_are_there_once_after_kills_within_a_file_and_a_rotation(followed: FollowedEvents) -> None:
    followed.append(0, EVENTS // 2)
    assert 0 < followed.killed_after(500) < EVENTS // 2 * 0.9, "the process was not killed at work"
    followed.file.rename(f"{followed.file}.1")
    followed.append(EVENTS // 2, EVENTS)
    assert followed.killed_after(3_500) < len(EXPECTED), "the process was not killed at work"
    followed.once()
    followed.once()
    assert sorted(accepted_ids(followed.root)) == EXPECTED
    letters = list(read_dead_letters(followed.root))
    assert {json.loads(letter.row + "}")["number"] for letter in letters} == MALFORMED
    assert len(letters) == len(MALFORMED)
    in_lake = events_table(followed.settings.lake, workspace_id=followed.workspace_id)
    assert in_lake.count().to_pyarrow().as_py() == len(EXPECTED)


def test_event_is_in_its_accounts_activity_within_seconds_while_the_file_is_followed(
    followed: FollowedEvents,
) -> None:
    intake_root, lake = followed.settings.intake(followed.workspace_id), followed.settings.lake

    def recent() -> int:
        found = activity(
            lake, workspace_id=followed.workspace_id, account="A-1", today=TODAY, intake_root=intake_root
        )
        return len(found.recent)

    with followed.start() as tail:
        wait_for(lambda: has_state(followed.root))
        followed.append(0, 1)
        wait_for(lambda: recent() == 1)
        assert tail.process.poll() is None
