"""The texts of rows in a file: its lines, or the items of the JSON array that it is, a piece at a time."""

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
# A string or an object without another one in it is passed over at once; then whatever gives a form.
_MARK = re.compile(
    _STRING + rb'|\{(?:[^"{}\[\]]++|' + _STRING + rb')*+\}|["\[\]{},]',
    re.DOTALL,
)
_END_OF_STRING = re.compile(rb'["\\]')
_OPENING, _CLOSING = b"{[", b"}]"


class RowText(msgspec.Struct, frozen=True):
    """A row as the file has it; `line` counts from 1 and `offset` in bytes from 0.

    Of one that is longer than the cap, `sha256` stands for the text.
    """

    line: int
    offset: int
    text: bytes
    length: int
    sha256: str = ""


def lines_of(file: IO[bytes], *, longest: int) -> Iterator[RowText]:
    """Every line that is not blank, without its end; at most `longest` bytes of one are held."""
    number = offset = 0
    while line := file.readline(longest + 1):
        number += 1
        growing = _Growing(number, offset, longest=longest)
        growing.add(line.removeprefix(_BOM) if number == 1 else line)
        offset += len(line)
        while len(line) > longest and not line.endswith(b"\n"):
            line = file.readline(longest + 1)
            growing.add(line)
            offset += len(line)
        if growing.length:
            yield growing.row()


def items_of(file: IO[bytes], *, name: str, longest: int) -> Iterator[RowText]:
    """Every item of a JSON array, as it stands there: nothing is said of what it holds.

    Raises DataValidationError for what is no array, or one that does not end.
    """
    start = file.read(_PIECE)
    text = start.removeprefix(_BOM).lstrip(_SPACE)
    if not text.startswith(b"["):
        raise DataValidationError(
            f"{name} is no JSON array of rows.", hint="For one row a line use --from jsonl."
        )
    before = len(start) - len(text) + 1
    array = _Array(name, line=1 + start.count(b"\n", 0, before), offset=before, longest=longest)
    piece = text[1:]
    while piece:
        yield from array.items(piece)
        piece = file.read(_PIECE)
    array.require_end()


class _Growing:
    """A row's text as it comes, without the space around it."""

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
    """Cuts an array at the commas between its items, wherever its pieces end."""

    def __init__(self, name: str, *, line: int, offset: int, longest: int) -> None:
        self._name = name
        self._line = line
        self._offset = offset
        self._longest = longest
        self._count = self._depth = 0
        self._is_in_string = self._is_escaped = self._is_over = False
        self._item = _Growing(line, offset, longest=longest)

    def items(self, piece: bytes) -> Iterator[RowText]:
        """The items that end within the next piece."""
        start = 0
        for at in self._ends(piece):
            self._take(piece[start:at])
            start = at + 1
            # In an empty array only a bracket stands, and no item before it.
            if self._count or self._item.length or not self._is_over:
                self._count += 1
                yield self._item.row()
            self._take(piece[at:start])
            self._item = _Growing(self._line, self._offset, longest=self._longest)
        self._take(piece[start:])
        if self._is_over and self._item.length:
            raise self._broken("something stands behind the array")

    def require_end(self) -> None:
        """Raise DataValidationError where the array did not end."""
        if not self._is_over:
            raise self._broken("the file ends within the array")

    def _take(self, text: bytes) -> None:
        self._item.add(text)
        self._line += text.count(b"\n")
        self._offset += len(text)

    def _ends(self, piece: bytes) -> Iterator[int]:
        """Where an item ends in `piece`, which is a comma's place or the last bracket's."""
        for at in self._marks(piece):
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

    def _marks(self, piece: bytes) -> Iterator[int]:
        """The places of brackets, braces and commas outside of strings, those within a flat object left out."""
        at = int(self._is_escaped)
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

    def _broken(self, why: str) -> DataValidationError:
        return DataValidationError(
            f"{self._name} is not JSON after row {self._count:,}: {why} (line {self._line:,}).",
            hint="An array that breaks has no row after it: mend the file.",
        )
