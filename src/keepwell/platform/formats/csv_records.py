"""CSV read record by record, so that one broken quote or byte costs one row and not the whole file."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO, TypeAlias

import msgspec

from keepwell.platform.errors import DataValidationError

# A quoted field may contain line breaks; a quote that is still open after this many lines never closes.
_LONGEST_RECORD = 100
_LOOKED_AT = 16


class Record(msgspec.Struct, frozen=True):
    """A well-formed row: the line it begins on, its text, and its value per column."""

    line: int
    text: str
    values: dict[str, str]


class BrokenRecord(msgspec.Struct, frozen=True):
    """A row that does not parse under this header: the reason as a stable code and as a sentence."""

    line: int
    text: str
    code: str
    reason: str


AnyRecord: TypeAlias = Record | BrokenRecord


class CsvFile:
    """A CSV file with a header, in UTF-8; `header` is read at once, `records()` streams."""

    def __init__(self, path: Path) -> None:
        """Raise DataValidationError naming the file if it is missing, empty or not UTF-8."""
        self.path = path
        self.header = self._read_header()

    def count_lines(self) -> int:
        """The lines after the header, which is at least the number of records: for progress."""
        with self.path.open("rb") as stream:
            return max(0, sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b"")) - 1)

    def records(self) -> Iterator[AnyRecord]:
        """Every row after the header, in order; blank lines are skipped."""
        with self._open() as stream:
            lines = _Lines(stream)
            _parse(lines.take())
            while lines.peek():
                if lines.peek().strip("\r\n"):
                    yield self._next(lines)
                else:
                    lines.take()

    def _open(self) -> TextIO:
        # A byte that is not UTF-8 becomes a surrogate, so that it spoils its own row and no other.
        return self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")

    def _next(self, lines: _Lines) -> AnyRecord:
        start, first = lines.number, lines.peek()
        text, cells = _longest_valid(lines)
        shown = text.rstrip("\r\n").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        if cells is None:
            lines.take()
            return _broken(start, first.rstrip("\r\n"))
        if shown != text.rstrip("\r\n"):
            return BrokenRecord(start, shown, "invalid-encoding", "The row is not UTF-8 text.")
        if len(cells) != len(self.header):
            reason = f"The row has {len(cells)} fields, the header {len(self.header)}."
            return BrokenRecord(start, shown, "wrong-field-count", reason)
        return Record(start, shown, dict(zip(self.header, cells, strict=True)))

    def _read_header(self) -> Sequence[str]:
        try:
            # Also anything that is not a regular file: a folder has no rows, and a pipe may never end.
            if not self.path.is_file():
                raise DataValidationError(f"There is no file {self.path}.")
            self._refuse_utf16()
            with self._open() as stream:
                line = stream.readline()
            line.encode()
            header = _parse(line)
        except UnicodeEncodeError as error:
            hint = f"Convert it first, for example: iconv -f latin1 -t utf-8 {self.path.name}"
            raise DataValidationError(f"{self.path}:1: the header is not UTF-8 text.", hint=hint) from error
        except OSError as error:
            raise DataValidationError(f"{self.path}: cannot be read: {error.strerror}.") from error
        if not header:
            raise DataValidationError(f"{self.path}:1: has no header.")
        repeated = {name for name in header if header.count(name) > 1}
        if repeated:
            raise DataValidationError(f"{self.path}:1: has the column {min(repeated)!r} twice.")
        return header

    def _refuse_utf16(self) -> None:
        with self.path.open("rb") as stream:
            start = stream.read(_LOOKED_AT)
        # UTF-16 without a byte order mark shows by the zero byte of every Latin letter.
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in start[:4]:
            hint = f"Convert it first: iconv -f utf-16 -t utf-8 {self.path.name}"
            raise DataValidationError(f"{self.path}:1: is UTF-16 text, not UTF-8.", hint=hint)


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
        self.peek(count - 1)
        taken, self._ahead = self._ahead[:count], self._ahead[count:]
        self.number += count
        return "".join(taken)


def _broken(line: int, text: str) -> BrokenRecord:
    if len(text) > csv.field_size_limit():
        reason = f"The row has {len(text):,} characters; a field may have {csv.field_size_limit():,}."
        return BrokenRecord(line, text, "field-too-long", reason)
    return BrokenRecord(line, text, "broken-quote", "The row has an unclosed quote.")


def _longest_valid(lines: _Lines) -> tuple[str, list[str] | None]:
    """Consume one record from `lines`; if it is broken, cells are None and nothing is consumed."""
    text = ""
    for index in range(_LONGEST_RECORD):
        line = lines.peek(index)
        text += line
        if not line:
            break
        # An even number of quotes means that none is open, so the record ends with this line.
        if text.count('"') % 2 == 0:
            cells = _parse(text)
            if cells is not None:
                lines.take(index + 1)
            return text, cells
    return text, None


def _parse(text: str) -> list[str] | None:
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error:
        return None
