"""The URLs of a command line: as written, or one per line of a file, where anything else is named and left out."""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO, cast

from keepwell.crawl.pages.urls import seed_of, shown
from keepwell.platform.errors import DataValidationError

_STANDARD_INPUT = "-"
_COMMENT = re.compile(r"(?:^|\s)#.*")
# No host ends like this, so what does is a file, which is not there.
_FILES = frozenset({".txt", ".csv", ".tsv", ".lst", ".list"})
_MOST_NAMED = 20
_LONGEST_LINE = 100_000
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What is between two columns; what is rarer in a name or a number comes first.
_DELIMITERS = "\t;|,"
_HEADINGS = frozenset({"website", "web", "url", "uri", "domain", "homepage", "site", "link", "host"})


class _Table(NamedTuple):
    """What tells the rows of a table from URLs, which may have a comma too."""

    delimiter: str
    columns: int
    advice: str

    def has(self, text: str) -> bool:
        """Whether this looks like another row."""
        return text.count(self.delimiter) + 1 >= self.columns


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
            table: _Table | None = None
            for number, (place, text) in enumerate(self._texts(word)):
                if table is not None and table.has(text):
                    # The first row has said it.
                    self.rejected += 1
                    continue
                try:
                    url = _url_of(text)
                except DataValidationError as error:
                    row = _table_of(text)
                    self._reject(place, error.message if row is None else row.advice)
                    # Further down, it is one odd line, and URLs with a comma are read after it.
                    table = row if number == 0 else table
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
            with _text_of(word) as lines:
                for number, line in enumerate(_bounded(lines), 1):
                    if text := _COMMENT.sub("", line.strip()).strip():
                        yield f"{word}, line {number}: ", text
        except OSError as error:
            raise DataValidationError(
                f"Cannot read {word}: {error.strerror}.", hint="Name another file."
            ) from error

    def _reject(self, place: str, reason: str) -> None:
        self.rejected += 1
        if len(self.problems) < _MOST_NAMED:
            self.problems.append(f"{place}{reason}")


def _is_file(path: Path) -> bool:
    """Whether it is a file; a URL may be too long for the name of one."""
    try:
        return path.is_file()
    except OSError:
        return False


def _text_of(word: str) -> TextIO:
    """The file in the characters that its byte order mark says, else UTF-8."""
    file = io.BufferedReader(
        cast("io.RawIOBase", sys.stdin.buffer) if word == _STANDARD_INPUT else io.FileIO(word)
    )
    is_utf16 = file.peek(2)[:2] in _UTF16
    # A byte that is not in that encoding becomes one that no URL has, and is rejected as such.
    errors = "replace" if is_utf16 else "surrogateescape"
    return io.TextIOWrapper(file, encoding="utf-16" if is_utf16 else "utf-8-sig", errors=errors)


def _bounded(lines: TextIO) -> Iterator[str]:
    """The lines, each cut where no URL can go on, so that a file without line ends takes no memory either."""
    while line := lines.readline(_LONGEST_LINE):
        yield line
        while len(line) == _LONGEST_LINE and not line.endswith("\n"):
            line = lines.readline(_LONGEST_LINE)


def _url_of(text: str) -> str:
    if "\0" in text:
        raise DataValidationError(f"{shown(text)} has NUL bytes: save the file as UTF-8.")
    if "\t" in text:
        # The URL Standard would leave it out, and here it is between two columns.
        raise DataValidationError(f"{shown(text)} is not the URL of a page.")
    return seed_of(text)


def _table_of(text: str) -> _Table | None:
    """The table of which this line is a row; None if no column has URLs, nor a name that says so."""
    delimiter = next((each for each in _DELIMITERS if each in text), None)
    if delimiter is None or "\0" in text:
        return None
    cells = [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter))]
    for column, cell in enumerate(cells, 1):
        if cell.lower() in _HEADINGS or _is_url(cell):
            advice = (
                f"{shown(text)} is a row of a table: one URL per line, so take column {column}, {cell!r}."
            )
            return _Table(delimiter, len(cells), advice)
    return None


def _is_url(cell: str) -> bool:
    try:
        seed_of(cell)
    except DataValidationError:
        return False
    return True
