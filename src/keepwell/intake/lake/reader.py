"""Reading the lake: a table for any engine, and the recent activity of one account."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import pyarrow as pa
from pyarrow import compute, parquet

from keepwell.intake.lake.columns.shape import EVENT_COLUMNS
from keepwell.intake.lake.engines import empty_table, lake_errors, open_engine, read_files
from keepwell.intake.lake.location import workspace_lake
from keepwell.intake.lake.manifest import LakeFile, Manifest, has_content, read_manifest
from keepwell.intake.lake.model import AccountEvent, Activity, DayActivity, Engine, RecentEvent
from keepwell.intake.lake.storage import REBUILD, LakeStorage, open_storage
from keepwell.intake.lake.unbuilt import unbuilt_events
from keepwell.platform.errors import CorruptData

if TYPE_CHECKING:
    import ibis

ACTIVITY_DAYS = 90
RECENT_EVENTS = 20
_OUT_OF_ORDER = 200


class LakeEvents(NamedTuple):
    """The events of a workspace as a table, the files that it reads, and the SHA-256 of each segment in the lake."""

    table: ibis.Table
    files: Sequence[LakeFile]
    segments: Mapping[str, str]


def events_table(lake_root: str | Path, *, workspace_id: UUID, engine: Engine = "duckdb") -> ibis.Table:
    """Every event of a workspace, lazily: account, ts (UTC), event, message_id, properties (JSON text), known_at (UTC), backfilled.

    `known_at` is when the event could be known here: nothing of a day may be computed from what was known later. If the event is
    `backfilled`, that is only the time at which it happened.

    An empty table of the same types if the workspace has no lake yet. Raises CorruptData for a damaged
    manifest, Unavailable if the engine is not installed; a missing file is noticed at the latest when the
    table is read, within `lake_errors`.
    """
    return lake_events(lake_root, workspace_id=workspace_id, engine=engine).table


def lake_events(
    lake_root: str | Path,
    *,
    workspace_id: UUID,
    engine: Engine = "duckdb",
    only: Collection[str] | None = None,
) -> LakeEvents:
    """The events as `events_table` reads them, and from what; of the files `only` these, if they are given. Raises as `events_table`."""
    storage = open_storage(workspace_lake(lake_root, workspace_id))
    manifest = read_manifest(storage) or Manifest(kind="events")
    backend = open_engine(engine, storage)
    files = [each for each in manifest.files if only is None or each.name in only]
    if not files:
        return LakeEvents(empty_table(backend, EVENT_COLUMNS, kind="events"), (), manifest.segments)
    with lake_errors():
        addresses = [storage.address(file.name) for file in files]
        table = read_files(backend, addresses, manifest=manifest).select(*EVENT_COLUMNS.names)
    return LakeEvents(table, files, manifest.segments)


def require_unchanged(lake_root: str | Path, files: Iterable[LakeFile], *, workspace_id: UUID) -> None:
    """Read these files of the lake; raises CorruptData for the first whose bytes are not those that were built."""
    storage = open_storage(workspace_lake(lake_root, workspace_id))
    for each in files:
        if not has_content(storage, each):
            raise CorruptData(
                f"{storage.address(each.name)}: its bytes are not those that were built.", hint=REBUILD
            )


def activity(
    lake_root: str | Path,
    *,
    workspace_id: UUID,
    account: str,
    today: date,
    intake_root: Path | None = None,
    no_usage: Collection[str] = (),
) -> Activity:
    """The recent activity of the account `account` (the source's id); empty if it has no events.

    Events of the names `no_usage` are no use of the product, such as a newsletter that was sent.

    Includes events in the intake folder `intake_root` that are not in the lake yet, and none dated later than `today`: one
    wrong clock would move the window of every account. Reads the newest 90 days, and older ones only until 20 events
    are found. Raises CorruptData for a missing or unreadable file.
    """
    storage, manifest = opened_lake(lake_root, workspace_id)
    unbuilt = unbuilt_events(intake_root, manifest, account=account, until=today) if intake_root else []
    files = files_by_day(manifest, until=today)
    days = sorted(files, reverse=True)
    newest = max([*days[:1], *(event.at.date() for event in unbuilt)], default=None)
    if newest is None:
        return Activity(days=(), recent=())
    window = [newest - timedelta(days=back) for back in reversed(range(ACTIVITY_DAYS))]
    cut = sum(day >= window[0] for day in days)
    found = unbuilt + _read_events(
        storage, (file for day in days[:cut] for file in files[day]), account=account
    )
    per_day = Counter(event.at.date() for event in found)
    used = Counter(event.at.date() for event in found if event.event not in no_usage)
    while len(found) < RECENT_EVENTS and cut < len(days):
        # Twice as far each time, so that an account that left long ago costs few reads.
        older = days[cut : 2 * cut or 1]
        found += _read_events(storage, (file for day in older for file in files[day]), account=account)
        cut = 2 * cut or 1
    return Activity(
        days=[DayActivity(day, per_day[day], used[day]) for day in window],
        recent=[RecentEvent(event.at, event.event) for event in _newest(found, RECENT_EVENTS)],
    )


def newest_events(
    lake_root: str | Path, *, workspace_id: UUID, intake_root: Path, limit: int, today: date
) -> list[AccountEvent]:
    """The newest `limit` events of the whole workspace, newest first, including those not in the lake yet.

    None is dated later than `today`. Raises as `activity` does.
    """
    storage, manifest = opened_lake(lake_root, workspace_id)
    # Arrival order is event order, except for senders that were offline.
    found = unbuilt_events(intake_root, manifest, limit=limit + _OUT_OF_ORDER, until=today)
    files = files_by_day(manifest, until=today)
    for day in sorted(files, reverse=True):
        if len(found) >= limit and min(event.at.date() for event in _newest(found, limit)) > day:
            break
        found += _read_events(storage, files[day], limit=limit)
    return _newest(found, limit)


def read_parquet(storage: LakeStorage, name: str, *, columns: list[str] | None = None) -> pa.Table:
    """A file of the lake; raises CorruptData naming it if it is missing or unreadable."""
    with open_parquet(storage, name) as file:
        return file.read(columns, use_threads=False)


@contextmanager
def open_parquet(storage: LakeStorage, name: str) -> Iterator[parquet.ParquetFile]:
    """A file of the lake, to read columns of; raises as `read_parquet`."""
    try:
        with storage.open(name) as content, parquet.ParquetFile(content) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        raise CorruptData(
            f"{storage.address(name)}: is not a readable Parquet file: {error}.", hint=REBUILD
        ) from error


def opened_lake(lake_root: str | Path, workspace_id: UUID) -> tuple[LakeStorage, Manifest | None]:
    """Where the workspace's lake is, and its manifest unless there is no lake yet."""
    storage = open_storage(workspace_lake(lake_root, workspace_id))
    return storage, read_manifest(storage)


def files_by_day(manifest: Manifest | None, *, until: date) -> Mapping[date, Sequence[LakeFile]]:
    """The files of each day up to `until`."""
    files: defaultdict[date, list[LakeFile]] = defaultdict(list)
    for file in manifest.files if manifest else ():
        if file.day is not None and file.day <= until:
            files[file.day].append(file)
    return files


def _newest(events: Iterable[AccountEvent], count: int) -> list[AccountEvent]:
    return sorted(events, key=lambda event: event.at, reverse=True)[:count]


def _read_events(
    storage: LakeStorage, files: Iterable[LakeFile], *, account: str | None = None, limit: int | None = None
) -> list[AccountEvent]:
    """The events in `files`: of one account, or the newest `limit` of each, if given."""
    found = []
    for file in files:
        table = read_parquet(storage, file.name, columns=["account", "ts", "event"])
        if account is not None:
            table = table.filter(compute.equal(table["account"], account))
        if limit is not None:
            table = table.take(compute.select_k_unstable(table, limit, [("ts", "descending")]))
        # Without its zone, which pyarrow would look up in the system's zone database.
        instants = table["ts"].cast(pa.timestamp("us")).to_pylist()
        columns = zip(instants, table["account"].to_pylist(), table["event"].to_pylist(), strict=True)
        found += [AccountEvent(at.replace(tzinfo=UTC), whose, name) for at, whose, name in columns]
    return found
