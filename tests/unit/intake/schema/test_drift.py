from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from keepwell.intake.follow.metrics import TailMetrics
from keepwell.intake.follow.rounds import Options
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


def test_expected_row_is_unchanged() -> None:
    repaired = drift().repair(dict(WHOLE))
    assert (repaired.row, list(repaired.changes)) == (WHOLE, [])


@pytest.mark.parametrize("came", ["licences", "Licences", "Seats", "SEATS", " se-ats "])
def test_renamed_column_is_found_by_alias_case_spaces_and_dashes(came: str) -> None:
    repaired = drift().repair({"id": "a", came: 3, "Is Active": False})
    assert repaired.row == WHOLE
    assert list(repaired.changes) == [
        Change("renamed", "seats", came),
        Change("renamed", "is_active", "Is Active"),
    ]


def test_name_composed_of_other_characters_is_the_same_name() -> None:
    repaired = Drift({"properties": {"caf\u00e9": {"type": "integer"}}}).repair({"cafe\u0301": 1})
    assert repaired.row == {"caf\u00e9": 1}


def test_column_is_not_renamed_to_an_existing_one() -> None:
    repaired = drift(unknown="keep").repair({**WHOLE, "Seats": 9})
    assert repaired.row == {**WHOLE, "Seats": 9}


def test_ambiguous_columns_are_both_kept() -> None:
    repaired = drift(unknown="keep").repair({"Seats": 1, "SEATS": 2, "id": "a", "is_active": False})
    assert repaired.row == {"id": "a", "seats": 1, "SEATS": 2, "is_active": False}
    assert Change("new", "SEATS") in repaired.changes


@pytest.mark.parametrize(("unknown", "kept"), [("keep", True), ("drop", False)])
def test_new_column_is_kept_or_dropped_by_the_schema(unknown: str, *, kept: bool) -> None:
    repaired = drift(unknown=unknown).repair({**WHOLE, "colour": "red"})
    assert ("colour" in repaired.row) is kept
    assert list(repaired.changes) == [Change("new", "colour")]


def test_new_column_can_refuse_the_row_and_is_named() -> None:
    refusal = drift(unknown="refuse").repair({**WHOLE, "colour": "red"}).refusal
    assert refusal is not None
    assert (refusal.code, refusal.pointer) == ("drift", "/colour")


def test_a_default_keeps_all_its_digits() -> None:
    number = "123456789012345678.123"
    schema = compile_schema(b'{"properties": {"n": {"default": {"x": [%s]}}}}' % number.encode(), place="s")
    repaired = Drift(schema.document).repair({})
    assert msgspec.json.encode(repaired.row) == b'{"n":{"x":[%s]}}' % number.encode()


def test_missing_column_gets_its_default_if_allowed() -> None:
    row = {"id": "a", "seats": 3}
    assert drift().repair(row).row["is_active"] is True
    assert "is_active" not in drift(missing="refuse").repair(row).row
    assert list(drift().repair({"is_active": True}).changes) == [
        Change("missing", "id"),
        Change("missing", "seats"),
    ]


@pytest.mark.parametrize(
    ("column", "came", "repaired"),
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
def test_changed_type_is_cast_only_if_lossless(column: str, came: object, repaired: object) -> None:
    row = drift().repair({**WHOLE, column: came})
    assert row.row[column] == repaired
    assert type(row.row[column]) is type(repaired)
    assert [change.kind for change in row.changes] == ["type"]


def test_number_without_a_fraction_is_an_integer() -> None:
    repaired = drift().repair({**WHOLE, "seats": 3.0})
    assert (repaired.row["seats"], list(repaired.changes)) == (3.0, [])


@pytest.mark.parametrize(
    "expected",
    [
        {"$ref": "#/$defs/count"},
        {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        {"oneOf": [{"$ref": "#/$defs/count"}, {"const": None}]},
        {"enum": [1, 12]},
    ],
)
def test_type_is_found_behind_references_and_in_alternatives(expected: object) -> None:
    document = {"$defs": {"count": {"type": "integer"}}, "properties": {"n": expected}}
    assert Drift(document).repair({"n": "12"}).row == {"n": 12}


@pytest.mark.parametrize(
    "expected",
    [
        {"$ref": "#/properties/n"},
        {"anyOf": [{"$ref": "#"}, {"type": "integer"}]},
        {"$ref": "other.json"},
        True,
    ],
)
def test_value_without_a_stated_type_is_unchanged(expected: object) -> None:
    repaired = Drift({"properties": {"n": expected}}).repair({"n": "12"})
    assert (repaired.row, list(repaired.changes)) == ({"n": "12"}, [])


def test_type_refuse_leaves_the_value_to_the_schema() -> None:
    assert drift(type="refuse").repair({**WHOLE, "seats": "3"}).row["seats"] == "3"


def test_text_cells_are_cast_silently_and_empty_ones_are_null_or_absent() -> None:
    text_drift = drift(type="refuse")
    cells = {"id": "", "seats": "3", "price": "", "is_active": "false", "tags": ""}
    repaired = text_drift.repair(cells, are_texts=True)
    assert repaired.row == {"id": "", "seats": 3, "price": None, "is_active": False}
    assert list(repaired.changes) == []


def test_each_change_is_reported_once_with_count_first_and_last_place() -> None:
    reported = []
    report = DriftReport(lambda change, place: reported.append((change.column, place)))
    for line in range(1, 100):
        report.note([Change("new", "colour")], place=f"a.csv:{line}")
    assert reported == [("colour", "a.csv:1")]
    (noted,) = report.noted
    assert (noted.rows, noted.first, noted.last) == (99, "a.csv:1", "a.csv:99")


def test_drift_report_is_bounded_if_every_row_has_a_new_name() -> None:
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
def test_malformed_rules_are_refused(document: object) -> None:
    with pytest.raises(DataValidationError, match="x-"):
        Drift(document)


class Listener(TailMetrics):
    def __init__(self) -> None:
        super().__init__()
        self.reported: list[tuple[Change, str]] = []

    def drifted(self, change: Change, place: str) -> None:
        self.reported.append((change, place))


def test_followed_rows_with_drift_are_repaired_and_reported_once(
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
        tail.poll()
    assert logs.accepted() == [b'{"n": 0}', b'{"n":1}', b'{"n":2}', b'{"n":4}']
    assert [letter.row.encode() for letter in logs.letters()] == [b'{"n": "three"}', b"[5]"]
    name = logs.folder / "app.log"
    assert listener.reported == [
        (Change("renamed", "n", "Number"), f"{name}:2"),
        (Change("new", "new"), f"{name}:2"),
        (Change("renamed", "n", "number"), f"{name}:3"),
        (Change("type", "n", "string"), f"{name}:3"),
        (Change("renamed", "n", "N"), f"{name}:5"),
    ]


def test_schema_without_rules_repairs_nothing(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    logs.append("app.log", b'{"N": 1}\n')
    logs.poll()
    assert logs.accepted() == []
    assert len(logs.letters()) == 1
