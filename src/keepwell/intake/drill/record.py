"""What each commit of a drill took from which file, so that a row that was kept twice can be traced to both.

The record is written before the commit, by the process that may be killed during it, and is matched with the
journal by length and CRC-32: an entry without its commit has no effect.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from itertools import repeat
from pathlib import Path

import msgspec

from keepwell.intake.follow.metrics import TailMetrics
from keepwell.intake.follow.rounds import CommitStats
from keepwell.intake.journal.segments import read_committed
from keepwell.intake.model import DEAD_LETTERS, STREAMS, Block, Segment, SourceSpan, StreamName
from keepwell.intake.store import State


class RecordedCommit(msgspec.Struct, frozen=True):
    """One stream's part of a commit: its bytes and CRC-32, the process, and the spans of the sources in order."""

    stream: StreamName
    block: Block
    process: int
    spans: dict[str, SourceSpan]


class Place(msgspec.Struct, frozen=True):
    """Where a row was kept: segment and commit, and the source, with the span that the commit took from it."""

    segment: str
    commit: int
    process: int = 0
    source: str = ""
    span: SourceSpan = SourceSpan(0, 0, 0)

    def __str__(self) -> str:
        taken = (
            f"{self.source or 'a file that is not on record'}, bytes {self.span.first:,} to {self.span.end:,}"
        )
        return f"{self.segment}, commit {self.commit} of process {self.process}, from {taken}"


class Recorder(TailMetrics):
    """Writes down each commit before it is made."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    @contextmanager
    def committing(self, stats: CommitStats) -> Iterator[None]:
        """Record what the commit takes, and then let it happen."""
        with self._path.open("ab", buffering=0) as file:
            for stream, chunk in stats.chunks.items():
                block = Segment(stream=stream, number=0).grown(chunk, sha256="").blocks[0]
                taken = RecordedCommit(stream, block, os.getpid(), dict(chunk.sources))
                file.write(msgspec.json.encode(taken) + b"\n")
        with super().committing(stats):
            yield


def number_of(row: bytes, stream: StreamName) -> int | None:
    """The number of a drill's row, accepted or as a dead letter for the schema; None if it is another dead letter."""
    document = json.loads(row)
    if stream == DEAD_LETTERS:
        if document["code"] != "schema":
            return None
        document = json.loads(document["row"])
    return int(document["n"])


def places_of(rows: Collection[int], into: Path, *, record: Path) -> dict[int, list[Place]]:
    """Every place where one of `rows`, by number, was kept."""
    entries = map(msgspec.json.Decoder(RecordedCommit).decode, record.read_bytes().splitlines())
    taken = {(each.stream, each.block): each for each in entries}
    places: dict[int, list[Place]] = {row: [] for row in rows}
    with closing(State(into)) as state:
        segments = [segment for stream in STREAMS for segment in state.segments(stream)]
    for segment in segments:
        content, start = read_committed(into, segment), 0
        for commit, block in enumerate(segment.blocks):
            lines = content[start : start + block.bytes].split(b"\n")[:-1]
            start += block.bytes
            found = _places(segment, commit, taken.get((segment.stream, block)))
            for line, place in zip(lines, found, strict=False):
                number = number_of(line, segment.stream)
                if number in places:
                    places[number].append(place)
    return places


def _places(segment: Segment, commit: int, taken: RecordedCommit | None) -> Iterator[Place]:
    """The place of each row of a commit: it holds the rows of one source after those of another."""
    if taken is not None:
        for source, span in taken.spans.items():
            yield from repeat(Place(segment.name, commit, taken.process, source, span), span.rows)
    yield from repeat(Place(segment.name, commit))
