"""Dead letters of a workspace as clients see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from keepwell.intake.model import OWN_JOURNAL, DeadLetter
from keepwell.platform.values.fields import Text

# Rows of imports, events over HTTP, events of followed files.
JournalName = Literal["journal", "http", "tail"]
# Of a row that is shown: rows have up to a million bytes.
LONGEST_SHOWN = 20_000


class DeadLetterItem(msgspec.Struct, frozen=True, kw_only=True):
    """A rejected row: where it came from, and why it was rejected. `field` is the name or JSON pointer of the fault.

    `resolved_at` is when its file was imported again and the row was not rejected any more; null while it is open.
    """

    id: str
    journal: JournalName
    source: str
    line: int | None
    code: str
    field: str
    reason: str
    received_at: datetime
    resolved_at: datetime | None


class DeadLetterDetail(DeadLetterItem, frozen=True, kw_only=True):
    r"""A rejected row with its text, of which at most the first 20,000 characters are here.

    Bytes that are not UTF-8 are written as `\xNN`. `row` is null if the row was too long to be kept: then only its `length`
    in bytes and its `sha256` are known.
    """

    row: str | None
    is_cut: bool
    length: int
    sha256: str | None


class DeadLetterPage(msgspec.Struct, frozen=True):
    """A page of dead letters, and the cursor of the next page, if any; a page may have fewer than asked for before it."""

    items: Sequence[DeadLetterItem]
    next: str | None


class DeadLetterFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which dead letters: both days of receipt are included, and resolved ones only if asked for."""

    journal: JournalName | None = None
    source: str | None = None
    code: str | None = None
    field: str | None = None
    start: date | None = None
    end: date | None = None
    with_resolved: bool = False

    def finds(self, letter: DeadLetter, *, is_resolved: bool) -> bool:
        """Whether `letter` is one of them, whatever journal it is in."""
        received_on = letter.received_at.date()
        return (
            (self.with_resolved or not is_resolved)
            and self.source in (None, letter.source)
            and self.code in (None, letter.code)
            and self.field in (None, letter.field)
            and (self.start is None or received_on >= self.start)
            and (self.end is None or received_on <= self.end)
        )


class DeadLetterPlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: the journal, the number of its segment and the line in it, from 1."""

    journal: JournalName
    number: int
    line: int

    @property
    def id(self) -> str:
        """The id of the letter there, as in commands."""
        return id_among_journals(self.journal, f"{self.number}:{self.line}")


LetterName = Annotated[str, msgspec.Meta(max_length=40, pattern=r"^((http|tail):)?[0-9]{1,9}:[0-9]{1,9}$")]


class ReplayRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which dead letters to validate again: those with a code, those of a journal, those with these ids, or all."""

    code: Text | None = None
    journal: JournalName | None = None
    ids: Annotated[Sequence[LetterName], msgspec.Meta(min_length=1, max_length=200)] | None = None

    def ids_in(self, journal: str) -> frozenset[str] | None:
        """The ids as `journal` has them; None if letters are not asked for by id."""
        if self.ids is None:
            return None
        prefix = "" if journal == OWN_JOURNAL else f"{journal}:"
        return frozenset(
            each.removeprefix(prefix) for each in self.ids if each.count(":") == 1 + bool(prefix)
        )


class Correction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The event that a dead letter should have been: a JSON call, as a sender would send it."""

    id: LetterName
    row: Annotated[str, msgspec.Meta(min_length=2, max_length=32_000)]


class CorrectedLetter(msgspec.Struct, frozen=True):
    """A dead letter that became an event, and left the list."""

    id: str


def id_among_journals(journal: str, place: str) -> str:
    """The id of a letter among those of all journals of a workspace."""
    return place if journal == OWN_JOURNAL else f"{journal}:{place}"
