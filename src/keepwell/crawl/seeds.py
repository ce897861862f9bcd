"""The URLs of a command line: as written, or one per line of a file, where anything else is named and left out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from keepwell.crawl.pages.urls import seed_of
from keepwell.platform.errors import DataValidationError

_STANDARD_INPUT = "-"
_COMMENT = re.compile(r"(?:^|\s)#.*")
# No host ends like this, so what does is a file, which is not there.
_FILES = frozenset({".txt", ".csv", ".tsv", ".lst", ".list"})
_MOST_NAMED = 20
_LONGEST_LINE = 100_000


class Seeds:
    """The URLs of `words`, read once and line by line, so that a file of millions takes no memory."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self.taken = 0
        self.rejected = 0
        # Of the first rejected ones: where, and why.
        self.problems: list[str] = []

    def __iter__(self) -> Iterator[str]:
        """Each canonical URL; raises DataValidationError for a file that cannot be read."""
        for word in self._words:
            for place, text in self._texts(word):
                try:
                    url = seed_of(text)
                except DataValidationError as error:
                    self._reject(place, error)
                else:
                    self.taken += 1
                    yield url

    def _texts(self, word: str) -> Iterator[tuple[str, str]]:
        path = Path(word)
        if word != _STANDARD_INPUT and ("://" in word or not _is_file(path)):
            if "://" not in word and path.suffix.lower() in _FILES:
                raise DataValidationError(f"There is no file {word}.", hint="Name another file, or a URL.")
            yield "", word
            return
        try:
            with sys.stdin.buffer if word == _STANDARD_INPUT else path.open("rb") as lines:
                for number, line in enumerate(_bounded(lines), 1):
                    # A byte that is not UTF-8 becomes one that no URL has, and is rejected as such.
                    text = line.decode("utf-8-sig" if number == 1 else "utf-8", "surrogateescape")
                    if text := _COMMENT.sub("", text.strip()).strip():
                        yield f"{word}, line {number}: ", text
        except OSError as error:
            raise DataValidationError(
                f"Cannot read {word}: {error.strerror}.", hint="Name another file."
            ) from error

    def _reject(self, place: str, error: DataValidationError) -> None:
        self.rejected += 1
        if len(self.problems) < _MOST_NAMED:
            self.problems.append(f"{place}{error.message}")


def _is_file(path: Path) -> bool:
    """Whether it is a file; a URL may be too long for the name of one."""
    try:
        return path.is_file()
    except OSError:
        return False


def _bounded(lines: BinaryIO) -> Iterator[bytes]:
    """The lines, each cut where no URL can go on, so that a file without line ends takes no memory either."""
    while line := lines.readline(_LONGEST_LINE):
        yield line
        while len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            line = lines.readline(_LONGEST_LINE)
