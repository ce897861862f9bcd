"""Rows on their way into the journal: judged block by block, gathered from all files until a commit."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from operator import length_hint

import msgspec

from keepwell.intake.follow.discovery import Found
from keepwell.intake.follow.readers import HEAD, Reader
from keepwell.intake.follow.sources import before
from keepwell.intake.model import (
    ACCEPTED,
    DEAD_LETTERS,
    Chunk,
    DeadLetter,
    Refusal,
    Source,
    Span,
    StreamName,
    dead_letter,
)
from keepwell.intake.schema.validation import DEEPEST, TOO_DEEP, is_too_deep

BOM = b"\xef\xbb\xbf"

Judge = Callable[[bytes, int], Refusal | bytes]
AcceptAll = Callable[[Iterator[bytes]], None]


class Replaced(Exception):
    """The file does not hold any more what was read of it."""


class Position:
    """Where the reading of a source stands, with the text that tells later what source it was."""

    def __init__(self, source: Source, file: Found, reader: Reader) -> None:
        """Raises Replaced where the file is not what `source` was."""
        self.source = source
        self.file = file
        self.reader = reader
        self._head = reader.read(0, source.head_bytes)
        start, end = before(source)
        self._recent = reader.read(start, end - start)
        if (_sha256(self._head), _sha256(self._recent)) != (source.head_sha256, source.before_sha256):
            raise Replaced

    def read(self, size: int) -> bytes:
        """At most `size` bytes from here; raises Replaced where the file was cut or written anew meanwhile."""
        offset = self.source.offset
        text = self.reader.read(offset, size)
        # Looked at after the reading: what is the same now was so when the text was read.
        known = self._recent + text[:HEAD]
        if not self.reader.compressed and self.reader.read(offset - len(self._recent), len(known)) != known:
            raise Replaced
        return text

    def pass_over(self, text: bytes, *, lines: int) -> None:
        """Move on past `text`, which holds so many lines."""
        self._head += text[: HEAD - len(self._head)]
        recent = text if len(text) >= HEAD else self._recent + text
        self._move(length=len(text), recent=recent[-HEAD:], lines=lines)

    def pass_over_unread(self, length: int, *, recent: bytes) -> None:
        """Move on past one line of `length` bytes that ends in `recent`."""
        if len(self._head) < HEAD:
            self._head = self.reader.read(0, HEAD)
        self._move(length=length, recent=recent[-HEAD:], lines=1)

    def finish(self) -> None:
        """Note that a compressed file has no more text."""
        self.source = msgspec.structs.replace(self.source, finished_bytes=self.file.size)

    def _move(self, *, length: int, recent: bytes, lines: int) -> None:
        self._recent = recent
        self.source = msgspec.structs.replace(
            self.source,
            head_bytes=len(self._head),
            head_sha256=_sha256(self._head),
            offset=self.source.offset + length,
            before_sha256=_sha256(recent),
            lines=self.source.lines + lines,
        )


class Batch:
    """What the next commit takes in: `weight` bytes to write, of `bytes` that were read."""

    def __init__(self) -> None:
        self.weight = 0
        self.bytes = 0
        self.rows = 0
        self.sources: dict[int, Source] = {}
        self.reasons: Counter[str] = Counter()
        self._accepted: list[bytes | memoryview] = []
        self._letters: list[bytes] = []
        self._accepted_spans: dict[str, Span] = {}
        self._letter_spans: dict[str, Span] = {}

    def add(self, position: Position, *, size: int) -> None:
        """Let the commit record that `position` is reached, `size` bytes further."""
        self.bytes += size
        self.sources[position.source.id] = position.source

    def accept(self, source: str, span: Span, pieces: Sequence[bytes | memoryview]) -> None:
        """Take the rows in `pieces`, whole lines."""
        self.rows += span.rows
        self.weight += sum(map(len, pieces))
        self._accepted += pieces
        _extend(self._accepted_spans, source, span)

    def refuse(self, source: str, span: Span, letter: DeadLetter) -> None:
        """Take the letter of the row that is at `span`."""
        self.reasons[letter.code] += 1
        self._letters.append(msgspec.json.encode(letter))
        self.weight += len(self._letters[-1])
        _extend(self._letter_spans, source, span)

    def chunks(self) -> dict[StreamName, Chunk]:
        """What to append to each stream."""
        chunks: dict[StreamName, Chunk] = {}
        if self._accepted:
            chunks[ACCEPTED] = Chunk(b"".join(self._accepted), self.rows, self._accepted_spans)
        if self._letters:
            data = b"\n".join([*self._letters, b""])
            chunks[DEAD_LETTERS] = Chunk(data, len(self._letters), self._letter_spans)
        return chunks


class Judged(msgspec.Struct, frozen=True):
    """What became of a block of lines; `ends` are the sums of their lengths, line feeds not counted.

    `kept_out` has those that are no accepted rows by their index: None for a blank one. `mended` has the rows
    that are accepted in the place of a line, by its index.
    """

    lines: list[bytes]
    ends: list[int]
    kept_out: Mapping[int, Refusal | None]
    mended: Mapping[int, bytes]

    @property
    def rows(self) -> int:
        """How many rows are accepted."""
        return len(self.lines) - len(self.kept_out)

    def start(self, index: int) -> int:
        """The position of a line in the block, or of the end of the block."""
        return (self.ends[index - 1] + index) if index else 0


def judge_block(block: bytes, *, accept_all: AcceptAll, judge: Judge, longest: int) -> Judged:
    """Judge each line of `block`, which ends with a line feed; a row of more than `longest` bytes is refused.

    What `accept_all` does not take for sure, `judge` decides: it gives why a line is no row, or the row that
    is to stand in its place, which may be the line itself.
    """
    lines = block.split(b"\n")
    lines.pop()
    kept_out: dict[int, Refusal | None] = dict(_unread(lines, longest))
    mended: dict[int, bytes] = {}
    for index in _undecided(lines, accept_all):
        if index in kept_out:
            continue
        if not lines[index].strip():
            kept_out[index] = None
            continue
        found = judge(lines[index], index)
        if isinstance(found, Refusal):
            kept_out[index] = found
        elif found is not lines[index]:
            mended[index] = found
    ends = list(accumulate(map(len, lines))) if kept_out or mended else []
    return Judged(lines, ends, kept_out, mended)


def accepted_pieces(block: bytes, judged: Judged) -> list[bytes | memoryview]:
    """`block` without the lines that were kept out, and with the mended ones."""
    if not judged.ends:
        return [block]
    view, start = memoryview(block), 0
    pieces: list[bytes | memoryview] = []
    for index in sorted(judged.kept_out.keys() | judged.mended.keys()):
        pieces.append(view[start : judged.start(index)])
        if index in judged.mended:
            pieces.append(judged.mended[index] + b"\n")
        start = judged.start(index + 1)
    return [*pieces, view[start:]]


def too_long(length: int, longest: int) -> Refusal:
    """Why a row of so many bytes is not taken."""
    return Refusal("too-long", f"The row has {length:,} bytes, and {longest:,} are the most that is taken.")


def letter_for(
    row: bytes, refusal: Refusal, *, position: Position, lines_before: int, offset: int, now: datetime
) -> DeadLetter:
    """The dead letter of a row at `offset` in its source, `lines_before` lines after `position`."""
    line = position.source.lines + lines_before + 1
    letter = dead_letter(row, refusal, source=position.source.name, line=line, now=now)
    if refusal.code == "too-long":
        letter = without_row(letter, length=len(row), sha256=_sha256(row))
    return msgspec.structs.replace(letter, offset=offset)


def without_row(letter: DeadLetter, *, length: int, sha256: str) -> DeadLetter:
    """`letter` with length and hash in the place of its row."""
    return msgspec.structs.replace(letter, row="", row_base64="", length=length, sha256=sha256)


def _unread(lines: list[bytes], longest: int) -> Iterator[tuple[int, Refusal]]:
    """The lines that are refused whatever is in them, by their length or their depth."""
    if max(map(len, lines), default=0) <= min(longest, 2 * DEEPEST):
        return
    for index, line in enumerate(lines):
        if len(line) > longest:
            yield index, too_long(len(line), longest)
        elif is_too_deep(line):
            yield index, TOO_DEEP


def _undecided(lines: list[bytes], accept_all: AcceptAll) -> Iterator[int]:
    """The indices of the lines that `accept_all` does not take."""
    rest = iter(lines)
    while True:
        try:
            # Here the time goes: no row is counted, since the rest tells how far this came.
            accept_all(rest)
        except (ValueError, RecursionError):
            yield len(lines) - length_hint(rest) - 1
        else:
            return


def _extend(spans: dict[str, Span], source: str, span: Span) -> None:
    spans[source] = spans[source].joined(span) if source in spans else span


def _sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
