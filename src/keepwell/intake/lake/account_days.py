"""The events of one account folded by day, from the newest day backwards, as far as one page needs them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pyarrow as pa
from pyarrow import compute

from keepwell.intake.lake.manifest import LakeFile
from keepwell.intake.lake.model import AccountDays, EventCount, EventDay
from keepwell.intake.lake.reader import files_by_day, open_parquet, opened_lake
from keepwell.intake.lake.storage import LakeStorage
from keepwell.intake.lake.unbuilt import unbuilt_events

TOP_NAMES = 3
# A file has every account's events of a day, so an account without events would cost the whole lake. To find it in a file of
# a few thousand rows takes a third of a millisecond, to read its events there as much again, and a million rows about 30.
_MOST_READS = 100
_MOST_ROWS = 1_000_000

_Found = tuple[datetime, str]


def account_days(
    lake_root: str | Path,
    *,
    workspace_id: UUID,
    account: str,
    until: date,
    oldest: date,
    limit: int,
    intake_root: Path | None = None,
) -> AccountDays:
    """The newest `limit` days, from `until` back to `oldest`, on which the account (the source's id) has events.

    Includes events in the intake folder `intake_root` that are not in the lake yet. Reads a bounded number of files, so that
    there may be fewer days; `more_before` is the oldest day that was read, unless all were. Raises CorruptData for a missing or unreadable file.
    """
    storage, manifest = opened_lake(lake_root, workspace_id)
    unbuilt: defaultdict[date, list[_Found]] = defaultdict(list)
    if intake_root:
        for event in unbuilt_events(intake_root, manifest, account=account, until=until):
            unbuilt[event.at.date()].append((event.at, event.event))
    files = files_by_day(manifest, until=until)
    found: list[EventDay] = []
    reads = rows = 0
    previous = until
    for day in sorted({*files, *unbuilt}, reverse=True):
        if day < oldest:
            break
        own = files.get(day, ())
        if len(found) == limit or reads >= _MOST_READS or rows >= _MOST_ROWS:
            return AccountDays(days=found, more_before=previous)
        events = [*unbuilt[day], *_read(storage, own, account=account)]
        reads, rows = reads + len(own) * (2 if events else 1), rows + sum(file.rows for file in own)
        if events:
            found.append(_folded(day, events))
        previous = day
    return AccountDays(days=found, more_before=None)


def _folded(day: date, events: Sequence[_Found]) -> EventDay:
    counts = Counter(name for _, name in events)
    # By name where counts are equal, so that the same day is always folded the same way.
    top = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:TOP_NAMES]
    return EventDay(
        day=day,
        events=len(events),
        kinds=len(counts),
        top=[EventCount(name, count) for name, count in top],
        last_at=max(at for at, _ in events),
    )


def _read(storage: LakeStorage, files: Iterable[LakeFile], *, account: str) -> list[_Found]:
    found: list[_Found] = []
    for each in files:
        with open_parquet(storage, each.name) as file:
            # On most days an account that has left is not there, and its column is a third of the work.
            own = compute.equal(file.read(["account"], use_threads=False)["account"], account)
            if not compute.any(own).as_py():
                continue
            table = file.read(["ts", "event"], use_threads=False).filter(own)
        # Without its zone, which pyarrow would look up in the system's zone database.
        instants = table["ts"].cast(pa.timestamp("us")).to_pylist()
        found += [
            (at.replace(tzinfo=UTC), name)
            for at, name in zip(instants, table["event"].to_pylist(), strict=True)
        ]
    return found
