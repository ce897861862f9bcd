"""The delimiter of a CSV file: named by the user, or sniffed from the first rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from keepwell.platform.errors import DataValidationError

# In order of precedence if several fit equally well.
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_ROWS_LOOKED_AT = 50


def named_delimiter(name: str) -> str:
    """The delimiter `name`: a character, or comma, semicolon, tab or pipe; raises DataValidationError."""
    found = DELIMITERS.get(name, "\t" if name == "\\t" else name)
    if len(found) != 1 or found in '"\r\n' or (not found.isprintable() and found != "\t"):
        raise DataValidationError(
            f"{name!r} is not a delimiter.", hint=f"Name one character, or {', '.join(DELIMITERS)}."
        )
    return found


def sniffed(start: str) -> str:
    """The delimiter that divides the header and the rows in `start`, the start of a file, into most columns."""
    return max(DELIMITERS.values(), key=lambda delimiter: _columns(start, delimiter))


def _columns(start: str, delimiter: str) -> float:
    """The columns of the header, times the share of rows that have as many; zero for a single column."""
    lengths = _lengths(start, delimiter)
    if lengths[:1] in ([], [1]):
        return 0
    header, rows = lengths[0], lengths[1:]
    return header * (rows.count(header) / len(rows) if rows else 1)


def _lengths(start: str, delimiter: str) -> Sequence[int]:
    """The number of cells of the first records that are not blank."""
    found: list[int] = []
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
    # A fault in a later row does not matter to the earlier ones.
    with suppress(csv.Error):
        found.extend(len(cells) for cells in islice(filter(None, reader), _ROWS_LOOKED_AT))
    return found
