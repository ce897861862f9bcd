"""A lake whose files are of an older shape: what of it the journal has is built again, the rest is carried over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import TypeAlias

import pyarrow as pa

from keepwell.intake.lake.columns.shape import EVENT_COLUMNS, OF_EVENT
from keepwell.intake.lake.manifest import LakeFile, file_name
from keepwell.intake.lake.reader import read_parquet
from keepwell.intake.lake.sources import LakeSource
from keepwell.intake.lake.writer import LakeWriter
from keepwell.intake.model import Segment
from keepwell.platform.errors import Conflict

# Each sealed segment with its journal, by its name in the lake.
Sealed: TypeAlias = Mapping[str, tuple[LakeSource, Segment]]
# Whether a day of a segment is to be built.
WantsDay: TypeAlias = Callable[[date | None], bool]


def start_over(lake: LakeWriter, sealed: Sealed, *, shape: int) -> dict[str, WantsDay]:
    """Begin the lake again in this shape; returns the segments to build for it, and which of their days.

    Files with rows of a segment that the journal lacks are written in the new shape. Raises Conflict as
    `rewritten_segments` does, and CorruptData if such a file is missing or damaged.
    """
    rewritten_segments(lake, sealed)
    files, segments = lake.files, lake.segments
    lake.start_over(shape=shape)
    kept: defaultdict[str, set[date | None]] = defaultdict(set)
    for file in files.values():
        if not sealed.keys() >= set(file.segments):
            _carry_over(lake, file)
            for name in file.segments:
                kept[name].add(file.day)
    lake.segments |= {name: sha256 for name, sha256 in segments.items() if name not in sealed}
    return {name: _other_than(kept[name]) for name in sorted(segments) if name in sealed}


def rewritten_segments(lake: LakeWriter, sealed: Sealed) -> set[str]:
    """The segments that were rewritten since they were built; raises Conflict for those of another journal."""
    return {
        name
        for name, sha256 in lake.segments.items()
        if name in sealed and sealed[name][1].sha256 != sha256 and _was_rewritten(*sealed[name], sha256)
    }


def _was_rewritten(source: LakeSource, segment: Segment, sha256: str) -> bool:
    if sha256 in source.state.earlier_hashes(segment):
        return True
    raise Conflict(
        f"The lake has another journal's segment under the name {source.name_of(segment)}.",
        hint="Build a separate lake for each intake folder.",
    )


def _carry_over(lake: LakeWriter, file: LakeFile) -> None:
    """Write the events of `file` with what is known about their arrival without a journal: nothing."""
    own = read_parquet(lake.storage, file.name).select(EVENT_COLUMNS.names[:OF_EVENT])
    table = own.append_column("known_at", own["ts"])
    table = table.append_column("backfilled", pa.repeat(pa.scalar(value=True), own.num_rows))
    name = file_name(PurePosixPath(file.name).stem, day=file.day, shape=lake.shape)
    lake.write(name, table, segments=file.segments)


def _other_than(days: set[date | None]) -> WantsDay:
    return lambda day: day not in days
