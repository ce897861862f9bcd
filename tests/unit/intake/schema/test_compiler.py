"""Which schemas have a first tier, and that it takes the common rows by itself."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from keepwell.intake.schema.compiler import compile_decoder
from keepwell.intake.schema.patterns import as_python
from tests.unit.intake.schema.tiers import field, has_first_tier, is_accepted, is_accepted_early, schema


@pytest.mark.parametrize(
    ("document", "row"),
    [
        ({"type": "string", "minLength": 1, "maxLength": 2}, '"é"'),
        ({"type": "string", "pattern": "^[a-z]+$", "title": "A word"}, '"ab"'),
        ({"type": "integer", "x-aliases": ["count"]}, "1"),
        ({"type": "string", "format": "date-time"}, '"2026-01-01T00:00:00Z"'),
        ({"type": "number", "minimum": 0, "exclusiveMaximum": 0.5}, "0"),
        ({"type": "integer", "minimum": 0.5, "exclusiveMaximum": 1.5}, "1"),
        ({"enum": ["a", 1, None]}, "1"),
        ({"const": "a"}, '"a"'),
        ({"type": ["integer", "string", "null"]}, "null"),
        ({"type": ["integer", "number"]}, "1.5"),
        ({"type": "boolean"}, "true"),
        ({"type": "null"}, "null"),
        ({"type": "array", "items": {"type": "integer"}, "maxItems": 2}, "[1, 2]"),
        ({"type": "array"}, '[1, "a", {}]'),
        ({"type": "object", "properties": {"a": True}, "required": ["a"]}, '{"a": {}}'),
        ({"type": "object", "properties": {"": {"type": "integer"}}}, '{"": 1}'),
        ({"type": "object", "properties": {"é": {}}, "required": ["b"]}, '{"b": 1, "é": 2}'),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, '{"a": 1, "b": 2}'),
        ({"type": "object"}, '{"a": 1}'),
        ({"$ref": "#/$defs/a~1b%25", "$defs": {"a/b%": {"type": "integer"}}}, "1"),
        (True, "[]"),
        ({}, "[]"),
    ],
)
def test_schema_in_the_subset_has_a_first_tier(document: object, row: str) -> None:
    assert is_accepted_early(schema(document), row.encode())


@pytest.mark.parametrize(
    "document",
    [
        False,
        {"$schema": "http://json-schema.org/draft-07/schema#", "type": "string"},
        {"type": "number", "multipleOf": 0.1},
        {"type": "number", "maximum": 2**53},
        {"minimum": 1},
        {"properties": {"a": {}}},
        {"type": "object", "patternProperties": {"a": {}}},
        {"type": "object", "properties": {"a": {}}, "dependentRequired": {"a": ["b"]}},
        {"type": "object", "additionalProperties": False, "required": ["a"]},
        {"type": "array", "prefixItems": [{}]},
        {"type": "array", "uniqueItems": True},
        {"enum": [1.5]},
        {"enum": [True]},
        {"enum": [{}]},
        {"enum": [2**70]},
        {"enum": ["a"], "const": "a"},
        {"enum": ["a"], "type": "integer"},
        {"enum": ["a"], "maxLength": 1},
        {"type": "string", "pattern": "(?=a)"},
        {"type": "string", "unknown": 1},
        {"anyOf": [{"type": "string"}]},
        {"type": "string", "$ref": "#/$defs/a", "$defs": {"a": {}}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"type": "array", "items": {"$ref": "#/$defs/a"}}}},
        {"$ref": "#a", "$defs": {"a": {"$anchor": "a", "type": "string"}}},
        {"$ref": "https://json-schema.org/draft/2020-12/schema"},
    ],
)
def test_schema_outside_the_subset_has_no_first_tier(document: object) -> None:
    assert not has_first_tier(schema(document))


def test_reference_below_another_id_is_left_to_the_second_tier() -> None:
    inner = {
        "$id": "https://example.com/inner",
        "properties": {"a": {"$ref": "#/$defs/value"}},
        "$defs": {"value": {"type": "integer"}},
    }
    definitions = {"inner": inner, "value": {"type": "string"}}
    validate = field("a", {"$ref": "#/$defs/inner/properties/a"}, **{"$defs": definitions})
    assert is_accepted(validate, b'{"a": 1}')
    assert not is_accepted(validate, b'{"a": "text"}')


def test_repeated_references_are_compiled_once() -> None:
    definitions: dict[str, Any] = {"d60": {"type": "integer"}}
    for number in range(60):
        both = {"$ref": f"#/$defs/d{number + 1}"}
        definitions[f"d{number}"] = {"type": "object", "properties": {"left": both, "right": both}}
    validate = schema({"$ref": "#/$defs/d0", "$defs": definitions})
    assert is_accepted_early(validate, b'{"left": {"right": {}}}')


def test_unnamed_field_of_an_open_schema_goes_to_the_second_tier() -> None:
    validate = field("a", {"type": "integer"})
    assert not is_accepted_early(validate, b'{"a": 1, "b": 2}')
    assert is_accepted(validate, b'{"a": 1, "b": 2}')


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^ev-[0-9]{10}$", "ev-0123456789"),
        (r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$", "2026-01-01T00:00:00Z"),
        (r"^(?:\d{1,3}\.){3}\d{1,3}$", None),
        (r"^v\d+(-(alpha|beta))?$", "v1-beta"),
        (r"^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$", "10.0.0.1"),
        (
            "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
            "0" * 8 + "-0000" * 3 + "-" + "0" * 12,
        ),
        ("^(ok|warn|fault)$", "warn"),
        (r"^(plant|line)/[\w.-]+$", "line/a.b-1"),
        ("temp", "a temp of"),
        (r"\.json$", "a.json"),
        (r"[\w-.]", None),
        (r"^[a-\d]$", None),
        (r"\s", None),
        (r"\p{L}", None),
        (r"(a)\1", None),
        ("a+?", None),
        ("^é$", None),
        ("[]", None),
        ("a{,2}", None),
    ],
)
def test_portable_patterns_are_translated(pattern: str, text: str | None) -> None:
    assert (as_python(pattern) is not None) is (text is not None)
    if text is not None:
        assert is_accepted_early(schema({"type": "string", "pattern": pattern}), json.dumps(text).encode())


@pytest.mark.parametrize(
    "pattern",
    [
        "^(a+)+$",
        "^(a|a)*$",
        "(a*)*b",
        "^(a|b|ab)*c$",
        "a*a*a*a*a*b",
        "^" + "a?" * 30 + "a" * 30 + "$",
        "^a{0,99}a{0,99}a{0,99}$",
        "^" + "(a|a)" * 30 + "$",
        "^((a?){2}){2}$",
        "a+b",
        "^a|a+b",
        "^[ab]+[a-c]{0,999}$",
    ],
)
def test_pattern_with_catastrophic_backtracking_is_not_translated(pattern: str) -> None:
    assert as_python(pattern) is None


@pytest.mark.parametrize(
    "pattern", ["^[a-z]+[0-9a-z]{1,99}-$", "[a-z]{999}-", "^(a|b|c)[a-z]*-$", "[a-c]{0,9}-[ab]"]
)
def test_translated_pattern_is_fast_on_a_long_text(pattern: str) -> None:
    decode = compile_decoder({"type": "string", "pattern": pattern})
    assert decode is not None
    begun = time.process_time()
    with pytest.raises(ValueError, match="regex"):
        decode(b'"' + b"a" * 100_000 + b'!"')
    assert time.process_time() - begun < 2
