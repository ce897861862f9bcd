"""The start of a child process: it runs a module, and ends when its parent does, even after kill -9."""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading

# Whatever serves requests goes first.
_NICENESS = 10


def main() -> None:
    """Run the module that the first argument names, with the rest as its arguments."""
    os.nice(_NICENESS)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_the_parent() -> None:
    # The parent never writes; the kernel closes its end of the pipe however it ends.
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
