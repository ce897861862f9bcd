"""The rows to measure with: reproducible, and malformed as often as stated."""

from __future__ import annotations

import hashlib
import json
from itertools import islice
from pathlib import Path

import jsonschema_rs
import pytest

from benchmarks.intake.sensors import (
    ARBITRARY_SCHEMA,
    MALFORMATIONS,
    MALFORMED_EVERY,
    SCHEMA,
    malformed,
    sensor_rows,
    write_rows,
    write_schema,
)
from keepwell.intake.schema.compiler import compile_decoder
from keepwell.intake.schema.validation import Schema, read_schema

ROWS = len(MALFORMATIONS) * MALFORMED_EVERY


@pytest.fixture(params=[SCHEMA, ARBITRARY_SCHEMA], ids=["compiled", "arbitrary"])
def schema(request: pytest.FixtureRequest, tmp_path: Path) -> Schema:
    return read_schema(write_schema(tmp_path / "schema.json", request.param))


def test_the_same_number_of_rows_gives_the_same_bytes(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.jsonl", 2_000)
    content = (tmp_path / "rows.jsonl").read_bytes()
    # Figures of two releases are comparable only while this does not change.
    assert (
        hashlib.sha256(content).hexdigest()
        == "65df62cd9883bd67cf3437c01a12d9d8a010dc11a7e5bb1ca1a3ee57a6f45aab"
    )
    assert content.count(b"\n") == 2_000
    assert 175 < len(content) / 2_000 < 185


def test_more_rows_start_with_the_same_rows() -> None:
    assert list(islice(sensor_rows(), 1_500))[:700] == list(islice(sensor_rows(), 700))


@pytest.mark.parametrize("rows", [1, 500, 501, 1_000, 1_501, ROWS])
def test_as_many_rows_are_malformed_as_is_said(schema: Schema, rows: int) -> None:
    refused = sum(schema.validate(row.encode()) is not None for row in islice(sensor_rows(), rows))
    assert refused == malformed(rows)


def test_each_kind_of_malformation_has_its_own_reason(schema: Schema) -> None:
    refusals = [schema.validate(row.encode()) for row in islice(sensor_rows(), ROWS)]
    reasons = [(refusal.code, refusal.pointer) for refusal in refusals if refusal]
    assert [code for code, _ in reasons] == ["invalid-json", "schema", "schema", "schema", "invalid-json"]
    assert reasons[1][1] == "/value"
    assert reasons[3][1] == "/status"


def test_a_clean_file_differs_only_in_the_malformed_rows() -> None:
    pairs = list(zip(islice(sensor_rows(), ROWS), islice(sensor_rows(clean=True), ROWS), strict=True))
    assert sum(row != clean for row, clean in pairs) == malformed(ROWS)
    assert all(jsonschema_rs.is_valid(dict(SCHEMA), json.loads(clean)) for _, clean in pairs)


def test_only_one_of_the_schemas_has_a_compiled_type() -> None:
    assert compile_decoder(SCHEMA) is not None
    assert compile_decoder(ARBITRARY_SCHEMA) is None
