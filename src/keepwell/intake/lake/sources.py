"""The journals that a lake is built from: each folder has one writer, and a lake may have several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from keepwell.intake.files import Fs, exclusive_lock
from keepwell.intake.journal.journal import Journal
from keepwell.intake.journal.rewrite import finish_rewriting, rewrite
from keepwell.intake.journal.segments import read_committed
from keepwell.intake.model import ACCEPTED, STREAMS, Segment, Sizes, StreamName
from keepwell.intake.store import State, has_state
from keepwell.platform.clock import Clock

# The folder itself, and the journal of the HTTP intake in it.
_FOLDERS = {"journal": ".", "http": "http"}


class Inlet:
    """A journal whose sealed segments this process may rewrite. `name` is what the lake calls it."""

    def __init__(self, name: str, *, root: Path, state: State, files: Fs) -> None:
        self.name = name
        self.root = root
        self.state = state
        self.files = files

    def sealed(self, stream: StreamName = ACCEPTED) -> list[Segment]:
        """The sealed segments of a stream, oldest first."""
        return [segment for segment in self.state.segments(stream) if segment.sealed_at]

    def name_of(self, segment: Segment) -> str:
        """What the lake calls `segment`."""
        return f"{self.name}/{segment.name}"

    def read(self, segment: Segment) -> bytes:
        """The rows of `segment`, a line each; raises CorruptData as `read_committed` does."""
        return read_committed(self.root, segment)

    def rewrite(self, segment: Segment, rows: Sequence[bytes]) -> Segment:
        """Let `segment` hold `rows` and nothing else."""
        return rewrite(self.root, segment, rows, state=self.state, files=self.files)


@contextmanager
def without_writer(inlet: Inlet, *, held_for: str, clock: Clock) -> Iterator[None]:
    """Keep everybody from taking rows in, with every row of the journal in a sealed segment.

    Raises Conflict naming the process that takes rows in.
    """
    with exclusive_lock(inlet.root / "lock", held_for=held_for):
        journal = Journal(
            inlet.root, state=inlet.state, files=inlet.files, clock=clock, segment_bytes=Sizes().segment
        )
        with closing(journal):
            for stream in STREAMS:
                journal.seal(stream)
        yield


def inlet_folders(root: Path) -> dict[str, Path]:
    """The folders of the journals in the intake folder `root`, by what the lake calls them."""
    return {name: root / part for name, part in _FOLDERS.items() if has_state(root / part)}


@contextmanager
def open_inlets(root: Path, *, held_for: str, files: Fs) -> Iterator[list[Inlet]]:
    """The journals in the intake folder `root`: none where nothing was taken in yet.

    Raises Conflict naming the process that builds a lake from them, or rewrites them.
    """
    found = inlet_folders(root)
    with ExitStack() as stack:
        if found:
            stack.enter_context(exclusive_lock(root / "lake.lock", held_for=held_for))
        inlets = []
        for name, folder in found.items():
            state = stack.enter_context(closing(State(folder)))
            finish_rewriting(folder, state=state, files=files)
            inlets.append(Inlet(name, root=folder, state=state, files=files))
        yield inlets


def segments_of(inlets: Sequence[Inlet]) -> list[tuple[Inlet, Segment]]:
    """Every sealed segment of both streams, with its inlet."""
    return [(inlet, each) for inlet in inlets for stream in STREAMS for each in inlet.sealed(stream)]
