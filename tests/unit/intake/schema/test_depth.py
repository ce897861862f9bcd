"""Rows nested deeply: what is accepted depends on the row alone, never on who reads it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from keepwell.intake.follow.batch import validate_block
from keepwell.intake.lake.columns.known_at import Origin
from keepwell.intake.lake.columns.rows import RowShape
from keepwell.intake.lake.columns.shape import EventShape
from keepwell.intake.model import Arrival, Event, Refusal
from keepwell.intake.schema.events import read_event
from keepwell.intake.schema.validation import DEEPEST, TOO_DEEP, Schema, compile_schema, decoded
from tests.unit.intake.sample_events import NOON, encoded

Result = TypeVar("Result")
ANYTHING = compile_schema(b"{}", place="any.schema.json")
SOMEWHERE = Origin(Path("ok-0.jsonl"), NOON.date(), [Arrival(1, NOON, "history")])
OBJECTS = compile_schema(b'{"type": "object"}', place="object.schema.json")


def nested(levels: int) -> bytes:
    """An object whose innermost array is at the depth `levels`."""
    return b'{"deep":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


def call(levels: int) -> bytes:
    text = b'{"type":"track","messageId":"m-1","event":"e","userId":"u-1","timestamp":"2024-05-01T12:00:00Z"'
    return text + b',"properties":' + nested(levels - 1) + b"}"


def at_depth(frames: int, work: Callable[[], Result]) -> Result:
    return work() if frames == 0 else at_depth(frames - 1, work)


@pytest.mark.parametrize("frames", [0, 300, 600])
@pytest.mark.parametrize(("levels", "accepted"), [(DEEPEST, True), (DEEPEST + 1, False), (900, False)])
def test_depth_limit_of_a_call_is_the_same_for_every_caller(
    frames: int, levels: int, accepted: object
) -> None:
    found = at_depth(frames, lambda: read_event(call(levels)))
    assert isinstance(found, Event) if accepted else found == TOO_DEEP


@pytest.mark.parametrize("schema", [ANYTHING, OBJECTS], ids=["anything", "objects"])
@pytest.mark.parametrize("frames", [0, 300, 600])
@pytest.mark.parametrize(("levels", "accepted"), [(DEEPEST, True), (DEEPEST + 1, False), (900, False)])
def test_depth_limit_of_a_row_is_the_same_for_every_caller(
    schema: Schema, frames: int, levels: int, accepted: object
) -> None:
    block = b'{"a":1}\n' + nested(levels) + b"\n{}\n"

    def validated() -> dict[int, Refusal | None]:
        def validate(row: bytes, index: int) -> bytes | Refusal:
            return schema.validate(row) or row

        return dict(
            validate_block(block, accept_all=schema.accept_all, validate=validate, longest=100_000).rejected
        )

    assert at_depth(frames, validated) == ({} if accepted else {1: TOO_DEEP})


def test_brackets_in_a_text_do_not_count_as_levels() -> None:
    row = b'{"text":"' + b'[{\\"' * 500 + b'"}'
    assert not isinstance(decoded(row), Refusal)


def test_list_of_many_objects_is_not_deep() -> None:
    assert not isinstance(decoded(b"[" + b",".join([b"{}"] * 500) + b"]"), Refusal)


def test_deep_call_from_an_earlier_release_does_not_block_the_lake() -> None:
    lines = b"".join(line + b"\n" for line in (encoded(1), call(950), encoded(2)))
    arrivals = [Arrival(2, NOON, "history"), Arrival(1, NOON, "committed")]
    table = EventShape().table(lines, origin=Origin(Path("ok-0.jsonl"), NOON.date(), arrivals))
    assert table["message_id"].to_pylist() == ["E-1", "E-2"]
    assert table["backfilled"].to_pylist() == [True, False]


@pytest.mark.parametrize("frames", [0, 300, 600])
def test_deep_row_from_an_earlier_release_gets_into_the_lake(frames: int) -> None:
    shape = RowShape({"properties": {"deep": {}}}, key=None, time=None)
    lines = nested(950) + b"\n"
    table = at_depth(frames, lambda: shape.table(lines, origin=SOMEWHERE))
    assert table.num_rows == 1


def test_lake_of_only_deep_calls_is_empty() -> None:
    table = EventShape().table(call(950) + b"\n", origin=SOMEWHERE)
    assert table.num_rows == 0


def test_unterminated_text_is_scanned_once() -> None:
    began = time.process_time()
    assert decoded(b"[]" * (DEEPEST + 1) + b'"' + b'\\"' * 500_000) != TOO_DEEP
    assert time.process_time() - began < 1
