"""Retention: the days before a day go, from the lake and from the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from keepwell.intake.lake.build import bring_up_to_date
from keepwell.intake.lake.kinds import Form
from keepwell.intake.lake.location import Place, context
from keepwell.intake.lake.sources import Inlet
from keepwell.intake.lake.writer import LakeWriter
from keepwell.intake.model import DEAD_LETTERS
from keepwell.platform.progress import Progress


class Expired(msgspec.Struct, frozen=True):
    """What retention removed: files and rows of the lake, and whole segments of the journal."""

    days: int
    files: int
    rows: int
    segments: int


def expire(place: Place, form: Form, *, before: date, progress: Progress) -> Expired:
    """Remove every day before the day `before` from the lake, and the sealed segments wholly older.

    Rows of those days that arrive later, or that a segment holds beside newer ones, stay out of the lake.
    Rows without a readable time have no day to go by and stay. Dead letters go with the segment whose
    last letter is older. Cut off anywhere, it can be run again. Raises Conflict naming the process that
    holds journal or lake, CorruptData, StorageFull or InfrastructureError.
    """
    with context(place, form.empty, held_for="expiring rows") as (lake, inlets):
        bring_up_to_date(lake, inlets, form=form, progress=progress)
        for inlet in inlets:
            inlet.state.keep_from(before)
        old = [file for file in lake.files.values() if file.day is not None and file.day < before]
        lake.forget(file.name for file in old)
        lake.publish()
        lake.sweep()
        segments = _expire_rows(lake, inlets) + _expire_dead_letters(inlets, before)
        lake.publish()
    return Expired(
        days=len({file.day for file in old}),
        files=len(old),
        rows=sum(file.rows for file in old),
        segments=segments,
    )


def _expire_rows(lake: LakeWriter, inlets: Sequence[Inlet]) -> int:
    held = {name for file in lake.files.values() for name in file.segments}
    old = [
        (inlet, segment)
        for inlet in inlets
        for segment in inlet.sealed()
        if segment.rows and inlet.name_of(segment) not in held
    ]
    for inlet, segment in old:
        lake.segments[inlet.name_of(segment)] = inlet.rewrite(segment, ()).sha256
    return len(old)


def _expire_dead_letters(inlets: Sequence[Inlet], before: date) -> int:
    old = [
        (inlet, segment)
        for inlet in inlets
        for segment in inlet.sealed(DEAD_LETTERS)
        if segment.rows and segment.sealed_at and segment.sealed_at.date() < before
    ]
    for inlet, segment in old:
        inlet.rewrite(segment, ())
    return len(old)
