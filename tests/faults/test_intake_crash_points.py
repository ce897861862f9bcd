"""A crash or power loss before and after every change of a file, and in the middle of every write."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import get_args

import pytest

from keepwell.intake.journal.verify import verify
from keepwell.intake.model import Sizes
from keepwell.intake.service import EventJournal
from keepwell.platform.errors import InfrastructureError, StorageFull
from keepwell.platform.progress import SilentProgress
from tests.faults.disks import (
    EIO,
    ENOSPC,
    NEVER,
    Change,
    CutDisk,
    FailingDisk,
    Memory,
    Moment,
    PowerCut,
    points_of,
)
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


def take_all(intake: EventJournal) -> None:
    intake.append(ROWS)
    intake.seal()


@each_crash
def test_events_sent_again_after_a_crash_at_any_point_are_stored_once(
    tmp_path: Path, moment: Moment, memory: Memory
) -> None:
    def take_all_on(disk: CutDisk) -> None:
        with opened(tmp_path / "whole", files=disk, sizes=SMALL) as intake:
            take_all(intake)

    disk = CutDisk(NEVER, moment)
    points = points_of(take_all_on, disk, seed=f"events {moment} {memory}")
    assert disk.changes > 20
    for at in points:
        root, disk = tmp_path / str(at), CutDisk(at, moment)
        with pytest.raises(PowerCut), opened(root, files=disk, sizes=SMALL) as intake:
            take_all(intake)
        disk.lose_power(memory)
        with opened(root, sizes=SMALL) as intake:
            take_all(intake)
        assert sorted(accepted_ids(root)) == sorted(EXPECTED), f"crash {moment} change {at}"
        with opened(root) as intake:
            assert len(list(intake.dead_letters())) == len(ROWS) - len(EXPECTED)


def logs_in(folder: Path, *, pattern: str = "*.log", text: bytes = TEXT) -> Logs:
    folder.mkdir()
    logs = Logs(folder, sizes=SMALL, pattern=pattern)
    logs.append("app.log", text)
    return logs


def follow(logs: Logs, disk: CutDisk | FailingDisk) -> None:
    with logs.followed(files=disk) as tail:
        tail.poll()


@each_crash
def test_a_followed_file_is_stored_once_after_a_crash_at_any_point(
    tmp_path: Path, moment: Moment, memory: Memory
) -> None:
    whole, disk = logs_in(tmp_path / "whole"), CutDisk(NEVER, moment)
    points = points_of(lambda disk: follow(whole, disk), disk, seed=f"file {moment} {memory}")
    assert disk.changes > 20
    for at in points:
        logs, disk = logs_in(tmp_path / str(at)), CutDisk(at, moment)
        with pytest.raises(PowerCut):
            follow(logs, disk)
        disk.lose_power(memory)
        logs.poll()
        assert logs.numbers() == NUMBERS, f"crash {moment} change {at}, the disk {memory}"
        assert len(logs.letters()) == 120 - len(NUMBERS)
        assert not verify(logs.into, progress=SilentProgress()).damages


def test_a_rotation_between_crash_and_restart_neither_loses_nor_duplicates_rows(tmp_path: Path) -> None:
    text = lines(range(60))
    whole, disk = logs_in(tmp_path / "whole", pattern="app.log", text=text), CutDisk(NEVER, "torn")
    points = points_of(lambda disk: follow(whole, disk), disk, seed="rotation")
    assert disk.changes > 8
    for at in points:
        logs = logs_in(tmp_path / str(at), pattern="app.log", text=text)
        disk = CutDisk(at, "torn")
        with pytest.raises(PowerCut):
            follow(logs, disk)
        disk.lose_power("forgets")
        logs.rename("app.log", "app.log.1")
        logs.compress("app.log.1")
        logs.append("app.log", lines(range(60, 70)))
        logs.poll()
        assert sorted(logs.numbers()) == list(range(70)), f"crash at change {at}"


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
def test_a_disk_failure_at_any_point_stops_the_work_and_the_next_start_is_exact(
    tmp_path: Path, change: Change, number: int, error: type[Exception], of: str
) -> None:
    whole, disk = logs_in(tmp_path / "whole"), FailingDisk(change, number, at=NEVER, of=of)
    for at in points_of(lambda disk: follow(whole, disk), disk, seed=f"{change} {number} {of}"):
        logs, disk = logs_in(tmp_path / str(at)), FailingDisk(change, number, at=at, of=of)
        with suppress(error):
            follow(logs, disk)
        assert disk.has_failed
        logs.poll()
        assert logs.numbers() == NUMBERS
        assert len(logs.letters()) == 120 - len(NUMBERS)
    assert disk.changes > 0


def test_a_full_state_file_stops_the_work_and_the_next_start_is_exact(tmp_path: Path) -> None:
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
    assert not verify(logs.into, progress=SilentProgress()).damages
