"""The journal: append-only files whose committed length and hash are in the state.

A commit is: write both streams, fdatasync both, one transaction in the state; if a segment is full, rename it
and sync the folder. A crash at any point leaves bytes that are not committed, or a rename that is due:
opening the journal truncates the former and redoes the latter.
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
from keepwell.intake.journal.segments import committed_blocks, damaged
from keepwell.intake.model import ACCEPTED, STREAMS, Arrival, Block, Chunk, Segment, StreamName
from keepwell.intake.store import STATE_FILE, WITHOUT_LOG, State
from keepwell.platform.clock import Clock

_CLOSED = -1


class Journal:
    """Both streams of an intake folder, opened for appending by the one process that may write."""

    def __init__(self, root: Path, *, state: State, files: Fs, clock: Clock, segment_bytes: int) -> None:
        """Recover from a crash; raises CorruptData if a file does not match the state."""
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
        """Close the files; what was committed stays."""
        for stream in self._streams.values():
            stream.close()

    def use_schema(self, schema_id: str) -> None:
        """Record that rows are validated by this schema from now on; seals segments with rows of another."""
        with self._state.transaction():
            for stream in self._streams.values():
                stream.record(
                    self._state, full_at=stream.length_to_change_to(schema_id), now=self._clock.now()
                )
        for stream in self._streams.values():
            stream.finish_seal()
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
            now = self._clock.now()
            for stream in touched:
                stream.note_arrival(chunks[stream.name], at=now)
                stream.record(self._state, full_at=self._segment_bytes, now=now)
            remember()
        for stream in touched:
            stream.finish_seal()

    def seal(self, name: StreamName) -> None:
        """Close the open segment of a stream if it has rows, and begin the next."""
        stream = self._streams[name]
        if stream.is_empty:
            return
        with self._state.transaction():
            stream.record(self._state, full_at=0, now=self._clock.now())
        stream.finish_seal()


class _Stream:
    """The open segment of one stream, including written bytes that are not committed."""

    def __init__(self, name: StreamName, *, root: Path, state: State, files: Fs) -> None:
        self.name = name
        self._root = root
        self._files = files
        segments = state.segments(name) or [Segment(stream=name, number=0)]
        _require_all_known(name, root=root, segments=segments)
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
        """Whether the open segment has no rows."""
        return self._segment.rows == 0

    def length_to_change_to(self, schema_id: str) -> float:
        """The length at which the open segment must be sealed before rows of this schema can follow."""
        return 0 if self._segment.rows and self._segment.schema_id != schema_id else math.inf

    def use_schema(self, schema_id: str) -> None:
        """Record the schema that the rows from now on are validated by."""
        self._segment = msgspec.structs.replace(self._segment, schema_id=schema_id)

    def write(self, chunk: Chunk) -> None:
        """Append the data of `chunk`."""
        self._files.write(self._descriptor, chunk.data, path=self._path)
        self._hash.update(chunk.data)
        self._segment = self._segment.grown(chunk, sha256=self._hash.hexdigest())

    def sync(self) -> None:
        """Return once the written bytes are on the disk."""
        self._files.fdatasync(self._descriptor, path=self._path)

    def note_arrival(self, chunk: Chunk, *, at: datetime) -> None:
        """Note for the next `record` how the rows of `chunk` became known; of dead letters, each says it itself."""
        if self.name == ACCEPTED:
            self._segment = self._segment.arrived(Arrival(chunk.rows, at, chunk.arrival))

    def record(self, state: State, *, full_at: float, now: datetime) -> None:
        """Commit the written bytes in the state, and seal the segment if it has `full_at` of them."""
        if self._segment.bytes >= full_at:
            self._sealed = msgspec.structs.replace(self._segment, sealed_at=now)
            self._segment = Segment(
                stream=self.name, number=self._segment.number + 1, schema_id=self._segment.schema_id
            )
            state.put_segment(self._sealed)
        state.put_segment(self._segment)

    def finish_seal(self) -> None:
        """After the transaction: rename a sealed segment and open the next one."""
        if self._sealed is None:
            return
        self.close()
        self._files.rename(self._root / self._sealed.open_name, self._root / self._sealed.sealed_name)
        self._sealed = None
        self._hash = hashlib.sha256()
        self._descriptor = self._open()

    def close(self) -> None:
        """Close the file; closing it again has no effect."""
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


def _require_all_known(name: StreamName, *, root: Path, segments: Sequence[Segment]) -> None:
    """A segment is sealed in the state before its file is: one that the state does not know is newer than the state."""
    known = {segment.sealed_name for segment in segments if segment.sealed_at}
    for path in sorted(root.glob(f"{name}-*.jsonl")):
        if path.name not in known:
            raise damaged(path, f"is not in {STATE_FILE}, and would be overwritten: {WITHOUT_LOG}")


def _check_open(root: Path, segment: Segment) -> tuple[hashlib._Hash, Segment]:
    """The open segment's hash so far, and the segment with a checksum for each of its bytes."""
    digest, crc = hashlib.sha256(), 0
    for block in committed_blocks(root, segment):
        digest.update(block)
        crc = crc32(block, crc)
    if segment.bytes and not segment.blocks:
        # Begun by a release without checksums of blocks.
        segment = msgspec.structs.replace(segment, blocks=[Block(segment.bytes, crc)])
    return digest, segment
