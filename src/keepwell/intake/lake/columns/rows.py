"""Rows of any JSON Schema as columns: its properties are the columns, and no content is lost.

A column has a property of one plain type: string, integer (64 bits), number (a double) or boolean. Any other
property is kept as JSON text. `_row` has the complete row if the columns cannot represent all of it: an
integer of more than 64 bits, a number that a double cannot represent, a property that the schema does not name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa
from pyarrow import compute

from keepwell.intake.lake.columns.instants import INSTANT, instants
from keepwell.intake.lake.columns.known_at import Origin
from keepwell.intake.lake.columns.shape import DAY, with_days
from keepwell.intake.lake.manifest import TIME, KindName
from keepwell.intake.schema.numbers import NUMBER, decode_exactly, have_exact_doubles, is_exact
from keepwell.platform.errors import DataValidationError

ROW = "_row"
NO_ROWS = pa.schema([(ROW, pa.string())])

_ABSENT = msgspec.Raw(b"")
_decode_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_KINDS = {bool: "boolean", int: "integer", float: "number", str: "string"}
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
# From here on, not every integer is a double.
_ROUNDED_FROM = 2**53


class _Unfit(ValueError):
    """The column cannot represent the value."""


class _Pairs:
    """The names and values of a JSON object, of which a name may occur more than once."""

    def __init__(self, values: Sequence[tuple[str, Any]]) -> None:
        self.values = values


class _Column(msgspec.Struct, frozen=True):
    """A property of the schema: its column, and how it is read from a row."""

    name: str
    type: pa.DataType
    python: Any
    convert: Callable[[bytes], Any] | None

    def read(self, raw: msgspec.Raw | None) -> Any:
        """The column's exact value; raises _Unfit if it cannot be represented."""
        if raw is None or bytes(raw) in {b"", b"null"}:
            return None
        if self.convert is None:
            return _text(raw)
        try:
            return self.convert(bytes(raw))
        except (ValueError, OverflowError, RecursionError) as error:
            raise _Unfit from error


class RowShape:
    """Rows by the schema `document`, sorted by the field `key` and dated by the field `time`."""

    kind: KindName = "rows"

    def __init__(self, document: Any, *, key: str | None, time: str | None) -> None:
        self.key, self.time = key, time
        self._columns = _columns(document)
        plain = plain_fields(document)
        # A later schema may lack the fields, or allow several types: its rows stay, without a place or an instant.
        self._has_key, self._has_time = key in plain, time in plain
        # The text of a row says whose it is if a column of JSON does not.
        self._keeps_rows = not self._has_key and key in {column.name for column in self._columns}
        names = {f"f{number}": column.name for number, column in enumerate(self._columns)}
        # It may only accept: rows that it refuses are read exactly, value by value.
        self._decode = msgspec.json.Decoder(
            msgspec.defstruct(
                "Row",
                [
                    (field, column.python, _default(column))
                    for field, column in zip(names, self._columns, strict=True)
                ],
                rename=names,
                gc=False,
                forbid_unknown_fields=True,
            )
        ).decode_lines
        self._fields = tuple(names)

    @property
    def sort_columns(self) -> Sequence[str]:
        """The key, then the time."""
        return [name for name in (self.key if self._has_key else None, TIME if self.time else None) if name]

    def table(self, lines: bytes, *, origin: Origin) -> pa.Table:
        """The rows in `lines`; every JSON value is a row."""
        table = self._fast(lines)
        if table is None:
            table = self.exact(lines)
        if self.time is None:
            return table.append_column(
                DAY, pa.repeat(pa.scalar(origin.sealed_on, pa.date32()), table.num_rows)
            )
        return with_days(table, TIME)

    def accounts_of(self, line: bytes) -> Sequence[Any]:
        """Each value of the key field, of which a row may have more than one."""
        return () if self.key is None else values_of(self.key, line)

    def _fast(self, lines: bytes) -> pa.Table | None:
        if self._keeps_rows:
            return None
        try:
            rows = self._decode(lines)
            columns = [
                pa.array([column.read(getattr(row, field)) for row in rows], column.type)
                if column.convert is None
                else pa.array([getattr(row, field) for row in rows], column.type)
                for field, column in zip(self._fields, self._columns, strict=True)
            ]
        except (ValueError, OverflowError, RecursionError):
            return None
        numbers = [values for values in columns if values.type == pa.float64()]
        if numbers and not (all(map(_are_exact, numbers)) and have_exact_doubles(lines)):
            return None
        # A blank line has no value and would be left out.
        whole = len(rows) == lines.count(b"\n")
        return self._table(columns, pa.nulls(len(rows), pa.string())) if whole else None

    def exact(self, lines: bytes) -> pa.Table:
        """The same table, built value by value; the fast path must never differ from it."""
        rows = [self._exact_row(line) for line in lines.split(b"\n")[:-1]]
        types = [*(column.type for column in self._columns), pa.string()]
        *columns, texts = [pa.array([row[at] for row in rows], kind) for at, kind in enumerate(types)]
        return self._table(columns, texts)

    def _table(self, columns: Sequence[pa.Array], texts: pa.Array) -> pa.Table:
        named = {column.name: values for column, values in zip(self._columns, columns, strict=True)}
        if self.time is not None:
            named[TIME] = instants(named[self.time]) if self._has_time else pa.nulls(len(texts), INSTANT)
        return pa.table({**named, ROW: texts})

    def _exact_row(self, line: bytes) -> Sequence[Any]:
        fields = _fields(line)
        is_whole = fields.keys() <= {column.name for column in self._columns} and line.lstrip()[:1] == b"{"
        is_whole = is_whole and not self._keeps_rows
        values = []
        for column in self._columns:
            try:
                values.append(column.read(fields.get(column.name)))
            except _Unfit:
                values.append(None)
                is_whole = False
        return [*values, None if is_whole else line.decode()]


def plain_fields(document: Any) -> Sequence[str]:
    """The properties that are columns of one plain type, by which rows can be sorted and dated."""
    return [column.name for column in _columns(document) if column.convert is not None]


def values_of(field: str, line: bytes) -> Sequence[Any]:
    """Each value of a field of the row `line`, decoded exactly: all of them if the name occurs more than once.

    Raises DataValidationError for a row that cannot be read and may have the field.
    """
    name = msgspec.json.encode(field)
    try:
        document = decode_exactly(line)
        # An escape may spell the name too.
        if line.count(name) > 1 or (name not in line and b"\\" in line):
            pairs = json.loads(line, object_pairs_hook=_Pairs, parse_float=_as_written)
            found = pairs.values if isinstance(pairs, _Pairs) else ()
            return [value for key, value in found if key == field]
    except RecursionError as error:
        raise DataValidationError(
            f"A row is nested too deeply to be read: {line[:40]!r}.",
            hint="Remove it, and run the command again.",
        ) from error
    except ValueError:
        return ()
    return [document[field]] if isinstance(document, dict) and field in document else ()


def _as_written(number: str) -> msgspec.Raw:
    return msgspec.Raw(number.encode())


def _fields(line: bytes) -> Mapping[str, msgspec.Raw]:
    try:
        return _decode_fields(line)
    except (msgspec.ValidationError, RecursionError):
        # A row need not be an object, and an earlier release accepted rows too deep to be read reliably.
        return {}


def _columns(document: Any) -> Sequence[_Column]:
    properties = document.get("properties", {}) if isinstance(document, dict) else {}
    # Engines ignore case in names; of two properties that differ only in case the first has the column.
    columns: dict[str, _Column] = {}
    for name, schema in properties.items():
        if name and name.casefold() not in {DAY, TIME, ROW}:
            columns.setdefault(name.casefold(), _column(name, schema))
    return list(columns.values())


def _column(name: str, schema: Any) -> _Column:
    match sorted(_kinds(schema) - {"null"}):
        case ["string"]:
            return _Column(name, pa.string(), str | None, _string)
        case ["integer"]:
            return _Column(name, pa.int64(), int | None, _integer)
        case ["number"] | ["integer", "number"]:
            return _Column(name, pa.float64(), float | None, _number)
        case ["boolean"]:
            return _Column(name, pa.bool_(), bool | None, _boolean)
        case _:
            return _Column(name, pa.string(), msgspec.Raw, None)


def _kinds(schema: Any) -> set[str]:
    """The JSON types that a value may have, if the schema states them plainly; otherwise none."""
    if not isinstance(schema, dict):
        return set()
    if "type" in schema:
        return {schema["type"]} if isinstance(schema["type"], str) else set(schema["type"])
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return {_KINDS.get(type(value), "null" if value is None else "other") for value in values}


def _default(column: _Column) -> Any:
    return _ABSENT if column.convert is None else None


def _text(raw: msgspec.Raw) -> str:
    return bytes(raw).decode()


def _are_exact(values: pa.Array) -> bool:
    """Whether no number in a column is so large that it may have been rounded to an integer."""
    largest = compute.max(compute.abs(values)).as_py()
    return largest is None or largest < _ROUNDED_FROM


def _string(raw: bytes) -> str:
    value = msgspec.json.decode(raw)
    if not isinstance(value, str):
        raise _Unfit
    return value


def _integer(raw: bytes) -> int:
    # JSON Schema counts 1.0 among the integers.
    value = _numeric(raw)
    if value != value.to_integral_value() or not _LOWEST <= value <= _HIGHEST:
        raise _Unfit
    return int(value)


def _number(raw: bytes) -> float:
    _numeric(raw)
    if not is_exact(raw.decode()):
        raise _Unfit
    return float(raw)


def _numeric(raw: bytes) -> Decimal:
    text = raw.decode()
    if not NUMBER.match(text):
        raise _Unfit
    return Decimal(text)


def _boolean(raw: bytes) -> bool:
    value = msgspec.json.decode(raw)
    if not isinstance(value, bool):
        raise _Unfit
    return value
