"""The same expressions over the same 200,000 events, on DuckDB and on Spark. `./keepwell test --spark` runs it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pytest

from keepwell.churn.counting.columns import inputs_of, recorded
from keepwell.churn.counting.paying import SpanColumns, paid_snapshots, span_columns
from keepwell.churn.features import daily, midnight
from keepwell.churn.sources.event_survey import event_days, system_events
from keepwell.intake.lake.columns.shape import EVENT_COLUMNS, days_of, with_days
from keepwell.intake.lake.kinds import EVENTS as EVENT_KIND
from keepwell.intake.lake.location import workspace_lake
from keepwell.intake.lake.manifest import EVENT_ORDER, file_name
from keepwell.intake.lake.model import ENGINES, Engine
from keepwell.intake.lake.storage import open_storage
from keepwell.intake.lake.writer import open_writer
from keepwell.intake.service import events_table, lake_errors
from keepwell.platform.errors import CorruptData
from tests.unit.churn.building import USD, span
from tests.unit.intake.earlier_release import age_lake
from tests.unit.intake.sample_events import WORKSPACE

pytestmark = [
    pytest.mark.spark,
    pytest.mark.timeout(600),
    # What pyspark, and Ibis on it, warn of themselves.
    pytest.mark.filterwarnings("ignore"),
]

EVENTS, ACCOUNTS, DAYS = 200_000, 500, 200
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
NAMED = ("account", "event", "message_id", "properties", "backfilled")
NAMES = ("login", "export", "Rechnung geöffnet", "payment_failed", "payment_recovered", "payment_succeeded")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of generated events, some at the very first and last microsecond of a day."""
    root = tmp_path_factory.mktemp("lake [of *]")
    chance = random.Random(7)
    rows = [_row(number, chance) for number in range(EVENTS)]
    columns = [
        pa.array(values, field.type)
        for values, field in zip(zip(*rows, strict=True), EVENT_COLUMNS, strict=True)
    ]
    table = with_days(pa.Table.from_arrays(columns, schema=EVENT_COLUMNS), "ts")
    folder = open_storage(workspace_lake(root, WORKSPACE))
    with open_writer(folder, purpose="a test", new=EVENT_KIND.empty) as written:
        for day, part in days_of(table, sorted_by=EVENT_ORDER):
            name = file_name("journal-ok-000000", day=day, shape=written.shape)
            written.write(name, part, segments=["journal/ok-000000"])
        written.publish()
    return root


def _row(number: int, chance: random.Random) -> tuple[object, ...]:
    """An event; every tenth was known up to ten days later, or on the edge of a day too."""
    edges = (timedelta(), timedelta(days=1) - timedelta(microseconds=1))
    day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    within = timedelta(microseconds=chance.randrange(86_400_000_000))
    ts = day + (chance.choice(edges) if number % 50 == 0 else within)
    late = day + timedelta(days=chance.randrange(1, 10)) + chance.choice((*edges, within))
    return (
        f"A-{chance.randrange(ACCOUNTS):04}",
        ts,
        chance.choices(NAMES, (50, 20, 20, 3, 2, 5))[0],
        f"E-{number}",
        f'{{"n":{number}}}',
        late if number % 10 == 0 else ts,
        number % 10 != 0,
    )


@pytest.fixture(scope="module")
def spark_events(lake: Path) -> Iterator[ibis.Table]:
    events = events_of(lake, "spark")
    yield events
    events.get_backend().disconnect()


def events_of(lake: Path, engine: Engine) -> ibis.Table:
    return events_table(lake, workspace_id=WORKSPACE, engine=engine)


@pytest.fixture(scope="module")
def on_record() -> SpanColumns:
    """Accounts that have all paid since before the first event."""
    return span_columns([span("2023-12-01", account=number) for number in range(ACCOUNTS)])


def columns_of(events: ibis.Table, spans: SpanColumns) -> Mapping[str, np.ndarray]:
    days = (date(2024, 2, 1), date(2024, 5, 1), date(2024, 7, 18), date(2024, 12, 1))
    taken = paid_snapshots(spans, days, rates=USD)
    found = recorded(spans, events, problems=(), before=date(2025, 1, 1))
    inputs = inputs_of(found, taken, horizon_days=30, known_on=taken.days)
    return dict(zip(inputs.names, inputs.values.T, strict=True))


def rows_of(expression: ibis.Table) -> list[tuple[object, ...]]:
    return sorted(tuple(row.values()) for row in expression.to_pyarrow().to_pylist())


def test_both_read_the_same_events(lake: Path, spark_events: ibis.Table) -> None:
    def seen(events: ibis.Table) -> list[tuple[object, ...]]:
        table = events.to_pyarrow()
        times = [
            table[name].cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()) for name in ("ts", "known_at")
        ]
        return sorted(
            zip(*(each.to_pylist() for each in (*times, *(table[name] for name in NAMED))), strict=True)
        )

    assert len(seen(spark_events)) == EVENTS
    assert seen(spark_events) == seen(events_of(lake, "duckdb"))


def test_both_read_an_older_lake_as_known_when_it_happened(lake: Path) -> None:
    folder = lake.with_name("older") / f"workspace={WORKSPACE}"
    shutil.copytree(lake / f"workspace={WORKSPACE}", folder)
    age_lake(folder)
    for engine in ENGINES:
        events = events_of(folder.parent, engine)
        counted = events.aggregate(
            all=events.count(),
            equal=(events.ts == events.known_at).sum(),
            backfilled=events.backfilled.sum(),
        )
        assert counted.to_pyarrow().to_pylist() == [{"all": EVENTS, "equal": EVENTS, "backfilled": EVENTS}]


def test_both_give_the_same_features(lake: Path, spark_events: ibis.Table, on_record: SpanColumns) -> None:
    there, here = (columns_of(events, on_record) for events in (spark_events, events_of(lake, "duckdb")))
    assert list(there) == list(here)
    for name, column in there.items():
        np.testing.assert_allclose(column, here[name], rtol=1e-5, atol=1e-5, err_msg=name)
    assert (here["recency_days"] > 0).sum() > ACCOUNTS


def test_both_give_the_same_counts_and_sums_of_a_property(lake: Path, spark_events: ibis.Table) -> None:
    there, here = (daily(events, amount="n") for events in (spark_events, events_of(lake, "duckdb")))
    assert rows_of(there.select(here.columns)) == rows_of(here)


def test_both_know_the_days_and_the_systems_events(lake: Path, spark_events: ibis.Table) -> None:
    for before in (date(2024, 3, 1), date(2030, 1, 1), date(2000, 1, 1)):
        assert event_days(spark_events, before=before) == event_days(events_of(lake, "duckdb"), before=before)
    there, here = (
        system_events(events.mutate(ts=events.ts.truncate("D") + ibis.interval(hours=9)))
        for events in (spark_events, events_of(lake, "duckdb"))
    )
    assert there == here != []


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
