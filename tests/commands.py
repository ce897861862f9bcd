"""`./keepwell VERB` as a process of its own, forked from one that has already imported the verbs.

Importing them takes most of the time of a command, and the tests run hundreds. What a command leaves in memory or in the
process still ends with it.
"""

from __future__ import annotations

import atexit
import gc
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock

import msgspec

from keepwell.app import cli
from keepwell.app.verbs import VERBS

ROOT = Path(__file__).parents[1]
# Verbs that are tested as processes of their own from the first import on, and take long to import.
NOT_IMPORTED = {"demo", "up", "churn", "drill"}
_one_at_a_time = Lock()


class Command(msgspec.Struct):
    """A command line, and where it runs and writes."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str
    stdout: str
    stderr: str


def run_command(
    *arguments: str, environment: Mapping[str, str], folder: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run `./keepwell ARGUMENTS` to its end."""
    with tempfile.TemporaryDirectory() as outputs, _one_at_a_time:
        stdout, stderr = Path(outputs, "stdout"), Path(outputs, "stderr")
        command = Command(list(arguments), dict(environment), str(folder), str(stdout), str(stderr))
        server = _server()
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(msgspec.json.encode(command) + b"\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return subprocess.CompletedProcess(arguments, code, stdout.read_text(), stderr.read_text())


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
    """Fork for each command on the standard input, and write its exit code."""
    for name in VERBS.keys() - NOT_IMPORTED:
        import_module(VERBS[name].module)
    # Collecting garbage in a fork would copy all that was imported.
    gc.freeze()
    for line in sys.stdin.buffer:
        command = msgspec.json.decode(line, type=Command)
        process = os.fork()
        if process == 0:
            os._exit(exit_code(command))
        _, status = os.waitpid(process, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
    # As in the forks: what is frozen cannot be finalised.
    os._exit(0)


def exit_code(command: Command) -> int:
    """Run a command in this process, as if it had been started for it."""
    become(command)
    try:
        cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    except BaseException:  # noqa: BLE001  what the interpreter would do
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def become(command: Command) -> None:
    """Take on a command's arguments, environment, folder and standard streams."""
    os.environ.clear()
    os.environ.update(command.environment)
    os.chdir(command.folder)
    writing = os.O_WRONLY | os.O_CREAT
    opened = ((os.devnull, os.O_RDONLY), (command.stdout, writing), (command.stderr, writing))
    for descriptor, (path, flags) in enumerate(opened):
        os.dup2(os.open(path, flags), descriptor)
    sys.argv = ["keepwell", *command.arguments]


if __name__ == "__main__":
    main()
