from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from keepwell.intake.files import exclusive_lock
from keepwell.intake.lake.cli import lake
from keepwell.intake.lake.location import workspace_lake
from keepwell.intake.lake.query import query
from keepwell.platform.errors import CorruptData, DataValidationError, NotFound
from tests.unit.intake.lake.lakes import SensorHome
from tests.unit.intake.sample_events import WORKSPACE, Home, event


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.accept(event(1), event(2, account="A-2"))
    return home


@pytest.fixture
def sensors(tmp_path: Path) -> SensorHome:
    sensors = SensorHome(tmp_path)
    sensors.accept({"sensor": "a", "at": "2024-05-01T12:00:00+02:00"}, {"sensor": "b,c"})
    return sensors


def run(sensors: SensorHome, *arguments: str) -> str:
    done = CliRunner().invoke(lake, [*arguments, str(sensors.place.intake_root)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def asked(home: Home, sql: str) -> object:
    return query(workspace_lake(home.lake, WORKSPACE), sql).read_all().to_pylist()


def test_select_over_events_returns_rows(home: Home) -> None:
    assert asked(home, "select count(*) as n from events where account = 'A-2'") == [{"n": 1}]


def test_times_are_in_utc(home: Home) -> None:
    assert asked(home, "select date_trunc('hour', ts)::varchar as at from events limit 1") == [
        {"at": "2024-05-01 12:00:00+00"}
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "copy events to 'stolen.parquet'",
        "select 1; select 2",
        "attach 'other.db'",
        "set enable_external_access = true",
        "create table t as select 1",
        "",
    ],
)
def test_anything_but_a_single_select_is_refused(home: Home, sql: str) -> None:
    with pytest.raises(DataValidationError, match="Only a single SELECT"):
        asked(home, sql)


def test_files_outside_the_lake_cannot_be_read(home: Home, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    for source in (
        f"read_csv('{secret}')",
        f"'{secret}'",
        f"read_text('{home.intake}/state.db')",
        "glob('/*')",
    ):
        with pytest.raises(DataValidationError, match="Permission"):
            asked(home, f"select * from {source}")  # noqa: S608  what is tested


@pytest.mark.parametrize(
    "sql", ["select nothing from events", "select * from rows", "select from from", "select * from manifest"]
)
def test_error_in_the_sql_is_reported(home: Home, sql: str) -> None:
    with pytest.raises(DataValidationError, match="Error"):
        asked(home, sql)


def test_missing_file_is_an_error(home: Home) -> None:
    next(home.lake.rglob("*.parquet")).unlink()
    with pytest.raises(CorruptData, match="ok-000000"):
        asked(home, "select count(*) from events")


def test_query_without_a_lake_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no lake"):
        asked(Home(tmp_path), "select 1")


def test_commands_build_and_print_json_csv_and_tables(sensors: SensorHome) -> None:
    assert json.loads(run(sensors, "build", "--key", "sensor", "--time", "at", "--json"))["rows"] == 2
    sql = "select sensor, _time from rows order by sensor"
    assert json.loads(run(sensors, "query", sql, "--json")) == [
        {"sensor": "a", "_time": "2024-05-01T10:00:00.000000Z"},
        {"sensor": "b,c", "_time": None},
    ]
    assert list(csv.reader(io.StringIO(run(sensors, "query", sql, "--csv")))) == [
        ["sensor", "_time"],
        ["a", "2024-05-01T10:00:00.000000Z"],
        ["b,c", ""],
    ]
    assert "b,c" in run(sensors, "query", sql)


def test_commands_compact_expire_and_erase(sensors: SensorHome) -> None:
    run(sensors, "build", "--key", "sensor", "--time", "at")
    sensors.accept({"sensor": "a", "at": "2024-05-01T12:00:00Z"})
    assert "1 segments" in run(sensors, "build")
    assert "2 files of 1 days became 1" in run(sensors, "compact")
    assert "Second scan: 0" in run(sensors, "erase", "--account", "b,c")
    assert "2 rows of 1 days" in run(sensors, "expire", "--before", "2024-05-02")
    assert json.loads(run(sensors, "query", "select * from rows", "--json")) == []


def test_large_integers_beside_numbers_are_exact(tmp_path: Path) -> None:
    integers = SensorHome(
        tmp_path, schema={"properties": {"id": {"type": "integer"}, "n": {"type": "integer"}}}
    )
    integers.accept({"id": 2**53 + 1, "n": 1}, {"id": -(2**62)})
    numbers = SensorHome(tmp_path, schema={"properties": {"id": {"type": "number"}, "n": {"type": "number"}}})
    numbers.accept(b'{"id":1.25,"n":0.5}', name="more.jsonl")
    numbers.build(key=None, time=None)
    rows = numbers.query("select id, n from rows order by id")
    assert [str(row["id"]) for row in rows] == [f"{-(2**62)}.00", "1.25", f"{2**53 + 1}.00"]
    assert [row["n"] for row in rows] == [None, 0.5, 1.0]


def test_large_integers_beside_numbers_that_no_type_can_hold_are_refused(tmp_path: Path) -> None:
    integers = SensorHome(tmp_path, schema={"properties": {"id": {"type": "integer"}}})
    integers.accept({"id": 2**53 + 1})
    numbers = SensorHome(tmp_path, schema={"properties": {"id": {"type": "number"}}})
    numbers.accept(b'{"id":1e-30}', name="more.jsonl")
    numbers.build(key=None, time=None)
    with pytest.raises(DataValidationError, match="The column id has integers"):
        numbers.query("select id from rows")


def test_open_segment_is_sealed_and_built_if_nobody_writes(tmp_path: Path) -> None:
    sensors = SensorHome(tmp_path)
    sensors.follow({"sensor": "a"})
    assert "1 rows of 1 segments" in run(sensors, "build", "--key", "sensor")


def test_open_segment_of_a_running_process_is_named(sensors: SensorHome) -> None:
    run(sensors, "build", "--key", "sensor")
    sensors.follow({"sensor": "c"})
    with exclusive_lock(sensors.place.intake_root / "lock", purpose="writing rows"):
        said = run(sensors, "build")
        built = json.loads(run(sensors, "build", "--json"))
    assert "0 rows of 0 segments" in said
    assert f"{sensors.place.intake_root}/ok-000001.open: 1 rows are not in the lake yet" in said
    assert built["still_open"] == {f"{sensors.place.intake_root}/ok-000001.open": 1}
    assert "1 rows of 1 segments" in run(sensors, "build")


def test_seal_option_builds_open_segments(sensors: SensorHome) -> None:
    assert "2 rows" in run(sensors, "build", "--seal", "--key", "sensor")
