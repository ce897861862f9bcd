from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from keepwell.intake.lake.cli import lake
from keepwell.intake.lake.columns.instants import INSTANT, instants
from keepwell.intake.lake.columns.known_at import Origin
from keepwell.intake.lake.columns.rows import RowShape
from keepwell.intake.lake.compact import compact
from keepwell.intake.lake.kinds import kind_of
from keepwell.intake.lake.model import LakeBuildResult
from keepwell.intake.lake.removal.erase import erase
from keepwell.platform.errors import Conflict, DataValidationError, NotFound
from keepwell.platform.progress import SilentProgress
from tests.unit.intake.lake.lakes import SENSOR, SensorHome
from tests.unit.intake.sample_events import CLOCK

SHAPE = RowShape(SENSOR, key="sensor", time="at")


def values(line: bytes, *, document: Any = SENSOR) -> dict[str, Any]:
    table = RowShape(document, key=None, time=None).table(
        line + b"\n", origin=Origin(Path(), date(2024, 5, 1), ())
    )
    return dict(table.drop_columns("_day").to_pylist()[0])


def value_of(kind: str, text: bytes) -> tuple[Any, bool]:
    """The value of the JSON `text` in a column of this type, and whether it is complete."""
    row = values(b'{"it": ' + text + b"}", document={"properties": {"it": {"type": kind}}})
    return row["it"], row["_row"] is None


def test_each_property_becomes_a_column() -> None:
    row = values(
        b'{"sensor": "a", "at": "x", "value": 1, "count": 2, "ok": true, "state": "up", "tags": [1, "b"]}'
    )
    assert row == {
        "sensor": "a",
        "at": "x",
        "value": 1.0,
        "count": 2,
        "ok": True,
        "state": "up",
        "tags": '[1, "b"]',
        "_row": None,
    }


def test_missing_property_and_null_are_null() -> None:
    assert values(b'{"sensor": "a", "value": null, "tags": null}')["value"] is None
    assert values(b'{"sensor": "a", "value": null, "tags": null}')["tags"] is None


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("integer", b"1.0", (1, True)),
        ("integer", b"1e2", (100, True)),
        ("integer", b"-0", (0, True)),
        ("integer", b"9223372036854775807", (2**63 - 1, True)),
        ("integer", b"9223372036854775808", (None, False)),
        ("integer", b"1" + b"0" * 400, (None, False)),
        ("integer", b"1e400", (None, False)),
        ("number", b"1e400", (None, False)),
        ("number", b"1" + b"0" * 400, (None, False)),
        ("number", b"99999999999999999999", (None, False)),
        ("number", b"9007199254740993", (None, False)),
        ("number", b"9007199254740992", (float(2**53), True)),
        ("number", b"0.30000000000000000004", (None, False)),
        ("number", b"0.30000000000000004", (0.1 + 0.2, True)),
        ("number", b"123456789012345678.123", (None, False)),
        ("number", b"1e-400", (None, False)),
        ("number", b"1.2345678901234e-320", (None, False)),
        ("number", b"1e-300", (1e-300, True)),
        ("string", rb'"\u0000\ud83d\ude00"', ("\0\U0001f600", True)),
        ("array", b'[ 1.0, 1e5, "\\/" ]', ('[ 1.0, 1e5, "\\/" ]', True)),
    ],
)
def test_value_is_exact_or_the_whole_row_is_kept(kind: str, text: bytes, expected: tuple[Any, bool]) -> None:
    assert value_of(kind, text) == expected


def test_last_of_duplicate_keys_counts_as_for_the_schema() -> None:
    assert value_of("integer", b'1, "it": 2')[0] == 2


@pytest.mark.parametrize("line", [b'{"sensor": "a", "more": 1}', b'["a"]', b"7", b"null", b'"text"'])
def test_content_without_a_column_is_kept_in_the_row(line: bytes) -> None:
    assert values(line)["_row"] == line.decode()


def test_properties_that_differ_only_in_case_do_not_share_a_column() -> None:
    row = values(
        b'{"a": 1, "A": 2}', document={"properties": {"a": {"type": "integer"}, "A": {"type": "integer"}}}
    )
    assert row == {"a": 1, "_row": '{"a": 1, "A": 2}'}


def test_property_named_like_a_reserved_column_stays_in_the_row() -> None:
    row = values(b'{"_row": "x"}', document={"properties": {"_row": {"type": "string"}}})
    assert row == {"_row": '{"_row": "x"}'}


@pytest.mark.parametrize(
    "document", [True, {}, {"properties": {}}, {"$ref": "#/$defs/a", "$defs": {"a": {}}}]
)
def test_schema_without_properties_keeps_whole_rows(document: Any) -> None:
    assert values(b'{"a": 1}', document=document) == {"_row": '{"a": 1}'}


@pytest.mark.parametrize(("option", "field"), [("key", "nothing"), ("time", "tags")])
def test_key_or_time_that_is_not_a_plain_field_is_refused_by_name(
    tmp_path: Path, option: str, field: str
) -> None:
    home = SensorHome(tmp_path)
    home.accept({"sensor": "a"})
    key, time = (field if option == each else None for each in ("key", "time"))
    with pytest.raises(DataValidationError, match=f"--{option} {field}") as refused:
        home.build(key=key, time=time)
    assert "sensor" in refused.value.hint


@pytest.mark.parametrize("later", [{}, {"sensor": {"type": ["string", "integer"]}}, {"sensor": {}}])
def test_rows_of_a_later_schema_without_the_key_and_the_time_are_built_compacted_and_erased(
    tmp_path: Path, later: dict[str, Any]
) -> None:
    home = SensorHome(tmp_path)
    home.accept({"sensor": "a", "at": "2024-05-01T12:00:00Z"}, {"sensor": "b"})
    home.build()
    for name in ("second", "third"):
        home = SensorHome(tmp_path, schema={"type": "object", "properties": later})
        home.accept({"sensor": "a", "n": 1}, {"sensor": "c"}, {"n": 2}, name=f"{name}.jsonl")
    assert home.build(key=None, time=None).rows == 6
    compact(home.place.lake, progress=SilentProgress())
    assert home.query("select count(*) as n from rows where _time is null") == [{"n": 7}]
    proof = erase(home.place, kind_of(home.place), account="a", clock=CLOCK, progress=SilentProgress())
    assert proof.first_scan.found == 6
    assert home.query("select count(*) as n from rows") == [{"n": 5}]


numbers = st.one_of(
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["1.0", "1e2", "-0", "-0.0", "1e400", "9223372036854775808", "0.1", "1E-400"]),
)
texts = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: msgspec.json.encode(text).decode())
anything = st.one_of(
    numbers, texts, st.sampled_from(["true", "false", "null", "[1, 2]", '{"a": [1.0]}', "[]"])
)
names = st.sampled_from(
    ['"sensor"', '"at"', '"value"', '"count"', '"ok"', '"state"', '"tags"', '"more"', r'"\u006fk"']
)
objects = st.lists(st.tuples(names, anything)).map(
    lambda pairs: "{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}"
)
lines = st.lists(st.one_of(objects, anything), min_size=1, max_size=5).map(
    lambda rows: "".join(f"{row}\n" for row in rows).encode()
)


@given(lines)
@example(b'{"sensor": "a"}\r\n{"count": 1}\n')
def test_fast_path_gives_the_exact_result_or_none(rows: bytes) -> None:
    quick = SHAPE._fast(rows)
    assert quick is None or quick.equals(SHAPE.exact(rows))


def test_fast_path_is_used_for_plain_rows() -> None:
    assert (
        SHAPE._fast(b'{"sensor": "a", "at": "2024-05-01T12:00:00Z", "tags": [1]}\n{"count": 7}\n') is not None
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01T12:00:00Z", datetime(2024, 5, 1, 12, tzinfo=UTC)),
        ("2024-05-01T14:00:00.5+02:00", datetime(2024, 5, 1, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("2024-05-01t12:00:00.1234567z", datetime(2024, 5, 1, 12, 0, 0, 123_456, tzinfo=UTC)),
        ("2024-05-01T12:00:00", None),
        ("2024-02-30T12:00:00Z", None),
        ("2016-12-31T23:59:60Z", None),
        ("2024-05-01T24:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("20240501T120000Z", None),
        ("2024-05-01T12:00:00Z\n", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_instant_is_read_if_the_text_is_one(text: str | None, expected: datetime | None) -> None:
    alone, among = (
        instants(pa.array(each, pa.string())) for each in ([text], [text, "2024-05-01T12:00:00Z"])
    )
    assert alone[0] == among[0] == pa.scalar(expected, INSTANT)


def test_seconds_of_unix_time_are_instants() -> None:
    found = instants(pa.array([0.5, 1e300, None], pa.float64()))
    assert found.equals(pa.array([datetime.fromtimestamp(0.5, UTC), None, None], INSTANT))


def test_rows_whose_time_is_no_instant_are_counted(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"at": {"type": "number"}}}
    home = SensorHome(tmp_path, schema=schema)
    # Milliseconds, seconds, and none.
    home.accept({"at": 1_700_000_000_000}, {"at": 1_700_000_000}, {})
    done = CliRunner().invoke(lake, ["build", str(home.place.intake_root), "--time", "at"])
    assert "\n2 of them have no readable time (RFC 3339" in done.output
    assert home.build(key=None, time=None).undated == 0


@given(st.lists(st.one_of(st.datetimes().map(lambda at: f"{at.isoformat()}Z"), st.text()), max_size=4))
def test_instants_do_not_depend_on_other_rows(found: list[str]) -> None:
    together = instants(pa.array(found, pa.string()))
    assert together.to_pylist() == [instants(pa.array([text], pa.string()))[0].as_py() for text in found]


def test_rows_are_sorted_by_key_and_time_and_separate_without_a_time(tmp_path: Path) -> None:
    home = SensorHome(tmp_path)
    home.accept(
        {"sensor": "b", "at": "2024-05-01T12:00:00Z"},
        {"sensor": "a", "at": "2024-05-01T13:00:00Z"},
        {"sensor": "a", "at": "2024-05-01T12:00:00Z", "unknown": 1},
        {"sensor": "a", "at": "noon"},
    )
    assert home.build() == LakeBuildResult(segments=1, rows=4, files=2, undated=1)
    folders = {path.parent.name for path in (tmp_path / "lake").rglob("*.parquet")}
    assert folders == {"day=2024-05-01", "day=unknown"}
    dated = home.query("select sensor, _time, _row from rows where _time is not null")
    assert [(row["sensor"], row["_time"][11:13]) for row in dated] == [("a", "12"), ("a", "13"), ("b", "12")]
    assert msgspec.json.decode(dated[0]["_row"])["unknown"] == 1


def test_day_without_a_time_field_is_the_day_of_sealing(tmp_path: Path) -> None:
    home = SensorHome(tmp_path)
    home.accept({"sensor": "a", "at": "1999-01-01T00:00:00Z"})
    home.build(key=None, time=None)
    assert next((tmp_path / "lake").rglob("*.parquet")).parent.name == "day=2024-05-01"


def test_lake_remembers_its_key_and_time(tmp_path: Path) -> None:
    home = SensorHome(tmp_path)
    home.accept({"sensor": "a", "at": "2024-05-01T12:00:00Z"})
    home.build()
    home.accept({"sensor": "b", "at": "2024-05-01T12:00:00Z"})
    assert home.build(key=None, time=None).files == 1
    with pytest.raises(Conflict, match="sorted and dated by other fields") as conflict:
        home.build(key="state", time=None)
    assert "--key sensor --time at" in conflict.value.hint


def test_columns_added_by_a_later_schema_are_null_before(tmp_path: Path) -> None:
    SensorHome(tmp_path).accept({"sensor": "a", "at": "2024-05-01T12:00:00Z"})
    later = SENSOR | {"properties": {**SENSOR["properties"], "unit": {"type": "string"}}}  # type: ignore[dict-item]
    home = SensorHome(tmp_path, schema=later)
    home.accept({"sensor": "b", "at": "2024-05-01T12:00:00Z", "unit": "C"})
    assert home.build().files == 2
    found = home.query("select sensor, unit from rows order by sensor")
    assert found == [{"sensor": "a", "unit": None}, {"sensor": "b", "unit": "C"}]


def test_folder_without_a_journal_is_named(tmp_path: Path) -> None:
    home = SensorHome(tmp_path)
    with pytest.raises(NotFound, match=r"state\.db"):
        kind_of(home.place)
