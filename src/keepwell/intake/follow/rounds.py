"""What a round of following files is given, and what it results in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from keepwell.intake.follow.discovery import FoundFile
from keepwell.intake.follow.sources import Copy
from keepwell.intake.model import Chunk, Sizes, StreamName
from keepwell.intake.schema.drift import Change


class CommitStats(msgspec.Struct, frozen=True):
    """The content of a commit: accepted rows, bytes read, dead letters by code, repeats left out, and what is written."""

    rows: int
    bytes: int
    dead_letters: Mapping[str, int]
    repeats: int = 0
    chunks: Mapping[StreamName, Chunk] = {}


class PollResult(msgspec.Struct, frozen=True):
    """The result of a round.

    `unread` has the files that are longer than what was read, and by how many bytes. `copies` repeat what is
    read elsewhere; `troubles` are the files that cannot be read, and why; `doubts` are those whose rows may have
    been read twice, or not all, and why; `replaced` counts the files that were replaced while they were read,
    and are left to the next round.
    """

    files: int = 0
    unread: Mapping[FoundFile, int] = {}
    copies: Sequence[Copy] = ()
    troubles: Mapping[str, str] = {}
    doubts: Mapping[str, str] = {}
    replaced: int = 0


class FilesRead(msgspec.Struct):
    """What a pass over files left: bytes that were not read, troubles, files that were replaced or closed meanwhile."""

    unread: dict[FoundFile, int] = {}
    troubles: dict[str, str] = {}
    replaced: list[FoundFile] = []
    closed: list[FoundFile] = []


class Watcher(Protocol):
    """Is notified of each commit, and once of each change of columns."""

    def drifted(self, change: Change, place: str) -> None:
        """Rows differ from the schema by `change`, from `place` on."""
        ...

    def committing(self, stats: CommitStats) -> AbstractContextManager[None]:
        """Wrap the commit described by `stats`."""
        ...


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to follow: sizes, the watcher, and when to stop between two blocks.

    With `is_history`, all that is read happened before anything could be known of it, and not only what was there first.
    """

    watcher: Watcher
    sizes: Sizes = Sizes()
    is_stopping: Callable[[], bool] = lambda: False
    is_history: bool = False
