"""`up` as a separate process that can be stopped, killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Self

import httpx
import msgspec

from keepwell.platform.server_address import ServerAddress
from tests.commands import ForkedProcess, run_command, start_command

PATIENCE = 120.0


def environment(home: Path, *, database_url: str = "") -> dict[str, str]:
    """This process's environment with the test's own home, and the embedded Postgres or the configured one."""
    kept = {name: value for name, value in os.environ.items() if name != "KEEPWELL_DATABASE_URL"}
    # All requests of the tests have the same client address.
    unlimited = {"KEEPWELL_REQUESTS_PER_MINUTE": "1000000", "KEEPWELL_SIGN_INS_PER_MINUTE": "1000000"}
    return {**kept, **unlimited, "KEEPWELL_HOME": str(home), "KEEPWELL_DATABASE_URL": database_url}


def keepwell(home: Path, *arguments: str, database_url: str = "") -> str:
    """Run a command and return its output; fails on any exit code except 0."""
    done = run_command(*arguments, environment=environment(home, database_url=database_url))
    assert done.returncode == 0, done.stderr
    return done.stdout


class RunningServer:
    """`up` or `demo` on `home` and a free port, or the one given; leaving the block stops it."""

    def __init__(self, home: Path, *verb: str, port: int = 0, database_url: str = "") -> None:
        self.database_url = database_url
        self.home = home
        self.port = port
        self.verb = verb or ("up",)
        self.output = home.parent / "up.log"
        self.process: ForkedProcess | subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)

    def start(self) -> None:
        """Start it, and wait until it has printed its sign-in link."""
        self.launch()
        self.wait_for("/sign-in?token=")

    def launch(self, *, stdout: BinaryIO | None = None, stderr: BinaryIO | None = None) -> None:
        """Start it without waiting; both of its outputs go to the file `output` unless they are named."""
        with self.output.open("wb") as output:
            self.process = start_command(
                *self.verb,
                "--port",
                str(self.port),
                *(["--no-browser"] if self.verb[0] != "serve" else []),
                environment=environment(self.home, database_url=self.database_url),
                stdout=stdout or output,
                stderr=stderr or output,
            )

    def wait_for(self, said: str) -> None:
        """Wait until it has printed `said`."""
        deadline = time.monotonic() + PATIENCE
        while said not in self.output.read_text():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.05)

    def wait_until_live(self) -> None:
        """Wait until it answers, without its sign-in link."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with suppress(OSError, httpx.TransportError):
                httpx.get(f"{self.url}/health/live", timeout=10).raise_for_status()
                return
            assert self.process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)

    @property
    def url(self) -> str:
        file = self.home / "server.json"
        return msgspec.json.decode(file.read_bytes(), type=ServerAddress).url

    @property
    def sign_in_link(self) -> str:
        return next(
            line.strip() for line in self.output.read_text().splitlines() if "/sign-in?token=" in line
        )

    @property
    def postmaster(self) -> int:
        return postmaster(self.home)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)

    def seconds_to_stop(self, how: signal.Signals) -> float:
        """Send `how` to the whole process group, as a terminal does; the seconds until all have exited."""
        postmaster, began = self.postmaster, time.monotonic()
        os.killpg(self.process.pid, how)
        self.process.wait(PATIENCE)
        assert not is_running(postmaster)
        return time.monotonic() - began


def postmaster(home: Path) -> int:
    """The process id of the embedded Postgres that runs on `home`."""
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def is_running(pid: int) -> bool:
    """Whether `pid` is running; an unreaped zombie is not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
