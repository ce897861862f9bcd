"""How far the journals of an intake folder have come: cheap enough for every load of a page. All of it blocks the thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import msgspec

from keepwell.intake.journal.dead_letters import stored_dead_letters
from keepwell.intake.journal.folders import journal_folders
from keepwell.intake.model import ACCEPTED, Segment
from keepwell.intake.store import State

# Of dead letters that are counted: each is read for it.
MOST_COUNTED = 5_000


class JournalState(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of a journal, when the newest arrived, and how many dead letters are open, by source.

    `is_cut` if there are more dead letters than were counted.
    """

    rows: int
    newest_at: datetime | None
    kept_aside: Mapping[str, int]
    is_cut: bool


def journal_states(root: Path) -> Mapping[str, JournalState]:
    """The state of each journal in the intake folder `root`, by its name in the lake; raises CorruptData."""
    return {name: _state(folder) for name, folder in journal_folders(root).items()}


def _state(folder: Path) -> JournalState:
    with closing(State(folder)) as state:
        rows, newest = state.rows(ACCEPTED), state.newest_segments(ACCEPTED, limit=2)
    with closing(stored_dead_letters(folder)) as letters:
        sources = [stored.letter.source for stored in islice(letters, MOST_COUNTED + 1)]
    return JournalState(
        rows=rows,
        newest_at=_newest_at(folder, newest),
        kept_aside=Counter(sources[:MOST_COUNTED]),
        is_cut=len(sources) > MOST_COUNTED,
    )


def _newest_at(folder: Path, newest: list[Segment]) -> datetime | None:
    """When the file of the newest segment with rows was last written; None if there is none."""
    for segment in newest:
        for name in (segment.open_name, segment.sealed_name) if segment.rows else ():
            with suppress(FileNotFoundError):
                return datetime.fromtimestamp((folder / name).stat().st_mtime, UTC)
    return None
