"""Finding an account's rows: in segments, among dead letters, and in the files of the lake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pyarrow as pa

from keepwell.intake.journal.segments import read_lines
from keepwell.intake.lake.kinds import LakeKind
from keepwell.intake.lake.rows import ROW
from keepwell.intake.lake.sources import LakeSource
from keepwell.intake.model import DEAD_LETTERS, DeadLetter, Segment

ERASED = "erased"

_decode_letter = msgspec.json.Decoder(DeadLetter).decode


class Matcher:
    """Finds the rows of one account."""

    def __init__(self, kind: LakeKind, account: str) -> None:
        self._kind = kind
        self._account = account
        self._word = re.compile(rf"(?<!\w){re.escape(account)}(?!\w)")

    def lines_of(self, source: LakeSource, segment: Segment) -> set[int]:
        """The indices of the account's lines in `segment`."""
        lines = read_lines(source.root, segment)
        if segment.stream == DEAD_LETTERS:
            return {at for at, line in enumerate(lines) if self._is_in_letter(_decode_letter(line))}
        if not lines:
            return set()
        shape = self._kind.shape_of(source.state, segment)
        return {at for at, line in enumerate(lines) if shape.account_of(line) == self._account}

    def count(self, table: pa.Table) -> int:
        """The number of the account's rows in a file of the lake."""
        kept: int = sum(self.others(table).to_pylist())
        return len(table) - kept

    def others(self, table: pa.Table) -> pa.Array:
        """A mask of the rows of a file that are not the account's."""
        keys = table[self._kind.empty.key].to_pylist()
        texts = table[ROW].to_pylist() if ROW in table.column_names else [None] * len(keys)
        return pa.array(
            [
                str(key) != self._account and not (text and self._is_in_row(text))
                for key, text in zip(keys, texts, strict=True)
            ],
            pa.bool_(),
        )

    def _is_in_row(self, text: str) -> bool:
        """Whether a row that its columns do not represent completely is the account's."""
        try:
            document = msgspec.json.decode(text)
        except msgspec.MsgspecError:
            return False
        return isinstance(document, dict) and str(document.get(self._kind.empty.key)) == self._account

    def _is_in_letter(self, letter: DeadLetter) -> bool:
        row = (letter.row_bytes() or b"").decode("utf-8", "replace")
        if self._word.search(letter.reason):
            return True
        try:
            return self._account in map(str, _values(msgspec.json.decode(row)))
        except (msgspec.MsgspecError, RecursionError):
            return self._word.search(row) is not None


def erased_letter(line: bytes) -> bytes:
    """The placeholder for the dead letter `line`: its origin, and that it was erased."""
    letter = _decode_letter(line)
    mark = DeadLetter(
        source=letter.source,
        line=letter.line,
        offset=letter.offset,
        code=ERASED,
        reason="The row was erased with all rows of its account.",
        length=len(letter.row_bytes() or b""),
        received_at=letter.received_at,
    )
    return msgspec.json.encode(mark)


def _values(document: Any) -> Iterator[Any]:
    if isinstance(document, dict):
        for value in document.values():
            yield from _values(value)
    elif isinstance(document, list):
        for value in document:
            yield from _values(value)
    else:
        yield document
