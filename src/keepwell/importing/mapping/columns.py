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
    """The expected columns: `matched` to a name in the file, `missing`, or `ambiguous` between several names."""

    matched: Mapping[str, str]
    missing: Sequence[str]
    ambiguous: Mapping[str, Sequence[str]]
    unmapped: Sequence[str]

    def changes(self, *, known: Sequence[str] | None) -> Iterator[Change]:
        """The drift; an unmapped column is new if it is not among `known`."""
        for expected, found in self.matched.items():
            if expected != found:
                yield Change("renamed", expected, found)
        for expected in self.missing:
            yield Change("missing", expected)
        for name in self.unmapped:
            if known is not None and name not in known:
                yield Change("new", name)


class Columns:
    """Matches columns; `expected` are the names that the mapping uses, each with its aliases."""

    def __init__(self, expected: Mapping[str, Sequence[str]]) -> None:
        self._expected = expected
        # Most rows of a file have the same names.
        self._find = lru_cache(_MOST_HEADERS)(self._found)

    def find(self, names: Sequence[str]) -> ColumnMatch:
        """Match the expected columns against the `names` of a row."""
        return self._find(tuple(names))

    def _found(self, names: tuple[str, ...]) -> ColumnMatch:
        free = [name for name in names if name not in self._expected]
        candidates = {
            expected: self._candidates(expected, names=names, free=free) for expected in self._expected
        }
        claims = [found[0] for found in candidates.values() if len(found) == 1]
        matched = {
            expected: found[0]
            for expected, found in candidates.items()
            if len(found) == 1 and claims.count(found[0]) == 1
        }
        return ColumnMatch(
            matched=matched,
            missing=[expected for expected, found in candidates.items() if not found],
            ambiguous={
                expected: found for expected, found in candidates.items() if found and expected not in matched
            },
            unmapped=[name for name in names if name not in matched.values()],
        )

    def _candidates(self, expected: str, *, names: Sequence[str], free: Sequence[str]) -> Sequence[str]:
        if expected in names:
            return [expected]
        for alias in self._expected[expected]:
            if alias in names:
                return [alias]
        for name in (expected, *self._expected[expected]):
            alike = [each for each in free if folded(each) == folded(name)]
            if alike:
                return alike
        return []
