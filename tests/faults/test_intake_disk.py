"""A disk that is full, fails, or returns other bytes than were written."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from keepwell.intake.files import LocalFs, disk_errors
from keepwell.intake.model import Sizes
from keepwell.platform.errors import CorruptData, InfrastructureError, StorageFull, Unavailable
from tests.faults.disks import enlarge
from tests.unit.intake.sample_events import Home, accepted_ids, defined_ids, opened, rows

ROWS = rows(4_000)
SMALL = Sizes(commit=20_000, segment=200_000)
DISK_BYTES = 1_500_000


@pytest.fixture
def small_disk(disk_of: Callable[[int], Path]) -> Path:
    """A separate file system of 1.5 MB."""
    return disk_of(DISK_BYTES)


def make_room(mount: Path) -> None:
    enlarge(mount, 8 * DISK_BYTES)


# From a disk that is full at once to one that fills up late, so that both data and state run out of space.
@pytest.mark.parametrize("taken", [0, 400_000, 800_000, 1_100_000, 1_200_000, 1_390_000, 1_480_000])
def test_a_full_disk_is_reported_and_freeing_space_completes_the_same_rows(
    small_disk: Path, taken: int
) -> None:
    (small_disk / "ballast").write_bytes(bytes(taken))
    root = small_disk / "intake"
    with (
        pytest.raises(StorageFull, match=rf"^disk full: .* needed at {root}/") as full,
        opened(root, sizes=SMALL) as intake,
    ):
        intake.append(ROWS)
    assert "run the same command again" in full.value.hint
    make_room(small_disk)
    with opened(root, sizes=SMALL) as intake:
        intake.append(ROWS)
        assert len(list(intake.dead_letters())) == len(ROWS) - len(defined_ids(ROWS))
    assert sorted(accepted_ids(root)) == sorted(defined_ids(ROWS))


def test_a_full_disk_while_the_lake_is_built_leaves_only_complete_files(small_disk: Path) -> None:
    home = Home(small_disk)
    with opened(home.intake) as intake:
        intake.append(ROWS[:1_500])
        intake.seal()
    free = os.statvfs(small_disk)
    (small_disk / "ballast").write_bytes(bytes(free.f_bavail * free.f_frsize - 100_000))
    with pytest.raises(StorageFull):
        home.build()
    make_room(small_disk)
    home.build()
    assert home.count() == len(list(accepted_ids(home.intake)))


class FailingSync(LocalFs):
    """A disk that accepts every write and then fails to sync it."""

    def fdatasync(self, descriptor: int, *, path: Path) -> None:  # noqa: ARG002  nothing reaches the disk
        with disk_errors(path):
            raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_failed_sync_stops_the_work_and_the_next_start_is_exact(tmp_path: Path) -> None:
    with opened(tmp_path, files=FailingSync()) as intake:
        with pytest.raises(InfrastructureError, match=r"ok-000000\.open: Input/output error"):
            intake.append(ROWS[:50])
        with pytest.raises(Unavailable, match="was closed after an error"):
            intake.append(ROWS[:50])
    with opened(tmp_path) as intake:
        assert intake.append(ROWS[:50]).accepted == len(set(accepted_ids(tmp_path))) > 0


Damage = Callable[[Path], object]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [cut, flip_a_bit, Path.unlink])
@pytest.mark.parametrize("name", ["ok-000001.open", "dlq-000000.open"])
def test_a_damaged_open_segment_is_reported_and_not_appended_to(
    tmp_path: Path, name: str, damage: Damage
) -> None:
    with opened(tmp_path) as intake:
        intake.append(ROWS[:20])
        intake.seal()
        intake.append(ROWS[20:40])
    damage(tmp_path / name)
    with pytest.raises(CorruptData, match=name) as refused, opened(tmp_path):
        pass
    assert "restore it from a backup" in refused.value.hint


@pytest.mark.parametrize("damage", [cut, flip_a_bit, Path.unlink])
def test_a_damaged_sealed_segment_is_reported_when_the_lake_is_built(tmp_path: Path, damage: Damage) -> None:
    home = Home(tmp_path)
    with opened(home.intake) as intake:
        intake.append(ROWS[:20])
        intake.seal()
    damage(home.intake / "ok-000000.jsonl")
    with pytest.raises(CorruptData, match=r"ok-000000\.jsonl"):
        home.build()


def test_a_state_file_that_is_not_a_database_is_reported(tmp_path: Path) -> None:
    with opened(tmp_path) as intake:
        intake.append(ROWS[:20])
    (tmp_path / "state.db").write_bytes(b"no database " * 500)
    with pytest.raises(CorruptData, match=r"state\.db"), opened(tmp_path):
        pass


def test_uncommitted_bytes_are_cut_off(tmp_path: Path) -> None:
    with opened(tmp_path) as intake:
        intake.append(ROWS[:20])
    segment = tmp_path / "ok-000000.open"
    before = segment.read_bytes()
    segment.write_bytes(before + b'{"half of a ')
    with opened(tmp_path):
        assert segment.read_bytes() == before


def test_the_next_start_completes_a_rename_that_a_crash_prevented(tmp_path: Path) -> None:
    with opened(tmp_path) as intake:
        intake.append(ROWS[:20])
        intake.seal()
    sealed = tmp_path / "ok-000000.jsonl"
    sealed.rename(sealed.with_suffix(".open"))
    with opened(tmp_path):
        assert sealed.exists()


def test_a_symbolic_link_in_place_of_a_segment_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    root = tmp_path / "intake"
    root.mkdir()
    (root / "ok-000000.open").symlink_to(target)
    with pytest.raises(InfrastructureError, match=r"ok-000000\.open"), opened(root):
        pass
    assert not target.exists()
