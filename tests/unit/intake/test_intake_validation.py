"""The two tiers of validation: the first accepts only what the second accepts."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from keepwell.intake.schema_compiler import compile_type
from keepwell.intake.validation import Schema, compile_schema
from keepwell.platform.errors import DataValidationError

patient = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])


def schema(document: object) -> Schema:
    return compile_schema(json.dumps(document).encode(), place="row.schema.json")


def field(name: str, document: object, **more: object) -> Schema:
    return schema({"type": "object", "properties": {name: document}, **more})


def is_accepted_early(judge: Schema, row: bytes) -> bool:
    try:
        judge.accept_all(iter([row]))
    except (ValueError, RecursionError):
        return False
    return True


def is_accepted(judge: Schema, row: bytes) -> bool:
    """By both tiers together, as rows are judged."""
    return is_accepted_early(judge, row) or judge.judge(row) is None


names = st.sampled_from(["a", "b", "", "é", 'quo"te', "with space", "slash/tilde~"])
texts = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
    ["a\n", "\u0663", "😀", "a.b", "\r", "ab"]
)
numbers = (
    st.integers(-5, 5)
    | st.sampled_from([1.0, 0.1, 1e300, -0.0, 2**53, 2**53 + 1, 2**63, 2**64, 10**30, 1e-5, 2.5])
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
)
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=5,
)
patterns = st.sampled_from(
    [
        "^a$",
        "^[ab.]+$",
        r"^\d{1,3}$",
        r"^\w*$",
        "^.$",
        "a",
        "^(a|b)$",
        "^(?:ab){2}$",
        "[^a]",
        r"^a\.b$",
        r"^[^\d.]$",
        r"^[^\w]?$",
        "(?=a)",
        "a*b*",
        r"\s",
    ]
)
bounds = st.integers(-5, 5) | st.sampled_from([0.5, 2**53, -(2**60), 1e300])


def lengths(minimum: str, maximum: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={minimum: st.integers(0, 3), maximum: st.integers(0, 4)})


def typed(name: str, rest: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return rest.map(lambda keywords: {"type": name, **keywords})


numeric = st.fixed_dictionaries(
    {},
    optional={
        "minimum": bounds,
        "maximum": bounds,
        "exclusiveMinimum": bounds,
        "exclusiveMaximum": bounds,
        "multipleOf": st.sampled_from([0.1, 1, 3]),
    },
)
leaves = (
    st.sampled_from([True])
    | st.just({})
    | typed("string", lengths("minLength", "maxLength"))
    | typed("string", st.fixed_dictionaries({"pattern": patterns}))
    | typed("number", numeric)
    | typed("integer", numeric)
    | st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["string", "null"]}])
    | st.lists(scalars, min_size=1, max_size=3, unique_by=repr).map(lambda each: {"enum": each})
    | scalars.map(lambda value: {"const": value})
    | st.sampled_from([{"$ref": "#/$defs/a"}, {"type": "string", "format": "date-time"}])
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "type": st.sampled_from(["object", ["object", "null"]]),
            "properties": st.dictionaries(names, inner, max_size=3),
        },
        optional={
            "required": st.lists(names, max_size=2, unique=True),
            "additionalProperties": st.booleans(),
        },
    )


schemas = st.recursive(
    leaves,
    lambda inner: (
        objects(inner)
        | typed("array", st.fixed_dictionaries({"items": inner}) | lengths("minItems", "maxItems"))
    ),
    max_leaves=5,
)


@st.composite
def almost_rows(draw: st.DrawFn, document: Any) -> Any:
    """A value that often fits `document`."""
    if draw(st.integers(0, 9)) == 0 or not isinstance(document, dict):
        return draw(values)
    if "enum" in document:
        return draw(st.sampled_from(document["enum"]))
    if "properties" in document:
        members = {
            name: draw(almost_rows(each))
            for name, each in document["properties"].items()
            if draw(st.integers(0, 4))
        }
        return members | draw(st.dictionaries(names, values, max_size=1))
    if document.get("type") == "array":
        return draw(st.lists(almost_rows(document.get("items", True)), max_size=4))
    kinds = {
        "string": texts,
        "number": numbers,
        "integer": numbers,
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return draw(kinds.get(str(document.get("type")), values))


@st.composite
def schemas_and_rows(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    document = draw(objects(schemas))
    return {
        **document,
        "$defs": {"a": draw(leaves.filter(lambda each: each != {"$ref": "#/$defs/a"}))},
    }, draw(almost_rows(document))


@patient
@given(schemas_and_rows())
def test_what_the_first_tier_accepts_the_second_accepts(case: tuple[dict[str, Any], Any]) -> None:
    document, value = case
    judge, row = schema(document), json.dumps(value).encode()
    if is_accepted_early(judge, row):
        assert judge.judge(row) is None


@patient
@given(schemas_and_rows())
def test_what_the_first_tier_accepts_another_validator_accepts(case: tuple[dict[str, Any], Any]) -> None:
    document, value = case
    # Its patterns are Python's, which the specification does not mean.
    assume("pattern" not in json.dumps(document))
    if is_accepted_early(schema(document), json.dumps(value).encode()):
        jsonschema.Draft202012Validator(document).validate(value)


@patient
@given(schemas_and_rows(), st.data())
def test_broken_bytes_that_the_first_tier_accepts_the_second_accepts(
    case: tuple[dict[str, Any], Any], data: st.DataObject
) -> None:
    document, value = case
    judge, row = schema(document), bytearray(json.dumps(value, ensure_ascii=False).encode())
    assume(row)
    for _ in range(data.draw(st.integers(1, 2))):
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(
            st.sampled_from(list(b'"\\{}[]:,019eE+-. \n\x00\xff\xed'))
        )
    if is_accepted_early(judge, bytes(row)):
        assert judge.judge(bytes(row)) is None


@pytest.mark.parametrize(
    ("document", "value", "accepted"),
    [
        ({"type": "integer"}, b"1.0", True),
        ({"type": "integer"}, b"1e2", True),
        ({"type": "integer"}, b"1.5", False),
        ({"type": "string", "pattern": "^a$"}, rb'"a\n"', False),
        ({"type": "string", "pattern": r"^\d$"}, '"\u0663"'.encode(), False),
        ({"type": "number", "multipleOf": 0.1}, b"0.3", True),
        ({"type": "number", "maximum": 2**53}, b"9007199254740993", False),
        ({"type": "number", "maximum": 2**53 - 1}, b"9007199254740993", False),
        ({"enum": [1]}, b"true", False),
        ({"enum": [1]}, b"1.0", True),
        ({"enum": [0]}, b"false", False),
        ({"const": None}, b"null", True),
        ({"type": "string", "maxLength": 1}, '"😀"'.encode(), True),
        ({"type": "string", "format": "date-time"}, b'"no date"', True),
        ({"type": "number"}, b"NaN", False),
        ({"type": "number"}, b"1e999", False),
        ({"type": "string"}, rb'"\ud800"', False),
        ({"type": "string"}, b'"\xff"', False),
    ],
)
def test_known_traps(document: object, value: bytes, *, accepted: bool) -> None:
    for rest in (True, False):
        judge = field("a", document, additionalProperties=rest)
        assert is_accepted(judge, b'{"a": ' + value + b"}") is accepted


@pytest.mark.parametrize(
    "row",
    [
        b'{"other": "\xff"}',
        b'{"\xff": 1}',
        b'{"other": 1e999}',
        b'{"other": 1E+400}',
        rb'{"other": "\ud800"}',
        b'{"other": NaN}',
    ],
)
def test_a_field_that_the_schema_does_not_name_must_be_json_all_the_same(row: bytes) -> None:
    judge = field("a", {"type": "integer"})
    assert compile_type(judge.document) is not None
    assert not is_accepted(judge, row)


def test_of_two_equal_keys_the_last_one_counts() -> None:
    judge = field("a", {"type": "integer"}, additionalProperties=False)
    assert is_accepted(judge, b'{"a": "x", "a": 1}')
    assert not is_accepted(judge, b'{"a": 1, "a": "x"}')


def test_a_byte_order_mark_within_a_file_is_no_json() -> None:
    assert not is_accepted(schema({}), b"\xef\xbb\xbf{}")


def test_deep_nesting_is_refused_and_not_a_crash() -> None:
    refusal = schema({}).judge(b"[" * 100_000)
    assert refusal is not None
    assert refusal.code == "invalid-json"


def test_a_refusal_points_to_the_value_by_json_pointer() -> None:
    judge = field("a/b~c", {"type": "array", "items": {"type": "integer"}})
    refusal = judge.judge(b'{"a/b~c": [1, "two"]}')
    assert refusal is not None
    assert refusal.pointer == "/a~1b~0c/1"


def test_a_refused_value_is_cut_in_the_reason() -> None:
    refusal = field("a", {"type": "integer"}).judge(b'{"a": "' + b"x" * 100_000 + b'"}')
    assert refusal is not None
    assert len(refusal.reason) < 500


@pytest.mark.parametrize("document", [True, {}, {"type": "array"}, {"type": "integer", "minimum": 3}])
def test_a_schema_need_not_be_of_objects(document: object) -> None:
    assert is_accepted(schema(document), b"5") is (document != {"type": "array"})


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "(a*)*b", "^(a|b|ab)*c$", "a*a*a*a*a*b"])
def test_a_pattern_on_which_backtracking_runs_away_is_left_to_the_second_tier(pattern: str) -> None:
    judge = field("a", {"type": "string", "pattern": pattern}, additionalProperties=False)
    assert compile_type(judge.document) is None
    assert not is_accepted(judge, b'{"a": "' + b"a" * 5_000 + b'!"}')


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (b"{", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"5", "is no JSON Schema"),
        (b'{"type": "strin"}', "at /type"),
        (b'{"properties": {"a": {"minLength": -1}}}', "at /properties/a/minLength"),
        (b'{"$ref": "#/nowhere"}', "nowhere"),
        (b'{"$ref": "https://example.com/other.json"}', r"example\.com"),
        (b'{"properties": {"a": {"pattern": "("}}}', "/properties/a"),
    ],
)
def test_what_is_no_schema_is_refused_by_name_and_place(text: bytes, named: str) -> None:
    with pytest.raises(DataValidationError, match=named) as refused:
        compile_schema(text, place="row.schema.json")
    assert refused.value.message.startswith("row.schema.json")
    assert refused.value.hint


def test_the_id_is_the_hash_of_the_text() -> None:
    assert schema({}).id == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
