from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from keepwell.intake.follow.metrics import TailMetrics
from keepwell.intake.follow.tail import Options
from keepwell.intake.schema.drift import Change, Drift, DriftReport, sentence
from keepwell.intake.schema.validation import compile_schema
from keepwell.platform.errors import DataValidationError
from tests.unit.intake.follow.logs import Logs

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "seats"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "seats": {"type": "integer", "x-aliases": ["licences"]},
        "price": {"type": ["number", "null"]},
        "is_active": {"type": "boolean", "default": True},
        "tags": {"type": "array"},
    },
}
WHOLE = {"id": "a", "seats": 3, "is_active": False}


def drift(**rules: str) -> Drift:
    return Drift({**SCHEMA, "x-drift": rules})


def test_a_row_as_expected_is_left_alone() -> None:
    mended = drift().mend(dict(WHOLE))
    assert (mended.row, list(mended.changes)) == (WHOLE, [])


@pytest.mark.parametrize("came", ["licences", "Licences", "Seats", "SEATS", " se-ats "])
def test_a_renamed_column_is_found_by_alias_case_spaces_and_dashes(came: str) -> None:
    mended = drift().mend({"id": "a", came: 3, "Is Active": False})
    assert mended.row == WHOLE
    assert list(mended.changes) == [
        Change("renamed", "seats", came),
        Change("renamed", "is_active", "Is Active"),
    ]


def test_a_column_is_not_renamed_onto_one_that_is_there() -> None:
    mended = drift(unknown="keep").mend({**WHOLE, "Seats": 9})
    assert mended.row == {**WHOLE, "Seats": 9}


def test_of_two_columns_that_could_mean_the_same_one_none_is_lost() -> None:
    mended = drift(unknown="keep").mend({"Seats": 1, "SEATS": 2, "id": "a", "is_active": False})
    assert mended.row == {"id": "a", "seats": 1, "SEATS": 2, "is_active": False}
    assert Change("new", "SEATS") in mended.changes


@pytest.mark.parametrize(("unknown", "kept"), [("keep", True), ("drop", False)])
def test_a_new_column_is_kept_or_dropped_as_the_schema_says(unknown: str, *, kept: bool) -> None:
    mended = drift(unknown=unknown).mend({**WHOLE, "colour": "red"})
    assert ("colour" in mended.row) is kept
    assert list(mended.changes) == [Change("new", "colour")]


def test_a_new_column_may_refuse_the_row_by_name() -> None:
    refusal = drift(unknown="refuse").mend({**WHOLE, "colour": "red"}).refusal
    assert refusal is not None
    assert (refusal.code, refusal.pointer) == ("drift", "/colour")


def test_a_missing_column_gets_its_default_or_not() -> None:
    row = {"id": "a", "seats": 3}
    assert drift().mend(row).row["is_active"] is True
    assert "is_active" not in drift(missing="refuse").mend(row).row
    assert list(drift().mend({"is_active": True}).changes) == [
        Change("missing", "id"),
        Change("missing", "seats"),
    ]


@pytest.mark.parametrize(
    ("column", "came", "mended"),
    [
        ("seats", "12", 12),
        ("seats", "-7", -7),
        ("seats", "12.0", "12.0"),
        ("seats", "012", "012"),
        ("seats", "many", "many"),
        ("seats", "\u0663", "\u0663"),
        ("price", "9.50", 9.5),
        ("price", "1e999", "1e999"),
        ("price", "12", 12),
        ("price", "0.10000000000000001", 0.1),
        ("price", "12345678901234567.1", "12345678901234567.1"),
        ("price", "1e-400", "1e-400"),
        ("price", "-0", -0.0),
        ("seats", "-0", "-0"),
        ("seats", "1" * 5_000, "1" * 5_000),
        ("is_active", "True", True),
        ("is_active", "yes", "yes"),
        ("tags", '["x"]', ["x"]),
        ("tags", "[x", "[x"),
        ("tags", "{}", "{}"),
        ("id", 12, "12"),
        ("id", 1.5, "1.5"),
    ],
)
def test_a_changed_type_is_cast_only_where_nothing_is_lost(column: str, came: object, mended: object) -> None:
    row = drift().mend({**WHOLE, column: came})
    assert row.row[column] == mended
    assert type(row.row[column]) is type(mended)
    assert [change.kind for change in row.changes] == ["type"]


def test_a_number_without_a_fraction_is_an_integer() -> None:
    mended = drift().mend({**WHOLE, "seats": 3.0})
    assert (mended.row["seats"], list(mended.changes)) == (3.0, [])


@pytest.mark.parametrize(
    "expected",
    [
        {"$ref": "#/$defs/count"},
        {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        {"oneOf": [{"$ref": "#/$defs/count"}, {"const": None}]},
        {"enum": [1, 12]},
    ],
)
def test_a_type_is_also_found_behind_a_reference_and_in_alternatives(expected: object) -> None:
    document = {"$defs": {"count": {"type": "integer"}}, "properties": {"n": expected}}
    assert Drift(document).mend({"n": "12"}).row == {"n": 12}


@pytest.mark.parametrize(
    "expected",
    [
        {"$ref": "#/properties/n"},
        {"anyOf": [{"$ref": "#"}, {"type": "integer"}]},
        {"$ref": "other.json"},
        True,
    ],
)
def test_a_value_whose_type_the_schema_does_not_tell_is_left_alone(expected: object) -> None:
    mended = Drift({"properties": {"n": expected}}).mend({"n": "12"})
    assert (mended.row, list(mended.changes)) == ({"n": "12"}, [])


def test_a_type_may_be_left_for_the_schema_to_refuse() -> None:
    assert drift(type="refuse").mend({**WHOLE, "seats": "3"}).row["seats"] == "3"


def test_cells_of_a_text_file_are_cast_without_a_word_and_empty_ones_are_null_or_nothing() -> None:
    text_drift = drift(type="refuse")
    cells = {"id": "", "seats": "3", "price": "", "is_active": "false", "tags": ""}
    mended = text_drift.mend(cells, are_texts=True)
    assert mended.row == {"id": "", "seats": 3, "price": None, "is_active": False}
    assert list(mended.changes) == []


def test_each_change_is_told_once_and_counted_with_its_first_and_last_place() -> None:
    told = []
    report = DriftReport(lambda change, place: told.append((change.column, place)))
    for line in range(1, 100):
        report.note([Change("new", "colour")], place=f"a.csv:{line}")
    assert told == [("colour", "a.csv:1")]
    (noted,) = report.noted
    assert (noted.rows, noted.first, noted.last) == (99, "a.csv:1", "a.csv:99")


def test_a_producer_that_makes_up_a_name_per_row_fills_no_memory() -> None:
    report = DriftReport()
    for line in range(5_000):
        report.note([Change("new", f"column-{line}")], place=f"a.csv:{line}")
    last = report.noted[-1]
    assert len(report.noted) == 1_001
    assert (sentence(last.change), last.rows) == ("more changes of the kind 'new'", 4_000)


@pytest.mark.parametrize(
    "document",
    [
        {"x-drift": {"unknown": "perhaps"}},
        {"x-drift": {"other": 1}},
        {"properties": {"a": {"x-aliases": "b"}}},
    ],
)
def test_rules_that_are_none_are_refused(document: object) -> None:
    with pytest.raises(DataValidationError, match="x-"):
        Drift(document)


class Listener(TailMetrics):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[Change, str]] = []

    def drifted(self, change: Change, place: str) -> None:
        self.told.append((change, place))


def test_a_followed_file_whose_columns_drift_is_mended_as_the_schema_says_and_told_once(
    tmp_path: Path,
) -> None:
    logs, listener = Logs(tmp_path), Listener()
    schema = compile_schema(
        b'{"type": "object", "required": ["n"], "additionalProperties": false, "x-drift": {"unknown": "drop"},'
        b' "properties": {"n": {"type": "integer", "x-aliases": ["number"]}}}',
        place="row.schema.json",
    )
    rows = [
        b'{"n": 0}',
        b'{"Number": 1, "new": 1}',
        b'{"number": "2"}',
        b'{"n": "three"}',
        b'{"N": 4}',
        b"[5]",
    ]
    logs.append("app.log", b"\n".join([*rows, b""]))
    with logs.followed(schema=schema, options=Options(watcher=listener)) as tail:
        tail.look()
    assert logs.accepted() == [b'{"n": 0}', b'{"n":1}', b'{"n":2}', b'{"n":4}']
    assert [letter.row.encode() for letter in logs.letters()] == [b'{"n": "three"}', b"[5]"]
    name = logs.folder / "app.log"
    assert listener.told == [
        (Change("renamed", "n", "Number"), f"{name}:2"),
        (Change("new", "new"), f"{name}:2"),
        (Change("renamed", "n", "number"), f"{name}:3"),
        (Change("type", "n", "string"), f"{name}:3"),
        (Change("renamed", "n", "N"), f"{name}:5"),
    ]


def test_without_rules_in_the_schema_nothing_is_mended(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    logs.append("app.log", b'{"N": 1}\n')
    logs.look()
    assert logs.accepted() == []
    assert len(logs.letters()) == 1
