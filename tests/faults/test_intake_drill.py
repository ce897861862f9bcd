"""kill -9, hundreds of times, while the followed files are written, renamed, copied, truncated and compressed."""

from __future__ import annotations

import os
from pathlib import Path

from keepwell.intake.drill.service import drill_intake
from keepwell.platform.clock import SystemClock
from keepwell.platform.progress import SilentProgress
from tests import thorough

# KEEPWELL_KILLS=5000 for a long drill.
KILLS = int(os.environ.get("KEEPWELL_KILLS", thorough.repeats(50, thorough=1_000)))
SEED = int(os.environ.get("KEEPWELL_SEED", "20261123"))


def test_kills_and_rotations_neither_lose_nor_duplicate_rows(tmp_path: Path) -> None:
    done = drill_intake(tmp_path, kills=KILLS, seed=SEED, clock=SystemClock(), progress=SilentProgress())
    found = "\n".join(done.findings)
    assert (done.lost, done.doubled, done.damages) == (0, 0, 0), found
    assert done.rotations > KILLS
    assert done.segments > KILLS // 2
