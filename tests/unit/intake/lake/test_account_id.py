from __future__ import annotations

import json
import unicodedata
from typing import Any

import msgspec
import pytest

from keepwell.intake.lake.removal.account_id import AccountId
from keepwell.intake.schema.numbers import decode_exactly

ADDRESS = "müller@example.org"


@pytest.mark.parametrize(
    ("account", "value", "expected"),
    [
        ("12", b"12", True),
        ("12", b"12.0", True),
        ("12", b"1.2e1", True),
        ("12", b'"12"', True),
        ("12", b'"12.0"', False),
        ("12", b"12.5", False),
        ("12.10", b"12.1", True),
        ("0.30000000000000000004", b"0.3", False),
        ("9007199254740993", b"9007199254740993", True),
        ("9007199254740993", b"9007199254740992.0", False),
        ("012", b"12", False),
        ("012", b'"012"', True),
        ("true", b"true", True),
        ("None", b"null", False),
        ("null", b"null", False),
        (ADDRESS, json.dumps(ADDRESS).encode(), True),
        (ADDRESS, b'"M\\u00fcller@example.org"', False),
        (ADDRESS, b'"mu\\u0308ller@example.org"', True),
        (unicodedata.normalize("NFD", ADDRESS), b'"m\\u00fcller@example.org"', True),
        ("\u2460", b"1", False),
    ],
)
def test_ids_compare_as_values_of_json(account: str, value: bytes, *, expected: bool) -> None:
    assert AccountId(account).is_value(decode_exactly(value)) is expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"a": [{"b": 12.0}]}, True),
        ({"12": 1}, True),
        ({"a": "12 days"}, False),
        ({"payload": json.dumps({"user": "12"})}, True),
        ({"payload": json.dumps(json.dumps({"user": 12}))}, False),
    ],
)
def test_ids_are_found_in_names_values_and_embedded_documents(document: Any, *, expected: bool) -> None:
    assert AccountId("12").is_within(decode_exactly(msgspec.json.encode(document))) is expected


@pytest.mark.parametrize(
    "written",
    [
        ADDRESS.encode(),
        unicodedata.normalize("NFD", ADDRESS).encode(),
        json.dumps(ADDRESS).encode(),
        b"M M\\u00FCller m\\u00FCller@example.org",
        json.dumps(json.dumps(ADDRESS)).encode(),
        json.dumps(json.dumps(json.dumps(ADDRESS))).encode(),
        rb"m\xfcller@example.org",
        rb"m\u{fc}ller@example.org",
        rb"m\U000000fcller@example.org",
        b"m%C3%BCller%40example.org",
        ADDRESS.encode("latin-1"),
        ADDRESS.encode("utf-16"),
        ADDRESS.encode("utf-16-be"),
    ],
)
def test_an_id_is_found_in_a_broken_row_however_it_is_written(written: bytes) -> None:
    row = b'{"user": "' + written + b'", "note": "a long'
    if b"\0" in written:
        row = written
    assert AccountId(ADDRESS).occurs_in(row)
    assert not AccountId("ller@example.or").occurs_in(row)


@pytest.mark.parametrize(
    ("account", "row", "expected"),
    [
        ("12", b'{"user": 12, "note": "a', True),
        ("12", b'{"user": 1.2e1, "note": "a', True),
        ("12", b'{"user": 120, "note": "a', False),
        ('o"brien', b'1,"o""brien"', True),
        ("\U0001f600", rb'{"user": "\ud83d\ude00', True),
    ],
)
def test_numbers_quotes_and_pairs_are_found_in_a_broken_row(
    account: str, row: bytes, *, expected: bool
) -> None:
    assert AccountId(account).occurs_in(row) is expected
