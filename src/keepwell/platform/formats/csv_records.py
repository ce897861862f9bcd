"""CSV by RFC 4180, read record by record, so that a broken quote or byte costs one record and not the file.

A record ends at a line break outside quotes, however many lines its cells have. One that breaks the rules of
quoting is one `BrokenRecord` as far as its quotes reach, unless the lines after it have the shape of rows: all
of them if the quote is closed in the end, half of them if it never is.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO, TypeAlias

import msgspec

from keepwell.platform.errors import DataValidationError
from keepwell.platform.formats.csv_delimiter import DELIMITERS, declared, sniffed
from keepwell.platform.formats.encoding import require_utf8

# Characters of a record; a longer one is not kept in memory.
LONGEST_RECORD = 4_000_000
# The module has one limit for all readers; records are limited below.
csv.field_size_limit(LONGEST_RECORD)
_LOOKED_AT = 65_536
_QUOTED = re.compile(r'"[^"]*+"')
# If so many lines after an open quote are like rows, the rest is not read ahead.
_ENOUGH_ROWS = 1_000


class Record(msgspec.Struct, frozen=True):
    """A well-formed row: the line it begins on, its text, and its value per column."""

    line: int
    text: str
    values: dict[str, str]


class BrokenRecord(msgspec.Struct, frozen=True):
    """A row that does not parse under this header: the reason as a stable code and as a sentence.

    `values` are its cells by position, as far as they can be told apart; those after the fault may be shifted.
    A row that is too long has its `length` in bytes and its `sha256` instead of its text.
    """

    line: int
    text: str
    code: str
    reason: str
    values: dict[str, str] = {}
    length: int | None = None
    sha256: str = ""


AnyRecord: TypeAlias = Record | BrokenRecord


class CsvFile:
    """A CSV file with a header, in UTF-8; `header` is read at once, `records()` streams."""

    def __init__(self, path: Path, *, delimiter: str | None = None, longest: int = LONGEST_RECORD) -> None:
        """Without a `delimiter`, the one that a first line `sep=;` states, or else the one that fits the first rows.

        Raises DataValidationError naming the file if it is missing, empty, not UTF-8, or several delimiters fit.
        """
        self.path = path
        self._longest = longest
        self.header: Sequence[str] = ()
        try:
            start = self._start()
            unquoted = _QUOTED.sub("", start)
            # A carriage return by itself ends lines only in a file without line feeds.
            self._line_end = "\r" if "\r" in unquoted and "\n" not in unquoted else "\n"
            stated = declared(start)
            self._header_line = 1 if stated is None else 2
            self.delimiter = delimiter or stated or self._sniffed(start)
            self.header = self._read_header()
        except OSError as error:
            raise DataValidationError(f"{path}: cannot be read: {error.strerror}.") from error

    def count_lines(self) -> int:
        """The lines after the header, which is at least the number of records: for progress."""
        with self.path.open("rb") as stream:
            return max(0, sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b"")) - 1)

    def records(self) -> Iterator[AnyRecord]:
        """Every row after the header, in order; blank lines are skipped unless there is only one column."""
        with self._open() as stream:
            lines = self._lines(stream)
            self._take(lines)
            while line := lines.peek():
                if line.strip("\r\n") or len(self.header) == 1:
                    yield self._next(lines)
                else:
                    lines.take()

    def _open(self) -> TextIO:
        # A byte that is not UTF-8 becomes a surrogate, so that it spoils its own row and no other.
        return self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline=self._line_end)

    def _lines(self, stream: TextIO) -> _Lines:
        """The lines from the header on."""
        lines = _Lines(stream)
        if self._header_line > 1:
            lines.take()
        return lines

    def _sniffed(self, start: str) -> str:
        found = sniffed(start)
        if len(found) > 1:
            names = [name for name, delimiter in DELIMITERS.items() if delimiter in found]
            raise DataValidationError(
                f"{self.path}:1: the delimiter may be {' or '.join(names)}: each divides all rows alike.",
                hint=f"Name it: `--delimiter {names[-1]}`, or `delimiter: {names[-1]}` in a mapping.",
            )
        return found[0]

    def _next(self, lines: _Lines) -> AnyRecord:
        start = lines.number
        taken = self._take(lines)
        if isinstance(taken, _TooLong):
            reason = f"The row has more than {self._longest:,} characters."
            return BrokenRecord(
                start, "", "field-too-long", reason, length=taken.length, sha256=taken.digest.hexdigest()
            )
        shown = taken.text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        if taken.cells is None:
            return self._broken(start, shown)
        if shown != taken.text:
            values = self._by_column(self._parse(shown))
            return BrokenRecord(start, shown, "invalid-encoding", "The row is not UTF-8 text.", values)
        if len(taken.cells) != len(self.header):
            reason = f"The row has {len(taken.cells)} fields, the header {len(self.header)}."
            return BrokenRecord(start, shown, "wrong-field-count", reason, self._by_column(taken.cells))
        return Record(start, shown, dict(zip(self.header, taken.cells, strict=True)))

    def _broken(self, line: int, text: str) -> BrokenRecord:
        if "\r" in _QUOTED.sub("", text).replace("\r\n", ""):
            reason = "The row has a carriage return outside quotes."
            return BrokenRecord(line, text, "carriage-return", reason)
        values = self._by_column(self._parse(text.split("\n", 1)[0], strict=False))
        return BrokenRecord(line, text, "broken-quote", "The row has an unclosed quote.", values)

    def _by_column(self, cells: Sequence[str] | None) -> dict[str, str]:
        return dict(zip(self.header, cells or (), strict=False))

    def _take(self, lines: _Lines) -> _Taken | _TooLong:
        """Take the lines of the next record."""
        line = lines.peek()
        # Most records; the only broken ones among them have a carriage return.
        if '"' not in line and len(line) <= self._longest:
            cells = self._parse(line)
            # A blank line has no cell by the module, and one by the RFC.
            return _Taken(lines.take(), [""] if cells == [] else cells)
        ahead = _Ahead(lines, longest=self._longest)
        try:
            cells = next(csv.reader(ahead, delimiter=self.delimiter, strict=True), None)
        except csv.Error:
            ahead.reach_closing_quote()
        else:
            if cells is not None:
                return _Taken(lines.take(ahead.count), cells)
        if ahead.count > 1 and self._are_rows(lines, ahead):
            return _Taken(lines.take(), None)
        return _discarded(lines) if ahead.is_too_long else _Taken(lines.take(ahead.count), None)

    def _are_rows(self, lines: _Lines, ahead: _Ahead) -> bool:
        """Whether the lines after an open quote are rows and not the rest of its cell."""
        following = [lines.peek(index) for index in range(1, min(ahead.count, _ENOUGH_ROWS))]
        shapes = [self._parse(line) for line in following if line.strip("\r\n")]
        fitting = sum(cells is not None and len(cells) == len(self.header) for cells in shapes)
        if ahead.is_quote_open:
            return 2 * fitting >= len(shapes)
        # With a single column, every line has the shape of a row.
        return fitting == len(shapes) and len(self.header) > 1

    def _parse(self, text: str, *, strict: bool = True) -> list[str] | None:
        try:
            return next(csv.reader([text], delimiter=self.delimiter, strict=strict), [])
        except csv.Error:
            return None

    def _read_header(self) -> Sequence[str]:
        with self._open() as stream:
            taken = self._take(self._lines(stream))
        if isinstance(taken, _TooLong) or (taken.cells is None and taken.text):
            raise DataValidationError(
                f"{self.path}:{self._header_line}: the header is not CSV.",
                hint="Close the quotes of its names.",
            )
        try:
            taken.text.encode()
        except UnicodeEncodeError as error:
            hint = f"Convert it first, for example: iconv -f latin1 -t utf-8 {self.path.name}"
            raise DataValidationError(
                f"{self.path}:{self._header_line}: the header is not UTF-8 text.", hint=hint
            ) from error
        header = taken.cells or []
        if not taken.text:
            raise DataValidationError(f"{self.path}:{self._header_line}: has no header.")
        repeated = {name for name in header if header.count(name) > 1}
        if repeated:
            raise DataValidationError(
                f"{self.path}:{self._header_line}: has the column {min(repeated)!r} twice."
            )
        return header

    def _start(self) -> str:
        # Also anything that is not a regular file: a folder has no rows, and a pipe may never end.
        if not self.path.is_file():
            raise DataValidationError(f"There is no file {self.path}.")
        require_utf8(self.path)
        with self.path.open("rb") as stream:
            start = stream.read(_LOOKED_AT)
        text = start.decode("utf-8-sig", "replace")
        # The last line may be cut off.
        return text if len(start) < _LOOKED_AT else text[: max(text.rfind("\n"), text.rfind("\r")) + 1]


class _Taken(msgspec.Struct, frozen=True):
    """The text of a record without its line end, and its cells unless it is broken."""

    text: str
    cells: list[str] | None


class _TooLong:
    """What is known of a record that is not kept in memory."""

    def __init__(self) -> None:
        self.length = 0
        self.digest = hashlib.sha256()

    def add(self, text: str) -> None:
        content = text.encode("utf-8", "surrogateescape")
        self.length += len(content)
        self.digest.update(content)


class _Lines:
    """Numbered lines with as much look-ahead as a record needs."""

    def __init__(self, stream: Iterator[str]) -> None:
        self._stream = stream
        self._ahead: list[str] = []
        self.number = 1

    def peek(self, index: int = 0) -> str:
        while len(self._ahead) <= index:
            self._ahead.append(next(self._stream, ""))
        return self._ahead[index]

    def take(self, count: int = 1) -> str:
        """The next lines, without the end of the last one."""
        self.peek(count - 1)
        taken, self._ahead = self._ahead[:count], self._ahead[count:]
        self.number += count
        return "".join(taken).rstrip("\r\n")


class _Ahead:
    """The lines of a record, looked at and not taken: as many as its parser needs, up to a limit."""

    def __init__(self, lines: _Lines, *, longest: int) -> None:
        self._lines = lines
        self._longest = longest
        self._size = 0
        self._quotes = 0
        self.count = 0

    @property
    def is_too_long(self) -> bool:
        return self._size > self._longest

    @property
    def is_quote_open(self) -> bool:
        return self._quotes % 2 == 1

    def __iter__(self) -> Iterator[str]:
        while not self.is_too_long and (line := self._lines.peek(self.count)):
            self.count += 1
            self._size += len(line)
            self._quotes += line.count('"')
            # The parser would be the first to refuse it, without saying why.
            if self.is_too_long:
                return
            yield line

    def reach_closing_quote(self) -> None:
        """Look on until no quote is open, or the file or the limit ends."""
        while self.is_quote_open and next(iter(self), None):
            pass


def _discarded(lines: _Lines) -> _TooLong:
    """Take a record that is over the limit, up to the end of the line that closes its quote."""
    found, quotes = _TooLong(), 0
    while line := lines.peek():
        found.add(line)
        quotes += line.count('"')
        lines.take()
        if not quotes % 2:
            break
    return found
