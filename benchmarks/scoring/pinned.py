"""Runs a program, and whatever it starts, on one core: `python -m benchmarks.scoring.pinned CORE COMMAND...`."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    core, *command = sys.argv[1:]
    os.sched_setaffinity(0, {int(core)})
    os.execvp(command[0], command)  # noqa: S606  no shell is meant
