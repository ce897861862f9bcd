"""Seals the open segment of an intake folder, so that all its rows can be built into the lake.

Run as `python -m benchmarks.intake.sealing FOLDER`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from keepwell.intake.service import EventJournal
from keepwell.platform.clock import SystemClock


def main() -> None:
    """Seal the open segment."""
    with EventJournal.open(Path(sys.argv[1]), clock=SystemClock()) as intake:
        intake.seal()


if __name__ == "__main__":
    main()
