"""A crash or a power loss before or after each single change of a file, and in the middle of each write."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import get_args

import pytest

from keepwell.intake.journal.verify import verify
from keepwell.intake.model import Sizes
from keepwell.intake.service import Intake
from keepwell.platform.errors import InfrastructureError, StorageFull
from keepwell.platform.progress import Silent
from tests.faults.disks import EIO, ENOSPC, Change, CutDisk, FailingDisk, Memory, Moment, PowerCut
from tests.unit.intake.follow.logs import Logs, line, lines
from tests.unit.intake.sample_events import accepted_ids, defined_ids, opened, rows

ROWS = rows(40)
SMALL = Sizes(commit=1_500, segment=2_500, row=1_000)
EXPECTED = defined_ids(ROWS)
TEXT = b"".join(line(number, "x" * 40) if number % 9 else b"no row %d\n" % number for number in range(120))
NUMBERS = [number for number in range(120) if number % 9]

each_crash = pytest.mark.parametrize(
    ("moment", "memory"),
    [(moment, memory) for moment in get_args(Moment) for memory in get_args(Memory)],
)


def take_all(intake: Intake) -> None:
    intake.append(ROWS)
    intake.seal()


@each_crash
def test_events_handed_in_again_after_a_crash_at_any_point_are_there_once(
    tmp_path: Path, moment: Moment, memory: Memory
) -> None:
    for at in count():
        root, disk = tmp_path / str(at), CutDisk(at, moment)
        try:
            with opened(root, files=disk, sizes=SMALL) as intake:
                take_all(intake)
            break
        except PowerCut:
            disk.lose_power(memory)
            with opened(root, sizes=SMALL) as intake:
                take_all(intake)
        assert sorted(accepted_ids(root)) == sorted(EXPECTED), f"crash {moment} change {at}"
        with opened(root) as intake:
            assert len(list(intake.dead_letters())) == len(ROWS) - len(EXPECTED)
    assert at > 20


@each_crash
def test_a_followed_file_is_there_once_after_a_crash_at_any_point(
    tmp_path: Path, moment: Moment, memory: Memory
) -> None:
    for at in count():
        (tmp_path / str(at)).mkdir()
        logs, disk = Logs(tmp_path / str(at), sizes=SMALL), CutDisk(at, moment)
        logs.append("app.log", TEXT)
        try:
            with logs.followed(files=disk) as tail:
                tail.poll()
            break
        except PowerCut:
            disk.lose_power(memory)
            logs.poll()
        assert logs.numbers() == NUMBERS, f"crash {moment} change {at}, the disk {memory}"
        assert len(logs.letters()) == 120 - len(NUMBERS)
        assert not verify(logs.into, progress=Silent()).damages
    assert at > 20


def test_a_rotation_between_the_crash_and_the_next_start_loses_and_doubles_nothing(tmp_path: Path) -> None:
    for at in count():
        (tmp_path / str(at)).mkdir()
        logs, disk = Logs(tmp_path / str(at), sizes=SMALL, pattern="app.log"), CutDisk(at, "torn")
        logs.append("app.log", lines(range(60)))
        try:
            with logs.followed(files=disk) as tail:
                tail.poll()
            break
        except PowerCut:
            disk.lose_power("forgets")
            logs.rename("app.log", "app.log.1")
            logs.compress("app.log.1")
            logs.append("app.log", lines(range(60, 70)))
            logs.poll()
        assert sorted(logs.numbers()) == list(range(70)), f"crash at change {at}"
    assert at > 8


@pytest.mark.parametrize("of", ["ok-*", "dlq-*"])
@pytest.mark.parametrize(
    ("change", "number", "error"),
    [
        ("write", ENOSPC, StorageFull),
        ("write", EIO, InfrastructureError),
        ("fdatasync", EIO, InfrastructureError),
        ("rename", EIO, InfrastructureError),
    ],
)
def test_a_disk_that_fails_at_any_point_ends_the_work_and_the_next_start_is_exact(
    tmp_path: Path, change: Change, number: int, error: type[Exception], of: str
) -> None:
    for at in count():
        (tmp_path / str(at)).mkdir()
        logs, disk = Logs(tmp_path / str(at), sizes=SMALL), FailingDisk(change, number, at=at, of=of)
        logs.append("app.log", TEXT)
        with logs.followed(files=disk) as tail, suppress(error):
            tail.poll()
        if not disk.has_failed:
            break
        logs.poll()
        assert logs.numbers() == NUMBERS
        assert len(logs.letters()) == 120 - len(NUMBERS)
    assert at > 0


def test_a_state_that_is_full_by_itself_ends_the_work_and_the_next_start_is_exact(tmp_path: Path) -> None:
    logs = Logs(tmp_path, sizes=SMALL)
    logs.append("app.log", TEXT * 40)
    with logs.followed() as tail:
        state = tail._state._connection
        (pages,) = state.execute("pragma page_count").fetchone()
        state.execute(f"pragma max_page_count = {pages + 1}")
        with pytest.raises(StorageFull, match=r"state\.db"):
            tail.poll()
    logs.poll()
    assert logs.numbers() == NUMBERS * 40
    assert not verify(logs.into, progress=Silent()).damages
