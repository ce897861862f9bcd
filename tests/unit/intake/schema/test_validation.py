"""The two tiers of validation: the first accepts only what the second accepts."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from keepwell.intake.schema.validation import compile_schema
from keepwell.platform.errors import DataValidationError
from tests import thorough
from tests.unit.intake.schema.random_schemas import schemas_and_rows
from tests.unit.intake.schema.tiers import field, has_first_tier, is_accepted, is_accepted_early, schema

patient = settings(
    deadline=None,
    max_examples=thorough.repeats(100, thorough=3_000),
    suppress_health_check=[HealthCheck.too_slow],
)


@patient
@given(schemas_and_rows())
def test_what_the_first_tier_accepts_the_second_accepts(case: tuple[dict[str, Any], Any]) -> None:
    document, value = case
    validate, row = schema(document), json.dumps(value).encode()
    if is_accepted_early(validate, row):
        assert validate.validate(row) is None


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
    validate, row = schema(document), bytearray(json.dumps(value, ensure_ascii=False).encode())
    assume(row)
    for _ in range(data.draw(st.integers(1, 2))):
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(
            st.sampled_from(list(b'"\\{}[]:,019eE+-. \n\x00\xff\xed'))
        )
    if is_accepted_early(validate, bytes(row)):
        assert validate.validate(bytes(row)) is None


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
        validate = field("a", document, additionalProperties=rest)
        assert is_accepted(validate, b'{"a": ' + value + b"}") is accepted


@pytest.mark.parametrize(
    "row",
    [
        b'{"other": "\xff"}',
        b'{"\xff": 1}',
        b'{"other": 1e999}',
        b'{"other": 1E+400}',
        b'{"other": ' + b"9" * 299 + b"e99}",
        rb'{"other": "\ud800"}',
        b'{"other": NaN}',
    ],
)
@pytest.mark.parametrize("document", [{}, {"additionalProperties": {}, "required": ["b"]}])
def test_unnamed_field_must_still_be_json(document: dict[str, object], row: bytes) -> None:
    validate = field("a", {"type": "integer"}, **document)
    assert has_first_tier(validate)
    assert not is_accepted(validate, row)


def test_accept_all_stops_at_the_row_that_only_the_schema_can_decide() -> None:
    validate = field("a", {"type": "integer"})
    for at in (0, 5, 20):
        rows = iter([b'{"a": 1}'] * at + [b'{"a": "x"}'] + [b'{"a": 2}'] * 30)
        with suppress(ValueError):
            validate.accept_all(rows)
        assert len(list(rows)) == 30


def test_last_of_duplicate_keys_counts() -> None:
    validate = field("a", {"type": "integer"}, additionalProperties=False)
    assert is_accepted(validate, b'{"a": "x", "a": 1}')
    assert not is_accepted(validate, b'{"a": 1, "a": "x"}')


def test_byte_order_mark_within_a_file_is_not_json() -> None:
    assert not is_accepted(schema({}), b"\xef\xbb\xbf{}")


def test_deep_nesting_is_refused_without_a_crash() -> None:
    refusal = schema({}).validate(b"[" * 100_000)
    assert refusal is not None
    assert refusal.code == "invalid-json"


def test_refusal_has_the_json_pointer_of_the_value() -> None:
    validate = field("a/b~c", {"type": "array", "items": {"type": "integer"}})
    refusal = validate.validate(b'{"a/b~c": [1, "two"]}')
    assert refusal is not None
    assert refusal.pointer == "/a~1b~0c/1"


def test_long_value_is_shortened_in_the_reason() -> None:
    refusal = field("a", {"type": "integer"}).validate(b'{"a": "' + b"x" * 100_000 + b'"}')
    assert refusal is not None
    assert len(refusal.reason) < 500


@pytest.mark.parametrize("document", [True, {}, {"type": "array"}, {"type": "integer", "minimum": 3}])
def test_schema_of_other_values_than_objects_works(document: object) -> None:
    assert is_accepted(schema(document), b"5") is (document != {"type": "array"})


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "(a*)*b", "^(a|b|ab)*c$", "a*a*a*a*a*b"])
def test_pattern_with_catastrophic_backtracking_is_still_decided(pattern: str) -> None:
    validate = field("a", {"type": "string", "pattern": pattern}, additionalProperties=False)
    assert not is_accepted(validate, b'{"a": "' + b"a" * 5_000 + b'!"}')


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (b"{", "is not JSON"),
        (b"\xff", "is not JSON"),
        ('{"type": "object"}'.encode("utf-16"), "is not JSON"),
        (b'{"not":' * 100_000, "is not JSON"),
        (b'{\n"const": NaN}', "NaN is not a finite number"),
        (b'{"const": -1e999}', "-1e999 is not a finite number"),
        (b'{\n"type": }', "line 2"),
        (b"5", "is not a JSON Schema"),
        (b'{"type": "strin"}', "at /type"),
        (b'{"properties": {"a": {"minLength": -1}}}', "at /properties/a/minLength"),
        (b'{"items": {"$ref": "#/nowhere"}}', r"at /items/\$ref: .*nowhere"),
        (b'{"allOf": [{"$ref": "https://example.com/other.json"}]}', r"at /allOf/0/\$ref: .*example\.com"),
        (b'{"$id": "https://example.com/a", "$ref": "other.json#/a"}', r"at /\$ref: .*other\.json"),
        (b'{"$ref": "file:///etc/hostname"}', r"at /\$ref: .*etc/hostname"),
        (b'{"$schema": "https://example.com/draft"}', r"at /\$schema: .*example\.com"),
        (b'{"properties": {"a": {"pattern": "("}}}', "/properties/a"),
    ],
)
def test_invalid_schema_is_refused_with_name_and_place(text: bytes, named: str) -> None:
    with pytest.raises(DataValidationError, match=named) as refused:
        compile_schema(text, place="row.schema.json")
    assert refused.value.message.startswith("row.schema.json")
    assert refused.value.hint


def test_schema_with_a_byte_order_mark_is_read() -> None:
    assert compile_schema(b"\xef\xbb\xbf{}", place="row.schema.json").id == schema({}).id


def test_reference_to_the_specification_needs_no_network() -> None:
    validate = schema({"$ref": "https://json-schema.org/draft/2020-12/schema"})
    assert is_accepted(validate, b'{"type": "object"}')
    assert not is_accepted(validate, b'{"type": "objekt"}')


@pytest.mark.parametrize("draft", ["draft-04", "draft-06", "draft-07", "draft/2019-09"])
def test_older_drafts_are_supported(draft: str) -> None:
    address = f"http{'s' if '/' in draft else ''}://json-schema.org/{draft}/schema"
    validate = schema({"$schema": address, "type": "array", "items": [{"type": "null"}]})
    assert is_accepted(validate, b"[null]")
    assert not is_accepted(validate, b"[1]")


def test_schema_id_is_the_hash_of_the_text() -> None:
    assert schema({}).id == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
