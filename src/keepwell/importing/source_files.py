"""The files that an import reads: rows of CSV, JSON, JSON Lines or YAML, all as text by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from keepwell.intake.service import FORMATS, delimiter_of, read_rows
from keepwell.platform.errors import DataValidationError
from keepwell.platform.formats.csv_cells import original_text
from keepwell.platform.formats.csv_records import CsvFile


class TextRow(msgspec.Struct, frozen=True):
    """A row and the line it starts on; if it is unreadable, `code` and `reason` say why.

    `values` of an unreadable row are those that can be determined by position. For one that is too long, `length` in bytes and `sha256` replace the text.
    `escaped` are the columns in which an apostrophe stood before a formula.
    """

    line: int
    text: str
    values: Mapping[str, str] = {}
    escaped: Sequence[str] = ()
    code: str = ""
    reason: str = ""
    length: int | None = None
    sha256: str = ""


class RowFile:
    """A file of rows; `header` is that of a CSV file, and None if each row names its own columns."""

    def __init__(self, path: Path, *, delimiter: str | None = None) -> None:
        """Raise DataValidationError naming the file if it is missing, or a CSV file without a header."""
        self.path = path
        self._format = FORMATS[path.suffix]
        self._delimiter = delimiter_of(path, delimiter)
        self._csv = CsvFile(path, delimiter=self._delimiter) if self._format == "csv" else None
        if not path.is_file():
            raise DataValidationError(f"There is no file {path}.")

    @property
    def header(self) -> Sequence[str] | None:
        """The columns of every row, if the file states them once."""
        return None if self._csv is None else self._csv.header

    def count_lines(self) -> int | None:
        """At least the number of rows, for progress; None if that would take reading them."""
        return None if self._csv is None else self._csv.count_lines()

    def rows(self) -> Iterator[TextRow]:
        """Every row, in order."""
        for read in read_rows(self.path, self._format, delimiter=self._delimiter):
            text = read.text.decode("utf-8", "backslashreplace")
            cells = {name: _as_text(value) for name, value in (read.row or {}).items()}
            values = (
                cells if self._csv is None else {name: original_text(cell) for name, cell in cells.items()}
            )
            if read.refusal is None:
                escaped = [name for name, cell in cells.items() if values[name] != cell]
                yield TextRow(read.line, text, values, escaped)
                continue
            yield TextRow(
                read.line,
                text,
                values,
                code=read.refusal.code,
                reason=read.refusal.reason,
                length=read.length,
                sha256=read.sha256,
            )


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
