"""The texts of rows in a file: its lines, or the items of a JSON array, a piece at a time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import IO

import msgspec

from keepwell.platform.errors import DataValidationError

_BOM = b"\xef\xbb\xbf"
_PIECE = 1 << 18
_SPACE = b" \t\r\n"
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
# Strings and flat objects are skipped as a whole; then the characters that give structure.
_MARK = re.compile(
    _STRING + rb'|\{(?:[^"{}\[\]]++|' + _STRING + rb')*+\}|["\[\]{},]',
    re.DOTALL,
)
_END_OF_STRING = re.compile(rb'["\\]')
_OPENING, _CLOSING = b"{[", b"}]"


class RowText(msgspec.Struct, frozen=True):
    """The text of a row; `line` counts from 1 and `offset` in bytes from 0.

    A text over the limit is replaced by its `sha256`.
    """

    line: int
    offset: int
    text: bytes
    length: int
    sha256: str = ""


def lines_of(file: IO[bytes], *, longest: int) -> Iterator[RowText]:
    """Every line that is not blank, without its end; at most `longest` bytes of one are kept."""
    number = offset = 0
    while line := file.readline(longest + 1):
        number += 1
        growing = _RowBuffer(number, offset, longest=longest)
        growing.add(_without_end(line.removeprefix(_BOM) if number == 1 else line))
        offset += len(line)
        while len(line) > longest and not line.endswith(b"\n"):
            line = file.readline(longest + 1)
            growing.add(_without_end(line))
            offset += len(line)
        if growing.length:
            yield growing.row()


def items_of(file: IO[bytes], *, name: str, longest: int) -> Iterator[RowText]:
    """Every item of a JSON array as it is written; the items are not validated.

    Raises DataValidationError if the text is not an array, or has no end.
    """
    array = _Array(name, longest=longest)
    while piece := file.read(_PIECE):
        yield from array.items(piece)
    array.require_end()


def _without_end(line: bytes) -> bytes:
    return line[:-1].removesuffix(b"\r") if line.endswith(b"\n") else line


class _RowBuffer:
    """The text of a row as it is read, without the space around it."""

    def __init__(self, line: int, offset: int, *, longest: int) -> None:
        self.length = 0
        self._line = line
        self._offset = offset
        self._longest = longest
        self._pieces: list[bytes] = []
        self._digest = hashlib.sha256()

    def add(self, piece: bytes) -> None:
        if not self.length:
            text = piece.lstrip(_SPACE)
            space = piece[: len(piece) - len(text)]
            self._line += space.count(b"\n")
            self._offset += len(space)
            piece = text
        self.length += len(piece)
        self._pieces.append(piece)
        if self.length > self._longest:
            self._digest.update(b"".join(self._pieces))
            self._pieces = []

    def row(self) -> RowText:
        if self.length > self._longest:
            return RowText(self._line, self._offset, b"", self.length, self._digest.hexdigest())
        text = b"".join(self._pieces).rstrip(_SPACE)
        return RowText(self._line, self._offset, text, len(text))


class _Array:
    """Splits an array at the commas between its items, however it is cut into pieces."""

    def __init__(self, name: str, *, longest: int) -> None:
        self._name = name
        self._longest = longest
        self._line, self._offset = 1, 0
        self._count = self._depth = 0
        self._is_begun = self._is_over = self._is_in_string = self._is_escaped = False
        self._begin_item()

    def items(self, piece: bytes) -> Iterator[RowText]:
        """The items that end within the next piece."""
        start = 0 if self._is_begun else self._begin(piece)
        for at in self._ends(piece, start):
            self._take(piece[start:at])
            start = at + 1
            # In an empty array there is no item before the closing bracket.
            if self._count or self._item.length or not self._is_over:
                self._count += 1
                yield self._item.row()
            self._offset += 1
            self._begin_item()
        self._take(piece[start:])
        if self._is_over and self._item.length:
            raise self._broken("there is text after the array")

    def require_end(self) -> None:
        """Raise DataValidationError if the array has no end, or there is no array."""
        if not self._is_begun:
            raise self._no_array()
        if not self._is_over:
            raise self._broken("the file ends within the array")

    def _begin(self, piece: bytes) -> int:
        """Where the items begin: after the opening bracket, or the end of the piece if it has none."""
        text = piece.removeprefix(b"" if self._offset else _BOM).lstrip(_SPACE)
        if text and not text.startswith(b"["):
            raise self._no_array()
        self._is_begun = bool(text)
        start = len(piece) - len(text) + len(text[:1])
        self._line += piece.count(b"\n", 0, start)
        self._offset += start
        self._begin_item()
        return start

    def _begin_item(self) -> None:
        self._item = _RowBuffer(self._line, self._offset, longest=self._longest)

    def _take(self, text: bytes) -> None:
        self._item.add(text)
        self._line += text.count(b"\n")
        self._offset += len(text)

    def _ends(self, piece: bytes, start: int) -> Iterator[int]:
        """Where an item ends in `piece`: at a comma, or at the closing bracket of the array."""
        if self._is_over:
            return
        for at in self._marks(piece, start):
            mark = piece[at]
            if mark in _OPENING:
                self._depth += 1
            elif mark in _CLOSING:
                self._depth -= 1
            if self._depth < 0 or (mark == ord(",") and not self._depth):
                self._is_over = self._depth < 0
                yield at
            if self._is_over:
                return

    def _marks(self, piece: bytes, start: int) -> Iterator[int]:
        """The positions of brackets, braces and commas outside strings and flat objects."""
        at = start + self._is_escaped
        self._is_escaped = False
        while found := (_END_OF_STRING if self._is_in_string else _MARK).search(piece, at):
            at = found.end()
            match found.group():
                case b'"':
                    self._is_in_string = not self._is_in_string
                case b"\\":
                    self._is_escaped = at == len(piece)
                    at += 1
                case text if len(text) == 1:
                    yield found.start()

    def _no_array(self) -> DataValidationError:
        return DataValidationError(
            f"{self._name} is not a JSON array of rows.", hint="For one row per line use --from jsonl."
        )

    def _broken(self, why: str) -> DataValidationError:
        return DataValidationError(
            f"{self._name} is not JSON after row {self._count:,}: {why} (line {self._line:,}).",
            hint="No row after a broken one can be read: correct the file.",
        )
