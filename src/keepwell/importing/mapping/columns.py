"""Matches the columns that a mapping names to those of a file, despite drift.

A column matches by its own name, else by an alias of the mapping in the stated order, else if its name differs
only in case, spaces, `_`, `-` or dots. If two columns could be meant, neither is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from keepwell.intake.service import Change, folded

_MOST_HEADERS = 1000


class ColumnMatch(msgspec.Struct, frozen=True):
    """The wanted columns: `matched` to a name in the file, `missing`, or `ambiguous` between several names."""

    matched: Mapping[str, str]
    missing: Sequence[str]
    ambiguous: Mapping[str, Sequence[str]]
    unmapped: Sequence[str]

    def changes(self, *, known: Sequence[str] | None) -> Iterator[Change]:
        """The drift; an unmapped column is new if it is not among `known`."""
        for wanted, came in self.matched.items():
            if wanted != came:
                yield Change("renamed", wanted, came)
        for wanted in self.missing:
            yield Change("missing", wanted)
        for name in self.unmapped:
            if known is not None and name not in known:
                yield Change("new", name)


class Columns:
    """Matches columns; `wanted` are the names that the mapping uses, each with its aliases."""

    def __init__(self, wanted: Mapping[str, Sequence[str]]) -> None:
        self._wanted = wanted
        # Most rows of a file have the same names.
        self._find = lru_cache(_MOST_HEADERS)(self._found)

    def find(self, came: Sequence[str]) -> ColumnMatch:
        """Match the wanted columns against the names `came`."""
        return self._find(tuple(came))

    def _found(self, came: tuple[str, ...]) -> ColumnMatch:
        free = [name for name in came if name not in self._wanted]
        candidates = {wanted: self._candidates(wanted, came=came, free=free) for wanted in self._wanted}
        claims = [found[0] for found in candidates.values() if len(found) == 1]
        matched = {
            wanted: found[0]
            for wanted, found in candidates.items()
            if len(found) == 1 and claims.count(found[0]) == 1
        }
        return ColumnMatch(
            matched=matched,
            missing=[wanted for wanted, found in candidates.items() if not found],
            ambiguous={
                wanted: found for wanted, found in candidates.items() if found and wanted not in matched
            },
            unmapped=[name for name in came if name not in matched.values()],
        )

    def _candidates(self, wanted: str, *, came: Sequence[str], free: Sequence[str]) -> Sequence[str]:
        if wanted in came:
            return [wanted]
        for alias in self._wanted[wanted]:
            if alias in came:
                return [alias]
        for name in (wanted, *self._wanted[wanted]):
            alike = [each for each in free if folded(each) == folded(name)]
            if alike:
                return alike
        return []
