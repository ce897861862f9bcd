"""The journal: append-only files whose committed length and hash stand in the state.

One commit is: write both streams, fdatasync both, one transaction in the state; and where a segment
is full, its rename and the sync of the folder. A crash anywhere leaves bytes that the state does not
count, or a rename that it asks for: opening the journal cuts the former and redoes the latter.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zlib import crc32

import msgspec

from keepwell.intake.files import Fs
from keepwell.intake.journal.segments import committed_blocks
from keepwell.intake.model import STREAMS, Block, Chunk, Segment, StreamName
from keepwell.intake.store import State
from keepwell.platform.clock import Clock

_CLOSED = -1


class Journal:
    """Both streams of an intake folder, opened for appending by the one process that may."""

    def __init__(self, root: Path, *, state: State, files: Fs, clock: Clock, segment_bytes: int) -> None:
        """Recover what a crash left; raises CorruptData where a file is not what the state says."""
        self._state = state
        self._clock = clock
        self._segment_bytes = segment_bytes
        self._streams: dict[StreamName, _Stream] = {}
        try:
            for name in STREAMS:
                self._streams[name] = _Stream(name, root=root, state=state, files=files)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the files; what was committed stays."""
        for stream in self._streams.values():
            stream.close()

    def use_schema(self, schema_id: str) -> None:
        """From now on rows are judged by this schema; a segment that holds rows of another is sealed."""
        with self._state.transaction():
            for stream in self._streams.values():
                stream.record(
                    self._state, full_at=stream.length_to_change_to(schema_id), now=self._clock.now()
                )
        for stream in self._streams.values():
            stream.settle()
            stream.use_schema(schema_id)

    def commit(self, chunks: Mapping[StreamName, Chunk], *, remember: Callable[[], None]) -> None:
        """Append `chunks` durably; `remember` writes to the state in the same transaction.

        After an error, Ctrl-C included, this object must not be used again: open a new one.
        """
        touched = [self._streams[name] for name in STREAMS if name in chunks]
        for stream in touched:
            stream.write(chunks[stream.name])
        for stream in touched:
            stream.sync()
        with self._state.transaction():
            for stream in touched:
                stream.record(self._state, full_at=self._segment_bytes, now=self._clock.now())
            remember()
        for stream in touched:
            stream.settle()

    def seal(self, name: StreamName) -> None:
        """Close the open segment of a stream where it holds rows, and begin the next."""
        stream = self._streams[name]
        if stream.is_empty:
            return
        with self._state.transaction():
            stream.record(self._state, full_at=0, now=self._clock.now())
        stream.settle()


class _Stream:
    """The open segment of one stream, and what is written to it beyond the commit."""

    def __init__(self, name: StreamName, *, root: Path, state: State, files: Fs) -> None:
        self.name = name
        self._root = root
        self._files = files
        segments = state.segments(name) or [Segment(stream=name, number=0)]
        self._redo_rename(segments)
        self._segment = segments[-1]
        self._sealed: Segment | None = None
        self._hash, self._segment = _check_open(root, self._segment)
        self._descriptor = self._open()
        try:
            self._files.truncate(self._descriptor, self._segment.bytes, path=self._path)
        except BaseException:
            self.close()
            raise

    @property
    def is_empty(self) -> bool:
        """Whether the open segment holds no row."""
        return self._segment.rows == 0

    def length_to_change_to(self, schema_id: str) -> float:
        """The length at which the open segment must be sealed before rows of this schema can follow."""
        return 0 if self._segment.rows and self._segment.schema_id != schema_id else math.inf

    def use_schema(self, schema_id: str) -> None:
        """Note which schema the rows from now on were judged by."""
        self._segment = msgspec.structs.replace(self._segment, schema_id=schema_id)

    def write(self, chunk: Chunk) -> None:
        """Append what `chunk` holds."""
        self._files.write(self._descriptor, chunk.data, path=self._path)
        self._hash.update(chunk.data)
        self._segment = self._segment.grown(chunk, sha256=self._hash.hexdigest())

    def sync(self) -> None:
        """Return once the written bytes are on the disk."""
        self._files.fdatasync(self._descriptor, path=self._path)

    def record(self, state: State, *, full_at: float, now: datetime) -> None:
        """Make the written bytes count, and seal the segment where it has `full_at` of them."""
        if self._segment.bytes >= full_at:
            self._sealed = msgspec.structs.replace(self._segment, sealed_at=now)
            self._segment = Segment(
                stream=self.name, number=self._segment.number + 1, schema_id=self._segment.schema_id
            )
            state.put_segment(self._sealed)
        state.put_segment(self._segment)

    def settle(self) -> None:
        """After the transaction: give a sealed segment its name and open the next."""
        if self._sealed is None:
            return
        self.close()
        self._files.rename(self._root / self._sealed.open_name, self._root / self._sealed.sealed_name)
        self._sealed = None
        self._hash = hashlib.sha256()
        self._descriptor = self._open()

    def close(self) -> None:
        """Let go of the file; once is enough, and more do no harm."""
        descriptor, self._descriptor = self._descriptor, _CLOSED
        if descriptor != _CLOSED:
            os.close(descriptor)

    @property
    def _path(self) -> Path:
        return self._root / self._segment.open_name

    def _open(self) -> int:
        descriptor = self._files.open(self._path)
        self._files.sync_directory(self._root)
        return descriptor

    def _redo_rename(self, segments: Sequence[Segment]) -> None:
        for segment in segments:
            if segment.sealed_at and (self._root / segment.open_name).exists():
                self._files.rename(self._root / segment.open_name, self._root / segment.sealed_name)


def _check_open(root: Path, segment: Segment) -> tuple[hashlib._Hash, Segment]:
    """The hash of the open segment to go on with, and the segment with a checksum for each of its bytes."""
    digest, crc = hashlib.sha256(), 0
    for block in committed_blocks(root, segment):
        digest.update(block)
        crc = crc32(block, crc)
    if segment.bytes and not segment.blocks:
        # Begun by a release that kept none.
        segment = msgspec.structs.replace(segment, blocks=[Block(segment.bytes, crc)])
    return digest, segment
