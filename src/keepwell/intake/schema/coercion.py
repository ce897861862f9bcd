"""The JSON types that a property may have, and lossless coercion of a value to one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from keepwell.intake.schema.numbers import NUMBER, decode_as_written, is_exact

_NAMES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}
# Longer ones stay texts: Python refuses to parse an integer of more than 4,300 digits.
_INTEGER = re.compile(r"(0|-?[1-9]\d{0,999})\Z", re.ASCII)
_DEEPEST = 8


def json_type(value: Any) -> str:
    """The JSON type of `value`; a number without a fraction is an integer, as in JSON Schema."""
    if value is None:
        return "null"
    if isinstance(value, msgspec.Raw):
        return "integer" if _is_whole(Decimal(bytes(value).decode())) else "number"
    if isinstance(value, float) and value.is_integer():
        return "integer"
    return _NAMES.get(type(value), "string")


def allowed_types(schema: Any, *, document: Mapping[str, Any], deepest: int = _DEEPEST) -> frozenset[str]:
    """The JSON types that `schema`, a part of `document`, allows; empty if it does not state them plainly.

    References within the document and alternatives are followed, `deepest` levels of them.
    """
    if not isinstance(schema, dict) or not deepest:
        return frozenset()
    if "type" in schema:
        return frozenset([schema["type"]] if isinstance(schema["type"], str) else schema["type"])
    if "$ref" in schema:
        return allowed_types(_referred(schema["$ref"], document), document=document, deepest=deepest - 1)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            each = [
                allowed_types(branch, document=document, deepest=deepest - 1) for branch in schema[keyword]
            ]
            return frozenset().union(*each) if all(each) else frozenset()
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return frozenset(map(json_type, values))


def has_type(value: Any, types: frozenset[str]) -> bool:
    """Whether `value` has one of these types; true if there are none."""
    found = json_type(value)
    return not types or found in types or (found == "integer" and "number" in types)


def coerce(value: Any, types: frozenset[str]) -> Any:
    """`value` as one of the types if that loses nothing; otherwise `value` itself."""
    if isinstance(value, str):
        return _from_text(value, types)
    if "string" in types and isinstance(value, int | float | msgspec.Raw):
        return msgspec.json.encode(value).decode()
    return value


def _referred(reference: str, document: Mapping[str, Any]) -> Any:
    """The target of a reference within the document; None for any other."""
    if not reference.startswith("#/"):
        return None
    found: Any = document
    for token in reference.removeprefix("#/").split("/"):
        found = found.get(token.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    return found


def _from_text(text: str, types: frozenset[str]) -> Any:
    stripped = text.strip()
    if types & {"integer", "number"} and _INTEGER.match(stripped):
        return int(stripped)
    if "number" in types and NUMBER.match(stripped) and is_exact(stripped):
        return float(stripped)
    if "boolean" in types and stripped.casefold() in {"true", "false"}:
        return stripped.casefold() == "true"
    if "null" in types and stripped.casefold() in {"", "null"}:
        return None
    if types & {"array", "object"} and stripped[:1] in {"[", "{"}:
        return _from_json(stripped, types, otherwise=text)
    return text


def _is_whole(number: Decimal) -> bool:
    _, digits, exponent = number.as_tuple()
    return not number or (isinstance(exponent, int) and not any(digits[len(digits) + min(exponent, 0) :]))


def _from_json(stripped: str, types: frozenset[str], *, otherwise: str) -> Any:
    try:
        value = decode_as_written(stripped)
    except (ValueError, RecursionError):
        return otherwise
    return value if json_type(value) in types else otherwise
