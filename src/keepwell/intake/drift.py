"""Columns that drift: mending a row whose producer renamed, added, dropped or retyped a field.

The JSON Schema says what is expected, and in two annotations how to fall back: `x-aliases` of a property
lists its former names, and `x-drift` of the schema has `unknown` (keep, drop or refuse), `missing` (default
or refuse) and `type` (cast or refuse). Nothing is cast that would lose something: "12" becomes 12, and
"12 °C" stays what it is, for the schema to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import msgspec

from keepwell.intake.model import Refusal
from keepwell.platform.errors import DataValidationError

Kind: TypeAlias = Literal["new", "missing", "renamed", "type"]
Row: TypeAlias = dict[str, Any]

_FILLING = re.compile(r"[\s_\-.]+")
_INTEGER = re.compile(r"-?(0|[1-9]\d*)\Z", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?\Z", re.ASCII)
_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to fall back."""

    unknown: Literal["keep", "drop", "refuse"] | None = None
    missing: Literal["default", "refuse"] = "default"
    type: Literal["cast", "refuse"] = "cast"


class Change(msgspec.Struct, frozen=True):
    """One way in which rows differ from the schema: what happened to which column, and how it came."""

    kind: Kind
    column: str
    came: str = ""


class Mended(msgspec.Struct, frozen=True):
    """A row in the names and types of the schema as far as they go, and what was different."""

    row: Row
    changes: Sequence[Change]
    refusal: Refusal | None = None


class Drift:
    """Mends rows by one schema."""

    def __init__(self, document: Any) -> None:
        """Raises DataValidationError where `x-drift` or `x-aliases` are not as they should be."""
        schema = document if isinstance(document, dict) else {}
        self._properties: Mapping[str, Any] = schema.get("properties", {})
        self._required = frozenset(schema.get("required", ()))
        self._rules = _rules(schema.get("x-drift", {}))
        is_closed = schema.get("additionalProperties", True) is False
        self._unknown = self._rules.unknown or ("drop" if is_closed else "keep")
        self._names = dict(_names(self._properties))

    @property
    def columns(self) -> Sequence[str]:
        """The names that the schema knows, in its order."""
        return list(self._properties)

    def mend(self, row: Row, *, are_texts: bool = False) -> Mended:
        """`row` as the schema has it.

        With `are_texts` each value is a cell of a text file, so a cast is no change, and an empty cell is null
        or, where the schema takes no null, no value.
        """
        changes: list[Change] = []
        mended: Row = {}
        for came, value in row.items():
            name = self._name(came, row)
            if name is None:
                changes.append(Change("new", came))
                if self._unknown == "refuse":
                    return Mended(
                        row, changes, Refusal("drift", f"The column {came!r} is not expected.", came)
                    )
                if self._unknown == "keep":
                    mended[came] = value
                continue
            if name != came:
                changes.append(Change("renamed", name, came))
            self._put(mended, name, value, changes, are_texts=are_texts)
        return self._filled(mended, changes)

    def _name(self, came: str, row: Row) -> str | None:
        if came in self._properties:
            return came
        name = self._names.get(_folded(came))
        return name if name is not None and name not in row else None

    def _put(self, mended: Row, name: str, value: Any, changes: list[Change], *, are_texts: bool) -> None:
        expected = _types_of(self._properties[name])
        found = "null" if value is None else _TYPES.get(type(value), "string")
        if are_texts and value == "" and "string" not in expected and expected:
            if "null" in expected:
                mended[name] = None
            return
        if not expected or found in expected or (found == "integer" and "number" in expected):
            mended[name] = value
            return
        cast = _cast(value, expected) if self._rules.type == "cast" else value
        if cast is value or not are_texts:
            changes.append(Change("type", name, found))
        mended[name] = cast

    def _filled(self, mended: Row, changes: list[Change]) -> Mended:
        for name, schema in self._properties.items():
            if name in mended:
                continue
            has_default = isinstance(schema, dict) and "default" in schema
            if has_default or name in self._required:
                changes.append(Change("missing", name))
            if has_default and self._rules.missing == "default":
                mended[name] = schema["default"]
        return Mended(mended, changes)


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """A change, how many rows had it, and where the first and the last of them were."""

    change: Change
    rows: int
    first: str
    last: str


class DriftReport:
    """Every change once, however many rows have it."""

    def __init__(self, tell: Callable[[Change, str], None] = lambda change, place: None) -> None:  # noqa: ARG005  nobody listens
        """`tell` hears of each change at its first row."""
        self._noted: dict[Change, Noted] = {}
        self._tell = tell

    def note(self, changes: Iterable[Change], *, place: str) -> None:
        """Count what was different in the row at `place`."""
        for change in changes:
            noted = self._noted.get(change)
            if noted is None:
                self._tell(change, place)
            self._noted[change] = Noted(
                change=change,
                rows=(noted.rows if noted else 0) + 1,
                first=noted.first if noted else place,
                last=place,
            )

    @property
    def noted(self) -> Sequence[Noted]:
        """All of them, in the order of their first rows."""
        return list(self._noted.values())


def has_rules(document: Any) -> bool:
    """Whether the schema says how to fall back at all."""
    properties = document.get("properties", {}) if isinstance(document, dict) else {}
    return isinstance(document, dict) and (
        "x-drift" in document
        or any(isinstance(each, dict) and "x-aliases" in each for each in properties.values())
    )


def sentence(change: Change) -> str:
    """The change in words."""
    match change.kind:
        case "new":
            return f"the column {change.column!r} is new"
        case "missing":
            return f"the column {change.column!r} is missing"
        case "renamed":
            return f"the column {change.column!r} came as {change.came!r}"
        case "type":
            return f"the column {change.column!r} came as {change.came}"


def _rules(found: Any) -> Rules:
    try:
        return msgspec.convert(found, Rules)
    except msgspec.ValidationError as error:
        raise DataValidationError(
            f"The schema's x-drift: {error}.", hint="docs/convert.md says what it may hold."
        ) from error


def _names(properties: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Each name and alias as it is compared, with the property it means; a name goes before an alias."""
    for name, schema in properties.items():
        aliases = schema.get("x-aliases", []) if isinstance(schema, dict) else []
        if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
            raise DataValidationError(
                f"The schema's x-aliases of {name!r} is no list of names.", hint="Mend the schema."
            )
        for alias in aliases:
            yield _folded(alias), name
    for name in properties:
        yield _folded(name), name


def _folded(name: str) -> str:
    """A name without case, spaces, `_`, `-` and dots."""
    return _FILLING.sub("", name).casefold()


def _types_of(schema: Any) -> set[str]:
    """The JSON types that a property may have; none where the schema does not say it plainly."""
    if not isinstance(schema, dict):
        return set()
    if "type" in schema:
        return {schema["type"]} if isinstance(schema["type"], str) else set(schema["type"])
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return {"null" if value is None else _TYPES[type(value)] for value in values}


def _cast(value: Any, expected: set[str]) -> Any:
    """`value` as one of the types, where that loses nothing; else as it is."""
    if isinstance(value, str):
        return _from_text(value, expected)
    if "string" in expected and isinstance(value, int | float):
        return msgspec.json.encode(value).decode()
    return value


def _from_text(text: str, expected: set[str]) -> Any:
    stripped = text.strip()
    if "integer" in expected and _INTEGER.match(stripped):
        return int(stripped)
    if "number" in expected and _NUMBER.match(stripped):
        return _exact_float(stripped, text)
    if "boolean" in expected and stripped.casefold() in {"true", "false"}:
        return stripped.casefold() == "true"
    if "null" in expected and stripped.casefold() in {"", "null"}:
        return None
    if expected & {"array", "object"} and stripped[:1] in {"[", "{"}:
        return _from_json(stripped, text)
    return text


def _exact_float(stripped: str, text: str) -> Any:
    number = float(stripped)
    return (
        int(stripped)
        if _INTEGER.match(stripped)
        else number
        if number not in {float("inf"), float("-inf")}
        else text
    )


def _from_json(stripped: str, text: str) -> Any:
    try:
        return msgspec.json.decode(stripped)
    except (ValueError, RecursionError):
        return text
