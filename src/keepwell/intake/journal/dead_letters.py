"""Reading the dead letters of a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from keepwell.intake.journal.segments import read_lines
from keepwell.intake.model import DEAD_LETTERS, DeadLetter
from keepwell.intake.store import State, has_state
from keepwell.platform.errors import NotFound

_decode = msgspec.json.Decoder(DeadLetter).decode


class HeldLetter(msgspec.Struct, frozen=True):
    """A dead letter and where it is held: the line, from 1, of the segment with this number."""

    number: int
    line: int
    letter: DeadLetter

    @property
    def id(self) -> str:
        """Its name in commands."""
        return f"{self.number}:{self.line}"


class Replayed(msgspec.Struct, frozen=True):
    """What became of dead letters: rows now, refused again, or not to be had since only a hash was kept."""

    accepted: int
    refused: int
    without_row: int


def read_dead_letters(root: Path, *, code: str | None = None) -> Iterator[DeadLetter]:
    """The committed dead letters of the folder `root`, less those that were replayed and accepted.

    Can be read while another process appends. Raises CorruptData naming the damaged file.
    """
    return (held.letter for held in held_letters(root, code=code))


def held_letters(root: Path, *, code: str | None = None) -> Iterator[HeldLetter]:
    """The same, with the place of each."""
    if not has_state(root):
        return
    with closing(State(root)) as state:
        yield from letters_of(root, state, code=code)


def held_letter(root: Path, letter_id: str) -> HeldLetter:
    """The letter with this id; raises NotFound where there is none, or it was replayed."""
    for held in held_letters(root):
        if held.id == letter_id:
            return held
    raise NotFound(
        f"{root} holds no dead letter {letter_id}.", hint="`dead-letters list` gives the ids of all."
    )


def letters_of(root: Path, state: State, *, code: str | None) -> Iterator[HeldLetter]:
    """The letters of an open state, oldest first; only those with `code` if it is given."""
    for segment in state.segments(DEAD_LETTERS):
        replayed = state.replayed(segment.number)
        for line, text in enumerate(read_lines(root, segment), start=1):
            if line in replayed:
                continue
            letter = _decode(text)
            if code in (None, letter.code):
                yield HeldLetter(segment.number, line, letter)
