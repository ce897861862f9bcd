"""`./keepwell VERB` as a process of its own, forked from one that has already imported the verbs and what they need.

Importing them takes most of the time of a command, and the tests run hundreds. What a command leaves in memory or in the
process still ends with it.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import BinaryIO

import msgspec

from keepwell.app import cli
from keepwell.app.verbs import VERBS

ROOT = Path(__file__).parents[1]
COMMANDS = cli.__name__
# What commands import only once they need it: most of the time of a training, an audit or an import of events.
LATE = (
    "ibis.backends.duckdb",
    "lifelines",
    "pandas",
    "scipy.stats",
    "sklearn.isotonic",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.tree",
)
_one_at_a_time = Lock()


class Start(msgspec.Struct, tag=True):
    """The arguments of a module's `main`, and where it runs and writes; the answer is the id of its process."""

    module: str
    arguments: list[str]
    environment: dict[str, str]
    folder: str
    stdout: str
    stderr: str


class Poll(msgspec.Struct, tag=True):
    """Whether a process has ended; the answer is its exit code, or nothing."""

    process: int


class ForkedProcess:
    """A command that runs: the part of `subprocess.Popen` that the tests use. It leads a session of its own."""

    def __init__(self, start: Start) -> None:
        self.pid = _ask(start) or 0
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        if self.returncode is None:
            self.returncode = _ask(Poll(self.pid))
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait until it has ended; the exit code."""
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            assert time.monotonic() < deadline, "the command has not ended"
            time.sleep(0.01)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)


def start_command(
    *arguments: str,
    environment: Mapping[str, str],
    stdout: BinaryIO,
    stderr: BinaryIO,
    folder: Path = ROOT,
    module: str = COMMANDS,
) -> ForkedProcess:
    """Start `./keepwell ARGUMENTS` or another `module`, which appends what it prints to the given files or pipes."""
    outputs = (f"/proc/{os.getpid()}/fd/{each.fileno()}" for each in (stdout, stderr))
    return ForkedProcess(Start(module, list(arguments), dict(environment), str(folder), *outputs))


def run_command(
    *arguments: str,
    environment: Mapping[str, str],
    folder: Path = ROOT,
    module: str = COMMANDS,
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Run `./keepwell ARGUMENTS` or another `module` to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = start_command(
            *arguments, environment=environment, stdout=out, stderr=err, folder=folder, module=module
        )
        code = process.wait(timeout)
        printed = (each.read().decode() for each in (out, err))
        return subprocess.CompletedProcess(arguments, code, *printed)


def _ask(question: Start | Poll) -> int | None:
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    with _one_at_a_time:
        server.stdin.write(msgspec.json.encode(question) + b"\n")
        server.stdin.flush()
        return msgspec.json.decode(server.stdout.readline(), type=int | None)


@cache
def _server() -> subprocess.Popen[bytes]:
    from tests.processor_seconds import watch_process  # noqa: PLC0415  pytest must be the first to import its plugins

    server = subprocess.Popen(
        [sys.executable, "-m", "tests.commands"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    watch_process(server.pid)
    # It ends when its input does.
    atexit.register(server.communicate)
    return server


def main() -> None:
    """Answer the questions on the standard input."""
    for module in (*(verb.module for verb in VERBS.values()), *LATE):
        import_module(module)
    # Collecting garbage in a fork would copy all that was imported.
    gc.freeze()
    for line in sys.stdin.buffer:
        question = msgspec.json.decode(line, type=Start | Poll)
        answer = fork(question) if isinstance(question, Start) else poll(question.process)
        sys.stdout.write(f"{msgspec.json.encode(answer).decode()}\n")
        sys.stdout.flush()
    # As in the forks: what is frozen cannot be finalised.
    os._exit(0)


def poll(process: int) -> int | None:
    """The exit code of a process that has ended."""
    ended, status = os.waitpid(process, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def fork(command: Start) -> int:
    """The id of a new process that runs the command."""
    writing = os.O_WRONLY | os.O_APPEND
    opened = ((os.devnull, os.O_RDONLY), (command.stdout, writing), (command.stderr, writing))
    # Before the answer, since whoever asked may close them then.
    streams = [os.open(path, flags) for path, flags in opened]
    process = os.fork()
    if process == 0:
        for descriptor, stream in enumerate(streams):
            os.dup2(stream, descriptor)
        os._exit(exit_code(command))
    for stream in streams:
        os.close(stream)
    return process


def exit_code(command: Start) -> int:
    """Run a command in this process, as if it had been started for it."""
    try:
        become(command)
        import_module(command.module).main()
    except SystemExit as ended:
        return int(ended.code or 0)
    except BaseException:  # noqa: BLE001  what the interpreter would do
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def become(command: Start) -> None:
    """Take on a command's arguments, environment and folder."""
    os.setsid()
    os.environ.clear()
    os.environ.update(command.environment)
    os.chdir(command.folder)
    sys.argv = ["keepwell", *command.arguments]


if __name__ == "__main__":
    main()
