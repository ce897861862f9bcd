"""Reading new text of a file into a batch: whole lines, and an unterminated line only if no more can come."""

from __future__ import annotations

import hashlib
from zlib import crc32

from keepwell.intake.follow.batch import (
    BOM,
    Batch,
    SourcePosition,
    accepted_pieces,
    is_blank,
    letter_for,
    too_long,
    validate_block,
    without_row,
)
from keepwell.intake.follow.readers import HEAD, FileDamaged
from keepwell.intake.follow.row_rules import RowRules
from keepwell.intake.model import Refusal, Sizes, SourceSpan
from keepwell.intake.schema.validation import decoded
from keepwell.platform.clock import Clock

_PARTIAL_LINE = Refusal("partial-line", "The file ends within this line.")
# A row that begins so has ended once it is a JSON document; a number may go on.
_STARTS_OF_WHOLE_ROWS = b'{["'
_PIECE = 1 << 20
_SMALLEST_READ = 1 << 16
_MANY = 500


class LineReader:
    """Reads on from a position; everything before the new position is then in the batch."""

    def __init__(self, rules: RowRules, *, sizes: Sizes, clock: Clock) -> None:
        self._rules = rules
        self._longest = sizes.row
        # One byte more than the longest line: a read without a line feed is part of a line that is too long.
        self._read_bytes = max(sizes.commit, sizes.row + 1)
        self._stride = min(_SMALLEST_READ, self._read_bytes)
        self._clock = clock
        self._long_lines: dict[int, _LongLine] = {}

    def read_next(
        self, position: SourcePosition, batch: Batch, *, is_last: bool, is_over: bool = False
    ) -> bool:
        """Read the next lines, about as many as fit a commit; False if there is nothing to read at present.

        If this is the last look (`is_last`), an unterminated line is a row if it is a whole one, and otherwise
        left to the next command; if nothing more can come (`is_over`), it becomes a row or a dead letter. Raises
        FileDamaged if a compressed file cannot be read further, and FileReplaced if the file has been replaced: then
        nothing of this call is in the batch.
        """
        if position.source.lines == 0 and self._skip_zeros(position, batch):
            return True
        text, end = self._read(position)
        if end:
            self._add_lines(position, batch, text[:end])
        elif len(text) == self._read_bytes:
            return self._read_long_line(position, batch, is_over=is_over)
        elif text and (is_over or _is_at_its_end(position, len(text))):
            self._add_last_line(position, batch, text)
        elif text and is_last and _is_whole_row(text):
            self._add_lines(position, batch, text)
        else:
            if position.reader.compressed:
                position.finish()
                batch.add(position, size=0)
            elif position.reach_end():
                batch.add(position, size=0)
            return False
        return True

    def skip_damaged(self, position: SourcePosition, batch: Batch, damage: FileDamaged) -> None:
        """Add a dead letter for the text that a damaged file lost, with what is left of its last line."""
        try:
            rest = position.reader.read(position.source.offset, self._longest)
        except FileDamaged:
            rest = b""
        self._refuse(position, batch, rest, Refusal("damaged-file", f"The file {damage}."))
        position.finish()
        batch.add(position, size=0)

    def _read(self, position: SourcePosition) -> tuple[bytes, int]:
        """The next text, and where its last line ends; 0 if none does."""
        for size in (self._stride, self._read_bytes):
            text = position.read(size)
            end = text.rfind(b"\n") + 1
            if end or len(text) < size:
                break
        return text, end

    def _skip_zeros(self, position: SourcePosition, batch: Batch) -> bool:
        """Move past the zeros before the first row: a file that was truncated has a hole up to where its writer was."""
        start = end = position.source.offset
        if position.reader.read(start, 1) != b"\0":
            return False
        crc = position.source.crc32
        while (piece := position.reader.read(end, _PIECE)) and not piece.strip(b"\0"):
            # A hole may be as long as the log was, and need not be read.
            data = position.reader.next_data(end)
            length = max(len(piece), data - end)
            crc = _crc_of_zeros(length, crc)
            end += length
        zeros = len(piece) - len(piece.lstrip(b"\0"))
        crc = _crc_of_zeros(zeros, crc)
        length = end + zeros - start
        position.advance_unkept(length, recent=bytes(min(length, HEAD)), lines=0, crc=crc)
        batch.add(position, size=length)
        return True

    def _add_lines(self, position: SourcePosition, batch: Batch, text: bytes) -> None:
        start = position.source.offset
        block = text if start else text.removeprefix(BOM)
        skipped = len(text) - len(block)
        # The first line was counted already if only its end is new.
        counted = -1 if position.is_within_line else 0
        if not block.endswith(b"\n"):
            block += b"\n"

        def validate(row: bytes, index: int) -> Refusal | bytes | None:
            line = position.source.lines + counted + index + 1
            return self._rules.validate(row, source=position.source, line=line)

        validated = validate_block(
            block, accept_all=self._rules.accept_all, validate=validate, longest=self._longest
        )
        if validated.rows:
            span = SourceSpan(start, start + len(text), validated.rows)
            batch.accept(position.source.label, span, accepted_pieces(block, validated))
        # A dead letter takes many times the memory of its row, so if there are many, less is read at once.
        few = len(validated.rejected) < _MANY
        self._stride = min(4 * self._stride, self._read_bytes) if few else _SMALLEST_READ
        now = self._clock.now()
        for index, refusal in sorted(validated.rejected.items()):
            row, offset = validated.lines[index], start + skipped + validated.start(index)
            if refusal is None:
                batch.repeats += not is_blank(row)
                continue
            letter = letter_for(
                row, refusal, position=position, lines_before=index + counted, offset=offset, now=now
            )
            batch.refuse(position.source.label, SourceSpan(offset, offset + len(row) + 1, 1), letter)
        position.advance(text, lines=len(validated.lines) + counted)
        batch.add(position, size=len(text))

    def _add_last_line(self, position: SourcePosition, batch: Batch, text: bytes) -> None:
        if is_blank(text) or _is_whole_row(text):
            self._add_lines(position, batch, text)
        else:
            self._refuse(position, batch, text, _PARTIAL_LINE)

    def _refuse(self, position: SourcePosition, batch: Batch, row: bytes, why: Refusal) -> None:
        offset = position.source.offset
        letter = letter_for(row, why, position=position, lines_before=0, offset=offset, now=self._clock.now())
        batch.refuse(position.source.label, SourceSpan(offset, offset + len(row), 1), letter)
        position.advance(row, lines=1)
        batch.add(position, size=len(row))

    def _read_long_line(self, position: SourcePosition, batch: Batch, *, is_over: bool) -> bool:
        """Read on through a line that is not kept in memory; False until its end is found."""
        line = self._long_lines.setdefault(position.source.id, _LongLine(position.source.crc32))
        offset = position.source.offset
        piece = position.reader.read(offset + line.length, _PIECE)
        end = piece.find(b"\n")
        line.add(piece if end < 0 else piece[:end])
        if end < 0 and piece:
            return True
        if end < 0 and not (is_over or position.reader.compressed):
            return False
        del self._long_lines[position.source.id]
        terminator = b"\n" if end >= 0 else b""
        refusal = too_long(line.length, self._longest)
        letter = letter_for(
            b"", refusal, position=position, lines_before=0, offset=offset, now=self._clock.now()
        )
        letter = without_row(letter, length=line.length, sha256=line.digest.hexdigest())
        length = line.length + len(terminator)
        batch.refuse(position.source.label, SourceSpan(offset, offset + length, 1), letter)
        crc = None if line.crc is None else crc32(terminator, line.crc)
        position.advance_unkept(length, recent=line.recent + terminator, lines=1, crc=crc)
        batch.add(position, size=len(terminator) + len(line.recent))
        return True


def _is_at_its_end(position: SourcePosition, length: int) -> bool:
    """Whether a compressed file has no more after these bytes; raises FileDamaged if it is incomplete."""
    reader = position.reader
    return reader.compressed and not reader.read(position.source.offset + length, 1)


def _is_whole_row(text: bytes) -> bool:
    """Whether an unterminated line is a JSON document that no more text could change."""
    row = text.removeprefix(BOM).strip()
    return row[:1] in _STARTS_OF_WHOLE_ROWS and bool(row) and not isinstance(decoded(row), Refusal)


def _crc_of_zeros(length: int, crc: int | None) -> int | None:
    """The CRC-32 after `length` more zeros."""
    if crc is None:
        return None
    zeros = bytes(min(length, _PIECE))
    while length:
        crc = crc32(zeros[:length], crc)
        length -= min(length, _PIECE)
    return crc


class _LongLine:
    """What is known about a line that is over the limit and read in part."""

    def __init__(self, crc: int | None) -> None:
        self.crc = crc
        self.length = 0
        self.recent = b""
        self.digest = hashlib.sha256()

    def add(self, piece: bytes) -> None:
        self.length += len(piece)
        self.crc = None if self.crc is None else crc32(piece, self.crc)
        self.recent = (self.recent + piece)[-HEAD:]
        self.digest.update(piece)
