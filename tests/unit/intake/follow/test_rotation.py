"""What happens to followed files: each row is taken once, whatever name, inode or length holds it."""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from keepwell.intake.model import Sizes
from keepwell.intake.schema.validation import Schema
from tests.unit.intake.follow.logs import Logs, line, lines

# Enough rows that their text is longer than what is hashed of a file's head.
HEAD = 60


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    return Logs(tmp_path, pattern="app.log")


@pytest.mark.parametrize("first", [5, HEAD])
def test_a_renamed_file_is_read_to_its_end_and_the_new_one_from_its_start(logs: Logs, first: int) -> None:
    logs.append("app.log", lines(range(first)))
    logs.look()
    logs.append("app.log", lines(range(first, first + 10)))
    logs.rename("app.log", "app.log.1")
    logs.append("app.log", lines(range(first + 10, first + 20)))
    logs.look()
    assert logs.numbers() == list(range(first + 20))


def test_generations_that_were_rotated_while_nobody_looked_are_read(logs: Logs) -> None:
    logs.append("app.log", lines(range(10)))
    logs.look()
    logs.append("app.log", lines(range(10, 20)))
    logs.rename("app.log", "app.log.2")
    logs.append("app.log.1", lines(range(20, 30)))
    logs.append("app.log", lines(range(30, 40)))
    logs.look()
    assert sorted(logs.numbers()) == list(range(40))


@pytest.mark.parametrize("name", ["app.log.1", "app.log-20261123", "app.log.2026-11-23T10:00", "app.1.log"])
def test_rotation_may_name_a_generation_in_any_usual_way(logs: Logs, name: str) -> None:
    logs.append("app.log", lines(range(HEAD)))
    logs.look()
    logs.append("app.log", line(HEAD))
    logs.rename("app.log", name)
    logs.look()
    assert logs.numbers() == list(range(HEAD + 1))


@pytest.mark.parametrize("first", [5, HEAD])
def test_copy_and_truncate_loses_no_row_between_the_last_look_and_the_copy(logs: Logs, first: int) -> None:
    logs.append("app.log", lines(range(first)))
    logs.look()
    logs.append("app.log", lines(range(first, first + 5)))
    logs.copy_and_truncate("app.log", "app.log.1")
    logs.append("app.log", lines(range(first + 5, first + 8)))
    logs.look()
    assert sorted(logs.numbers()) == list(range(first + 8))


@pytest.mark.parametrize("part", [10, 1_500, 3_000])
def test_a_copy_in_the_making_is_not_read_beside_its_original(logs: Logs, part: int) -> None:
    path = logs.append("app.log", lines(range(HEAD)))
    logs.look()
    (logs.folder / "app.log.1").write_bytes(path.read_bytes()[:part])
    outlook = logs.look()
    assert logs.numbers() == list(range(HEAD))
    assert [copy.file.path.name for copy in outlook.copies] == ["app.log.1"]


def test_a_copy_that_begins_before_its_rows_are_read_is_not_read_twice(logs: Logs) -> None:
    path = logs.append("app.log", lines(range(HEAD)))
    (logs.folder / "app.log.1").write_bytes(path.read_bytes())
    logs.look()
    os.truncate(path, 0)
    logs.look()
    assert logs.numbers() == list(range(HEAD))


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_compressed_copy_is_read_on_where_the_plain_file_was_left(logs: Logs, suffix: str) -> None:
    logs.append("app.log", lines(range(HEAD)))
    logs.look()
    logs.append("app.log", lines(range(HEAD, HEAD + 10)))
    logs.rename("app.log", "app.log.1")
    logs.compress("app.log.1", suffix)
    logs.look()
    logs.look()
    assert logs.numbers() == list(range(HEAD + 10))


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_compressed_copy_of_what_was_read_is_not_read_again(logs: Logs, suffix: str) -> None:
    logs.append("app.log", lines(range(5)))
    logs.look()
    logs.rename("app.log", "app.log.1")
    logs.compress("app.log.1", suffix)
    logs.rename(f"app.log.1{suffix}", f"app.log.2{suffix}")
    logs.look()
    logs.look()
    assert logs.numbers() == list(range(5))


def test_compressed_generations_from_before_the_start_are_read(logs: Logs) -> None:
    logs.append("app.log.1", lines(range(10)))
    logs.compress("app.log.1")
    logs.append("app.log", lines(range(10, 20)))
    logs.look()
    assert logs.numbers() == list(range(20))


def test_a_compressed_file_that_is_cut_off_gives_what_it_holds_and_a_dead_letter(logs: Logs) -> None:
    logs.append("app.log.1", lines(range(500)))
    logs.compress("app.log.1")
    packed = logs.folder / "app.log.1.gz"
    packed.write_bytes(packed.read_bytes()[:-12])
    outlook = logs.look()
    assert "decompressed" in outlook.troubles[str(packed)]
    assert logs.letters() == []
    logs.look(is_last=True)
    assert [letter.code for letter in logs.letters()][-1] == "damaged-file"
    taken = logs.numbers()
    assert taken == list(range(len(taken)))
    assert len(taken) > 400


def test_a_file_that_is_cut_to_nothing_and_written_anew_is_read_anew(logs: Logs) -> None:
    path = logs.append("app.log", lines(range(HEAD)))
    logs.look()
    os.truncate(path, 0)
    logs.append("app.log", lines(range(HEAD, HEAD + 5)))
    logs.look()
    assert logs.numbers() == list(range(HEAD + 5))


def test_a_file_that_outgrew_its_former_self_between_two_looks_is_read_anew(logs: Logs) -> None:
    path = logs.append("app.log", lines(range(20)))
    logs.look()
    os.truncate(path, 0)
    logs.append("app.log", lines(range(100, 160)))
    logs.look()
    assert logs.numbers() == [*range(20), *range(100, 160)]


def test_a_deleted_file_that_is_made_again_under_its_inode_is_read_anew(logs: Logs) -> None:
    path = logs.append("app.log", lines(range(HEAD)))
    logs.look()
    inode = path.stat().st_ino
    path.unlink()
    for _ in range(200):
        logs.append("app.log", lines([1_000]))
        if path.stat().st_ino == inode:
            break
        path.rename(logs.folder / f"filler-{os.urandom(4).hex()}")
    logs.look()
    assert logs.numbers() == [*range(HEAD), 1_000]


def test_files_of_different_names_with_equal_heads_are_both_read(tmp_path: Path) -> None:
    logs = Logs(tmp_path, pattern="*.log")
    shared = lines(range(HEAD))
    logs.append("north.log", shared + line(100))
    logs.append("south.log", shared + line(200))
    logs.look()
    logs.append("south.log", line(201))
    logs.append("north.log", line(101))
    logs.look()
    assert sorted(logs.numbers()) == sorted([*range(HEAD), *range(HEAD), 100, 101, 200, 201])


def test_generations_that_share_a_head_and_then_differ_are_both_read(logs: Logs) -> None:
    shared = lines(range(HEAD))
    logs.append("app.log", shared + line(100))
    logs.append("app.log.1", shared + line(200))
    logs.look()
    assert sorted(logs.numbers()) == sorted([*range(HEAD), *range(HEAD), 100, 200])


def test_a_hard_link_is_one_file(tmp_path: Path) -> None:
    logs = Logs(tmp_path, pattern="*.log")
    path = logs.append("app.log", lines(range(5)))
    (logs.folder / "second.log").hardlink_to(path)
    logs.look()
    assert logs.numbers() == list(range(5))


def test_a_file_that_moved_to_another_folder_of_the_pattern_is_read_on(tmp_path: Path) -> None:
    logs = Logs(tmp_path, pattern="**/*.log")
    logs.append("app.log", lines(range(HEAD)))
    logs.look()
    logs.append("app.log", line(HEAD))
    (logs.folder / "old").mkdir()
    shutil.copyfile(logs.folder / "app.log", logs.folder / "old" / "moved.log")
    (logs.folder / "app.log").unlink()
    logs.look()
    assert logs.numbers() == list(range(HEAD + 1))


def test_what_was_written_to_a_file_that_is_deleted_then_is_still_read(logs: Logs) -> None:
    with logs.followed() as tail:
        path = logs.append("app.log", lines(range(5)))
        tail.look()
        logs.append("app.log", lines(range(5, 10)))
        path.unlink()
        tail.look()
        held = [os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()]
    assert logs.numbers() == list(range(10))
    assert not any("app.log" in name for name in held)


def test_a_file_whose_name_a_pipe_takes_is_not_waited_for(logs: Logs) -> None:
    path = logs.append("app.log", lines(range(5)))
    logs.look()
    path.unlink()
    os.mkfifo(path)
    assert "no regular file" in logs.look().troubles[str(path)]
    path.unlink()
    logs.append("app.log", lines(range(5, 10)))
    logs.look()
    assert logs.numbers() == list(range(10))


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
@pytest.mark.parametrize("part", [0, 1, 7, 200, -1])
def test_a_compressed_copy_in_the_making_is_waited_for(logs: Logs, suffix: str, part: int) -> None:
    logs.append("app.log.1", b"".join(line(number, os.urandom(20).hex()) for number in range(500)))
    logs.compress("app.log.1", suffix)
    packed = logs.folder / f"app.log.1{suffix}"
    whole = packed.read_bytes()
    packed.write_bytes(whole[:part])
    with logs.followed() as tail:
        tail.look()
        packed.write_bytes(whole)
        tail.look()
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


def test_a_file_that_is_copied_cut_and_outgrown_while_it_is_read_is_taken_once(logs: Logs) -> None:
    logs.append("app.log", lines(range(3_000)))

    def rotate() -> None:
        logs.copy_and_truncate("app.log", "app.log.1")
        logs.append("app.log", lines(range(3_000, 9_000)))

    logs.sizes = Sizes()
    with logs.followed(schema=cast("Schema", Meddler(rotate))) as tail:
        assert tail.look().replaced == 1
        tail.look()
        tail.look()
    assert sorted(logs.numbers()) == list(range(9_000))
