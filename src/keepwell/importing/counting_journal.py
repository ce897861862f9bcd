"""The journal of a dry run: it counts what it is given and stores nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from keepwell.intake.model import AppendResult, DeadLetter, Event, SourcedRow

_MOST_SHOWN = 20
# Of one file, field and code: a column in an unexpected format rejects every row, and must not hide the others.
_MOST_ALIKE = 3


class CountingJournal:
    """A journal that accepts everything and writes nothing; `letters` are the first dead letters of each kind.

    It does not know which events intake has already, so every event counts as accepted.
    """

    def __init__(self) -> None:
        self.letters: list[DeadLetter] = []
        self._alike: Counter[tuple[str, str, str]] = Counter()

    def append(self, rows: Iterable[SourcedRow[Event]]) -> AppendResult:
        """Count `rows`."""
        return AppendResult(accepted=sum(1 for _ in rows))

    def reject(self, letters: Iterable[DeadLetter]) -> AppendResult:
        """Count `letters`."""
        rejected = list(letters)
        for letter in rejected:
            kind = letter.source, letter.field, letter.code
            self._alike[kind] += 1
            if self._alike[kind] <= _MOST_ALIKE and len(self.letters) < _MOST_SHOWN:
                self.letters.append(letter)
        return AppendResult(dead_lettered=len(rejected), reasons=Counter(letter.code for letter in rejected))
