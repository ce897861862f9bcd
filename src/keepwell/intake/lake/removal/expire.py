"""Retention: removing the days before a given day from the lake and the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from keepwell.intake.lake.build import bring_up_to_date
from keepwell.intake.lake.kinds import LakeKind
from keepwell.intake.lake.location import LakeLocation, open_exclusively
from keepwell.intake.lake.sources import LakeSource
from keepwell.intake.lake.writer import LakeWriter
from keepwell.intake.model import DEAD_LETTERS
from keepwell.platform.progress import Progress


class ExpiryResult(msgspec.Struct, frozen=True):
    """What retention removed: files and rows of the lake, and whole segments of the journal."""

    days: int
    files: int
    rows: int
    segments: int


def expire(location: LakeLocation, kind: LakeKind, *, before: date, progress: Progress) -> ExpiryResult:
    """Remove every day before `before` from the lake, and the sealed segments that are entirely older.

    Rows of those days that arrive later, or that share a segment with newer ones, stay out of the lake. Rows
    without a readable time have no day and stay. Dead letters go with the segment whose last letter is older.
    If interrupted, it can be run again. Raises Conflict naming the process that holds journal or lake,
    CorruptData, StorageFull or InfrastructureError.
    """
    with open_exclusively(location, kind.empty, purpose="expiring rows") as (lake, sources):
        bring_up_to_date(lake, sources, kind=kind, progress=progress)
        for source in sources:
            source.state.keep_from(before)
        old = [file for file in lake.files.values() if file.day is not None and file.day < before]
        lake.forget(file.name for file in old)
        lake.publish()
        lake.sweep()
        segments = _expire_rows(lake, sources) + _expire_dead_letters(sources, before)
        lake.publish()
    return ExpiryResult(
        days=len({file.day for file in old}),
        files=len(old),
        rows=sum(file.rows for file in old),
        segments=segments,
    )


def _expire_rows(lake: LakeWriter, sources: Sequence[LakeSource]) -> int:
    kept = {name for file in lake.files.values() for name in file.segments}
    old = [
        (source, segment)
        for source in sources
        for segment in source.sealed()
        if segment.rows and source.name_of(segment) not in kept
    ]
    for source, segment in old:
        lake.segments[source.name_of(segment)] = source.rewrite(segment, ()).sha256
    return len(old)


def _expire_dead_letters(sources: Sequence[LakeSource], before: date) -> int:
    old = [
        (source, segment)
        for source in sources
        for segment in source.sealed(DEAD_LETTERS)
        if segment.rows and segment.sealed_at and segment.sealed_at.date() < before
    ]
    for source, segment in old:
        source.rewrite(segment, ())
    return len(old)
