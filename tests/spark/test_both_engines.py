"""The same expressions over the same 200,000 events, on DuckDB and on Spark. `./keepwell test --spark` runs it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import ibis
import pyarrow as pa
import pytest

from keepwell.churn.features import activity, event_days, midnight, read_activity, snapshot_table
from keepwell.churn.model import Snapshot
from keepwell.intake.lake.location import workspace_lake
from keepwell.intake.lake.manifest import EVENT_ORDER, Manifest
from keepwell.intake.lake.model import Engine
from keepwell.intake.lake.shape import EVENT_COLUMNS, days_of, with_days
from keepwell.intake.lake.storage import open_storage
from keepwell.intake.lake.writer import open_writer
from keepwell.intake.service import events_table, lake_errors
from keepwell.platform.errors import CorruptData
from tests.unit.churn.building import snapshot
from tests.unit.intake.sample_events import WORKSPACE

pytestmark = [
    pytest.mark.spark,
    pytest.mark.timeout(600),
    # What pyspark, and Ibis on it, warn of themselves.
    pytest.mark.filterwarnings("ignore"),
]

EVENTS, ACCOUNTS, DAYS = 200_000, 500, 200
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
NAMED = ("account", "event", "message_id", "properties")
NAMES = ("login", "export", "Rechnung geöffnet", "payment_failed", "payment_recovered", "payment_succeeded")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of generated events, some at the very first and last microsecond of a day."""
    root = tmp_path_factory.mktemp("lake [of *]")
    chance = random.Random(7)
    edges = (timedelta(), timedelta(days=1) - timedelta(microseconds=1))
    rows = [
        (
            f"A-{chance.randrange(ACCOUNTS):04}",
            FIRST_DAY
            + timedelta(days=chance.randrange(DAYS))
            + (
                chance.choice(edges)
                if number % 50 == 0
                else timedelta(microseconds=chance.randrange(86_400_000_000))
            ),
            chance.choices(NAMES, (50, 20, 20, 3, 2, 5))[0],
            f"E-{number}",
            f'{{"n":{number}}}',
        )
        for number in range(EVENTS)
    ]
    columns = [
        pa.array(values, field.type)
        for values, field in zip(zip(*rows, strict=True), EVENT_COLUMNS, strict=True)
    ]
    table = with_days(pa.Table.from_arrays(columns, schema=EVENT_COLUMNS), "ts")
    folder = open_storage(workspace_lake(root, WORKSPACE))
    with open_writer(
        folder, purpose="a test", new=Manifest(kind="events", key="account", time="ts")
    ) as written:
        for day, part in days_of(table, sorted_by=EVENT_ORDER):
            written.write(f"day={day}/journal-ok-000000.parquet", part, segments=["journal/ok-000000"])
        written.publish()
    return root


@pytest.fixture(scope="module")
def spark_events(lake: Path) -> Iterator[ibis.Table]:
    events = events_of(lake, "spark")
    yield events
    events.get_backend().disconnect()


def events_of(lake: Path, engine: Engine) -> ibis.Table:
    return events_table(lake, workspace_id=WORKSPACE, engine=engine)


def snapshots() -> list[Snapshot]:
    days = (date(2024, 2, 1), date(2024, 5, 1), date(2024, 7, 18), date(2024, 12, 1))
    return [snapshot(account=number, as_of=day) for day in days for number in range(ACCOUNTS)]


def rows_of(expression: ibis.Table) -> list[tuple[object, ...]]:
    return sorted(tuple(row.values()) for row in expression.to_pyarrow().to_pylist())


def test_both_read_the_same_events(lake: Path, spark_events: ibis.Table) -> None:
    def seen(events: ibis.Table) -> list[tuple[object, ...]]:
        table = events.to_pyarrow()
        microseconds = table["ts"].cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())
        return sorted(
            zip(*(microseconds.to_pylist(), *(table[name].to_pylist() for name in NAMED)), strict=True)
        )

    assert len(seen(spark_events)) == EVENTS
    assert seen(spark_events) == seen(events_of(lake, "duckdb"))


def test_both_give_the_same_features(lake: Path, spark_events: ibis.Table) -> None:
    there = read_activity(spark_events, snapshots())
    assert there == read_activity(events_of(lake, "duckdb"), snapshots())
    assert len(there) > ACCOUNTS


def test_both_give_the_same_figures_before_they_become_features(lake: Path, spark_events: ibis.Table) -> None:
    table = snapshot_table(snapshots())
    columns = activity(events_of(lake, "duckdb"), table).columns
    assert rows_of(activity(spark_events, table).select(columns)) == rows_of(
        activity(events_of(lake, "duckdb"), table)
    )


def test_both_know_the_first_and_the_last_day(lake: Path, spark_events: ibis.Table) -> None:
    for before in (date(2024, 3, 1), date(2030, 1, 1), date(2000, 1, 1)):
        assert event_days(spark_events, before=before) == event_days(events_of(lake, "duckdb"), before=before)


def test_a_day_ends_at_midnight_in_utc_on_both(lake: Path, spark_events: ibis.Table) -> None:
    edge = ibis.literal(midnight(date(2024, 3, 31)), type="timestamp('UTC')")
    counts = [
        each.filter(each.ts < edge).count().to_pyarrow().as_py()
        for each in (spark_events, events_of(lake, "duckdb"))
    ]
    assert counts[0] == counts[1] > 0


def test_an_empty_lake_is_an_empty_table_on_spark(tmp_path: Path, spark_events: ibis.Table) -> None:
    assert events_of(tmp_path, "spark").count().to_pyarrow().as_py() == 0


def test_a_missing_file_is_an_error_on_spark_too(lake: Path, spark_events: ibis.Table) -> None:
    gone = next(lake.rglob("*.parquet"))
    content = gone.read_bytes()
    gone.unlink()
    try:
        with pytest.raises(CorruptData, match="cannot be read"), lake_errors():
            events_of(lake, "spark").count().to_pyarrow()
    finally:
        gone.write_bytes(content)
