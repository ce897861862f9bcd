"""The journal of a dry run: it counts what it is given and stores nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice

from keepwell.intake.model import AppendResult, DeadLetter, Event, SourcedRow

_MOST_SHOWN = 20


class CountingJournal:
    """A journal that accepts everything and writes nothing; `letters` are the first dead letters.

    It does not know which events intake has already, so every event counts as accepted.
    """

    def __init__(self) -> None:
        self.letters: list[DeadLetter] = []

    def append(self, rows: Iterable[SourcedRow[Event]]) -> AppendResult:
        """Count `rows`."""
        return AppendResult(accepted=sum(1 for _ in rows))

    def reject(self, letters: Iterable[DeadLetter]) -> AppendResult:
        """Count `letters`."""
        rejected = list(letters)
        self.letters += islice(rejected, max(0, _MOST_SHOWN - len(self.letters)))
        return AppendResult(dead_lettered=len(rejected), reasons=Counter(letter.code for letter in rejected))
