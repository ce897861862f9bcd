"""Reading the dead letters of a folder."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec

from keepwell.intake.journal.segments import read_lines
from keepwell.intake.model import DEAD_LETTERS, DeadLetter, Segment
from keepwell.intake.store import State, has_state
from keepwell.platform.errors import NotFound

_decode = msgspec.json.Decoder(DeadLetter).decode


class StoredDeadLetter(msgspec.Struct, frozen=True):
    """A dead letter and its place: the line, from 1, of the segment with this number.

    `resolved_at` is when its file was imported again and the row was not rejected any more; None while it is open.
    """

    number: int
    line: int
    letter: DeadLetter
    resolved_at: datetime | None = None

    @property
    def id(self) -> str:
        """Its id in commands."""
        return f"{self.number}:{self.line}"


class ReplayResult(msgspec.Struct, frozen=True):
    """The outcome of a replay: rows accepted, rejected again, or unavailable because only a hash was kept."""

    accepted: int
    refused: int
    without_row: int

    def __add__(self, other: ReplayResult) -> ReplayResult:
        return ReplayResult(
            self.accepted + other.accepted,
            self.refused + other.refused,
            self.without_row + other.without_row,
        )


def read_dead_letters(root: Path, *, code: str | None = None) -> Iterator[DeadLetter]:
    """The committed dead letters of the folder `root`, without those that were replayed and accepted, or are resolved.

    Another process may append meanwhile. Raises CorruptData naming the damaged file.
    """
    return (stored.letter for stored in stored_dead_letters(root, code=code))


def stored_dead_letters(
    root: Path, *, code: str | None = None, with_resolved: bool = False
) -> Generator[StoredDeadLetter, None, None]:
    """The same, each with its place; those that are resolved too if asked for. Close it if it is not read to its end."""
    if not has_state(root):
        return
    with closing(State(root)) as state:
        for stored in dead_letters_of(root, state, code=code):
            if with_resolved or stored.resolved_at is None:
                yield stored


def stored_dead_letter(root: Path, letter_id: str) -> StoredDeadLetter:
    """The dead letter with this id; raises NotFound if it does not exist or was replayed."""
    for stored in stored_dead_letters(root, with_resolved=True):
        if stored.id == letter_id:
            return stored
    raise NotFound(f"{root} has no dead letter {letter_id}.", hint="`dead-letters list` prints all ids.")


def dead_letters_of(root: Path, state: State, *, code: str | None) -> Iterator[StoredDeadLetter]:
    """The dead letters of an open state, oldest first, also the resolved ones; only those with `code` if it is given."""
    for segment in state.segments(DEAD_LETTERS):
        for _, stored in letters_of_segment(root, state, segment):
            if stored is not None and code in (None, stored.letter.code):
                yield stored


def letters_of_segment(
    root: Path, state: State, segment: Segment
) -> Iterator[tuple[int, StoredDeadLetter | None]]:
    """Each line of the segment, from 1, with its dead letter; None if that was replayed and accepted."""
    resolved = state.resolved_dead_letters()
    replayed = state.replayed(segment.number)
    for line, text in enumerate(read_lines(root, segment), start=1):
        if line in replayed:
            yield line, None
        else:
            letter = _decode(text)
            at = resolved.get(letter.digest()) if resolved else None
            yield line, StoredDeadLetter(segment.number, line, letter, at)
