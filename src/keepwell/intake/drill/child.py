"""The processes that a drill kills: each follows the drill's files until then.

Run as a program with the folder of the files and that of the intake. For each line on its standard input it
forks one process and prints its id; once that has ended, it prints `ended`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from keepwell.intake.drill.service import followed
from keepwell.platform.clock import SystemClock


def main(logs: Path, into: Path) -> None:
    """Execute orders until there are no more."""
    for _ in sys.stdin:
        process = os.fork()
        if not process:
            follow(logs, into)
        print(process, flush=True)  # noqa: T201  the answer to the order
        os.waitpid(process, 0)
        print("ended", flush=True)  # noqa: T201  the same


def follow(logs: Path, into: Path) -> None:
    """Follow until killed."""
    with followed(logs, into, clock=SystemClock()) as tail:
        while True:
            tail.poll()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
