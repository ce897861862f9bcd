"""Cells of CSV files that a spreadsheet may open: a text that looks like a formula is never evaluated.

An apostrophe before it makes a spreadsheet treat it as text, as OWASP's "CSV Injection" advises. Reading takes exactly
that apostrophe away, so that what we write reads as it was.
"""

from __future__ import annotations

import re

# Some spreadsheets also accept the full-width forms.
_FORMULA = re.compile("'*\\s*[=+\\-@\\t\\r\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
# Also what separates the cells in another locale's spreadsheet, where the rest of a text would be a cell of its own.
_QUOTED = re.compile(r'[",;|\t\r\n]')


def safe_cell(text: str) -> str:
    """The text as a cell; a plain number may begin with its sign."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def original_text(cell: str) -> str:
    """The text that `safe_cell` wrote as `cell`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def quoted(cell: str) -> str:
    """The cell by RFC 4180, in quotes if anything in it could end it."""
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell
