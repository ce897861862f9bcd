"""Reading new text of a file into a batch: whole lines, and an unterminated line only if no more can come."""

from __future__ import annotations

import hashlib

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
from keepwell.platform.clock import Clock

_PARTIAL_LINE = Refusal("partial-line", "The file ends within this line.")
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

    def read_next(self, position: SourcePosition, batch: Batch, *, is_last: bool) -> bool:
        """Read the next lines, about as many as fit a commit; False if there is nothing to read at present.

        Raises FileDamaged if a compressed file cannot be read further, and FileReplaced if the file has been
        replaced: then nothing of this call is in the batch.
        """
        text, end = self._read(position)
        if end:
            self._add_lines(position, batch, text[:end])
        elif len(text) == self._read_bytes:
            return self._read_long_line(position, batch, is_last=is_last)
        elif text and (is_last or _is_at_its_end(position, len(text))):
            self._refuse(position, batch, text, _PARTIAL_LINE)
        else:
            if position.reader.compressed:
                position.finish()
                batch.add(position, size=0)
            return False
        return True

    def skip_damaged(self, position: SourcePosition, batch: Batch, damage: FileDamaged) -> None:
        """Add a dead letter for the text that a damaged file lost."""
        self._refuse(position, batch, b"", Refusal("damaged-file", f"The file {damage}."))
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

    def _add_lines(self, position: SourcePosition, batch: Batch, text: bytes) -> None:
        start = position.source.offset
        block = text if start else text.removeprefix(BOM)
        skipped = len(text) - len(block)

        def validate(row: bytes, index: int) -> Refusal | bytes | None:
            line = position.source.lines + index + 1
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
            letter = letter_for(row, refusal, position=position, lines_before=index, offset=offset, now=now)
            batch.refuse(position.source.label, SourceSpan(offset, offset + len(row) + 1, 1), letter)
        position.advance(text, lines=len(validated.lines))
        batch.add(position, size=len(text))

    def _refuse(self, position: SourcePosition, batch: Batch, row: bytes, why: Refusal) -> None:
        offset = position.source.offset
        letter = letter_for(row, why, position=position, lines_before=0, offset=offset, now=self._clock.now())
        batch.refuse(position.source.label, SourceSpan(offset, offset + len(row), 1), letter)
        position.advance(row, lines=1)
        batch.add(position, size=len(row))

    def _read_long_line(self, position: SourcePosition, batch: Batch, *, is_last: bool) -> bool:
        """Read on through a line that is not kept in memory; False until its end is found."""
        line = self._long_lines.setdefault(position.source.id, _LongLine())
        offset = position.source.offset
        piece = position.reader.read(offset + line.length, _PIECE)
        end = piece.find(b"\n")
        line.add(piece if end < 0 else piece[:end])
        if end < 0 and piece:
            return True
        if end < 0 and not (is_last or position.reader.compressed):
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
        position.advance_over_long_line(length, recent=line.recent + terminator)
        batch.add(position, size=len(terminator) + len(line.recent))
        return True


def _is_at_its_end(position: SourcePosition, length: int) -> bool:
    """Whether a compressed file has no more after these bytes; raises FileDamaged if it is incomplete."""
    reader = position.reader
    return reader.compressed and not reader.read(position.source.offset + length, 1)


class _LongLine:
    """What is known about a line that is over the limit and read in part."""

    def __init__(self) -> None:
        self.length = 0
        self.recent = b""
        self.digest = hashlib.sha256()

    def add(self, piece: bytes) -> None:
        self.length += len(piece)
        self.recent = (self.recent + piece)[-HEAD:]
        self.digest.update(piece)
