"""Files that look like one that was read: skipped only on enough evidence, and named if there is not enough."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from keepwell.intake.follow.discovery import discover
from keepwell.intake.follow.metrics import TailMetrics
from keepwell.intake.follow.open_files import OpenFiles
from keepwell.intake.follow.readers import FileReader
from keepwell.intake.follow.rounds import Options
from keepwell.intake.follow.sources import Sources
from keepwell.intake.journal.cli import verify_command
from keepwell.intake.journal.verify import verify
from keepwell.intake.model import Sizes
from keepwell.platform.progress import SilentProgress
from tests.unit.intake.earlier_release import forget_arrivals
from tests.unit.intake.follow.logs import SMALL, Logs, compress, line, lines

HEAD = 60
BEAT = line(0) * 4


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    return Logs(tmp_path)


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder of a file system that reuses inodes, as the one in memory does not."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


def archive(logs: Logs, name: str) -> None:
    """Move a file to where no pattern finds it."""
    logs.rename(name, f"../{name}.archived")


def write(logs: Logs, name: str, text: bytes) -> None:
    (logs.folder / name).write_bytes(text)


@pytest.mark.parametrize("more", [5, 500])
def test_file_that_begins_like_an_archived_one_is_read(logs: Logs, more: int) -> None:
    write(logs, "app-2024-05-01.log", lines(range(HEAD + 100)))
    logs.poll()
    archive(logs, "app-2024-05-01.log")
    write(logs, "app-2024-05-02.log", lines(range(HEAD)) + lines(range(1_000, 1_000 + more)))
    assert not logs.poll().doubts
    assert logs.numbers()[-more:] == list(range(1_000, 1_000 + more))


def test_file_that_differs_from_an_archived_one_only_in_its_middle_is_read(logs: Logs) -> None:
    head, end = lines(range(100, 100 + HEAD)), lines(range(200, 200 + HEAD))
    write(logs, "north.log", head + line(500) + end)
    logs.poll()
    archive(logs, "north.log")
    write(logs, "south.log", head + line(600) + end)
    assert not logs.poll().doubts
    assert 600 in logs.numbers()


def test_identical_files_of_two_dates_are_both_read_and_the_second_is_named(logs: Logs) -> None:
    write(logs, "state-2024-05-01.log", lines(range(HEAD)))
    logs.poll()
    archive(logs, "state-2024-05-01.log")
    write(logs, "state-2024-05-02.log", lines(range(HEAD)))
    doubts = logs.poll().doubts
    assert logs.numbers() == [*range(HEAD), *range(HEAD)]
    assert "may repeat" in doubts[str(logs.folder / "state-2024-05-02.log")]


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst"])
@pytest.mark.parametrize("is_replaced", [True, False])
def test_rewritten_compressed_file_of_equal_size_is_read(
    tmp_path: Path, suffix: str, *, is_replaced: bool
) -> None:
    logs = Logs(tmp_path, pattern=f"export.log{suffix}")
    packed = [compress(lines(range(day * 100, day * 100 + 3)), suffix) for day in (1, 2, 3)]
    # Data after the last member make the sizes equal, and gzip ignores zeros.
    size = max(map(len, packed))
    for content in packed:
        if is_replaced:
            (logs.folder / f"export.log{suffix}").unlink(missing_ok=True)
        write(logs, f"export.log{suffix}", content + bytes(size - len(content)))
        logs.poll()
    assert logs.numbers() == [100, 101, 102, 200, 201, 202, 300, 301, 302]


def test_compressed_file_that_only_was_touched_is_not_read_again(logs: Logs) -> None:
    logs.append("app.log", lines(range(HEAD)))
    logs.compress("app.log")
    logs.patterns = [str(logs.folder / "*")]
    logs.poll()
    os.utime(logs.folder / "app.log.gz", (1, 1))
    logs.poll()
    assert logs.numbers() == list(range(HEAD))


def test_like_rows_are_read_in_each_generation_while_running(logs: Logs) -> None:
    with logs.followed() as tail:
        write(logs, "app.log", BEAT)
        doubts = dict(tail.poll().doubts)
        for _ in range(4):
            logs.rename("app.log", "app.log.1")
            write(logs, "app.log", BEAT)
            doubts |= tail.poll().doubts
            tail.poll()
    assert len(logs.numbers()) == 5 * 4
    assert not doubts


@pytest.mark.parametrize("how", ["renamed", "deleted", "overwritten", "compressed"])
def test_like_rows_are_read_in_each_generation_between_commands(disk: Path, how: str) -> None:
    logs = Logs(disk)
    write(logs, "app.log", BEAT)
    logs.poll()
    doubts: dict[str, str] = {}
    for number in range(3):
        if how == "renamed":
            logs.rename("app.log", "app.log.1")
        elif how == "deleted":
            (logs.folder / "app.log").unlink()
        elif how == "compressed":
            modified = (logs.folder / "app.log").stat().st_mtime_ns
            logs.compress("app.log")
            os.utime(logs.folder / "app.log.gz", ns=(modified, modified))
            logs.rename("app.log.gz", "app.log.1.gz")
        write(logs, "app.log", BEAT)
        os.utime(logs.folder / "app.log", (number, number))
        doubts |= logs.poll().doubts
    assert len(logs.numbers()) == 4 * 4
    assert list(doubts) == [str(logs.folder / "app.log")]


def test_distinctive_file_that_was_touched_or_replaced_by_itself_is_not_read_again(disk: Path) -> None:
    logs = Logs(disk)
    path = logs.append("app.log", lines(range(HEAD)))
    logs.poll()
    os.utime(path, (1, 1))
    result = logs.poll()
    shutil.copyfile(path, logs.folder / "new")
    (logs.folder / "new").rename(path)
    assert not {**result.doubts, **logs.poll().doubts}
    assert logs.numbers() == list(range(HEAD))


def test_logs_and_intake_moved_together_are_not_read_again(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    logs = Logs(tmp_path / "old")
    write(logs, "small.log", line(1))
    write(logs, "like.log", BEAT)
    write(logs, "large.log", lines(range(HEAD)))
    logs.poll()
    before = logs.numbers()
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    logs.folder, logs.into = tmp_path / "new" / "logs", tmp_path / "new" / "intake"
    logs.patterns = [str(logs.folder / "*.log")]
    logs.append("small.log", line(2))
    assert not logs.poll().doubts
    assert logs.numbers() == [*before, 2]


def test_copy_is_compared_as_a_whole(logs: Logs) -> None:
    head, end = lines(range(2_000)), lines(range(5_000, 7_000))
    write(logs, "app.log", head + line(1) + end)
    write(logs, "app.log.1", head + line(2) + end)
    logs.sizes = Sizes()
    logs.poll()
    assert len(logs.numbers()) == 2 * 4_001


def test_numbered_files_are_identified_without_comparing_each_with_all_others(tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / f"part-{number:05d}.log").write_bytes(line(number))
    opened: Counter[Path] = Counter()
    files = OpenFiles()

    def open_file(file: object) -> FileReader:
        opened[file.path] += 1  # type: ignore[attr-defined]
        return files.reader(file)  # type: ignore[arg-type]

    found = discover([str(tmp_path / "*.log")], own_folder=tmp_path).files
    assert len(Sources((), root=tmp_path).identify(found, open_file=open_file)) == 200
    files.close_all()
    assert max(opened.values()) < 10


def test_signal_ends_identifying(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}.log").write_bytes(line(number))
    files, asked = OpenFiles(), iter(range(1_000))
    sources = Sources((), root=tmp_path, is_stopping=lambda: next(asked) > 30)
    found = discover([str(tmp_path / "*.log")], own_folder=tmp_path).files
    assert len(sources.identify(found, open_file=files.reader)) < 20
    files.close_all()


def test_rows_of_many_files_that_are_moved_away_between_two_rounds_are_read(logs: Logs) -> None:
    for number in range(100):
        logs.append(f"{number}.log", line(number))
    with logs.followed() as tail:
        tail.poll()
        for number in range(100):
            logs.append(f"{number}.log", line(1_000 + number))
            archive(logs, f"{number}.log")
        assert not tail.poll().doubts
    assert sorted(logs.numbers()) == [*range(100), *range(1_000, 1_100)]


def test_files_moved_away_while_too_many_are_open_are_named(logs: Logs) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    for number in range(40):
        logs.append(f"{number}.log", line(number))
    # Fewer than the files, beside those that the tests hold already.
    few = max(int(each.name) for each in Path("/proc/self/fd").iterdir()) + 60
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, limits[1]))
    try:
        with logs.followed() as tail:
            tail.poll()
            for number in range(40):
                logs.append(f"{number}.log", line(1_000 + number))
                archive(logs, f"{number}.log")
            doubts = tail.poll().doubts
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert len(logs.numbers()) + len(doubts) == 80
    assert all("disappeared" in why for why in doubts.values())


def test_rows_in_files_that_are_gone_at_the_end_are_read(logs: Logs) -> None:
    logs.append("moved.log", line(1))
    logs.append("deleted.log", line(2))
    stopped: list[bool] = []
    options = Options(watcher=TailMetrics(), sizes=SMALL, is_stopping=lambda: bool(stopped))
    with logs.followed(options=options) as tail:
        tail.poll()
        logs.append("moved.log", line(3) + line(4)[:-1])
        archive(logs, "moved.log")
        logs.append("deleted.log", line(5) + b'{"n": 6')
        (logs.folder / "deleted.log").unlink()
        stopped.append(True)
        assert not tail.finish()
    assert sorted(logs.numbers()) == [1, 2, 3, 4, 5]
    assert [letter.row for letter in logs.letters()] == ['{"n": 6']


def test_files_that_an_earlier_release_followed_are_read_on(logs: Logs) -> None:
    logs.append("app.log", lines(range(HEAD)))
    logs.append("small.log", line(100))
    logs.poll()
    with closing(sqlite3.connect(logs.into / "state.db", isolation_level=None)) as state:
        for column in ("born", "modified", "crc32", "place"):
            state.execute(f"alter table source drop column {column}")
        state.execute("alter table seen_dead_letter drop column resolved_at")
        state.execute("drop table doubt")
        forget_arrivals(state)
        for *values, _ in state.execute("select * from source").fetchall():
            checksum = hashlib.blake2b(msgspec.json.encode(values), digest_size=8).hexdigest()
            state.execute("update source set checksum = ? where id = ?", (checksum, values[0]))
        state.execute("pragma user_version = 3")
    logs.append("app.log", line(HEAD))
    for _ in range(2):
        assert not logs.poll().doubts
    logs.append("small.log", line(101))
    logs.poll()
    assert sorted(logs.numbers()) == [*range(HEAD + 1), 100, 101]


def compress_keeping_time(logs: Logs, name: str) -> None:
    modified = (logs.folder / name).stat().st_mtime_ns
    logs.compress(name)
    os.utime(logs.folder / f"{name}.gz", ns=(modified, modified))


def test_single_row_is_read_once_if_its_compressed_file_keeps_the_time(logs: Logs) -> None:
    write(logs, "app.log", line(0))
    with logs.followed() as tail:
        tail.poll()
        logs.copy_and_truncate("app.log", "app.log.1")
        write(logs, "app.log", line(1))
        doubts = {**tail.poll().doubts, **tail.poll().doubts}
        compress_keeping_time(logs, "app.log.1")
        doubts |= tail.poll().doubts
    assert logs.numbers() == [0, 1]
    assert not doubts


@pytest.mark.parametrize("is_followed", [True, False])
def test_single_row_is_read_again_and_named_if_its_compressed_file_has_another_time(
    logs: Logs, *, is_followed: bool
) -> None:
    write(logs, "app.log.1", line(0))
    write(logs, "app.log", line(1))
    with logs.followed() as tail:
        tail.poll()
        logs.compress("app.log.1")
        os.utime(logs.folder / "app.log.1.gz", (1, 1))
        doubts = dict(tail.poll().doubts) if is_followed else {}
    doubts |= logs.poll().doubts
    assert sorted(logs.numbers()) == [0, 0, 1]
    assert "may repeat others" in doubts[str(logs.folder / "app.log.1.gz")]


def test_doubt_is_kept_with_the_rows_for_those_who_were_not_there_when_it_was_named(logs: Logs) -> None:
    write(logs, "app-2024-05-01.log", line(0))
    write(logs, "app-2024-05-02.log", line(1))
    logs.poll()
    archive(logs, "app-2024-05-01.log")
    write(logs, "app-2024-05-03.log", line(0))
    logs.poll()
    assert not logs.poll().doubts
    (doubt,) = verify(logs.into, progress=SilentProgress()).doubts
    assert "app-2024-05-03.log#" in doubt.source
    assert "it has the same text as" in doubt.why
    shown = CliRunner().invoke(verify_command, [str(logs.into)])
    assert (shown.exit_code, doubt.source in shown.output) == (0, True)
