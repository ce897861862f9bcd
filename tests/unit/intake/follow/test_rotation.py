"""Rotation of followed files: each row is read once, whatever happens to names, inodes and lengths."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from keepwell.intake.model import Sizes
from keepwell.intake.schema.validation import Schema
from tests.unit.intake.follow.logs import Logs, compress, line, lines

# Enough rows that their text is longer than what is hashed of a file's head.
HEAD = 60
SUFFIXES = [".gz", ".bz2", ".xz", ".zst"]


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    return Logs(tmp_path, pattern="app.log")


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder of a file system that reuses inodes, as the one in memory does not."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.mark.parametrize("first", [5, HEAD])
def test_renamed_file_is_read_to_its_end_and_the_new_one_from_its_start(logs: Logs, first: int) -> None:
    logs.append("app.log", lines(range(first)))
    logs.poll()
    logs.append("app.log", lines(range(first, first + 10)))
    logs.rename("app.log", "app.log.1")
    logs.append("app.log", lines(range(first + 10, first + 20)))
    logs.poll()
    assert logs.numbers() == list(range(first + 20))


def test_generations_rotated_while_stopped_are_read(logs: Logs) -> None:
    logs.append("app.log", lines(range(10)))
    logs.poll()
    logs.append("app.log", lines(range(10, 20)))
    logs.rename("app.log", "app.log.2")
    logs.append("app.log.1", lines(range(20, 30)))
    logs.append("app.log", lines(range(30, 40)))
    logs.poll()
    assert sorted(logs.numbers()) == list(range(40))


@pytest.mark.parametrize("name", ["app.log.1", "app.log-20261123", "app.log.2026-11-23T10:00", "app.1.log"])
def test_every_usual_rotation_name_is_recognised(logs: Logs, name: str) -> None:
    logs.append("app.log", lines(range(HEAD)))
    logs.poll()
    logs.append("app.log", line(HEAD))
    logs.rename("app.log", name)
    logs.poll()
    assert logs.numbers() == list(range(HEAD + 1))


@pytest.mark.parametrize("first", [5, HEAD])
def test_copy_and_truncate_loses_no_row_between_last_round_and_copy(logs: Logs, first: int) -> None:
    logs.append("app.log", lines(range(first)))
    logs.poll()
    logs.append("app.log", lines(range(first, first + 5)))
    logs.copy_and_truncate("app.log", "app.log.1")
    logs.append("app.log", lines(range(first + 5, first + 8)))
    logs.poll()
    assert sorted(logs.numbers()) == list(range(first + 8))


@pytest.mark.parametrize("part", [10, 1_500, 3_000])
def test_unfinished_copy_is_not_read_in_addition_to_its_original(logs: Logs, part: int) -> None:
    path = logs.append("app.log", lines(range(HEAD)))
    logs.poll()
    (logs.folder / "app.log.1").write_bytes(path.read_bytes()[:part])
    result = logs.poll()
    assert logs.numbers() == list(range(HEAD))
    assert [copy.file.path.name for copy in result.copies] == ["app.log.1"]


def test_copy_begun_before_its_rows_are_read_is_not_read_twice(logs: Logs) -> None:
    path = logs.append("app.log", lines(range(HEAD)))
    (logs.folder / "app.log.1").write_bytes(path.read_bytes())
    logs.poll()
    os.truncate(path, 0)
    logs.poll()
    assert logs.numbers() == list(range(HEAD))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_compressed_copy_continues_where_the_plain_file_stopped(logs: Logs, suffix: str) -> None:
    logs.append("app.log", lines(range(HEAD)))
    logs.poll()
    logs.append("app.log", lines(range(HEAD, HEAD + 10)))
    logs.rename("app.log", "app.log.1")
    logs.compress("app.log.1", suffix)
    logs.poll()
    logs.poll()
    assert logs.numbers() == list(range(HEAD + 10))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_compressed_copy_of_read_text_is_not_read_again(logs: Logs, suffix: str) -> None:
    logs.append("app.log", lines(range(5)))
    logs.poll()
    logs.rename("app.log", "app.log.1")
    logs.compress("app.log.1", suffix)
    logs.rename(f"app.log.1{suffix}", f"app.log.2{suffix}")
    logs.poll()
    logs.poll()
    assert logs.numbers() == list(range(5))


def test_compressed_generations_from_before_the_start_are_read(logs: Logs) -> None:
    logs.append("app.log.1", lines(range(10)))
    logs.compress("app.log.1")
    logs.append("app.log", lines(range(10, 20)))
    logs.poll()
    assert logs.numbers() == list(range(20))


def test_truncated_compressed_file_gives_its_rows_and_a_dead_letter(logs: Logs) -> None:
    logs.append("app.log.1", lines(range(500)))
    logs.compress("app.log.1")
    packed = logs.folder / "app.log.1.gz"
    packed.write_bytes(packed.read_bytes()[:-12])
    result = logs.poll()
    assert "decompressed" in result.troubles[str(packed)]
    assert logs.letters() == []
    logs.poll(is_last=True)
    assert [letter.code for letter in logs.letters()][-1] == "damaged-file"
    numbers = logs.numbers()
    assert numbers == list(range(len(numbers)))
    assert len(numbers) > 400


def test_truncated_and_rewritten_file_is_read_from_its_start(logs: Logs) -> None:
    path = logs.append("app.log", lines(range(HEAD)))
    logs.poll()
    os.truncate(path, 0)
    logs.append("app.log", lines(range(HEAD, HEAD + 5)))
    logs.poll()
    assert logs.numbers() == list(range(HEAD + 5))


def test_rewritten_longer_file_is_read_from_its_start(logs: Logs) -> None:
    path = logs.append("app.log", lines(range(20)))
    logs.poll()
    os.truncate(path, 0)
    logs.append("app.log", lines(range(100, 160)))
    logs.poll()
    assert logs.numbers() == [*range(20), *range(100, 160)]


def test_file_recreated_with_the_same_inode_is_read_from_its_start(disk: Path) -> None:
    logs = Logs(disk)
    path = logs.append("app.log", lines(range(HEAD)))
    logs.poll()
    inode = path.stat().st_ino
    path.unlink()
    for number in range(200):
        logs.append("app.log", lines([1_000]))
        if path.stat().st_ino == inode:
            break
        path.rename(logs.folder / f"filler-{number}")
    else:
        pytest.skip(f"{disk} gives no inode out twice")
    logs.poll()
    assert logs.numbers() == [*range(HEAD), 1_000]


def test_files_of_different_names_with_equal_heads_are_both_read(tmp_path: Path) -> None:
    logs = Logs(tmp_path, pattern="*.log")
    shared = lines(range(HEAD))
    logs.append("north.log", shared + line(100))
    logs.append("south.log", shared + line(200))
    logs.poll()
    logs.append("south.log", line(201))
    logs.append("north.log", line(101))
    logs.poll()
    assert sorted(logs.numbers()) == sorted([*range(HEAD), *range(HEAD), 100, 101, 200, 201])


def test_generations_that_share_a_head_and_then_differ_are_both_read(logs: Logs) -> None:
    shared = lines(range(HEAD))
    logs.append("app.log", shared + line(100))
    logs.append("app.log.1", shared + line(200))
    logs.poll()
    assert sorted(logs.numbers()) == sorted([*range(HEAD), *range(HEAD), 100, 200])


def test_hard_links_are_one_file(tmp_path: Path) -> None:
    logs = Logs(tmp_path, pattern="*.log")
    path = logs.append("app.log", lines(range(5)))
    (logs.folder / "second.log").hardlink_to(path)
    logs.poll()
    assert logs.numbers() == list(range(5))


def test_file_moved_within_the_pattern_is_read_on(tmp_path: Path) -> None:
    logs = Logs(tmp_path, pattern="**/*.log")
    logs.append("app.log", lines(range(HEAD)))
    logs.poll()
    logs.append("app.log", line(HEAD))
    (logs.folder / "old").mkdir()
    shutil.copyfile(logs.folder / "app.log", logs.folder / "old" / "moved.log")
    (logs.folder / "app.log").unlink()
    logs.poll()
    assert logs.numbers() == list(range(HEAD + 1))


def test_rows_written_before_deletion_are_still_read(logs: Logs) -> None:
    with logs.followed() as tail:
        path = logs.append("app.log", lines(range(5)))
        tail.poll()
        logs.append("app.log", lines(range(5, 10)))
        path.unlink()
        tail.poll()
        held = [os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()]
    assert logs.numbers() == list(range(10))
    assert not any("app.log" in name for name in held)


def test_file_replaced_by_a_pipe_does_not_block(logs: Logs) -> None:
    path = logs.append("app.log", lines(range(5)))
    logs.poll()
    path.unlink()
    os.mkfifo(path)
    assert "not a regular file" in logs.poll().troubles[str(path)]
    path.unlink()
    logs.append("app.log", lines(range(5, 10)))
    logs.poll()
    assert logs.numbers() == list(range(10))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("part", [0, 1, 7, 200, -1])
def test_unfinished_compressed_copy_is_read_when_complete(logs: Logs, suffix: str, part: int) -> None:
    logs.append("app.log.1", b"".join(line(number, os.urandom(20).hex()) for number in range(500)))
    logs.compress("app.log.1", suffix)
    packed = logs.folder / f"app.log.1{suffix}"
    whole = packed.read_bytes()
    packed.write_bytes(whole[:part])
    with logs.followed() as tail:
        tail.poll()
        packed.write_bytes(whole)
        tail.poll()
    assert logs.numbers() == list(range(500))
    assert logs.letters() == []


class Meddler:
    """A schema that accepts everything and does something to the files at the first row."""

    id = text = "meddler"
    document = True

    def __init__(self, meddle: Callable[[], None]) -> None:
        self._meddle: list[Callable[[], None]] = [meddle]

    def accept_all(self, rows: Iterator[bytes]) -> None:
        while self._meddle:
            self._meddle.pop()()
        deque(rows, maxlen=0)


def test_file_copied_truncated_and_regrown_while_reading_is_read_once(logs: Logs) -> None:
    logs.append("app.log", lines(range(3_000)))

    def rotate() -> None:
        logs.copy_and_truncate("app.log", "app.log.1")
        logs.append("app.log", lines(range(3_000, 9_000)))

    logs.sizes = Sizes()
    with logs.followed(schema=cast("Schema", Meddler(rotate))) as tail:
        assert tail.poll().replaced == 1
        tail.poll()
        tail.poll()
    assert sorted(logs.numbers()) == list(range(9_000))


@pytest.mark.parametrize("first", [1, 5, HEAD])
@pytest.mark.parametrize("ends", ["while followed", "before the next command"])
def test_copy_seen_before_anything_was_in_it_is_not_read_in_addition(
    logs: Logs, first: int, ends: str
) -> None:
    path = logs.append("app.log", lines(range(first)))
    with logs.followed() as tail:
        tail.poll()
        copy = logs.append("app.log.1", b"")
        tail.poll()
        copy.write_bytes(path.read_bytes())
        if ends == "while followed":
            tail.poll()
        os.truncate(path, 0)
        if ends == "while followed":
            assert tail.poll().doubts == {}
    logs.append("app.log", line(first))
    assert logs.poll().doubts == {}
    assert logs.numbers() == list(range(first + 1))


@pytest.mark.parametrize("first", [5, HEAD])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_compressed_copy_seen_before_anything_was_in_it_is_not_read_in_addition(
    logs: Logs, first: int, suffix: str
) -> None:
    logs.append("app.log.1", lines(range(first)))
    logs.append("app.log", line(first))
    for is_complete in (False, True):
        with logs.followed() as tail:
            tail.poll()
            packed = logs.folder / f"app.log.1{suffix}"
            packed.write_bytes(b"")
            tail.poll()
            packed.write_bytes(compress((logs.folder / "app.log.1").read_bytes(), suffix))
            if is_complete:
                tail.poll()
    (logs.folder / "app.log.1").unlink()
    logs.poll()
    assert logs.numbers() == list(range(first + 1))


def test_empty_file_that_is_filled_and_deleted_between_two_rounds_is_read(logs: Logs) -> None:
    path = logs.append("app.log", b"")
    with logs.followed() as tail:
        tail.poll()
        logs.append("app.log", lines(range(5)))
        path.unlink()
        tail.poll()
    assert logs.numbers() == list(range(5))
