"""`keepwell tail` as a process: started, watched, signalled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from tests.unit.intake.follow.logs import Logs

COMMAND = [sys.executable, "-m", "keepwell.app.cli", "tail"]
SCHEMA = (
    '{"type": "object", "required": ["n"], "additionalProperties": false,'
    ' "properties": {"n": {"type": "integer"}, "note": {"type": "string"}}}'
)
PATIENCE = 60.0


class Followed:
    """Log files and the command that follows them."""

    def __init__(self, folder: Path) -> None:
        self.logs = Logs(folder)
        self.schema = folder / "row.schema.json"
        self.schema.write_text(SCHEMA)

    def arguments(self, *more: str) -> list[str]:
        return [*self.logs.patterns, "--schema", str(self.schema), "--into", str(self.logs.into), *more]

    def once(self, *more: str, wrapper: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Read what exists, then exit."""
        command = [*wrapper, *COMMAND, *self.arguments("--once", *more)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def start(self, *more: str, wrapper: Sequence[str] = ()) -> TailProcess:
        return TailProcess([*wrapper, *COMMAND, *self.arguments("--poll", "20ms", "--json", *more)])


class TailProcess:
    """The running command."""

    def __init__(self, command: Sequence[str]) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.communicate()

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def ended(self) -> tuple[list[dict[str, Any]], str]:
        """Wait for the end; the printed reports and the text on standard error."""
        out, said = self.process.communicate(timeout=PATIENCE)
        return [json.loads(line) for line in out.splitlines()], said


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until `condition` is true; fails after some seconds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def resident_megabytes(arguments: Sequence[str]) -> float:
    """The most memory that `keepwell tail` with these arguments had resident, in MB, according to the kernel.

    The process measures itself: the figure for the parent includes the parent's own memory before exec.
    """
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *arguments], capture_output=True, text=True, check=True
    )
    return int(done.stderr.split()[-1]) / 1_000


MEASURED = """
import re, sys
from pathlib import Path
from keepwell.app.cli import keepwell
keepwell.main(["tail", *sys.argv[1:]], standalone_mode=False)
print(re.search(r"VmHWM:\\s+([0-9]+) kB", Path("/proc/self/status").read_text())[1], file=sys.stderr)
"""
