"""Verifying an intake folder: every committed byte of its journals exists and is unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from zlib import crc32

import msgspec

from keepwell.intake.files import disk_errors
from keepwell.intake.journal.folders import require_journals
from keepwell.intake.journal.segments import path_of
from keepwell.intake.model import STREAMS, Doubt, Segment
from keepwell.intake.store import STATE_FILE, State
from keepwell.platform.errors import CorruptData
from keepwell.platform.progress import Progress
from keepwell.platform.values.path_texts import as_text

_READ_BYTES = 1 << 20


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """A damaged file; `first` to before `end` are the damaged bytes, if known."""

    file: str
    what: str
    first: int | None = None
    end: int | None = None


class JournalVerification(msgspec.Struct, frozen=True):
    """What was read, all damage that was found, and the sources whose rows may repeat others."""

    segments: int
    rows: int
    bytes: int
    damages: Sequence[Damage]
    doubts: Sequence[Doubt] = ()


def verify(root: Path, *, progress: Progress) -> JournalVerification:
    """Compare each journal in the folder `root` with its manifests, also while other processes append to it.

    Raises NotFound if the folder has no journal, InfrastructureError if the disk cannot be read.
    """
    folders = require_journals(root).values()
    each = [_named(_verify(folder, progress), folder.relative_to(root)) for folder in folders]
    segments, rows, length = (
        sum(getattr(one, name) for one in each) for name in ("segments", "rows", "bytes")
    )
    damages = [damage for one in each for damage in one.damages]
    return JournalVerification(
        segments, rows, length, damages, [doubt for one in each for doubt in one.doubts]
    )


def _named(verified: JournalVerification, part: Path) -> JournalVerification:
    """`verified` with the files named by their path from the intake folder, in which the journal is `part`."""
    damages = [
        msgspec.structs.replace(damage, file=as_text(part / damage.file)) for damage in verified.damages
    ]
    return msgspec.structs.replace(verified, damages=damages)


def _verify(root: Path, progress: Progress) -> JournalVerification:
    try:
        with closing(State(root)) as state:
            state.check()
            segments = [segment for stream in STREAMS for segment in state.segments(stream)]
            doubts = state.doubts()
    except CorruptData as error:
        return JournalVerification(0, 0, 0, [Damage(file=STATE_FILE, what=error.message)])
    damages = list(_unknown_files(root, segments))
    with progress.step("Verifying", total=sum(segment.bytes for segment in segments)) as step:
        for segment in segments:
            damages += _damages_of(root, segment)
            step.advance(segment.bytes)
    rows, length = (sum(getattr(segment, name) for segment in segments) for name in ("rows", "bytes"))
    return JournalVerification(len(segments), rows, length, damages, doubts)


def _unknown_files(root: Path, segments: Sequence[Segment]) -> Iterator[Damage]:
    known = {name for segment in segments for name in (segment.sealed_name, segment.open_name)}
    for stream in STREAMS:
        for path in sorted(root.glob(f"{stream}-*.jsonl")):
            if path.name not in known:
                yield Damage(file=as_text(path.name), what="has no manifest: its rows are not committed")


def _damages_of(root: Path, segment: Segment) -> Iterator[Damage]:
    path = path_of(root, segment)
    if not segment.bytes:
        return
    if not path.exists():
        yield Damage(file=as_text(path.name), what="is missing", first=0, end=segment.bytes)
        return
    with disk_errors(path):
        length = path.stat().st_size
    if length < segment.bytes:
        yield Damage(file=as_text(path.name), what="ends too early", first=length, end=segment.bytes)
    elif segment.sealed_at is not None and length > segment.bytes:
        yield Damage(file=as_text(path.name), what="has grown", first=segment.bytes, end=length)
    content = _Content(path, segment)
    for start, end in content.changed():
        yield Damage(file=as_text(path.name), what="has been changed", first=start, end=end)
    if content.is_whole and content.rows != segment.rows:
        what = f"has {content.rows:,} rows; its manifest says {segment.rows:,}"
        yield Damage(file=as_text(path.name), what=what)


class _Content:
    """A segment's file, read block by block."""

    def __init__(self, path: Path, segment: Segment) -> None:
        self._path = path
        self._segment = segment
        self._digest = hashlib.sha256()
        self.rows = 0

    @property
    def is_whole(self) -> bool:
        """Whether the content read so far has the recorded hash."""
        return self._digest.hexdigest() == self._segment.sha256

    def changed(self) -> Iterator[tuple[int, int]]:
        """The ranges of existing bytes that differ from what was committed."""
        found = False
        for start, content, crc in self._blocks():
            self._digest.update(content)
            self.rows += content.count(b"\n")
            if crc is not None and crc32(content) != crc:
                found = True
                yield start, start + len(content)
        # No single block: a segment of an earlier release, or a change that CRC-32 does not detect.
        if not found and not self.is_whole:
            yield 0, self._segment.bytes

    def _blocks(self) -> Iterator[tuple[int, bytes, int | None]]:
        start = 0
        with disk_errors(self._path), self._path.open("rb") as file:
            for block in self._segment.blocks:
                content = file.read(block.bytes)
                yield start, content, block.crc32 if len(content) == block.bytes else None
                start += len(content)
            while content := file.read(min(_READ_BYTES, self._segment.bytes - start)):
                yield start, content, None
                start += len(content)
