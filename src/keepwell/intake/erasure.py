"""Erasing an account from the files of a workspace: its journals, dead letters and lake."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

from keepwell.intake.events.inlet import PATIENCE, with_inlet_closed
from keepwell.intake.journal.folders import journal_folders
from keepwell.intake.lake.kinds import EVENTS
from keepwell.intake.lake.location import LakeLocation, workspace_lake
from keepwell.intake.lake.removal.erase import Proof, erase
from keepwell.intake.model import HTTP_JOURNAL
from keepwell.platform.clock import Clock
from keepwell.platform.progress import Progress


def has_files(intake_root: Path) -> bool:
    """Whether anything was taken in, so that there is something to search."""
    return bool(journal_folders(intake_root))


def erase_account(
    intake_root: Path,
    lake_root: str | Path,
    *,
    workspace_id: UUID,
    account: str,
    texts: Sequence[str],
    clock: Clock,
    progress: Progress,
    patience: float = PATIENCE,
) -> Proof | None:
    """Remove the account's events, and the dead letters with its id or one of the `texts`; None without any files.

    Waits up to `patience` seconds for a server to close the inlet; blocks the thread. Raises as `erase` does.
    """
    if not has_files(intake_root):
        return None
    location = LakeLocation(intake_root, workspace_lake(lake_root, workspace_id))
    work = partial(erase, location, EVENTS, account=account, texts=texts, clock=clock, progress=progress)
    return with_inlet_closed(intake_root / HTTP_JOURNAL, work, patience=patience)
