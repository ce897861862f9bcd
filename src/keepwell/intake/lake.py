"""The lake: sealed segments as Parquet files by workspace and day, and reading them.

A file's name comes from its segment, so building again after a crash makes the same files. The lake
can be made anew from the journal: delete its folder, and the next build fills it from every segment.
"""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import duckdb
import ibis
import msgspec
import pyarrow as pa
from pyarrow import compute, parquet

from keepwell.intake.events import read_event
from keepwell.intake.files import PRIVATE_FOLDER, Fs, LocalFs, disk_errors, exclusive_lock, make_folder
from keepwell.intake.journal import damaged, read_lines
from keepwell.intake.model import Activity, DayActivity, LakeBuilt, RecentEvent, Refusal, Segment
from keepwell.intake.store import STATE_FILE, State
from keepwell.platform.errors import CorruptData
from keepwell.platform.progress import Progress

ACTIVITY_DAYS = 90
RECENT_EVENTS = 20

_COLUMNS = pa.schema(
    [
        ("account", pa.string()),
        ("ts", pa.timestamp("us", tz="UTC")),
        ("event", pa.string()),
        ("message_id", pa.string()),
        ("properties", pa.string()),
    ]
)
_DAY_FOLDER = "day="
_REBUILD = "Delete the workspace's folder of the lake and import again: it is made anew from the journal."


class _Row(NamedTuple):
    """A row of the lake; the order of the fields is the order of the rows."""

    day: date
    account: str
    ts: datetime
    event: str
    message_id: str
    properties: str


def build_lake(
    intake_root: Path, lake_root: Path, *, workspace_id: UUID, progress: Progress, files: Fs | None = None
) -> LakeBuilt:
    """Bring every sealed segment of accepted rows that is not in the lake yet into it, durably.

    Raises CorruptData naming a segment that does not match its manifest, Conflict where another process
    builds, StorageFull or InfrastructureError where the disk fails. What was built before stays.
    """
    files = files or LocalFs()
    workspace, folder = str(workspace_id), _folder(lake_root, workspace_id)
    built = LakeBuilt(segments=0, rows=0, files=0)
    if not (intake_root / STATE_FILE).exists():
        return built
    with (
        exclusive_lock(intake_root / "lake.lock", held_for="building the lake"),
        closing(State(intake_root)) as state,
    ):
        if not folder.exists():
            state.forget_built(workspace)
            make_folder(folder, files=files)
        segments = state.unbuilt_segments(workspace)
        with progress.step("Building the lake", total=sum(segment.rows for segment in segments)) as step:
            for segment in segments:
                written = _build_segment(segment, intake_root, folder=folder, files=files)
                state.record_built(workspace, segment, files=written)
                step.advance(segment.rows)
                built = LakeBuilt(built.segments + 1, built.rows + segment.rows, built.files + written)
    return built


def events_table(lake_root: Path, *, workspace_id: UUID) -> ibis.Table:
    """Every event of a workspace, lazily: account, ts (UTC), event, message_id, properties (JSON text).

    An empty table of the same types where the workspace has no lake yet.
    """
    connection = ibis.duckdb.connect(
        temp_directory=str(lake_root / "spill"),
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
    )
    folder = _folder(lake_root, workspace_id)
    if next(folder.glob(f"{_DAY_FOLDER}*/*.parquet"), None) is None:
        return connection.create_table("events", schema=ibis.Schema.from_pyarrow(_COLUMNS), temp=True)
    pattern = f"{glob.escape(str(folder))}/{_DAY_FOLDER}*/*.parquet"
    events = connection.read_parquet(pattern, table_name="events", hive_partitioning=False)
    return events.select(*_COLUMNS.names)


@contextmanager
def reading_lake() -> Iterator[None]:
    """Translate what DuckDB says of a damaged file, which an `events_table` meets only when it is read."""
    try:
        yield
    except duckdb.Error as error:
        raise CorruptData(f"The lake cannot be read: {error}", hint=_REBUILD) from error


def activity(lake_root: Path, *, workspace_id: UUID, account: str) -> Activity:
    """What the account `account` (the source's id) did lately; nothing where there is no lake yet.

    Reads the newest 90 days, and older ones only until 20 events are found. Raises CorruptData for a
    file that is not Parquet any more.
    """
    folder = _folder(lake_root, workspace_id)
    days = _days(folder)
    if not days:
        return Activity(days=(), recent=())
    window = [days[0] - timedelta(days=back) for back in reversed(range(ACTIVITY_DAYS))]
    cut = sum(day >= window[0] for day in days)
    found = _read_account(folder, days[:cut], account=account)
    per_day = Counter(event.at.date() for event in found)
    while len(found) < RECENT_EVENTS and cut < len(days):
        # Twice as far each time: an account that left long ago costs few reads all the same.
        found += _read_account(folder, days[cut : 2 * cut], account=account)
        cut *= 2
    found.sort(key=lambda event: event.at, reverse=True)
    return Activity(days=[DayActivity(day, per_day[day]) for day in window], recent=found[:RECENT_EVENTS])


def _folder(lake_root: Path, workspace_id: UUID) -> Path:
    return lake_root / f"workspace={workspace_id}"


def _build_segment(segment: Segment, intake_root: Path, *, folder: Path, files: Fs) -> int:
    """Write one file per day of `segment`; the number of files."""
    path = intake_root / segment.sealed_name
    rows = sorted(_lake_row(line, path) for line in read_lines(intake_root, segment))
    days = []
    for day, rows_of_day in groupby(rows, key=itemgetter(0)):
        day_folder = folder / f"{_DAY_FOLDER}{day}"
        with disk_errors(day_folder):
            day_folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        _publish(day_folder / f"{segment.name}.parquet", _parquet(list(rows_of_day)), files=files)
        days.append(day_folder)
    for changed in (*days, folder):
        files.sync_directory(changed)
    return len(days)


def _lake_row(line: bytes, path: Path) -> _Row:
    event = read_event(line)
    if isinstance(event, Refusal):
        raise damaged(path, f"holds a row that is no event: {event.reason}")
    ts = event.timestamp.astimezone(UTC)
    properties = msgspec.json.encode(event.properties).decode()
    return _Row(ts.date(), event.context.group_id, ts, event.event, event.message_id, properties)


def _parquet(rows: Sequence[_Row]) -> bytes:
    _, *columns = zip(*rows, strict=True)
    table = pa.Table.from_arrays(
        [pa.array(values, field.type) for values, field in zip(columns, _COLUMNS, strict=True)],
        schema=_COLUMNS,
    )
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue())


def _publish(path: Path, content: bytes, *, files: Fs) -> None:
    """Give `content` the name `path` once it is whole and on the disk."""
    temporary = path.with_suffix(".tmp")
    descriptor = files.open(temporary)
    try:
        files.truncate(descriptor, 0, path=temporary)
        files.write(descriptor, content, path=temporary)
        files.fdatasync(descriptor, path=temporary)
    finally:
        os.close(descriptor)
    files.rename(temporary, path)


def _days(folder: Path) -> list[date]:
    """The days that have a partition, newest first."""
    names = (path.name.removeprefix(_DAY_FOLDER) for path in folder.glob(f"{_DAY_FOLDER}*"))
    return sorted(map(date.fromisoformat, names), reverse=True)


def _read_account(folder: Path, days: Iterable[date], *, account: str) -> list[RecentEvent]:
    found = []
    for day in days:
        for path in sorted((folder / f"{_DAY_FOLDER}{day}").glob("*.parquet")):
            found += _read_file(path, account=account)
    return found


def _read_file(path: Path, *, account: str) -> list[RecentEvent]:
    try:
        with parquet.ParquetFile(path) as file:
            table = file.read(["account", "ts", "event"], use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise CorruptData(
            f"{path}: is no readable Parquet file: {error}.",
            hint=_REBUILD,
        ) from error
    table = table.filter(compute.equal(table["account"], account))
    # Without its zone, which pyarrow would look up in the machine's zone database.
    instants = table["ts"].cast(pa.timestamp("us")).to_pylist()
    names = table["event"].to_pylist()
    return [RecentEvent(at.replace(tzinfo=UTC), name) for at, name in zip(instants, names, strict=True)]
