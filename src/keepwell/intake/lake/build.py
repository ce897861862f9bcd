"""Building the lake: each sealed segment becomes one Parquet file per day of its rows.

A file's name comes from its inlet and segment, so building again after a crash makes the same files. What
is missing from the lake, or was built from a segment that has been rewritten since, is made anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

from pyarrow import compute

from keepwell.intake.files import Fs
from keepwell.intake.lake.kinds import EVENTS, Form
from keepwell.intake.lake.location import Place, context, workspace_lake
from keepwell.intake.lake.manifest import folder_of
from keepwell.intake.lake.shape import DAY, days_of
from keepwell.intake.lake.sources import Inlet, open_inlets, without_writer
from keepwell.intake.lake.writer import LakeWriter
from keepwell.intake.model import LakeBuilt, Segment
from keepwell.platform.clock import Clock
from keepwell.platform.errors import Conflict, CorruptData
from keepwell.platform.progress import Progress, Step

# A manifest is written whole: not for each of ten thousand files.
_FILES_PER_PUBLISH = 1_000


def build_lake(
    intake_root: Path,
    lake_root: str | Path,
    *,
    workspace_id: UUID,
    progress: Progress,
    check: bool = False,
    files: Fs | None = None,
) -> LakeBuilt:
    """Bring every sealed segment of a workspace's events that is not in the lake yet into it, durably.

    What is missing is made anew, and with `check` also a file that is not of its recorded hash. Raises
    CorruptData naming a segment that does not match its manifest, Conflict where another process
    builds, StorageFull or InfrastructureError where the disk fails. What was built before stays.
    """
    place = Place(intake_root, workspace_lake(lake_root, workspace_id), files=files)
    return build(place, EVENTS, progress=progress, check=check)


def seal(place: Place, *, clock: Clock) -> None:
    """Close the open segments, so that every row can be built; raises Conflict naming who takes rows in."""
    with open_inlets(place.intake_root, held_for="sealing segments", files=place.files) as inlets:
        for inlet in inlets:
            with without_writer(inlet, held_for="sealing segments", clock=clock):
                pass


def build(place: Place, form: Form, *, progress: Progress, check: bool = False) -> LakeBuilt:
    """The same for a lake of rows in any form."""
    with context(place, form.empty, held_for="building the lake") as (lake, inlets):
        return bring_up_to_date(lake, inlets, form=form, progress=progress, check=check)


def bring_up_to_date(
    lake: LakeWriter, inlets: Sequence[Inlet], *, form: Form, progress: Progress, check: bool = False
) -> LakeBuilt:
    """Make `lake` hold what the sealed segments of `inlets` hold."""
    if not lake.is_new:
        lake.sweep()
    elif not lake.folder.files():
        lake.publish()
    sealed = {inlet.name_of(each): (inlet, each) for inlet in inlets for each in inlet.sealed()}
    anew = _to_make_anew(lake, sealed, check=check)
    fresh = [name for name in sealed if name not in lake.segments]
    with progress.step(
        "Building the lake", total=sum(sealed[name][1].rows for name in (*anew, *fresh))
    ) as step:
        builder = _Builder(lake, form, step)
        # All of it before the next publish: a file of many segments is replaced by one for each of them.
        remade = sum(builder.build(*sealed[name], days=days) for name, days in anew.items())
        written = since = 0
        for name in fresh:
            made = builder.build(*sealed[name])
            written, since = written + made, since + made
            # The files of the release before manifests are read until the whole lake has been made anew.
            if since >= _FILES_PER_PUBLISH and not lake.is_new:
                lake.publish()
                since = 0
        lake.publish()
    rows = sum(sealed[name][1].rows for name in fresh)
    return LakeBuilt(segments=len(fresh), rows=rows, files=written, remade=remade)


def _to_make_anew(
    lake: LakeWriter, sealed: Mapping[str, tuple[Inlet, Segment]], *, check: bool
) -> dict[str, Collection[date | None]]:
    """The days of each segment that must be built again; the files of those days are forgotten."""
    changed = {
        name
        for name, sha256 in lake.segments.items()
        if name in sealed and sealed[name][1].sha256 != sha256 and _was_rewritten(*sealed[name], sha256)
    }
    stale = lake.lost(check=check) | {
        name: file for name, file in lake.files.items() if not changed.isdisjoint(file.segments)
    }
    days: defaultdict[str, set[date | None]] = defaultdict(set)
    for file in stale.values():
        for name in file.segments:
            if name not in sealed:
                raise CorruptData(
                    f"{lake.folder.address(file.name)}: is missing or damaged, and so is the segment {name} in the journal.",
                    hint="Restore the file, or the intake folder, from a backup.",
                )
            days[name].add(file.day)
    lake.forget(stale)
    # A segment whose rows are all in files that expired has no file left, and is only noted.
    return {name: days[name] for name in sorted(changed | days.keys())}


def _was_rewritten(inlet: Inlet, segment: Segment, sha256: str) -> bool:
    if sha256 in inlet.state.earlier_hashes(segment):
        return True
    raise Conflict(
        f"The lake holds another journal's segment under the name {inlet.name_of(segment)}.",
        hint="Build each intake folder into a lake of its own.",
    )


class _Builder:
    """Writes the files of segments into a lake."""

    def __init__(self, lake: LakeWriter, form: Form, step: Step) -> None:
        self._lake = lake
        self._form = form
        self._step = step

    def build(self, inlet: Inlet, segment: Segment, *, days: Collection[date | None] | None = None) -> int:
        """Write one file per day of `segment`, of the `days` alone where they are given; how many."""
        written = 0
        if segment.rows:
            place = inlet.root / segment.sealed_name
            shape = self._form.shape_of(inlet.state, segment)
            received = segment.sealed_at.date() if segment.sealed_at else date.min
            table = shape.table(inlet.read(segment), received=received, place=place)
            if first_day := inlet.state.first_day():
                kept = compute.greater_equal(table[DAY], first_day)
                table = table.filter(compute.fill_null(kept, fill_value=True))
            for day, rows in days_of(table, sorted_by=shape.sort_columns):
                if days is None or day in days:
                    name = f"{folder_of(day)}/{inlet.name}-{segment.name}.parquet"
                    self._lake.write(name, rows, segments=[inlet.name_of(segment)])
                    written += 1
        self._lake.segments[inlet.name_of(segment)] = segment.sha256
        self._step.advance(segment.rows)
        return written
