"""The embedded Postgres: several processes share one cluster in the home folder.

The first to enter starts the server, the last to leave stops it. Users are counted by kernel locks: each
has a shared flock on `lease.lock`, and starting and stopping take an exclusive one on `start.lock`. The
kernel releases both on kill -9, so a crash leaves no stale count, and the next start finds a server that
is still running after a crash.
"""

from __future__ import annotations

import fcntl
import shutil
import time
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psycopg
from psycopg.conninfo import make_conninfo

from keepwell.platform.config import make_home, unusable
from keepwell.platform.errors import CorruptData, InfrastructureError
from keepwell.platform.open_file_limit import require_open_files
from keepwell.platform.postgres.binaries import ServiceUser, find_binaries
from keepwell.platform.postgres.server import PostgresServer

_FEWEST_OPEN_FILES = 100
_START_PATIENCE = 60.0
_POLL = 0.03
SUPERUSER = "keepwell"
DATABASE = "keepwell"


class OtherMajorVersion(CorruptData):
    """The data folder was created by another major version of Postgres."""

    code = "other-major-version"


class EmbeddedPostgres(AbstractContextManager["EmbeddedPostgres"]):
    """A running server while entered; `dsn` is its superuser's conninfo.

    Raises OtherMajorVersion for a data folder of another version, and InfrastructureError, with the
    last lines of the server's log, if it does not start.
    """

    def __init__(self, home: Path, *, binaries: Path | None = None, user: str | None = None) -> None:
        self._cluster = home.absolute() / "postgres"
        self._data = self._cluster / "data"
        self._binaries = binaries
        self._user_name = user
        self._server: PostgresServer
        self._start_lock: IO[str]
        self._lease: IO[str]

    @property
    def dsn(self) -> str:
        """The conninfo of Keepwell's database, as the superuser."""
        return self._conninfo(DATABASE)

    def __enter__(self) -> Self:
        """Start the server, or join one that runs."""
        # Else Postgres would be started again and again, and give up each time.
        require_open_files(_FEWEST_OPEN_FILES, what="Postgres")
        user = self._prepare_cluster()
        self._server = PostgresServer(find_binaries(self._binaries, user=user), self._data, user=user)
        self._start_lock = (self._cluster / "start.lock").open("w")
        self._lease = (self._cluster / "lease.lock").open("w")
        fcntl.flock(self._start_lock, fcntl.LOCK_EX)
        try:
            self._ensure_initialised()
            self._ensure_running()
            fcntl.flock(self._lease, fcntl.LOCK_SH)
        except BaseException:
            # Nobody else would stop what was started here.
            if self._is_last():
                self._server.stop()
            self._release()
            raise
        fcntl.flock(self._start_lock, fcntl.LOCK_UN)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave; the last one to leave stops the server."""
        fcntl.flock(self._start_lock, fcntl.LOCK_EX)
        try:
            if self._is_last():
                self._server.stop()
        finally:
            self._release()

    def revive(self) -> bool:
        """Start the server again if it has died, as after the kernel has taken its memory; whether it had. Raises as entering does."""
        if self._server.is_running():
            return False
        fcntl.flock(self._start_lock, fcntl.LOCK_EX)
        try:
            self._ensure_running()
        finally:
            fcntl.flock(self._start_lock, fcntl.LOCK_UN)
        return True

    def _release(self) -> None:
        self._lease.close()
        self._start_lock.close()
        self._server.sockets.close()

    def _prepare_cluster(self) -> ServiceUser | None:
        make_home(self._cluster.parent)
        try:
            self._cluster.mkdir(mode=0o700, exist_ok=True)
            user = ServiceUser.for_this_process(self._cluster, name=self._user_name)
            if user is not None:
                user.take_over(self._cluster)
        except OSError as error:
            raise unusable(self._cluster, error) from error
        return user

    def _ensure_initialised(self) -> None:
        version_file = self._data / "PG_VERSION"
        if not version_file.exists():
            # initdb works in another folder, which is then renamed, so a half-created cluster is never used.
            unfinished = self._cluster / "data.new"
            shutil.rmtree(unfinished, ignore_errors=True)
            self._server.initialise(unfinished)
            unfinished.rename(self._data)
        found, ours = version_file.read_text(encoding="ascii").strip(), self._server.major_version
        if found != str(ours):
            raise OtherMajorVersion(
                f"{self._data} was created by Postgres {found}; these binaries are version {ours}.",
                hint=f"Point KEEPWELL_PG_BIN at the binaries of version {found}, or dump with them and "
                "restore into a new home.",
            )

    def _ensure_running(self) -> None:
        deadline = time.monotonic() + _START_PATIENCE
        while not self._answers():
            if not self._server.is_starting():
                # A killed server's children may still use its memory for a short time: try until the deadline.
                self._server.start()
            if time.monotonic() > deadline:
                raise InfrastructureError(
                    f"Postgres did not start within {_START_PATIENCE:.0f} s. Its log ends with:\n{self._server.log_tail()}",
                    for_operator=f"The whole log is {self._server.log}.",
                )
            time.sleep(_POLL)
        self._ensure_database()

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._conninfo("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _ensure_database(self) -> None:
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", (DATABASE,)).fetchone()
            if found is None:
                connection.execute(f"create database {DATABASE}")

    def _is_last(self) -> bool:
        try:
            fcntl.flock(self._lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _conninfo(self, database: str) -> str:
        return make_conninfo(host=self._server.sockets.for_clients, user=SUPERUSER, dbname=database)
