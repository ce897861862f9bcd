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
from keepwell.intake.schema.coercion import cast, is_of, type_of, types_of
from keepwell.platform.errors import DataValidationError

Kind: TypeAlias = Literal["new", "missing", "renamed", "type"]
Row: TypeAlias = dict[str, Any]

_FILLING = re.compile(r"[\s_\-.]+")
# A producer may make up a name per row; the report stays small all the same.
_MOST_CHANGES = 1_000
_ANY_OTHER = "(others)"


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
        self._types = {name: types_of(each, document=schema) for name, each in self._properties.items()}

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
            name = self._name(came, row, mended)
            if name is None:
                changes.append(Change("new", came))
                if self._unknown == "refuse":
                    return Mended(row, changes, _unexpected(came))
                if self._unknown == "keep":
                    mended[came] = value
                continue
            if name != came:
                changes.append(Change("renamed", name, came))
            self._put(mended, name, value, changes, are_texts=are_texts)
        return self._filled(mended, changes)

    def _name(self, came: str, row: Row, mended: Row) -> str | None:
        if came in self._properties:
            return came
        name = self._names.get(folded(came))
        # Of two columns that could mean the same one, none takes the other's place.
        return None if name is None or name in row or name in mended else name

    def _put(self, mended: Row, name: str, value: Any, changes: list[Change], *, are_texts: bool) -> None:
        types = self._types[name]
        if are_texts and value == "" and types and "string" not in types:
            if "null" in types:
                mended[name] = None
            return
        if is_of(value, types):
            mended[name] = value
            return
        # What a text file holds are texts, whatever the rules say of types.
        mended[name] = cast(value, types) if are_texts or self._rules.type == "cast" else value
        if mended[name] is value or not are_texts:
            changes.append(Change("type", name, type_of(value)))

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
    """Every change once, however many rows have it; past the first 1,000, the others of a kind are one."""

    def __init__(self, tell: Callable[[Change, str], None] = lambda change, place: None) -> None:  # noqa: ARG005  nobody listens
        """`tell` hears of each change at its first row."""
        self._noted: dict[Change, Noted] = {}
        self._tell = tell

    def note(self, changes: Iterable[Change], *, place: str) -> None:
        """Count what was different in the row at `place`."""
        for change in changes:
            known = change
            if change not in self._noted and len(self._noted) >= _MOST_CHANGES:
                known = Change(change.kind, _ANY_OTHER)
            noted = self._noted.get(known)
            if noted is None:
                self._tell(known, place)
            self._noted[known] = Noted(
                change=known,
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
    if change.column == _ANY_OTHER:
        return f"more changes of the kind {change.kind!r}"
    match change.kind:
        case "new":
            return f"the column {change.column!r} is new"
        case "missing":
            return f"the column {change.column!r} is missing"
        case "renamed":
            return f"the column {change.column!r} came as {change.came!r}"
        case "type":
            return f"the column {change.column!r} came as {change.came}"


def _unexpected(name: str) -> Refusal:
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    return Refusal("drift", f"The column {name!r} is not expected.", pointer)


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
            yield folded(alias), name
    for name in properties:
        yield folded(name), name


def folded(name: str) -> str:
    """A name as it is compared: without case, spaces, `_`, `-` and dots."""
    return _FILLING.sub("", name).casefold()
