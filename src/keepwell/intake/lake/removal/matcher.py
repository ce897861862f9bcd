"""Finding an account's rows: in segments, among dead letters, and in the files of the lake."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pyarrow as pa

from keepwell.intake.journal.segments import read_lines
from keepwell.intake.lake.columns.rows import ROW, values_of
from keepwell.intake.lake.kinds import LakeKind
from keepwell.intake.lake.removal.account_id import AccountId
from keepwell.intake.lake.sources import LakeSource
from keepwell.intake.model import DEAD_LETTERS, DeadLetter, Segment
from keepwell.intake.schema.numbers import decode_exactly
from keepwell.platform.errors import DataValidationError

ERASED = "erased"

_decode_letter = msgspec.json.Decoder(DeadLetter).decode


class Matcher:
    """Finds the rows of one account, and the dead letters with its id or one of the `texts`."""

    def __init__(self, kind: LakeKind, account: str, *, texts: Sequence[str] = ()) -> None:
        self._kind = kind
        self._account = AccountId(account)
        self._identifying = [self._account, *map(AccountId, texts)]

    def lines_of(self, source: LakeSource, segment: Segment) -> set[int]:
        """The indices of the account's lines in `segment`."""
        lines = read_lines(source.root, segment)
        if segment.stream == DEAD_LETTERS:
            return {at for at, line in enumerate(lines) if self._is_in_letter(_decode_letter(line))}
        if not lines:
            return set()
        shape = self._kind.shape_of(source.state, segment)
        return {
            at for at, line in enumerate(lines) if any(map(self._account.is_value, shape.accounts_of(line)))
        }

    def count(self, table: pa.Table) -> int:
        """The number of the account's rows in a file of the lake."""
        kept: int = sum(self.others(table).to_pylist())
        return len(table) - kept

    def others(self, table: pa.Table) -> pa.Array:
        """A mask of the rows of a file that are not the account's.

        Raises DataValidationError if the file is of an earlier release, which rounded the id.
        """
        # A file of rows whose schema lacks the field has them as texts.
        keys, texts = (
            table[name].to_pylist() if name in table.column_names else [None] * len(table)
            for name in (self._kind.empty.key, ROW)
        )
        mask = []
        for key, text in zip(keys, texts, strict=True):
            is_account = self._account.is_value(key) or (text is not None and self._is_in_row(text))
            if not is_account and isinstance(key, float) and self._account.is_near(key):
                raise DataValidationError(
                    f"The lake has rows of the account {key:.0f}, which may be this one with its digits rounded.",
                    hint="Delete the lake, rebuild it with `lake build`, and erase the account then.",
                )
            mask.append(not is_account)
        return pa.array(mask, pa.bool_())

    def _is_in_row(self, text: str) -> bool:
        """Whether a row that its columns do not represent completely is the account's."""
        key = self._kind.empty.key
        return key is not None and any(map(self._account.is_value, values_of(key, text.encode())))

    def _is_in_letter(self, letter: DeadLetter) -> bool:
        row = letter.row_bytes()
        if row is None:
            return False
        try:
            decoded = decode_exactly(row)
            return any(each.is_within(decoded) for each in self._identifying)
        except (ValueError, RecursionError):
            return any(each.occurs_in(row) for each in self._identifying)


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
