"""Reading the lake: a table for every engine, and what one account did lately."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, timedelta
from pathlib import Path
from uuid import UUID

import ibis
import pyarrow as pa
from pyarrow import compute, parquet

from keepwell.intake.lake.engines import empty_table, open_engine, read_files, reading_lake
from keepwell.intake.lake.folders import REBUILD, Folder, open_folder
from keepwell.intake.lake.manifest import LakeFile, read_manifest
from keepwell.intake.lake.places import workspace_lake
from keepwell.intake.lake.shape import EVENT_COLUMNS
from keepwell.intake.model import Activity, DayActivity, Engine, RecentEvent
from keepwell.platform.errors import CorruptData

ACTIVITY_DAYS = 90
RECENT_EVENTS = 20


def events_table(lake_root: str | Path, *, workspace_id: UUID, engine: Engine = "duckdb") -> ibis.Table:
    """Every event of a workspace, lazily: account, ts (UTC), event, message_id, properties (JSON text).

    An empty table of the same types where the workspace has no lake yet. Raises CorruptData for a damaged
    manifest, Unavailable where the engine is not installed; a missing file is met at the latest when the
    table is read, within `reading_lake`.
    """
    folder = open_folder(workspace_lake(lake_root, workspace_id))
    manifest = read_manifest(folder)
    backend = open_engine(engine, folder)
    if manifest is None or not manifest.files:
        return empty_table(backend, EVENT_COLUMNS, kind="events")
    with reading_lake():
        addresses = [folder.address(file.name) for file in manifest.files]
        return read_files(backend, addresses, kind="events").select(*EVENT_COLUMNS.names)


def activity(lake_root: str | Path, *, workspace_id: UUID, account: str) -> Activity:
    """What the account `account` (the source's id) did lately; nothing where there is no lake yet.

    Reads the newest 90 days, and older ones only until 20 events are found. Raises CorruptData for a
    file that is gone or not Parquet any more.
    """
    folder = open_folder(workspace_lake(lake_root, workspace_id))
    manifest = read_manifest(folder)
    files: defaultdict[date, list[LakeFile]] = defaultdict(list)
    for file in manifest.files if manifest else ():
        if file.day is not None:
            files[file.day].append(file)
    days = sorted(files, reverse=True)
    if not days:
        return Activity(days=(), recent=())
    window = [days[0] - timedelta(days=back) for back in reversed(range(ACTIVITY_DAYS))]
    cut = sum(day >= window[0] for day in days)
    found = _read_account(folder, (file for day in days[:cut] for file in files[day]), account=account)
    per_day = Counter(event.at.date() for event in found)
    while len(found) < RECENT_EVENTS and cut < len(days):
        # Twice as far each time: an account that left long ago costs few reads all the same.
        older = days[cut : 2 * cut]
        found += _read_account(folder, (file for day in older for file in files[day]), account=account)
        cut *= 2
    found.sort(key=lambda event: event.at, reverse=True)
    return Activity(days=[DayActivity(day, per_day[day]) for day in window], recent=found[:RECENT_EVENTS])


def read_parquet(folder: Folder, name: str, *, columns: list[str] | None = None) -> pa.Table:
    """A file of the lake; raises CorruptData naming it where it is gone or no Parquet."""
    try:
        with folder.open(name) as content, parquet.ParquetFile(content) as file:
            return file.read(columns, use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise CorruptData(
            f"{folder.address(name)}: is no readable Parquet file: {error}.", hint=REBUILD
        ) from error


def _read_account(folder: Folder, files: Iterable[LakeFile], *, account: str) -> list[RecentEvent]:
    found = []
    for file in files:
        table = read_parquet(folder, file.name, columns=["account", "ts", "event"])
        table = table.filter(compute.equal(table["account"], account))
        # Without its zone, which pyarrow would look up in the machine's zone database.
        instants = table["ts"].cast(pa.timestamp("us")).to_pylist()
        names = table["event"].to_pylist()
        found += [RecentEvent(at.replace(tzinfo=UTC), name) for at, name in zip(instants, names, strict=True)]
    return found
