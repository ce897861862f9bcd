"""Rows in files of four formats, read and written as streams: CSV, JSON, JSON Lines and YAML."""

from __future__ import annotations

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias, cast

import ijson
import msgspec
import yaml

from keepwell.intake.model import Refusal
from keepwell.intake.validation import decoded
from keepwell.intake.yaml_rows import yaml_rows
from keepwell.platform.csv_records import BrokenRecord, CsvFile
from keepwell.platform.errors import DataValidationError

Format: TypeAlias = Literal["csv", "json", "jsonl", "yaml"]
FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".yaml": "yaml",
    ".yml": "yaml",
}
_BOM = b"\xef\xbb\xbf"
_LONGEST_LINE = 1_000_000


class ReadRow(msgspec.Struct, frozen=True):
    """A row and its place: the line in a text of lines, else its number. `refusal` says why it is none."""

    line: int
    text: bytes
    row: Any = None
    refusal: Refusal | None = None


def read_rows(path: Path, kind: Format) -> Iterator[ReadRow]:
    """The rows of the file `path`, about one at a time in memory.

    A row that breaks is given with its refusal. Raises DataValidationError naming the file where it as a
    whole is not of the format.
    """
    return {"csv": _read_csv, "json": _read_json, "jsonl": _read_jsonl, "yaml": _read_yaml}[kind](path)


def _read_csv(path: Path) -> Iterator[ReadRow]:
    for record in CsvFile(path).records():
        text = record.text.encode()
        if isinstance(record, BrokenRecord):
            yield ReadRow(record.line, text, refusal=Refusal(record.code, record.reason))
        else:
            yield ReadRow(record.line, text, record.values)


def _read_jsonl(path: Path) -> Iterator[ReadRow]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE + 1):
            number += 1
            text = line.removeprefix(_BOM).strip() if number == 1 else line.strip()
            if len(line) > _LONGEST_LINE:
                while line and not line.endswith(b"\n"):
                    line = file.readline(_LONGEST_LINE)
                reason = f"The line has more than {_LONGEST_LINE:,} bytes; these are its first ones."
                yield ReadRow(number, text, refusal=Refusal("too-long", reason))
            elif text:
                yield _row_of(decoded(text), number, text)


def _row_of(found: Any, number: int, text: bytes) -> ReadRow:
    if isinstance(found, Refusal):
        return ReadRow(number, text, refusal=found)
    return _checked(found.value, number, text)


def _checked(value: Any, number: int, text: bytes | None = None) -> ReadRow:
    text = msgspec.json.encode(value) if text is None else text
    if not isinstance(value, dict):
        return ReadRow(number, text, refusal=Refusal("no-object", "The row is no object with named fields."))
    return ReadRow(number, text, value)


def _read_json(path: Path) -> Iterator[ReadRow]:
    with path.open("rb") as file:
        if file.read(len(_BOM)) != _BOM:
            file.seek(0)
        start = file.tell()
        if file.read(1 << 10).lstrip()[:1] != b"[":
            raise DataValidationError(
                f"{path.name} is no JSON array of rows.", hint="For one row a line use --from jsonl."
            )
        file.seek(start)
        number = 0
        try:
            for number, value in enumerate(ijson.items(file, "item"), start=1):
                yield _checked(_with_floats(value), number)
        except ijson.JSONError as error:
            reason = str(error).splitlines()[0]
            raise DataValidationError(
                f"{path.name} is not JSON after row {number:,}: {reason}.",
                hint="An array that breaks has no row after it: mend the file.",
            ) from error


def _with_floats(value: Any) -> Any:
    """`value` with doubles in the place of decimals, which keep integers of any length apart from them."""
    match value:
        case Decimal():
            return float(value)
        case dict():
            return {name: _with_floats(each) for name, each in value.items()}
        case list():
            return [_with_floats(each) for each in value]
    return value


def _read_yaml(path: Path) -> Iterator[ReadRow]:
    for number, value in enumerate(yaml_rows(path), start=1):
        yield _checked(value, number)


class RowWriter(ABC):
    """Writes rows to an open binary stream; what comes after the last one is `finish`'s."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    @abstractmethod
    def write(self, row: dict[str, Any]) -> None:
        """Add a row."""

    @abstractmethod
    def finish(self) -> None:
        """Write what comes after the last row."""


class _JsonLines(RowWriter):
    def finish(self) -> None:
        """Nothing comes after the last line."""

    def write(self, row: dict[str, Any]) -> None:
        self._stream.write(msgspec.json.encode(row) + b"\n")


class _JsonArray(RowWriter):
    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)
        self._before = b"[\n"

    def write(self, row: dict[str, Any]) -> None:
        self._stream.write(self._before + msgspec.json.encode(row))
        self._before = b",\n"

    def finish(self) -> None:
        self._stream.write(b"[]\n" if self._before == b"[\n" else b"\n]\n")


class _Yaml(RowWriter):
    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)
        self._is_empty = True

    def write(self, row: dict[str, Any]) -> None:
        self._is_empty = False
        text = yaml.safe_dump([row], allow_unicode=True, sort_keys=False, width=10_000)
        self._stream.write(text.encode())

    def finish(self) -> None:
        if self._is_empty:
            self._stream.write(b"[]\n")


class _Csv(RowWriter):
    def __init__(self, stream: IO[bytes], columns: Sequence[str]) -> None:
        super().__init__(stream)
        self._columns = columns
        self._line = io.StringIO(newline="")
        self._writer = csv.writer(self._line, lineterminator="\r\n")
        self._put(columns)

    def finish(self) -> None:
        """Nothing comes after the last line."""

    def write(self, row: dict[str, Any]) -> None:
        self._put([_cell(row.get(column)) for column in self._columns])

    def _put(self, cells: Sequence[str]) -> None:
        self._writer.writerow(cells)
        self._stream.write(self._line.getvalue().encode())
        self._line.seek(0)
        self._line.truncate()


def writer_of(stream: IO[bytes], kind: Format, *, columns: Sequence[str]) -> RowWriter:
    """What writes rows of this format; CSV has these columns, the others need not know."""
    if kind == "csv":
        return _Csv(stream, columns)
    return cast("dict[str, type[RowWriter]]", {"json": _JsonArray, "jsonl": _JsonLines, "yaml": _Yaml})[kind](
        stream
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
