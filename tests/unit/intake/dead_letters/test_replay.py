from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from keepwell.intake.dead_letters.service import replay
from keepwell.intake.journal.dead_letters import held_letter, held_letters
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
    logs.look()
    return logs


def replayed(logs: Logs, schema: Schema | None = LENIENT, **options: str) -> tuple[int, int, int]:
    result = replay(logs.into, schema=schema, clock=CLOCK, code=options.get("code"))
    return result.accepted, result.refused, result.without_row


def test_a_mended_schema_takes_the_rows_that_it_accepts_and_keeps_the_others(logs: Logs) -> None:
    assert replayed(logs) == (20, 1, 1)
    assert logs.accepted()[1:] == REFUSED
    assert [letter.code for letter in logs.letters()] == ["invalid-json", "too-long"]


def test_a_second_replay_takes_nothing_twice(logs: Logs) -> None:
    replayed(logs)
    assert replayed(logs) == (0, 1, 1)
    assert len(logs.accepted()) == 21


def test_without_a_schema_the_last_one_judges_again(logs: Logs) -> None:
    assert replayed(logs, None) == (0, 21, 1)


def test_only_letters_with_the_code_are_replayed(logs: Logs) -> None:
    assert replayed(logs, code="invalid-json") == (0, 1, 0)


def test_a_replay_that_is_cut_off_anywhere_is_finished_by_the_next(tmp_path: Path) -> None:
    for at in count():
        (tmp_path / str(at)).mkdir()
        logs, disk = Logs(tmp_path / str(at)), CutDisk(at, "torn")
        logs.append("app.log", b"\n".join([*REFUSED, b""]))
        logs.look()
        try:
            replay(logs.into, schema=LENIENT, clock=CLOCK, files=disk)
            break
        except PowerCut:
            disk.lose_power("forgets")
            replayed(logs)
        assert logs.accepted() == REFUSED
        assert logs.letters() == []
    assert at > 3


def test_rows_are_not_replayed_while_another_process_takes_rows_in(logs: Logs) -> None:
    with logs.followed(), pytest.raises(Conflict):
        replayed(logs)


def test_a_letter_is_shown_by_its_id(logs: Logs) -> None:
    second = list(held_letters(logs.into))[1]
    assert held_letter(logs.into, second.id) == second
    assert second.id == "0:2"


def test_an_id_that_is_not_there_is_named(logs: Logs) -> None:
    with pytest.raises(NotFound, match="7:1"):
        held_letter(logs.into, "7:1")


def test_letters_of_a_folder_without_a_schema_need_one_to_be_named(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    with pytest.raises(DataValidationError, match="by which schema"):
        replay(tmp_path, schema=None, clock=CLOCK)
