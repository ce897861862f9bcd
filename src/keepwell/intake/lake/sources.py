"""The journals that a lake is built from: each folder has one writer, and a lake may have several."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from keepwell.intake.files import Fs, exclusive_lock
from keepwell.intake.journal.folders import journal_folders
from keepwell.intake.journal.journal import Journal
from keepwell.intake.journal.rewrite import finish_rewriting, rewrite
from keepwell.intake.journal.segments import read_committed
from keepwell.intake.lake.columns.known_at import Origin
from keepwell.intake.model import (
    ACCEPTED,
    HTTP_JOURNAL,
    STREAMS,
    Arrival,
    ArrivalKind,
    Segment,
    Sizes,
    StreamName,
    arrivals_without,
)
from keepwell.intake.store import State
from keepwell.platform.clock import Clock

_UNKNOWN = datetime.min.replace(tzinfo=UTC)


class LakeSource:
    """A journal whose sealed segments this process may rewrite. `name` is its name in the lake."""

    def __init__(self, name: str, *, root: Path, state: State, files: Fs) -> None:
        self.name = name
        self.root = root
        self.state = state
        self.files = files

    def sealed(self, stream: StreamName = ACCEPTED) -> list[Segment]:
        """The sealed segments of a stream, oldest first."""
        return [segment for segment in self.state.segments(stream) if segment.sealed_at]

    def name_of(self, segment: Segment) -> str:
        """The name of `segment` in the lake."""
        return f"{self.name}/{segment.name}"

    def read(self, segment: Segment) -> bytes:
        """The rows of `segment`, one per line; raises CorruptData as `read_committed` does."""
        return read_committed(self.root, segment)

    def origin_of(self, segment: Segment) -> Origin:
        """Where the rows of `segment` come from, and how they became known.

        Of rows that an earlier release accepted only those over HTTP say it; the others are a history.
        """
        kind: ArrivalKind = "received" if self.name == HTTP_JOURNAL else "history"
        sealed_at = segment.sealed_at or _UNKNOWN
        unrecorded = [Arrival(segment.unrecorded, sealed_at, kind)] if segment.unrecorded else []
        return Origin(self.root / segment.sealed_name, sealed_at.date(), [*unrecorded, *segment.arrivals])

    def rewrite(
        self, segment: Segment, rows: Sequence[bytes], *, removed: Collection[int] | None = None
    ) -> Segment:
        """Replace the rows of `segment` by `rows`: those that are left without the `removed` ones, by their index, if given."""
        left = removed is not None and segment.arrivals
        arrivals = arrivals_without(left, removed or (), first=segment.unrecorded) if left else ()
        return rewrite(self.root, segment, rows, arrivals=arrivals, state=self.state, files=self.files)


@contextmanager
def without_writer(source: LakeSource, *, purpose: str, clock: Clock) -> Iterator[None]:
    """Lock out writers, with every row of the journal in a sealed segment.

    Raises Conflict naming the process that writes rows.
    """
    with exclusive_lock(source.root / "lock", purpose=purpose):
        journal = Journal(
            source.root, state=source.state, files=source.files, clock=clock, segment_bytes=Sizes().segment
        )
        with closing(journal):
            for stream in STREAMS:
                journal.seal(stream)
        yield


@contextmanager
def open_sources(root: Path, *, purpose: str, files: Fs) -> Iterator[list[LakeSource]]:
    """The journals in the intake folder `root`; none if nothing was written yet.

    Raises Conflict naming the process that builds a lake from them, or rewrites them.
    """
    found = journal_folders(root)
    with ExitStack() as stack:
        if found:
            stack.enter_context(exclusive_lock(root / "lake.lock", purpose=purpose))
        sources = []
        for name, folder in found.items():
            state = stack.enter_context(closing(State(folder)))
            finish_rewriting(folder, state=state, files=files)
            sources.append(LakeSource(name, root=folder, state=state, files=files))
        yield sources


def segments_of(sources: Sequence[LakeSource]) -> list[tuple[LakeSource, Segment]]:
    """Every sealed segment of both streams, with its journal."""
    return [(source, each) for source in sources for stream in STREAMS for each in source.sealed(stream)]
