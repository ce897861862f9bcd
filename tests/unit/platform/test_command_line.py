"""A command that is told to end does so, whatever it was just doing."""

from __future__ import annotations

import signal
import subprocess
import sys

# The signal comes while an object is taken away, and Python swallows what is raised there.
ENDED_IN_A_FINALISER = """
import os, signal, time
from keepwell.platform.cli.command_line import run
class Snapshots:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
async def work():
    Snapshots()
    time.sleep(60)
run(work())
"""


def test_a_signal_that_a_finaliser_swallows_still_ends_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDED_IN_A_FINALISER], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == -signal.SIGINT
    assert done.stderr.endswith("KeyboardInterrupt\n")
