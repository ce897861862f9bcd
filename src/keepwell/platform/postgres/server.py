"""The server's process: how it starts and stops."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from keepwell.platform.errors import InfrastructureError, StorageFull
from keepwell.platform.postgres.binaries import ServiceUser
from keepwell.platform.postgres.sockets import SocketFolder

_BUILTIN_LOCALE_SINCE = 17
_LARGEST_LOG = 10_000_000
_LOG_TAIL = 12
_FAST_STOP = 3.0
_IMMEDIATE_STOP = 1.5
_POLL = 0.02
_PRIVATE = 0o700
_PROCESSES = Path("/proc")
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class PostgresServer:
    """One server process on one data folder."""

    def __init__(self, binaries: Path, data: Path, *, user: ServiceUser | None) -> None:
        self._binaries = binaries
        self._data = data
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None
        self.log = data.parent / "log"
        self.sockets = SocketFolder(data.parent, owner=os.geteuid() if user is None else user.uid)

    @property
    def major_version(self) -> int:
        """The binaries' major version."""
        output = subprocess.run(  # noqa: S603  our own binaries
            [self._binaries / "postgres", "-V"], check=True, capture_output=True, text=True, env=_ENVIRONMENT
        )
        return int(re.findall(r"\d+", output.stdout)[0])

    def initialise(self, folder: Path) -> None:
        """Make a new cluster in `folder`; raises StorageFull or InfrastructureError with initdb's words."""
        folder.mkdir(mode=_PRIVATE)
        if self._user is not None:
            self._user.take_over(folder)
        locale = (
            ["--locale-provider=builtin", "--locale=C.UTF-8"]
            if self.major_version >= _BUILTIN_LOCALE_SINCE
            else ["--locale=C"]
        )
        options = ["--username=keepwell", "--auth=trust", "--encoding=UTF8", "--data-checksums", *locale]
        with self._reaching(folder) as (name, surroundings):
            done = subprocess.run(  # noqa: S603  our own binaries
                [self._binaries / "initdb", "-D", name, *options],
                check=False,
                capture_output=True,
                text=True,
                **surroundings,
            )
        if done.returncode:
            raise _failure("initdb", f"{done.stdout}{done.stderr}")

    def start(self) -> None:
        """Start the server without waiting, in its own session so that Ctrl-C in the terminal does not reach it."""
        self._require_space()
        self._disown_stranger()
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".1"))
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.sockets.for_server,
            "unix_socket_permissions": "0700",
            "max_connections": "50",
        }
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log, self._reaching(self._data) as (name, surroundings):
            self._process = subprocess.Popen(  # noqa: S603  our own binaries
                [self._binaries / "postgres", "-D", name, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **surroundings,
            )
        # Reaped as soon as it ends: Postgres considers an unreaped, killed server to be running, and would not
        # start again while this process lives.
        threading.Thread(target=self._process.wait, name="postgres-reaper", daemon=True).start()

    def is_starting(self) -> bool:
        """Whether the process that we started is running."""
        return self._process is not None and self._process.poll() is None

    def is_running(self) -> bool:
        """Whether the server's process runs, whoever started it; it may not answer yet."""
        return self._pid() is not None

    def stop(self) -> None:
        """Stop the server: disconnect the sessions; if that takes too long, abort it."""
        for how, patience in ((signal.SIGINT, _FAST_STOP), (signal.SIGQUIT, _IMMEDIATE_STOP)):
            pid = self._pid() or self._starting_pid()
            if pid is None:
                return
            os.kill(pid, how)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if not self._is_alive(pid):
                    return
                time.sleep(_POLL)

    def log_tail(self) -> str:
        """The last lines that the server wrote."""
        if not self.log.exists():
            return "(nothing)"
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_TAIL:])

    def _disown_stranger(self) -> None:
        """Let the next server start even if another process has reused a killed server's pid.

        The pid file stays, because Postgres uses its other lines to find out whether a killed server's children
        still use its memory. Postgres treats its parent's pid, ours, as a stale one.
        """
        if self._pid_file.exists() and self._pid() is None:
            _, *others = self._pid_file.read_text(encoding="ascii").splitlines(keepends=True) or [""]
            self._pid_file.write_text("".join([f"{os.getpid()}\n", *others]), encoding="ascii")

    def _starting_pid(self) -> int | None:
        # A server writes its pid file some time after its start.
        return self._process.pid if self._process is not None and self.is_starting() else None

    def _pid(self) -> int | None:
        try:
            pid = int(self._pid_file.read_text(encoding="ascii").split()[0])
        except (FileNotFoundError, IndexError):
            return None
        return pid if self._is_alive(pid) else None

    def _is_alive(self, pid: int) -> bool:
        if self._process is not None and self._process.pid == pid:
            return self._process.poll() is None
        return self._works_here(pid)

    def _works_here(self, pid: int) -> bool:
        """Whether the process runs and works in our data folder, as the server does and no other."""
        if not _PROCESSES.is_dir():
            return _is_there(pid)
        try:
            return (_PROCESSES / str(pid) / "cwd").samefile(self._data)
        except FileNotFoundError:
            # The server leaves its folder, and before that removes its file, some time before it has ended.
            return _is_ending(pid)
        except (ProcessLookupError, PermissionError):
            return False

    @property
    def _pid_file(self) -> Path:
        return self._data / "postmaster.pid"

    def _require_space(self) -> None:
        free = shutil.disk_usage(self._data).free
        if free < _LARGEST_LOG:
            raise _failure("postgres", f"{self._data}: No space left on device ({free} bytes)")

    @contextmanager
    def _reaching(self, folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """A name of `folder` that the process can open, and subprocess's arguments for it.

        Postgres may not run as root, and the user it runs as may be unable to walk to a home below, say,
        /root. A process that inherits the open folder needs no walk: the link to its own descriptor leads
        there directly, and no parent's mode is touched.
        """
        surroundings = {"cwd": "/", "env": _ENVIRONMENT, "umask": 0o077}
        if self._user is None:
            yield str(folder), surroundings
            return
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield (
                f"/proc/self/fd/{descriptor}",
                {
                    **surroundings,
                    **self._user.as_process(),
                    "pass_fds": [descriptor],
                },
            )
        finally:
            os.close(descriptor)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _is_ending(pid: int) -> bool:
    """Whether a process without a working folder still runs; a zombie that nobody reaps does not."""
    try:
        stat = (_PROCESSES / str(pid) / "stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}


def _failure(program: str, output: str) -> InfrastructureError:
    if "No space left on device" in output:
        hint = "Free space, or choose another disk with --home; then run the same command again."
        return StorageFull(f"The disk is full: {output.strip()}", hint=hint)
    return InfrastructureError(f"{program} failed:\n{output.strip()}")
