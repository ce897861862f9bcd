from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from keepwell.intake.dead_letters.service import replay
from keepwell.intake.journal.dead_letters import stored_dead_letter, stored_dead_letters
from keepwell.intake.schema.validation import Schema, compile_schema
from keepwell.platform.errors import Conflict, DataValidationError, NotFound
from tests.faults.disks import CutDisk, PowerCut
from tests.unit.intake.follow.logs import Logs, line
from tests.unit.intake.sample_events import CLOCK, opened

LENIENT = compile_schema(b'{"type": "object", "required": ["n"]}', place="lenient.schema.json")
REFUSED = [b'{"n": %d, "more": true}' % number for number in range(20)]


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    """Twenty rows that a more lenient schema would take, one that no schema takes, one beyond the cap."""
    logs = Logs(tmp_path)
    logs.append("app.log", line(100) + b"\n".join([*REFUSED, b"no row", line(1, "y" * 2_000)]))
    logs.poll()
    return logs


def replayed(logs: Logs, schema: Schema | None = LENIENT, **options: str) -> tuple[int, int, int]:
    result = replay(logs.into, schema=schema, clock=CLOCK, code=options.get("code"))
    return result.accepted, result.refused, result.without_row


def test_replay_accepts_the_rows_that_a_corrected_schema_allows_and_keeps_the_others(logs: Logs) -> None:
    assert replayed(logs) == (20, 1, 1)
    assert logs.accepted()[1:] == REFUSED
    assert [letter.code for letter in logs.letters()] == ["invalid-json", "too-long"]


def test_second_replay_adds_nothing(logs: Logs) -> None:
    replayed(logs)
    assert replayed(logs) == (0, 1, 1)
    assert len(logs.accepted()) == 21


def test_replay_without_a_schema_uses_the_last_one(logs: Logs) -> None:
    assert replayed(logs, None) == (0, 21, 1)


def test_replay_by_code_leaves_other_dead_letters(logs: Logs) -> None:
    assert replayed(logs, code="invalid-json") == (0, 1, 0)


def test_interrupted_replay_is_finished_by_the_next_one(tmp_path: Path) -> None:
    for at in count():
        (tmp_path / str(at)).mkdir()
        logs, disk = Logs(tmp_path / str(at)), CutDisk(at, "torn")
        logs.append("app.log", b"\n".join([*REFUSED, b""]))
        logs.poll()
        try:
            replay(logs.into, schema=LENIENT, clock=CLOCK, files=disk)
            break
        except PowerCut:
            disk.lose_power("forgets")
            replayed(logs)
        assert logs.accepted() == REFUSED
        assert logs.letters() == []
    assert at > 3


def test_replay_is_refused_while_another_process_writes(logs: Logs) -> None:
    with logs.followed(), pytest.raises(Conflict):
        replayed(logs)


def test_dead_letter_is_found_by_its_id(logs: Logs) -> None:
    second = list(stored_dead_letters(logs.into))[1]
    assert stored_dead_letter(logs.into, second.id) == second
    assert second.id == "0:2"


def test_unknown_id_is_named(logs: Logs) -> None:
    with pytest.raises(NotFound, match="7:1"):
        stored_dead_letter(logs.into, "7:1")


def test_replay_without_any_known_schema_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    with pytest.raises(DataValidationError, match="is unknown"):
        replay(tmp_path, schema=None, clock=CLOCK)
