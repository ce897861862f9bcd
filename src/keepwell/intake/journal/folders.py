"""The journals in an intake folder. Each has one writer, so that these can run at the same time."""

from __future__ import annotations

from pathlib import Path

from keepwell.intake.model import HTTP_JOURNAL, TAIL_JOURNAL
from keepwell.intake.store import has_state

# Imports, and every `tail --into`, write to the folder itself.
OWN_JOURNAL = "journal"
_FOLDERS = {OWN_JOURNAL: ".", HTTP_JOURNAL: HTTP_JOURNAL, TAIL_JOURNAL: TAIL_JOURNAL}


def journal_folders(root: Path) -> dict[str, Path]:
    """The folders of the existing journals in the intake folder `root`, by their names in the lake."""
    return {name: root / part for name, part in _FOLDERS.items() if has_state(root / part)}
