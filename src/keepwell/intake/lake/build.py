"""Building the lake: each sealed segment becomes one Parquet file per day of its rows.

The name of a file derives from its journal and segment, so building again after a crash writes the same
files. Files that are missing, or built from a segment that has been rewritten since, are rebuilt; and all of
them if they are of an older shape, beside the old ones, which readers have until one manifest replaces them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

from pyarrow import compute

from keepwell.intake.files import Fs
from keepwell.intake.lake.columns.shape import DAY, days_of
from keepwell.intake.lake.kinds import EVENTS, LakeKind
from keepwell.intake.lake.location import LakeLocation, open_exclusively, workspace_lake
from keepwell.intake.lake.manifest import file_name
from keepwell.intake.lake.model import LakeBuildResult
from keepwell.intake.lake.reshaping import Sealed, WantsDay, rewritten_segments, start_over
from keepwell.intake.lake.sources import LakeSource, open_sources, without_writer
from keepwell.intake.lake.writer import LakeWriter
from keepwell.intake.model import ACCEPTED, Segment
from keepwell.platform.clock import Clock
from keepwell.platform.errors import Conflict, CorruptData, StorageFull
from keepwell.platform.progress import Progress, Step

# The manifest is written as a whole, so not for each of ten thousand files.
_FILES_PER_PUBLISH = 1_000


def build_lake(
    intake_root: Path,
    lake_root: str | Path,
    *,
    workspace_id: UUID,
    progress: Progress,
    check: bool = False,
    files: Fs | None = None,
) -> LakeBuildResult:
    """Add every sealed segment of a workspace's events that is not in the lake yet, durably.

    Missing files are rebuilt, and with `check` also those that differ from their recorded hash. Raises
    CorruptData naming a segment that does not match its manifest, Conflict if another process is building,
    StorageFull or InfrastructureError if the disk fails. What was built before stays.
    """
    location = LakeLocation(intake_root, workspace_lake(lake_root, workspace_id), files=files)
    return build(location, EVENTS, progress=progress, check=check)


def seal(location: LakeLocation, *, clock: Clock) -> None:
    """Close the open segments, so that every row can be built; raises Conflict if a process is writing."""
    with open_sources(location.intake_root, purpose="sealing segments", files=location.files) as sources:
        for source in sources:
            with without_writer(source, purpose="sealing segments", clock=clock):
                pass


def seal_idle(location: LakeLocation, *, clock: Clock) -> Mapping[str, int]:
    """Close the open segments of each journal that no process writes to.

    Returns the rows of the other open segments, by the path of the file, which the lake cannot have yet.
    """
    still_open: dict[str, int] = {}
    with open_sources(location.intake_root, purpose="sealing segments", files=location.files) as sources:
        for source in sources:
            try:
                with without_writer(source, purpose="sealing segments", clock=clock):
                    pass
            except Conflict:
                still_open |= {
                    str(source.root / segment.open_name): segment.rows
                    for segment in source.state.newest_segments(ACCEPTED, limit=1)
                    if segment.rows and not segment.sealed_at
                }
    return still_open


def build(
    location: LakeLocation, kind: LakeKind, *, progress: Progress, check: bool = False
) -> LakeBuildResult:
    """The same for a lake of any kind of rows."""
    with open_exclusively(location, kind.empty, purpose="building the lake") as (lake, sources):
        return bring_up_to_date(lake, sources, kind=kind, progress=progress, check=check)


def bring_up_to_date(
    lake: LakeWriter,
    sources: Sequence[LakeSource],
    *,
    kind: LakeKind,
    progress: Progress,
    check: bool = False,
) -> LakeBuildResult:
    """Update `lake` to the content of the sealed segments of `sources`, and to the newest shape."""
    if not lake.is_new:
        lake.sweep()
    elif not lake.storage.files():
        lake.publish()
    sealed = {source.name_of(each): (source, each) for source in sources for each in source.sealed()}
    if not lake.is_outdated:
        to_rebuild = _to_rebuild(lake, sealed, check=check)
        return _build(lake, sealed, kind=kind, to_rebuild=to_rebuild, progress=progress)
    try:
        to_rebuild = start_over(lake, sealed, shape=kind.empty.shape)
        return _build(lake, sealed, kind=kind, to_rebuild=to_rebuild, progress=progress)
    except StorageFull:
        # There is no room for both; what the disk has left is needed by whoever writes events.
        lake.sweep()
        raise


def _build(
    lake: LakeWriter,
    sealed: Sealed,
    *,
    kind: LakeKind,
    to_rebuild: Mapping[str, WantsDay],
    progress: Progress,
) -> LakeBuildResult:
    unbuilt = [name for name in sealed if name not in lake.segments and name not in to_rebuild]
    with progress.step(
        "Building the lake", total=sum(sealed[name][1].rows for name in (*to_rebuild, *unbuilt))
    ) as step:
        builder = _Builder(lake, kind, step)
        # All before the next publish: a file of many segments is replaced by one for each of them.
        rebuilt = sum(builder.build(*sealed[name], wants=wants) for name, wants in to_rebuild.items())
        written = since = 0
        for name in unbuilt:
            files = builder.build(*sealed[name])
            written, since = written + files, since + files
            # Files of an older shape, or from before there were manifests, stay readable until all are rebuilt.
            if since >= _FILES_PER_PUBLISH and not lake.is_partial:
                lake.publish()
                since = 0
        lake.publish()
    rows = sum(sealed[name][1].rows for name in unbuilt)
    return LakeBuildResult(
        segments=len(unbuilt), rows=rows, files=written, rebuilt=rebuilt, undated=builder.undated
    )


def _to_rebuild(lake: LakeWriter, sealed: Sealed, *, check: bool) -> dict[str, WantsDay]:
    """Which days of each segment must be rebuilt; the files of those days are forgotten."""
    changed = rewritten_segments(lake, sealed)
    stale = lake.lost_files(check=check) | {
        name: file for name, file in lake.files.items() if not changed.isdisjoint(file.segments)
    }
    days: defaultdict[str, set[date | None]] = defaultdict(set)
    for file in stale.values():
        for name in file.segments:
            if name not in sealed:
                raise CorruptData(
                    f"{lake.storage.address(file.name)}: is missing or damaged, and so is its segment {name} in the journal.",
                    hint="Restore the file, or the intake folder, from a backup.",
                )
            days[name].add(file.day)
    lake.forget(stale)
    # A segment whose rows have all expired has no file left, and is only recorded.
    return {name: days[name].__contains__ for name in sorted(changed | days.keys())}


class _Builder:
    """Writes the files of segments into a lake."""

    def __init__(self, lake: LakeWriter, kind: LakeKind, step: Step) -> None:
        self._lake = lake
        self._kind = kind
        self._step = step
        self.undated = 0

    def build(self, source: LakeSource, segment: Segment, *, wants: WantsDay | None = None) -> int:
        """Write one file per day of `segment`, or only of those that it `wants`; returns their number."""
        written = 0
        if segment.rows:
            shape = self._kind.shape_of(source.state, segment)
            table = shape.table(source.read(segment), origin=source.origin_of(segment))
            if first_day := source.state.first_day():
                kept = compute.greater_equal(table[DAY], first_day)
                table = table.filter(compute.fill_null(kept, fill_value=True))
            for day, rows in days_of(table, sorted_by=shape.sort_columns):
                if wants is None or wants(day):
                    name = file_name(f"{source.name}-{segment.name}", day=day, shape=self._lake.shape)
                    self._lake.write(name, rows, segments=[source.name_of(segment)])
                    written += 1
                    self.undated += rows.num_rows if day is None and wants is None else 0
        self._lake.segments[source.name_of(segment)] = segment.sha256
        self._step.advance(segment.rows)
        return written
