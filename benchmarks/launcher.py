"""Starts a program from a small process, and writes down the resources the kernel says it used.

The kernel includes the starting process in a program's peak memory, so this module imports next to nothing.
Run as `python -S launcher.py REPORT COMMAND...`; REPORT becomes a JSON document.
"""

from __future__ import annotations

import os
import sys
import time


def main() -> None:
    """Run COMMAND to its end, with the same standard streams."""
    report, *command = sys.argv[1:]
    began = time.monotonic()
    process = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(process, 0)
    seconds = time.monotonic() - began
    cpu_seconds = usage.ru_utime + usage.ru_stime
    with open(report, "w", encoding="ascii") as file:  # noqa: PTH123  pathlib would be most of this process
        file.write(
            f'{{"cpu_seconds": {cpu_seconds}, "seconds": {seconds}, "peak": {usage.ru_maxrss}, '
            f'"exit_code": {os.waitstatus_to_exitcode(status)}}}'
        )


if __name__ == "__main__":
    main()
