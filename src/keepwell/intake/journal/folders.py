"""The journals in an intake folder. Each has one writer, so that these can run at the same time."""

from __future__ import annotations

from pathlib import Path

from keepwell.intake.model import HTTP_JOURNAL, OWN_JOURNAL, TAIL_JOURNAL, ArrivalKind
from keepwell.intake.store import STATE_FILE, has_state
from keepwell.platform.errors import NotFound

_FOLDERS = {OWN_JOURNAL: ".", HTTP_JOURNAL: HTTP_JOURNAL, TAIL_JOURNAL: TAIL_JOURNAL}


def journal_folders(root: Path) -> dict[str, Path]:
    """The folders of the existing journals in the intake folder `root`, by their names in the lake."""
    return {name: root / part for name, part in _FOLDERS.items() if has_state(root / part)}


def arrival_of_replayed(folder: Path) -> ArrivalKind:
    """How a replayed dead letter of the journal in `folder` becomes known: now, unless an import brought it."""
    return "committed" if folder.name in {HTTP_JOURNAL, TAIL_JOURNAL} else "history"


def require_journals(root: Path) -> dict[str, Path]:
    """The same; raises NotFound if there are none, since a wrong folder must not seem to be an empty one."""
    found = journal_folders(root)
    if not found:
        raise NotFound(
            f"{root} has no {STATE_FILE}, so nothing was taken in here.",
            hint="Name the folder given to `tail --into`.",
        )
    return found
