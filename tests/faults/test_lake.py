"""A crash or power loss before and after every change of a file while the lake is changed."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol, get_args

import pytest

from keepwell.intake.files import Fs
from keepwell.intake.journal.verify import verify
from keepwell.intake.lake.build import build
from keepwell.intake.lake.compact import compact
from keepwell.intake.lake.kinds import EVENTS
from keepwell.intake.lake.location import LakeLocation, workspace_lake
from keepwell.intake.lake.manifest import read_manifest
from keepwell.intake.lake.reader import read_parquet
from keepwell.intake.lake.removal.erase import erase
from keepwell.intake.lake.removal.expire import expire
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
from tests.unit.intake.earlier_release import age_lake
from tests.unit.intake.sample_events import CLOCK, NOON, WORKSPACE, Home, accepted_ids, event, opened, sourced

LATER = NOON + timedelta(days=1)

each_crash = pytest.mark.parametrize(
    ("moment", "memory"),
    [(moment, memory) for moment in get_args(Moment) for memory in get_args(Memory)],
)


class Work(Protocol):
    """The operations that change a lake."""

    __name__: str

    def __call__(self, place: LakeLocation) -> object: ...


def build_it(place: LakeLocation) -> None:
    build(place, EVENTS, progress=SilentProgress())


def compact_it(place: LakeLocation) -> None:
    compact(place.lake, progress=SilentProgress(), files=place.files)


def expire_it(place: LakeLocation) -> None:
    expire(place, EVENTS, before=date(2024, 5, 2), progress=SilentProgress())


def erase_it(place: LakeLocation) -> None:
    erase(place, EVENTS, account="A-2", clock=CLOCK, progress=SilentProgress())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two segments in the lake, for two days and two accounts, and one that is not in it yet."""
    folder = tmp_path_factory.mktemp("built")
    home = Home(folder)
    home.accept(event(1), event(2, account="A-2"))
    home.accept(event(3), event(4, account="A-2"), event(5, at=LATER))
    with opened(home.intake) as intake:
        intake.append(sourced(event(6), event(7, account="A-2", at=LATER)))
        intake.seal()
    return folder


def home_of(built: Path, folder: Path) -> Home:
    shutil.copytree(built, folder)
    return Home(folder)


def at(home: Home, files: Fs | None = None) -> LakeLocation:
    return LakeLocation(home.intake, workspace_lake(home.lake, WORKSPACE), files=files)


def ids(home: Home) -> list[str]:
    """The rows that a reader of the manifest sees."""
    folder = at(home).storage()
    manifest = read_manifest(folder)
    assert manifest is not None
    return sorted(
        each for file in manifest.files for each in read_parquet(folder, file.name)["message_id"].to_pylist()
    )


BEFORE = ["E-1", "E-2", "E-3", "E-4", "E-5"]
ALL = [*BEFORE, "E-6", "E-7"]
WITHOUT_A_DAY = ["E-5", "E-7"]
WITHOUT_AN_ACCOUNT = ["E-1", "E-3", "E-5", "E-6"]


@each_crash
@pytest.mark.parametrize(
    ("work", "expected", "may_be_seen"),
    [
        (build_it, ALL, (BEFORE, ALL)),
        (compact_it, BEFORE, (BEFORE,)),
        (expire_it, WITHOUT_A_DAY, (BEFORE, ALL, WITHOUT_A_DAY)),
    ],
)
def test_after_a_crash_at_any_point_readers_see_the_old_or_new_lake_and_the_work_can_be_repeated(
    tmp_path: Path,
    built: Path,
    moment: Moment,
    memory: Memory,
    work: Work,
    expected: list[str],
    may_be_seen: tuple[list[str], ...],
) -> None:
    whole, disk = home_of(built, tmp_path / "whole"), CutDisk(NEVER, moment)
    points = points_of(lambda disk: work(at(whole, disk)), disk, seed=f"{moment} {memory}")
    assert disk.changes > 3
    assert ids(whole) == expected
    for change in points:
        home, disk = home_of(built, tmp_path / str(change)), CutDisk(change, moment)
        with pytest.raises(PowerCut):
            work(at(home, disk))
        disk.lose_power(memory)
        assert ids(home) in may_be_seen, f"crash {moment} change {change}, the disk {memory}"
        assert not verify(home.intake, progress=SilentProgress()).damages
        work(at(home))
        assert ids(home) == expected, f"crash {moment} change {change}, the disk {memory}"


@each_crash
def test_after_a_crash_at_any_point_of_replacing_an_older_lake_readers_have_all_of_one_of_the_two(
    tmp_path: Path, built: Path, moment: Moment, memory: Memory
) -> None:
    aged = home_of(built, tmp_path / "aged")
    age_lake(Path(str(at(aged).lake)))
    whole, disk = home_of(tmp_path / "aged", tmp_path / "whole"), CutDisk(NEVER, moment)
    points = points_of(lambda disk: build_it(at(whole, disk)), disk, seed=f"reshaped, {moment} {memory}")
    assert ids_by_shape(whole) == (2, ALL)
    for change in points:
        home, disk = home_of(tmp_path / "aged", tmp_path / str(change)), CutDisk(change, moment)
        with pytest.raises(PowerCut):
            build_it(at(home, disk))
        disk.lose_power(memory)
        place = f"crash {moment} change {change}, the disk {memory}"
        assert ids_by_shape(home) in ((1, BEFORE), (2, ALL)), place
        assert home.events().filter(~home.events().backfilled).count().to_pyarrow().as_py() == 0, place
        build_it(at(home))
        assert ids_by_shape(home) == (2, ALL), place


def test_full_disk_while_an_older_lake_is_replaced_leaves_the_old_one_and_no_half_of_the_new(
    tmp_path: Path, built: Path
) -> None:
    home = home_of(built, tmp_path / "home")
    age_lake(Path(str(at(home).lake)))
    before = {path.name for path in home.lake.rglob("*.parquet")}
    with pytest.raises(StorageFull):
        build_it(at(home, FailingDisk("write", ENOSPC, at=2)))
    assert {path.name for path in home.lake.rglob("*.parquet*")} == before
    assert ids_by_shape(home) == (1, BEFORE)


def ids_by_shape(home: Home) -> tuple[int, list[str]]:
    manifest = read_manifest(at(home).storage())
    assert manifest is not None
    return manifest.shape, ids(home)


def erasure_points(built: Path, folder: Path, *, seed: str) -> list[int]:
    whole, disk = home_of(built, folder), CutDisk(NEVER, "before")
    points = points_of(lambda disk: erase_it(at(whole, disk)), disk, seed=seed)
    assert disk.changes > 15
    return points


@each_crash
def test_an_erasure_interrupted_anywhere_is_completed_by_running_it_again(
    tmp_path: Path, built: Path, moment: Moment, memory: Memory
) -> None:
    for change in erasure_points(built, tmp_path / "whole", seed=f"erased again, {moment} {memory}"):
        home, disk = home_of(built, tmp_path / str(change)), CutDisk(change, moment)
        with pytest.raises(PowerCut):
            erase_it(at(home, disk))
        disk.lose_power(memory)
        place = f"crash {moment} change {change}, the disk {memory}"
        assert set(ids(home)) >= set(WITHOUT_AN_ACCOUNT) - {"E-6"}, place
        assert not verify(home.intake, progress=SilentProgress()).damages, place
        erase_it(at(home))
        assert ids(home) == WITHOUT_AN_ACCOUNT, place
        assert sorted(accepted_ids(home.intake)) == WITHOUT_AN_ACCOUNT, place
        assert not any(b"A-2" in path.read_bytes() for path in home.intake.glob("*.*l*")), place


@each_crash
def test_a_build_after_an_interrupted_erasure_makes_the_lake_match_its_journal(
    tmp_path: Path, built: Path, moment: Moment, memory: Memory
) -> None:
    for change in erasure_points(built, tmp_path / "whole", seed=f"built, {moment} {memory}"):
        home, disk = home_of(built, tmp_path / str(change)), CutDisk(change, moment)
        with pytest.raises(PowerCut):
            erase_it(at(home, disk))
        disk.lose_power(memory)
        build_it(at(home))
        assert ids(home) == sorted(accepted_ids(home.intake)), f"crash {moment} change {change}"


@pytest.mark.parametrize("work", [build_it, compact_it, expire_it, erase_it])
@pytest.mark.parametrize(("change", "number"), [("write", ENOSPC), ("fdatasync", EIO), ("rename", EIO)])
def test_the_next_run_completes_the_work_after_a_disk_failure_at_any_point(
    tmp_path: Path, built: Path, work: Work, change: Change, number: int
) -> None:
    whole, disk = home_of(built, tmp_path / "whole"), FailingDisk(change, number, at=NEVER)
    for point in points_of(lambda disk: work(at(whole, disk)), disk, seed=f"{work.__name__} {change}"):
        home, disk = home_of(built, tmp_path / str(point)), FailingDisk(change, number, at=point)
        with suppress(InfrastructureError):
            work(at(home, disk))
        assert disk.has_failed
        assert set(ids(home)) <= set(ALL)
        work(at(home))
        build_it(at(home))
        expired = {"E-1", "E-2", "E-3", "E-4", "E-6"} if work is expire_it else set()
        assert ids(home) == sorted(set(accepted_ids(home.intake)) - expired)
    assert disk.changes > 0
