"""The delimiter of a CSV file: named by the user, or sniffed from the first rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from keepwell.platform.errors import DataValidationError

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_ROWS_LOOKED_AT = 50
_DECLARATION = re.compile(r'"?sep=(?P<delimiter>[^"\r\n])"?(\r\n|\n|\r)', re.IGNORECASE)


def named_delimiter(name: str) -> str:
    """The delimiter `name`: a character, or comma, semicolon, tab or pipe; raises DataValidationError."""
    found = DELIMITERS.get(name, "\t" if name == "\\t" else name)
    if len(found) != 1 or found in '"\r\n' or (not found.isprintable() and found != "\t"):
        raise DataValidationError(
            f"{name!r} is not a delimiter.", hint=f"Name one character, or {', '.join(DELIMITERS)}."
        )
    return found


def sniffed(start: str) -> Sequence[str]:
    """The delimiter that divides the header and the rows in `start`, the start of a file, into most columns.

    More than one if they do so equally well: the comma of `price, EUR` and `1,5` is no worse than a semicolon.
    """
    columns = {delimiter: _columns(start, delimiter) for delimiter in DELIMITERS.values()}
    most = max(columns.values())
    # Without any delimiter there is one column, however it is read.
    return [each for each, count in columns.items() if count == most][: None if most else 1]


def declared(start: str) -> str | None:
    """The delimiter that the first line states for Excel, as in `sep=;`; None if it states none."""
    found = _DECLARATION.match(start)
    return found["delimiter"] if found else None


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
