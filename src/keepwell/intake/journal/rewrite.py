"""Rewriting a sealed segment with fewer rows, so that a reader always finds the old or the new content.

The new content is written beside the old one under a name with its hash. It becomes valid once the state has
that hash, and is then renamed over the old file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import msgspec

from keepwell.intake.files import Fs
from keepwell.intake.model import STREAMS, Arrival, Block, Segment
from keepwell.intake.store import State

_BLOCK_BYTES = 1_000_000


def rewrite(
    root: Path,
    segment: Segment,
    rows: Sequence[bytes],
    *,
    arrivals: Sequence[Arrival],
    state: State,
    files: Fs,
) -> Segment:
    """Replace the content of the sealed `segment` of the folder `root` by `rows` with their `arrivals`, durably.

    Its record keeps the sources it was read from. Raises StorageFull or InfrastructureError; the segment is
    then the old one or the new one.
    """
    content = b"".join(row + b"\n" for row in rows)
    rewritten = msgspec.structs.replace(
        segment,
        rows=len(rows),
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        blocks=_blocks(content),
        arrivals=arrivals,
    )
    if content:
        _write(root / rewritten.rewritten_name, content, files=files)
    with state.transaction():
        state.put_segment(rewritten)
        state.put_rewritten(segment, rewritten)
    _settle(root, rewritten, files=files)
    files.sync_directory(root)
    return rewritten


def finish_rewriting(root: Path, *, state: State, files: Fs) -> None:
    """Finish a rewrite that a crash interrupted in the folder `root`; no writer may be active."""
    segments = [segment for stream in STREAMS for segment in state.segments(stream) if segment.sealed_at]
    for segment in segments:
        _settle(root, segment, files=files)
    for path in sorted(root.glob("*.rewritten")):
        files.remove(path)
    files.sync_directory(root)


def _write(path: Path, content: bytes, *, files: Fs) -> None:
    descriptor = files.open(path)
    try:
        files.truncate(descriptor, 0, path=path)
        files.write(descriptor, content, path=path)
        files.fdatasync(descriptor, path=path)
    finally:
        os.close(descriptor)
    files.sync_directory(path.parent)


def _settle(root: Path, segment: Segment, *, files: Fs) -> None:
    rewritten = root / segment.rewritten_name
    if rewritten.exists():
        files.rename(rewritten, root / segment.sealed_name)
    elif not segment.bytes:
        files.remove(root / segment.sealed_name)


def _blocks(content: bytes) -> Sequence[Block]:
    parts = (content[at : at + _BLOCK_BYTES] for at in range(0, len(content), _BLOCK_BYTES))
    return [Block(len(part), crc32(part)) for part in parts]
