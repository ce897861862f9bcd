"""Rows that a program writes to a file that is deleted, truncated or copied: read, or the file is named."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keepwell.intake.follow.readers import FileReader
from tests.unit.intake.follow.logs import Logs, line, lines
from tests.unit.intake.sample_events import CLOCK

HEAD = 60


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    return Logs(tmp_path, pattern="app.log")


def is_held(path: Path) -> bool:
    """Whether this process has the deleted file at `path` open."""
    return f"{path} (deleted)" in {os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()}


def test_rows_written_to_a_file_after_its_deletion_are_read_until_its_writer_closes_it(logs: Logs) -> None:
    path = logs.append("app.log", lines(range(5)))
    with logs.followed() as tail:
        with path.open("ab", buffering=0) as writer:
            tail.poll()
            path.unlink()
            for number in (5, 6):
                tail.poll()
                # A line may be written in parts.
                writer.write(line(number)[:7])
                tail.poll()
                writer.write(line(number)[7:])
            tail.poll()
            assert is_held(path)
        tail.poll()
        assert not is_held(path)
    assert (logs.numbers(), logs.letters()) == (list(range(7)), [])


def test_deleted_file_that_is_still_written_to_at_the_end_is_named(logs: Logs) -> None:
    path = logs.append("app.log", lines(range(5)))
    with logs.followed() as tail, path.open("ab", buffering=0) as writer:
        tail.poll()
        path.unlink()
        writer.write(line(5))
        doubts = tail.finish()
    assert logs.numbers() == list(range(6))
    assert "may still write to it" in doubts[str(path)]


def test_deleted_file_is_closed_once_quiet_if_the_system_does_not_name_its_writers(
    logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FileReader, "has_writer", lambda _: None)
    path = logs.append("app.log", lines(range(5)))
    held = []
    for age in (timedelta(seconds=5), timedelta(minutes=2)):
        with logs.followed() as tail:
            path.touch()
            tail.poll()
            written = (CLOCK.now() - age - datetime.fromtimestamp(0, UTC)).total_seconds()
            os.utime(path, (written, written))
            path.unlink()
            tail.poll()
            held.append(is_held(path))
    assert held == [True, False]


def test_file_truncated_without_a_copy_is_named(logs: Logs) -> None:
    path = logs.append("app.log", lines(range(HEAD)))
    with logs.followed() as tail:
        tail.poll()
        path.write_bytes(lines(range(100, 105)))
        doubts = tail.poll().doubts
        assert tail.poll().doubts == {}
    assert logs.numbers() == [*range(HEAD), *range(100, 105)]
    assert doubts[str(path)].startswith("was truncated, and no copy of it was found, after ")


def test_file_truncated_after_it_was_copied_is_certain(logs: Logs) -> None:
    logs.append("app.log", lines(range(HEAD)))
    with logs.followed() as tail:
        tail.poll()
        logs.append("app.log", line(HEAD))
        logs.copy_and_truncate("app.log", "app.log.1")
        logs.append("app.log", line(HEAD + 1))
        assert tail.poll().doubts == {}
    assert logs.numbers() == list(range(HEAD + 2))


def test_copy_that_goes_on_after_the_text_of_its_original_is_read_and_named(logs: Logs) -> None:
    logs.append("app.log", lines(range(HEAD)))
    with logs.followed() as tail:
        tail.poll()
        copy = logs.append("app.log.1", lines(range(HEAD + 3)))
        doubts = tail.poll().doubts
    assert logs.numbers() == [*range(HEAD), *range(HEAD + 3)]
    assert "it has the same text as" in doubts[str(copy)]


@pytest.mark.parametrize("unread", [0, 3])
def test_file_that_replaces_a_followed_one_and_goes_on_with_its_text_is_read_on(
    logs: Logs, unread: int
) -> None:
    path = logs.append("app.log", lines(range(HEAD)))
    with logs.followed() as tail:
        tail.poll()
        logs.append("app.log", lines(range(HEAD, HEAD + unread)))
        logs.append("whole", lines(range(HEAD + 10))).rename(path)
        assert tail.poll().doubts == {}
        assert tail.poll().files == 1
    assert logs.numbers() == list(range(HEAD + 10))


def test_short_file_that_replaces_a_followed_one_with_the_same_rows_is_read_and_named(logs: Logs) -> None:
    path = logs.append("app.log", lines(range(3)))
    with logs.followed() as tail:
        tail.poll()
        logs.append("whole", lines(range(5))).rename(path)
        doubts = tail.poll().doubts
    assert logs.numbers() == [*range(3), *range(5)]
    assert "it has the same text as" in doubts[str(path)]
