"""Rows on their way into the journal: validated block by block, collected from all files until a commit."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from operator import length_hint
from zlib import crc32

import msgspec

from keepwell.intake.follow.discovery import FoundFile
from keepwell.intake.follow.evidence import before
from keepwell.intake.follow.readers import HEAD, FileReader
from keepwell.intake.follow.row_rules import AcceptAll
from keepwell.intake.model import (
    ACCEPTED,
    DEAD_LETTERS,
    ArrivalKind,
    Chunk,
    DeadLetter,
    Refusal,
    Source,
    SourceSpan,
    StreamName,
    dead_letter,
)
from keepwell.intake.schema.validation import DEEPEST, TOO_DEEP, is_too_deep

BOM = b"\xef\xbb\xbf"

Validate = Callable[[bytes, int], Refusal | bytes | None]


class FileReplaced(Exception):
    """The file no longer contains what was read of it."""


class SourcePosition:
    """The position reached in a source, with the text that identifies the source later."""

    def __init__(self, source: Source, file: FoundFile, reader: FileReader) -> None:
        """Raises FileReplaced if the content of the file is not that of `source`."""
        self.source = source
        self.file = file
        self.reader = reader
        self._head = reader.read(0, source.head_bytes)
        start, end = before(source)
        self._recent = reader.read(start, end - start)
        if (_sha256(self._head), _sha256(self._recent)) != (source.head_sha256, source.before_sha256):
            raise FileReplaced

    def read(self, size: int) -> bytes:
        """At most `size` bytes from here; raises FileReplaced if the file was truncated or rewritten."""
        offset = self.source.offset
        text = self.reader.read(offset, size)
        # Compared after reading: what is unchanged now was unchanged when the text was read.
        known = self._recent + text[:HEAD]
        if not self.reader.compressed and self.reader.read(offset - len(self._recent), len(known)) != known:
            raise FileReplaced
        return text

    @property
    def is_within_line(self) -> bool:
        """Whether the last line that was read had no end yet, so that the text from here belongs to it."""
        return self.source.lines > 0 and self._recent[-1:] not in {b"", b"\n"}

    def advance(self, text: bytes, *, lines: int) -> None:
        """Move past `text`, which has this many lines."""
        self._head += text[: HEAD - len(self._head)]
        recent = text if len(text) >= HEAD else self._recent + text
        crc = None if self.source.crc32 is None else crc32(text, self.source.crc32)
        self._move(length=len(text), recent=recent[-HEAD:], lines=lines, crc=crc)

    def advance_unkept(self, length: int, *, recent: bytes, lines: int, crc: int | None) -> None:
        """Move past `length` bytes that were not kept and end in `recent`; `crc` is that of all text up to there."""
        if len(self._head) < HEAD:
            self._head = self.reader.read(0, min(HEAD, self.source.offset + length))
        self._move(length=length, recent=recent[-HEAD:], lines=lines, crc=crc)

    def finish(self) -> None:
        """Record that a compressed file has no more text."""
        self.source = msgspec.structs.replace(
            self.source, finished_bytes=self.file.size, modified=self.file.modified
        )

    def reach_end(self) -> bool:
        """Record when a file that is read to its end was last modified; False if nothing changes."""
        status = self.reader.status()
        modified = status.st_mtime_ns if status.st_size == self.source.offset else None
        is_new = modified != self.source.modified
        if is_new:
            self.source = msgspec.structs.replace(self.source, modified=modified)
        return is_new

    def _move(self, *, length: int, recent: bytes, lines: int, crc: int | None) -> None:
        self._recent = recent
        self.source = msgspec.structs.replace(
            self.source,
            head_bytes=len(self._head),
            head_sha256=_sha256(self._head),
            offset=self.source.offset + length,
            before_sha256=_sha256(recent),
            lines=self.source.lines + lines,
            crc32=crc,
        )


class Batch:
    """The content of the next commit: `weight` bytes to write, of `bytes` that were read."""

    def __init__(self) -> None:
        self.weight = 0
        self.bytes = 0
        self.rows = 0
        self.repeats = 0
        self.sources: dict[int, Source] = {}
        self.reasons: Counter[str] = Counter()
        self._accepted: list[bytes | memoryview] = []
        self._letters: list[bytes] = []
        self._accepted_spans: dict[str, SourceSpan] = {}
        self._letter_spans: dict[str, SourceSpan] = {}

    def add(self, position: SourcePosition, *, size: int) -> None:
        """Let the commit record that `position` is reached, `size` bytes further."""
        self.bytes += size
        self.sources[position.source.id] = position.source

    def accept(self, source: str, span: SourceSpan, pieces: Sequence[bytes | memoryview]) -> None:
        """Add the accepted rows in `pieces`, whole lines."""
        self.rows += span.rows
        self.weight += sum(map(len, pieces))
        self._accepted += pieces
        _extend(self._accepted_spans, source, span)

    def refuse(self, source: str, span: SourceSpan, letter: DeadLetter) -> None:
        """Add the dead letter of the row at `span`."""
        self.reasons[letter.code] += 1
        self._letters.append(msgspec.json.encode(letter))
        self.weight += len(self._letters[-1])
        _extend(self._letter_spans, source, span)

    def chunks(self, arrival: ArrivalKind) -> dict[StreamName, Chunk]:
        """What to append to each stream; `arrival` says how the accepted rows became known."""
        chunks: dict[StreamName, Chunk] = {}
        if self._accepted:
            chunks[ACCEPTED] = Chunk(b"".join(self._accepted), self.rows, self._accepted_spans, arrival)
        if self._letters:
            data = b"\n".join([*self._letters, b""])
            chunks[DEAD_LETTERS] = Chunk(data, len(self._letters), self._letter_spans)
        return chunks


class ValidatedBlock(msgspec.Struct, frozen=True):
    """The result for a block of lines; `ends` are their cumulative lengths, line feeds not counted.

    `rejected` has the lines that are not accepted by index: None for one that is blank or a repeat.
    `repaired` has the rows that replace a line, by index.
    """

    lines: list[bytes]
    ends: list[int]
    rejected: Mapping[int, Refusal | None]
    repaired: Mapping[int, bytes]

    @property
    def rows(self) -> int:
        """The number of accepted rows."""
        return len(self.lines) - len(self.rejected)

    def start(self, index: int) -> int:
        """The position of a line in the block, or of the end of the block."""
        return (self.ends[index - 1] + index) if index else 0


def validate_block(
    block: bytes, *, accept_all: AcceptAll, validate: Validate, longest: int
) -> ValidatedBlock:
    """Validate each line of `block`, which ends with a line feed; rows longer than `longest` are refused.

    Lines that `accept_all` does not certainly accept go to `validate`, which returns why a line is invalid,
    or the row to keep, which may be the line itself, or None for a repeat.
    """
    lines = block.split(b"\n")
    lines.pop()
    rejected: dict[int, Refusal | None] = dict(_too_long_or_deep(lines, longest))
    repaired: dict[int, bytes] = {}
    for index in _undecided(lines, accept_all):
        if index in rejected:
            continue
        found = None if is_blank(lines[index]) else validate(lines[index], index)
        if found is None or isinstance(found, Refusal):
            rejected[index] = found
        elif found is not lines[index]:
            repaired[index] = found
    ends = list(accumulate(map(len, lines))) if rejected or repaired else []
    return ValidatedBlock(lines, ends, rejected, repaired)


def accepted_pieces(block: bytes, validated: ValidatedBlock) -> list[bytes | memoryview]:
    """`block` without the rejected lines, and with the repaired ones."""
    if not validated.ends:
        return [block]
    view, start = memoryview(block), 0
    pieces: list[bytes | memoryview] = []
    for index in sorted(validated.rejected.keys() | validated.repaired.keys()):
        pieces.append(view[start : validated.start(index)])
        if index in validated.repaired:
            pieces.append(validated.repaired[index] + b"\n")
        start = validated.start(index + 1)
    return [*pieces, view[start:]]


def is_blank(line: bytes) -> bool:
    """Whether `line` is only white space, and so not a row."""
    return not line.strip()


def too_long(length: int, longest: int) -> Refusal:
    """The refusal of a row of this length."""
    return Refusal("too-long", f"The row has {length:,} bytes; the limit is {longest:,}.")


def letter_for(
    row: bytes, refusal: Refusal, *, position: SourcePosition, lines_before: int, offset: int, now: datetime
) -> DeadLetter:
    """The dead letter of a row at `offset` in its source, `lines_before` lines after `position`."""
    line = position.source.lines + lines_before + 1
    letter = dead_letter(row, refusal, source=position.source.name, line=line, now=now)
    if refusal.code == "too-long":
        letter = without_row(letter, length=len(row), sha256=_sha256(row))
    return msgspec.structs.replace(letter, offset=offset)


def without_row(letter: DeadLetter, *, length: int, sha256: str) -> DeadLetter:
    """`letter` with length and hash instead of its row."""
    return msgspec.structs.replace(letter, row="", row_base64="", length=length, sha256=sha256)


def _too_long_or_deep(lines: list[bytes], longest: int) -> Iterator[tuple[int, Refusal]]:
    """The lines that are refused unparsed, for their length or depth."""
    if max(map(len, lines), default=0) <= min(longest, 2 * DEEPEST):
        return
    for index, line in enumerate(lines):
        if len(line) > longest:
            yield index, too_long(len(line), longest)
        elif is_too_deep(line):
            yield index, TOO_DEEP


def _undecided(lines: list[bytes], accept_all: AcceptAll) -> Iterator[int]:
    """The indices of the lines that `accept_all` does not accept."""
    rest = iter(lines)
    while True:
        try:
            # The hot loop: rows are not counted, since the rest of the iterator shows how far it came.
            accept_all(rest)
        except (ValueError, RecursionError):
            yield len(lines) - length_hint(rest) - 1
        else:
            return


def _extend(spans: dict[str, SourceSpan], source: str, span: SourceSpan) -> None:
    spans[source] = spans[source].joined(span) if source in spans else span


def _sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
