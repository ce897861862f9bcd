"""Column drift: repairing rows whose producer renamed, added, dropped or retyped a field.

The JSON Schema says what is expected, and two annotations say how to fall back: `x-aliases` of a property
lists its former names, and `x-drift` of the schema has `unknown` (keep, drop or refuse), `missing` (default
or refuse) and `type` (cast or refuse). Only lossless coercion happens: "12" becomes 12, and "12 °C" stays as
it is, for the schema to refuse.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import msgspec

from keepwell.intake.model import Refusal
from keepwell.intake.schema.coercion import allowed_types, coerce, has_type, json_type
from keepwell.platform.errors import DataValidationError

ChangeKind: TypeAlias = Literal["new", "missing", "renamed", "type"]
Row: TypeAlias = dict[str, Any]

_SEPARATORS = re.compile(r"[\s_\-.]+")
# A producer may invent a name per row; the report stays small.
_MOST_CHANGES = 1_000
_ANY_OTHER = "(others)"


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `x-drift` annotation."""

    unknown: Literal["keep", "drop", "refuse"] | None = None
    missing: Literal["default", "refuse"] = "default"
    type: Literal["cast", "refuse"] = "cast"


class Change(msgspec.Struct, frozen=True):
    """One difference between rows and schema.

    `found` is the name or the type that the column has in the rows.
    """

    kind: ChangeKind
    column: str
    found: str = ""


class RepairedRow(msgspec.Struct, frozen=True):
    """A row with the names and types of the schema as far as possible, and the differences."""

    row: Row
    changes: Sequence[Change]
    refusal: Refusal | None = None


class Drift:
    """Repairs rows by one schema."""

    def __init__(self, document: Any) -> None:
        """Raises DataValidationError if `x-drift` or `x-aliases` is malformed."""
        schema = document if isinstance(document, dict) else {}
        self._properties: Mapping[str, Any] = schema.get("properties", {})
        self._required = frozenset(schema.get("required", ()))
        self._rules = _rules(schema.get("x-drift", {}))
        is_closed = schema.get("additionalProperties", True) is False
        self._unknown = self._rules.unknown or ("drop" if is_closed else "keep")
        self._names = dict(_names(self._properties))
        self._types = {name: allowed_types(each, document=schema) for name, each in self._properties.items()}

    @property
    def columns(self) -> Sequence[str]:
        """The schema's property names, in its order."""
        return list(self._properties)

    def repair(self, row: Row, *, are_texts: bool = False) -> RepairedRow:
        """`row` with the names and types of the schema.

        With `are_texts` each value is a cell of a text file: coercion is then not a change, and an empty cell
        is null or, if the schema does not allow null, absent.
        """
        changes: list[Change] = []
        repaired: Row = {}
        for key, value in row.items():
            name = self._name(key, row, repaired)
            if name is None:
                changes.append(Change("new", key))
                if self._unknown == "refuse":
                    return RepairedRow(row, changes, _unexpected(key))
                if self._unknown == "keep":
                    repaired[key] = value
                continue
            if name != key:
                changes.append(Change("renamed", name, key))
            self._put(repaired, name, value, changes, are_texts=are_texts)
        return self._filled(repaired, changes)

    def _name(self, key: str, row: Row, repaired: Row) -> str | None:
        if key in self._properties:
            return key
        name = self._names.get(folded(key))
        # If two columns could mean the same property, neither is renamed.
        return None if name is None or name in row or name in repaired else name

    def _put(self, repaired: Row, name: str, value: Any, changes: list[Change], *, are_texts: bool) -> None:
        types = self._types[name]
        if are_texts and value == "" and types and "string" not in types:
            if "null" in types:
                repaired[name] = None
            return
        if has_type(value, types):
            repaired[name] = value
            return
        # Cells of a text file are always texts, whatever the rules say about types.
        repaired[name] = coerce(value, types) if are_texts or self._rules.type == "cast" else value
        if repaired[name] is value or not are_texts:
            changes.append(Change("type", name, json_type(value)))

    def _filled(self, repaired: Row, changes: list[Change]) -> RepairedRow:
        for name, schema in self._properties.items():
            if name in repaired:
                continue
            has_default = isinstance(schema, dict) and "default" in schema
            if has_default or name in self._required:
                changes.append(Change("missing", name))
            if has_default and self._rules.missing == "default":
                repaired[name] = schema["default"]
        return RepairedRow(repaired, changes)


class ObservedChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change, the number of rows with it, and the places of the first and the last of them."""

    change: Change
    rows: int
    first: str
    last: str


class DriftReport:
    """Each change once, however many rows have it; past 1,000, one entry for the others of a kind."""

    def __init__(self, on_change: Callable[[Change, str], None] = lambda change, place: None) -> None:  # noqa: ARG005  no listener
        """`on_change` is called for each change at its first row."""
        self._noted: dict[Change, ObservedChange] = {}
        self._on_change = on_change

    def note(self, changes: Iterable[Change], *, place: str) -> None:
        """Count the changes of the row at `place`."""
        for change in changes:
            known = change
            if change not in self._noted and len(self._noted) >= _MOST_CHANGES:
                known = Change(change.kind, _ANY_OTHER)
            noted = self._noted.get(known)
            if noted is None:
                self._on_change(known, place)
            self._noted[known] = ObservedChange(
                change=known,
                rows=(noted.rows if noted else 0) + 1,
                first=noted.first if noted else place,
                last=place,
            )

    @property
    def noted(self) -> Sequence[ObservedChange]:
        """All of them, in the order of their first rows."""
        return list(self._noted.values())


def has_rules(document: Any) -> bool:
    """Whether the schema has `x-drift` or `x-aliases`."""
    properties = document.get("properties", {}) if isinstance(document, dict) else {}
    return isinstance(document, dict) and (
        "x-drift" in document
        or any(isinstance(each, dict) and "x-aliases" in each for each in properties.values())
    )


def sentence(change: Change) -> str:
    """The change as a sentence without its full stop."""
    if change.column == _ANY_OTHER:
        return f"more changes of the kind {change.kind!r}"
    match change.kind:
        case "new":
            return f"the column {change.column!r} is new"
        case "missing":
            return f"the column {change.column!r} is missing"
        case "renamed":
            return f"the column {change.column!r} came as {change.found!r}"
        case "type":
            return f"the column {change.column!r} came as {change.found}"


def _unexpected(name: str) -> Refusal:
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    return Refusal("drift", f"The column {name!r} is not expected.", pointer)


def _rules(found: Any) -> Rules:
    try:
        return msgspec.convert(found, Rules)
    except msgspec.ValidationError as error:
        raise DataValidationError(
            f"The schema's x-drift: {error}.", hint="docs/convert.md lists what it may contain."
        ) from error


def _names(properties: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Each folded name and alias with its property; a name takes precedence over an alias."""
    for name, schema in properties.items():
        aliases = schema.get("x-aliases", []) if isinstance(schema, dict) else []
        if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
            raise DataValidationError(
                f"The schema's x-aliases of {name!r} is not a list of names.", hint="Correct the schema."
            )
        for alias in aliases:
            yield folded(alias), name
    for name in properties:
        yield folded(name), name


def folded(name: str) -> str:
    """A name as it is compared: ignoring case, spaces, `_`, `-`, dots, and how accents are encoded."""
    return unicodedata.normalize("NFC", _SEPARATORS.sub("", name).casefold())
