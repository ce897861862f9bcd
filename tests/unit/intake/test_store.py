"""The state file stays locked for as long as it is open, whatever else this process or another one does."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest

from keepwell.intake.follow.discovery import discover
from keepwell.intake.model import SeenEvent
from keepwell.intake.store import STATE_FILE, State
from keepwell.platform.errors import InfrastructureError

THREADS = 8
OPEN_AND_CLOSE = """
import sys
from pathlib import Path
from keepwell.intake.store import State
State(Path(sys.argv[1])).close()
"""


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with closing(State(tmp_path)) as state:
        state.remember_events([seen("E-1")])
        yield state


def seen(message_id: str) -> SeenEvent:
    return SeenEvent(message_id, "digest", "http", 0)


def open_and_close_in_another_process(root: Path) -> None:
    subprocess.run([sys.executable, "-c", OPEN_AND_CLOSE, str(root)], check=True)


def ids_in_another_connection(root: Path) -> set[str]:
    with closing(State(root)) as state:
        return set(state.seen_events(["E-1", "E-2"]))


def test_write_ahead_log_survives_another_process_after_two_opens_here(state: State, tmp_path: Path) -> None:
    log = tmp_path / f"{STATE_FILE}-wal"
    before = log.stat().st_ino
    State(tmp_path).close()
    open_and_close_in_another_process(tmp_path)
    assert log.stat().st_ino == before
    state.remember_events([seen("E-2")])
    open_and_close_in_another_process(tmp_path)
    assert ids_in_another_connection(tmp_path) == {"E-1", "E-2"}


def test_write_ahead_log_survives_another_process_after_concurrent_creation(tmp_path: Path) -> None:
    all_open, may_close = Barrier(THREADS + 1), Event()

    def hold_open() -> None:
        with closing(State(tmp_path)):
            all_open.wait(30)
            may_close.wait(30)

    threads = [Thread(target=hold_open) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    all_open.wait(30)
    log = tmp_path / f"{STATE_FILE}-wal"
    before = log.stat().st_ino
    open_and_close_in_another_process(tmp_path)
    assert log.stat().st_ino == before
    may_close.set()
    for thread in threads:
        thread.join()


@pytest.mark.usefixtures("state")
def test_only_the_owner_can_read_the_state_file_and_its_log(tmp_path: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys([STATE_FILE, f"{STATE_FILE}-shm", f"{STATE_FILE}-wal"], 0o600)


def test_a_symbolic_link_in_place_of_the_state_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / STATE_FILE).symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(InfrastructureError, match=STATE_FILE):
        State(tmp_path)
    assert not (tmp_path / "elsewhere.db").exists()


@pytest.mark.usefixtures("state")
def test_the_state_file_is_not_among_the_files_to_follow(tmp_path: Path) -> None:
    assert not discover([str(tmp_path / "*")], own_folder=tmp_path).files


def test_many_that_open_a_new_state_file_at_once_all_succeed(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            folder = tmp_path / str(number)
            folder.mkdir()
            for opened in [pool.submit(lambda root: State(root).close(), folder) for _ in range(8)]:
                opened.result()
