"""The embedded Postgres: shared, killed, with unusable folders, and of another version."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from keepwell.platform.config import read_settings
from keepwell.platform.errors import InfrastructureError, StorageFull, Unavailable
from keepwell.platform.postgres import embedded as embedded_postgres
from keepwell.platform.postgres.embedded import EmbeddedPostgres, OtherMajorVersion
from keepwell.platform.postgres.server import PostgresServer
from tests.running import is_running, postmaster

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can become another user, or mount a disk"
)

# Deletes its pid file on a signal, as Postgres does, and exits some time later.
SLOW_TO_END = """
import os, pathlib, signal, time
pid_file = pathlib.Path("postmaster.pid")
def end(*_):
    pid_file.unlink()
    time.sleep(0.5)
    os._exit(0)
signal.signal(signal.SIGINT, end)
pid_file.write_text(f"{os.getpid()}\\n")
print("started", flush=True)
time.sleep(600)
"""

# Enters, prints where, and exits once its standard input ends.
USER = """
import sys
from pathlib import Path
from keepwell.platform.postgres.embedded import EmbeddedPostgres
binaries = Path(sys.argv[2]) if sys.argv[2] else None
with EmbeddedPostgres(Path(sys.argv[1]), binaries=binaries) as server:
    print(server.dsn, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a short path, because it contains the socket."""
    folder = Path(tempfile.mkdtemp(prefix="kw-"))
    yield folder / "home"
    shutil.rmtree(folder)


def embedded(home: Path) -> EmbeddedPostgres:
    settings = read_settings(home=home)
    return EmbeddedPostgres(home, binaries=settings.postgres_binaries, user=settings.postgres_user)


class OtherProcess:
    """Another process that uses the same home."""

    def __init__(self, home: Path, *, user: int | None = None, program: str = USER) -> None:
        binaries = os.environ.get("KEEPWELL_PG_BIN", "")
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, str(home), binaries],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            user=user,
            cwd="/",
        )
        assert self.process.stdout is not None
        self.dsn = self.process.stdout.readline().strip()
        assert self.dsn

    def leave(self) -> None:
        self.process.communicate(timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)


def working_in(folder: Path) -> list[int]:
    """The processes whose working folder this is."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").samefile(folder):
                found.append(int(process.name))
    return found


def can_run_python(user: int) -> bool:
    try:
        tried = subprocess.run([sys.executable, "-c", "import keepwell"], user=user, check=False, cwd="/")
    except PermissionError:
        return False
    return tried.returncode == 0


def write(dsn: str, value: int) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("create table if not exists kept (value integer)")
        connection.execute("insert into kept values (%s)", (value,))


def kept(dsn: str) -> list[int]:
    with psycopg.connect(dsn) as connection:
        return [value for (value,) in connection.execute("select value from kept order by value")]


def test_exiting_stops_the_server_and_entering_again_finds_the_data(home: Path) -> None:
    with embedded(home) as server:
        write(server.dsn, 1)
        pid = postmaster(home)
    assert not is_running(pid)
    with embedded(home) as server:
        assert kept(server.dsn) == [1]


def test_nothing_listens_on_the_network(home: Path) -> None:
    with embedded(home) as server, psycopg.connect(server.dsn) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)


def test_the_first_of_two_processes_to_exit_does_not_stop_it(home: Path) -> None:
    first = OtherProcess(home)
    with embedded(home) as server:
        first.leave()
        write(server.dsn, 1)
        assert kept(server.dsn) == [1]
        pid = postmaster(home)
    assert not is_running(pid)


def test_a_stop_waits_for_the_process_and_not_just_for_its_pid_file(home: Path) -> None:
    home.mkdir()
    command = [sys.executable, "-c", SLOW_TO_END]
    with subprocess.Popen(command, cwd=home, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        PostgresServer(Path("/nowhere"), home, user=None).stop()
        assert not is_running(process.pid)


def test_two_concurrent_starts_share_one_server(home: Path) -> None:
    code = "import sys; sys.stdout.write('go\\n'); sys.stdout.flush()\n" + USER
    racers = [OtherProcess(home, program=code) for _ in range(2)]
    with embedded(home) as server:
        write(server.dsn, 1)
    for racer in racers:
        racer.leave()
    assert not (home / "postgres" / "data" / "postmaster.pid").exists()


def test_after_kill_9_of_the_parent_the_next_process_finds_and_stops_the_server(home: Path) -> None:
    parent = OtherProcess(home)
    write(parent.dsn, 1)
    pid = postmaster(home)
    parent.kill()
    assert is_running(pid)
    with embedded(home) as server:
        assert kept(server.dsn) == [1]
        assert postmaster(home) == pid
    assert not is_running(pid)


def test_after_kill_9_of_the_server_it_restarts_at_once(home: Path) -> None:
    with embedded(home) as server:
        write(server.dsn, 1)
        os.kill(postmaster(home), signal.SIGKILL)
        with embedded(home) as again:
            assert kept(again.dsn) == [1]


@contextmanager
def number_of_killed_server_taken(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Kill the server and give its pid to an unrelated process of the same user."""
    pid_file = home / "postgres" / "data" / "postmaster.pid"
    os.kill(postmaster(home), signal.SIGKILL)
    _, *rest = pid_file.read_text().splitlines(keepends=True)
    with subprocess.Popen(["sleep", "600"], user=pid_file.stat().st_uid) as stranger:
        pid_file.write_text("".join([f"{stranger.pid}\n", *rest]))
        yield stranger
        stranger.kill()


def test_exiting_does_not_signal_a_process_that_reuses_a_killed_servers_pid(home: Path) -> None:
    with ExitStack() as stack:
        with embedded(home):
            stranger = stack.enter_context(number_of_killed_server_taken(home))
        assert is_running(stranger.pid)


def test_a_killed_server_restarts_even_if_another_process_reuses_its_pid(home: Path) -> None:
    with embedded(home) as server:
        write(server.dsn, 1)
        with number_of_killed_server_taken(home) as stranger, embedded(home) as again:
            assert kept(again.dsn) == [1]
            assert is_running(stranger.pid)


def test_a_half_created_cluster_is_recreated(home: Path) -> None:
    unfinished = home / "postgres" / "data.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with embedded(home) as server:
        write(server.dsn, 1)
        assert kept(server.dsn) == [1]


def test_a_data_folder_of_another_major_version_is_refused_and_unchanged(home: Path) -> None:
    with embedded(home):
        pass
    version_file = home / "postgres" / "data" / "PG_VERSION"
    ours = version_file.read_text()
    version_file.write_text("9\n")
    with pytest.raises(OtherMajorVersion, match="was created by Postgres 9") as refused, embedded(home):
        pass
    assert "KEEPWELL_PG_BIN" in refused.value.hint
    version_file.write_text(ours)
    with embedded(home):
        pass


def test_the_modes_of_parent_folders_are_unchanged(home: Path) -> None:
    home.parent.chmod(0o750)
    with embedded(home):
        pass
    found = home.parent.stat()
    assert stat.S_IMODE(found.st_mode) == 0o750
    assert found.st_uid == os.geteuid()


@pytest.mark.parametrize("name", ["a" * 110, "a,b"], ids=["too long for a socket", "with a comma"])
def test_every_process_finds_the_server_of_a_home_whose_path_a_connection_string_cannot_name(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    alias = home.parent / "alias"
    alias.symlink_to(home.parent / name)
    other = OtherProcess(home.parent / name)
    monkeypatch.setattr(tempfile, "tempdir", str(home.parent))
    with embedded(alias) as server:
        write(server.dsn, 1)
        assert kept(server.dsn) == [1]
    assert is_running(postmaster(home.parent / name))
    other.leave()


def test_a_start_that_is_given_up_leaves_no_server_behind(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with embedded(home):
        pass
    monkeypatch.setattr(embedded_postgres, "_START_PATIENCE", 0)
    with pytest.raises(InfrastructureError, match="did not start within 0 s"), embedded(home):
        pass
    assert working_in(home / "postgres" / "data") == []


def test_missing_binaries_are_reported(home: Path) -> None:
    with (
        pytest.raises(Unavailable, match="There is no Postgres in /nowhere"),
        EmbeddedPostgres(home, binaries=Path("/nowhere")),
    ):
        pass


@needs_root
def test_root_can_use_a_home_in_a_folder_that_others_cannot_enter(home: Path) -> None:
    home.parent.chmod(0o700)
    with embedded(home / "deeper") as server:
        write(server.dsn, 1)
    owner = (home / "deeper" / "postgres" / "data").stat().st_uid
    assert owner != 0
    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700


@needs_root
def test_an_ordinary_user_runs_the_server_as_themselves(home: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    if not can_run_python(nobody.pw_uid):
        pytest.skip("this Python environment is not readable by another user")
    home.parent.chmod(0o711)
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    other = OtherProcess(home, user=nobody.pw_uid)
    assert Path(f"/proc/{postmaster(home)}").stat().st_uid == nobody.pw_uid
    other.leave()


@needs_root
def test_a_full_disk_is_reported_when_the_cluster_is_created(home: Path) -> None:
    home.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(home)], check=True)
    try:
        with pytest.raises(StorageFull) as refused, embedded(home):
            pass
        assert "--home" in refused.value.hint
    finally:
        subprocess.run(["umount", str(home)], check=True)
