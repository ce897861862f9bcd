"""Rows in files of four formats, read and written as streams: CSV, JSON, JSON Lines and YAML."""

from __future__ import annotations

import csv
import hashlib
import io
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from keepwell.intake.convert.plain_files import Write
from keepwell.intake.convert.row_texts import RowText, items_of, lines_of
from keepwell.intake.convert.yaml_rows import yaml_item, yaml_rows
from keepwell.intake.files import disk_errors
from keepwell.intake.follow.batch import too_long
from keepwell.intake.model import Refusal
from keepwell.intake.schema.numbers import decode_as_written
from keepwell.intake.schema.validation import decoded
from keepwell.platform.errors import Conflict
from keepwell.platform.formats.csv_delimiter import named_delimiter
from keepwell.platform.formats.csv_records import BrokenRecord, CsvFile
from keepwell.platform.formats.encoding import require_utf8

Format: TypeAlias = Literal["csv", "json", "jsonl", "yaml"]
FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".yaml": "yaml",
    ".yml": "yaml",
}
_TAB = ".tsv"
_LONGEST_ROW = 1_000_000
# The most bytes of JSON that a character of a cell can become.
_LONGEST_ESCAPE = 6


class FileRow(msgspec.Struct, frozen=True):
    """A row and the line where it begins.

    `refusal` says why it is invalid; `row` is then what can be known about a CSV row's cells, else None. A row that is too long has `sha256` instead of its text.
    """

    line: int
    text: bytes
    row: Any = None
    refusal: Refusal | None = None
    offset: int | None = None
    length: int | None = None
    sha256: str = ""


def read_rows(path: Path, kind: Format, *, delimiter: str | None = None) -> Iterator[FileRow]:
    """The rows of the file `path`, about one at a time in memory; CSV by its `delimiter`, or the one it seems to have.

    A broken row comes with its refusal. Raises DataValidationError naming the file if it as a whole is not in
    the format, and InfrastructureError if it cannot be read.
    """
    with disk_errors(path):
        match kind:
            case "csv":
                yield from _read_csv(path, delimiter)
            case "json":
                yield from _read_json(path)
            case "jsonl":
                yield from _read_jsonl(path)
            case "yaml":
                yield from _read_yaml(path)


def delimiter_of(path: Path, named: str | None) -> str | None:
    """The delimiter of a CSV file: the `named` one, or a tab if its suffix says so; None if it must be sniffed."""
    if named is not None:
        return named_delimiter(named)
    return "\t" if path.suffix == _TAB else None


def _read_csv(path: Path, delimiter: str | None) -> Iterator[FileRow]:
    file = CsvFile(path, delimiter=delimiter)
    names = len(msgspec.json.encode(file.header))
    for record in file.records():
        text = record.text.encode()
        if isinstance(record, BrokenRecord):
            yield FileRow(
                record.line,
                text,
                record.values,
                Refusal(record.code, record.reason),
                length=record.length,
                sha256=record.sha256,
            )
        elif _LONGEST_ESCAPE * len(text) + names > _LONGEST_ROW and _is_too_long(record.values):
            sha256 = hashlib.sha256(text).hexdigest()
            refusal = too_long(len(text), _LONGEST_ROW)
            yield FileRow(record.line, b"", record.values, refusal, length=len(text), sha256=sha256)
        else:
            yield FileRow(record.line, text, record.values)


def _is_too_long(row: Mapping[str, Any]) -> bool:
    return len(msgspec.json.encode(row)) > _LONGEST_ROW


def _read_jsonl(path: Path) -> Iterator[FileRow]:
    require_utf8(path)
    with path.open("rb") as file:
        yield from map(_row_of, lines_of(file, longest=_LONGEST_ROW))


def _read_json(path: Path) -> Iterator[FileRow]:
    require_utf8(path)
    with path.open("rb") as file:
        yield from map(_row_of, items_of(file, name=path.name, longest=_LONGEST_ROW))


def _read_yaml(path: Path) -> Iterator[FileRow]:
    for line, text in yaml_rows(path):
        if len(text) > _LONGEST_ROW:
            sha256 = hashlib.sha256(text).hexdigest()
            refusal = too_long(len(text), _LONGEST_ROW)
            yield FileRow(line, b"", refusal=refusal, length=len(text), sha256=sha256)
        else:
            yield _decoded(text, line)


def _row_of(found: RowText) -> FileRow:
    if found.sha256:
        return FileRow(
            found.line,
            b"",
            refusal=too_long(found.length, _LONGEST_ROW),
            offset=found.offset,
            length=found.length,
            sha256=found.sha256,
        )
    return _decoded(found.text, found.line, offset=found.offset)


def _decoded(text: bytes, line: int, *, offset: int | None = None) -> FileRow:
    found = decoded(text, decode=decode_as_written)
    if isinstance(found, Refusal):
        return FileRow(line, text, refusal=found, offset=offset)
    if not isinstance(found.value, dict):
        refusal = Refusal("no-object", "The row is not an object with named fields.")
        return FileRow(line, text, refusal=refusal, offset=offset)
    return FileRow(line, text, found.value, offset=offset)


class RowWriter(ABC):
    """Writes rows as bytes; `finish` writes what follows the last one."""

    def __init__(self, write: Write) -> None:
        self._write = write

    @abstractmethod
    def write(self, row: dict[str, Any]) -> None:
        """Write a row; raises RecursionError, writing nothing, if it is too deep for the format."""

    @abstractmethod
    def finish(self) -> None:
        """Write what follows the last row."""


class _JsonLines(RowWriter):
    def finish(self) -> None:
        """Nothing follows the last line."""

    def write(self, row: dict[str, Any]) -> None:
        self._write(msgspec.json.encode(row) + b"\n")


class _JsonArray(RowWriter):
    def __init__(self, write: Write) -> None:
        super().__init__(write)
        self._before = b"[\n"

    def write(self, row: dict[str, Any]) -> None:
        self._write(self._before + msgspec.json.encode(row))
        self._before = b",\n"

    def finish(self) -> None:
        self._write(b"[]\n" if self._before == b"[\n" else b"\n]\n")


class _Yaml(RowWriter):
    def __init__(self, write: Write) -> None:
        super().__init__(write)
        self._is_empty = True

    def write(self, row: dict[str, Any]) -> None:
        self._write(yaml_item(row))
        self._is_empty = False

    def finish(self) -> None:
        if self._is_empty:
            self._write(b"[]\n")


class _Csv(RowWriter):
    def __init__(self, write: Write, columns: Sequence[str], *, delimiter: str) -> None:
        super().__init__(write)
        self._columns = dict.fromkeys(columns)
        self._line = io.StringIO(newline="")
        self._writer = csv.writer(self._line, delimiter=delimiter, lineterminator="\r\n")
        if columns:
            self._put(columns)

    def finish(self) -> None:
        """Nothing follows the last line."""

    def write(self, row: dict[str, Any]) -> None:
        for name in row.keys() - self._columns.keys():
            raise Conflict(
                f"The column {name!r} appeared while the file was read.",
                hint="Convert it when nothing writes to it.",
            )
        self._put([_cell(row.get(column)) for column in self._columns])

    def _put(self, cells: Sequence[str]) -> None:
        self._writer.writerow(cells)
        self._write(self._line.getvalue().encode())
        self._line.seek(0)
        self._line.truncate()


def writer_of(write: Write, kind: Format, *, columns: Sequence[str], delimiter: str) -> RowWriter:
    """The writer for a format; only CSV needs to know its columns and its delimiter."""
    match kind:
        case "csv":
            return _Csv(write, columns, delimiter=delimiter)
        case "json":
            return _JsonArray(write)
        case "jsonl":
            return _JsonLines(write)
        case "yaml":
            return _Yaml(write)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
