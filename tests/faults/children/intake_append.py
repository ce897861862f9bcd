"""For each line on standard input, a process that appends rows to an intake folder until it ends or is killed.

It prints its process id, then how many rows are acknowledged after each hundred; `ended` comes last.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from keepwell.intake.model import Sizes, SourcedRow
from tests.unit.intake.sample_events import opened, rows

BATCH = 100


def append(folder: Path, taken: Sequence[SourcedRow[bytes]]) -> None:
    with opened(folder, sizes=Sizes(commit=2_000, segment=30_000)) as intake:
        say(os.getpid())
        for start in range(0, len(taken), BATCH):
            intake.append(taken[start : start + BATCH])
            say(start + BATCH)


def say(word: object) -> None:
    os.write(sys.stdout.fileno(), f"{word}\n".encode())


def main() -> None:
    folder, taken = Path(sys.argv[1]), rows(int(sys.argv[2]))
    for _ in sys.stdin:
        # A fork starts at once; a new interpreter would import everything again.
        child = os.fork()
        if child == 0:
            append(folder, taken)
            os._exit(0)
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main()
