"""Servers as separate processes, and their cost including their Postgres."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil

from keepwell.platform.errors import Unavailable

HOST = "127.0.0.1"
_TIMEOUT = 60.0
_PAUSE = 0.05


def free_port() -> int:
    """A free loopback port."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


@contextmanager
def served(command: Sequence[str], *, port: int, environment: Mapping[str, str]) -> Iterator[psutil.Process]:
    """Run `command` until this ends; raises Unavailable if it does not listen on `port`."""
    # As in production, the log goes to a file: a terminal would be slower.
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd=Path(__file__).parents[1],
        ) as process,
    ):
        try:
            _wait_until_listening(process, port, log=log)
            yield psutil.Process(process.pid)
        finally:
            _terminate(process.pid)


def _terminate(process_id: int) -> None:
    # Some servers leave their workers behind, which then compete with whatever is measured next.
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(process_id)
        for each in [*process.children(recursive=True), process]:
            with suppress(psutil.NoSuchProcess):
                each.terminate()


def cpu_seconds(process: psutil.Process) -> float:
    """User and system time of `process` alone so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def postgres_seconds(postmaster: psutil.Process) -> float:
    """User and system time of a Postgres so far, including its finished processes."""
    ended = postmaster.cpu_times()
    total = float(ended.user + ended.system + ended.children_user + ended.children_system)
    for child in postmaster.children(recursive=True):
        try:
            total += cpu_seconds(child)
        except psutil.NoSuchProcess:
            continue
    return total


def postmaster_of(home: Path) -> psutil.Process:
    """The embedded Postgres of `home`."""
    text = (home / "postgres" / "data" / "postmaster.pid").read_text(encoding="ascii")
    return psutil.Process(int(text.split()[0]))


def _wait_until_listening(server: subprocess.Popen[bytes], port: int, *, log: IO[bytes]) -> None:
    deadline = time.monotonic() + _TIMEOUT
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((HOST, port)).close()
        except OSError:
            time.sleep(_PAUSE)
        else:
            return
    log.seek(0)
    raise Unavailable("The measured server does not start.", hint=log.read().decode(errors="replace"))
