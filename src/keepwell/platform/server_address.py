"""The running server of a home: its lock, and its address, which `up` writes to server.json."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from keepwell.platform.config import Settings, unusable
from keepwell.platform.errors import Conflict

_LOCK = "up.lock"


class ServerAddress(msgspec.Struct, frozen=True):
    """The contents of server.json: the address on this machine, and the one that links begin with if it is another."""

    url: str
    pid: int
    public_url: str | None = None

    def link(self, path: str) -> str:
        """The link to `path` that a browser anywhere can open."""
        return f"{self.public_url or self.url}{path}"


@contextmanager
def sole_server(home: Path) -> Iterator[None]:
    """Lock `home` for this server alone; the kernel releases the lock even after kill -9.

    Raises Conflict if another server uses it, and Unavailable if it cannot be written.
    """
    with _server_lock(home, fcntl.LOCK_EX):
        yield


@contextmanager
def one_of_several_servers(home: Path) -> Iterator[None]:
    """Lock `home` for this server and others that share it; raises as `sole_server`, whose server shares with none."""
    with _server_lock(home, fcntl.LOCK_SH):
        yield


@contextmanager
def _server_lock(home: Path, kind: int) -> Iterator[None]:
    try:
        opened = (home / _LOCK).open("w")
    except OSError as error:
        raise unusable(home, error) from error
    with opened as lock:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            hint = "`./keepwell sign-in` prints a link to it; --home DIR serves another home."
            raise Conflict(f"Keepwell already runs for {home}.", hint=hint) from None
        yield


def running_server(settings: Settings) -> ServerAddress:
    """The address of the running `up`; raises Conflict if none is running."""
    # A server that was killed leaves its address, where another one may listen by now.
    if _is_locked(settings.home):
        with suppress(FileNotFoundError):
            return msgspec.json.decode(settings.server_file.read_bytes(), type=ServerAddress)
    raise Conflict(f"No server is running for {settings.home}.", hint="Start it with `./keepwell up`.")


def public_link(settings: Settings, path: str) -> str:
    """The link to `path` at KEEPWELL_PUBLIC_URL, or on the running server; raises Conflict if there is neither."""
    if settings.public_url is not None:
        return f"{settings.public_url}{path}"
    return running_server(settings).link(path)


def _is_locked(home: Path) -> bool:
    try:
        with (home / _LOCK).open() as lock:
            # One that none can share, so that it meets servers that share theirs.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
