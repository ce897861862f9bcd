"""The dead letters of a workspace, which has several journals: read in pages, show, replay. All of it blocks the thread."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import cast

import msgspec

from keepwell.intake.dead_letters.model import (
    LONGEST_SHOWN,
    CorrectedLetter,
    DeadLetterDetail,
    DeadLetterFilter,
    DeadLetterItem,
    DeadLetterPlace,
    JournalName,
    ReplayRequest,
)
from keepwell.intake.events.event_journal import EventJournal
from keepwell.intake.events.inlet import open_inlet
from keepwell.intake.journal.dead_letters import (
    ReplayResult,
    StoredDeadLetter,
    letters_of_segment,
    stored_dead_letters,
)
from keepwell.intake.journal.folders import arrival_of_replayed, journal_folders
from keepwell.intake.model import DEAD_LETTERS, HTTP_JOURNAL, OWN_JOURNAL
from keepwell.intake.store import State
from keepwell.platform.clock import Clock
from keepwell.platform.errors import Conflict, DataValidationError, NotFound

_ID = re.compile(r"(?:(http|tail):)?([0-9]{1,9}):([0-9]{1,9})")
# For one page: a filter that finds few must not read millions.
_MOST_READ = 50_000


def letters_page(
    root: Path, filters: DeadLetterFilter, *, limit: int, after: DeadLetterPlace | None = None
) -> tuple[list[DeadLetterItem], DeadLetterPlace | None]:
    """Up to `limit` dead letters after the place `after`, and where the page ended unless it is the last one.

    Those of imports come first, then those of the HTTP intake, then those of `tail`; the newest first in each.
    Raises CorruptData naming the damaged file.
    """
    found: list[DeadLetterItem] = []
    place = after
    for read, (here, stored) in enumerate(_newest_first(root, filters, after=after)):
        if len(found) == limit or read == _MOST_READ:
            return found, place
        place = here
        if stored is not None and filters.finds(stored.letter, is_resolved=stored.resolved_at is not None):
            found.append(_item(here, stored))
    return found, None


def get_letter(root: Path, letter_id: str) -> DeadLetterDetail:
    """One dead letter with its row; raises NotFound if it does not exist or was replayed."""
    journal, _, stored = _stored(root, letter_id)
    return _detail(DeadLetterPlace(journal, stored.number, stored.line), stored)


def _stored(root: Path, letter_id: str) -> tuple[JournalName, Path, StoredDeadLetter]:
    """The letter, with its journal's name and folder; raises NotFound."""
    parts = _ID.fullmatch(letter_id)
    journal = cast(JournalName, (parts[1] or OWN_JOURNAL) if parts else OWN_JOURNAL)
    folder = journal_folders(root).get(journal)
    if parts and folder:
        for line, stored in _of_segment(folder, int(parts[2])):
            if line == int(parts[3]) and stored is not None:
                return journal, folder, stored
    raise NotFound(f"There is no dead letter {letter_id} here.", hint="GET /v1/dead-letters lists them.")


def replay_events(root: Path, request: ReplayRequest, *, clock: Clock) -> ReplayResult:
    """Validate the events among the dead letters again; those that are valid now become events, each once.

    Rows of an import stay: importing their file again validates them. Raises Conflict if another process keeps a journal.
    """
    replayed = ReplayResult(0, 0, 0)
    for name, folder in journal_folders(root).items():
        is_asked_for = request.journal in (None, name)
        ids = request.ids_in(name)
        # Only a journal with such letters must be free of writers.
        if is_asked_for and _has_letters(folder, code=request.code, ids=ids):
            with _opened(name, folder, clock=clock) as journal:
                replayed += journal.replay(code=request.code, ids=ids)
    return replayed


def _has_letters(folder: Path, *, code: str | None, ids: Collection[str] | None) -> bool:
    with closing(stored_dead_letters(folder, code=code)) as letters:
        return any(ids is None or stored.id in ids for stored in letters)


def correct_letter(root: Path, letter_id: str, row: bytes, *, clock: Clock) -> CorrectedLetter:
    """Accept the event `row` in place of a dead letter, which leaves the list.

    Raises NotFound, DataValidationError naming what is wrong with `row`, and Conflict for a row of an import, which is corrected
    where it comes from, and if another process keeps the journal.
    """
    journal, folder, stored = _stored(root, letter_id)
    if journal == OWN_JOURNAL:
        raise Conflict(
            f"The dead letter {letter_id} is a row of an import.",
            hint="Correct it where it comes from, and import that again.",
        )
    if stored.resolved_at is not None:
        raise Conflict(f"The dead letter {letter_id} is resolved.")
    with _opened(journal, folder, clock=clock) as opened:
        refusal = opened.correct(stored, row)
    if refusal is not None:
        raise DataValidationError(
            f"row{refusal.pointer}: {refusal.reason}", hint="Correct the row and send it again."
        )
    return CorrectedLetter(letter_id)


def _opened(journal: str, folder: Path, *, clock: Clock) -> AbstractContextManager[EventJournal]:
    if journal == HTTP_JOURNAL:
        return open_inlet(folder, clock=clock)
    return EventJournal.open(folder, clock=clock, arrival=arrival_of_replayed(folder))


def _newest_first(
    root: Path, filters: DeadLetterFilter, *, after: DeadLetterPlace | None
) -> Iterator[tuple[DeadLetterPlace, StoredDeadLetter | None]]:
    """Every line of the dead letters after `after`, with its letter unless that was replayed."""
    folders = journal_folders(root)
    order = list(folders)
    if after is not None and after.journal in order:
        order = order[order.index(after.journal) :]
    for name in order:
        if filters.journal not in (None, name):
            continue
        end = after if after is not None and after.journal == name else None
        with closing(State(folders[name])) as state:
            numbers = [
                segment.number
                for segment in reversed(state.segments(DEAD_LETTERS))
                if filters.source is None or filters.source in segment.sources
            ]
        for number in numbers:
            if end is None or number <= end.number:
                for line, stored in reversed(list(_of_segment(folders[name], number))):
                    if end is None or (number, line) < (end.number, end.line):
                        yield DeadLetterPlace(cast(JournalName, name), number, line), stored


def _of_segment(folder: Path, number: int) -> Iterator[tuple[int, StoredDeadLetter | None]]:
    with closing(State(folder)) as state:
        for segment in state.segments(DEAD_LETTERS):
            if segment.number == number:
                yield from letters_of_segment(folder, state, segment)


def _item(place: DeadLetterPlace, stored: StoredDeadLetter) -> DeadLetterItem:
    letter = stored.letter
    return DeadLetterItem(
        id=place.id,
        journal=place.journal,
        source=letter.source,
        line=letter.line,
        code=letter.code,
        field=letter.field,
        reason=letter.reason,
        received_at=letter.received_at,
        resolved_at=stored.resolved_at,
    )


def _detail(place: DeadLetterPlace, stored: StoredDeadLetter) -> DeadLetterDetail:
    row = stored.letter.row_bytes()
    text = None if row is None else row.decode("utf-8", "backslashreplace")
    return DeadLetterDetail(
        **msgspec.structs.asdict(_item(place, stored)),
        row=None if text is None else text[:LONGEST_SHOWN],
        is_cut=text is not None and len(text) > LONGEST_SHOWN,
        length=stored.letter.length or 0 if row is None else len(row),
        sha256=stored.letter.sha256 or None,
    )
