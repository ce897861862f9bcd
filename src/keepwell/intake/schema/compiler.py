"""A JSON Schema as a msgspec type, if the type provably accepts nothing that the schema refuses.

The provable subset: typed objects with properties, required and additionalProperties; strings with lengths,
patterns and enums; numbers with bounds; booleans, null, arrays with items and lengths; unions of types; local
references. Any other keyword that affects validation, and there is no type.

An object type with properties allows no others, even if the schema does: msgspec skips unknown fields without
checking their encoding or the range of their numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import ceil, floor
from types import GenericAlias
from typing import Annotated, Any, Literal, Union
from urllib.parse import unquote

import msgspec

from keepwell.intake.schema.patterns import as_python

# Beyond it, rounding to a float may move a number across a bound.
_LARGEST_EXACT = 2**53
_DIALECTS = {
    None,
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2020-12/schema#",
}
# Do not affect validation: `format` is an annotation by the specification.
_ANNOTATIONS = {
    "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples",
    "deprecated", "readOnly", "writeOnly", "format", "contentEncoding", "contentMediaType",
}  # fmt: skip
_OF_TYPE = {
    "string": {"minLength", "maxLength", "pattern"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "boolean": set[str](),
    "null": set[str](),
    "array": {"items", "minItems", "maxItems"},
    "object": {"properties", "required", "additionalProperties"},
}

Schema = Mapping[str, Any]


class _Unprovable(Exception):
    """The schema is outside the subset."""


_UNFINISHED = object()


def compile_decoder(document: object) -> Callable[[bytes], object] | None:
    """A decoder for rows of the schema `document`; None if the schema is outside the subset.

    It raises ValueError or RecursionError for a row that it cannot prove valid.
    """
    try:
        return msgspec.json.Decoder(_Compiler(document).type_of(document)).decode
    except (_Unprovable, TypeError, ValueError, NotImplementedError, RecursionError):
        # msgspec cannot distinguish such types, or does not support such a literal.
        return None


class _Compiler:
    def __init__(self, document: object) -> None:
        self._document = document
        self._referred_to: dict[str, Any] = {}

    def type_of(self, schema: object) -> Any:
        """The type for values of `schema`; raises _Unprovable."""
        if schema is True:
            return Any
        if not isinstance(schema, Mapping) or schema.get("$schema") not in _DIALECTS:
            raise _Unprovable
        if schema is not self._document and "$id" in schema:
            raise _Unprovable
        keywords = {name: value for name, value in schema.items() if not _is_annotation(name)}
        if not keywords:
            return Any
        if "$ref" in keywords:
            return self._referred(keywords)
        if keywords.keys() & {"enum", "const"}:
            return _literal(keywords)
        return self._typed(keywords)

    def _typed(self, keywords: Schema) -> Any:
        named = keywords.get("type")
        types = [named] if isinstance(named, str) else named or []
        if "number" in types:
            types = [each for each in types if each != "integer"]
        allowed = {"type"}.union(*(_OF_TYPE[each] for each in types))
        if not types or keywords.keys() - allowed:
            raise _Unprovable
        return Union[tuple(self._one(each, keywords) for each in types)]  # noqa: UP007  the members are values

    def _one(self, name: str, keywords: Schema) -> Any:
        makers: Mapping[str, Callable[[Schema], Any]] = {
            "string": _string,
            "number": _number,
            "integer": _integer,
            "boolean": lambda _: bool,
            "null": lambda _: None,
            "array": self._array,
            "object": self._object,
        }
        return makers[name](keywords)

    def _referred(self, keywords: Schema) -> Any:
        reference = keywords["$ref"]
        if len(keywords) > 1 or not reference.startswith("#"):
            raise _Unprovable
        if reference not in self._referred_to:
            self._referred_to[reference] = _UNFINISHED
            self._referred_to[reference] = self.type_of(_resolve(self._document, reference))
        if self._referred_to[reference] is _UNFINISHED:
            raise _Unprovable
        return self._referred_to[reference]

    def _array(self, keywords: Schema) -> Any:
        items = self.type_of(keywords.get("items", True))
        return _constrained(
            GenericAlias(list, (items,)),
            min_length=keywords.get("minItems"),
            max_length=keywords.get("maxItems"),
        )

    def _object(self, keywords: Schema) -> Any:
        properties = keywords.get("properties", {})
        required = set(keywords.get("required", ()))
        rest = keywords.get("additionalProperties", True)
        names = [*properties, *sorted(required - properties.keys())]
        if not names:
            return GenericAlias(dict, (str, self.type_of(rest)))
        fields = [
            (f"field_{number}", self.type_of(properties.get(name, rest)))
            if name in required
            else (f"field_{number}", self.type_of(properties[name]), msgspec.UNSET)
            for number, name in enumerate(names)
        ]
        return msgspec.defstruct(
            "Row",
            fields,
            rename={f"field_{number}": name for number, name in enumerate(names)},
            forbid_unknown_fields=True,
            kw_only=True,
            gc=False,
        )


def _is_annotation(keyword: str) -> bool:
    # For example our own `x-drift` and `x-aliases`.
    return keyword in _ANNOTATIONS or keyword.startswith("x-")


def _resolve(document: object, reference: str) -> object:
    found: Any = document
    for token in unquote(reference[1:]).split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if not isinstance(found, Mapping) or key not in found:
            raise _Unprovable
        found = found[key]
        # Below another `$id`, references resolve differently.
        if isinstance(found, Mapping) and "$id" in found:
            raise _Unprovable
    return found


def _literal(keywords: Schema) -> Any:
    values = keywords["enum"] if "enum" in keywords else [keywords["const"]]
    kinds = {type(value) for value in values}
    names = {str: "string", int: "integer", type(None): "null"}
    declared = keywords.get("type")
    # JSON has one 1; Python has 1, 1.0 and True. So only plain texts, integers and null.
    if not values or kinds - names.keys() or keywords.keys() - {"type", "enum", "const"}:
        raise _Unprovable
    if keywords.keys() >= {"enum", "const"}:
        raise _Unprovable
    if declared is not None and {names[kind] for kind in kinds} - _as_set(declared):
        raise _Unprovable
    return Literal[tuple(values)]


def _as_set(declared: str | Iterable[str]) -> set[str]:
    return {declared} if isinstance(declared, str) else set(declared)


def _string(keywords: Schema) -> Any:
    pattern = keywords.get("pattern")
    translated = None if pattern is None else as_python(pattern)
    if pattern is not None and translated is None:
        raise _Unprovable
    return _constrained(
        str, min_length=keywords.get("minLength"), max_length=keywords.get("maxLength"), pattern=translated
    )


def _number(keywords: Schema) -> Any:
    return _constrained(float, **_bounds(keywords))


def _integer(keywords: Schema) -> Any:
    round_to = {"ge": ceil, "gt": floor, "le": floor, "lt": ceil}
    return _constrained(int, **{name: round_to[name](bound) for name, bound in _bounds(keywords).items()})


def _bounds(keywords: Schema) -> dict[str, float]:
    names = {"minimum": "ge", "maximum": "le", "exclusiveMinimum": "gt", "exclusiveMaximum": "lt"}
    bounds = {ours: keywords[theirs] for theirs, ours in names.items() if theirs in keywords}
    if any(abs(bound) >= _LARGEST_EXACT for bound in bounds.values()):
        raise _Unprovable
    return bounds


def _constrained(kind: Any, **constraints: Any) -> Any:
    given = {name: value for name, value in constraints.items() if value is not None}
    return Annotated[kind, msgspec.Meta(**given)] if given else kind
