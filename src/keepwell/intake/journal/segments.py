"""Reading the committed part of a segment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from keepwell.intake.files import disk_errors
from keepwell.intake.model import RESTORE, Segment
from keepwell.platform.errors import CorruptData

_READ_BYTES = 1 << 20


def path_of(root: Path, segment: Segment) -> Path:
    """The path of the file of `segment`, whether it exists or not."""
    # A segment may have been renamed since the state was read.
    sealed, still_open = root / segment.sealed_name, root / segment.open_name
    rewritten = root / segment.rewritten_name
    if rewritten.exists():
        return rewritten
    if sealed.exists():
        return sealed
    return sealed if segment.sealed_at and not still_open.exists() else still_open


def committed_blocks(root: Path, segment: Segment) -> Iterator[bytes]:
    """The committed bytes of `segment`, about 1 MB at a time, without those past the commit.

    Raises CorruptData naming the file if it is missing, has another length or, at the end, another hash than
    its record. Only an open segment may be longer.
    """
    path = path_of(root, segment)
    if not segment.bytes:
        return
    if not path.exists():
        raise damaged(path, "is missing")
    digest, left = hashlib.sha256(), segment.bytes
    with disk_errors(path), path.open("rb") as file:
        while left and (block := file.read(min(left, _READ_BYTES))):
            left -= len(block)
            digest.update(block)
            yield block
        longer = segment.sealed_at is not None and file.read(1) != b""
    if left or longer:
        found = "more" if longer else f"{segment.bytes - left:,}"
        raise damaged(path, f"has {found} bytes instead of the {segment.bytes:,} that are committed")
    if digest.hexdigest() != segment.sha256:
        raise damaged(
            path,
            f"has been changed: the SHA-256 of its first {segment.bytes:,} bytes is not the recorded one",
        )


def read_committed(root: Path, segment: Segment) -> bytes:
    """The committed bytes of `segment`; raises CorruptData as `committed_blocks` does."""
    return b"".join(committed_blocks(root, segment))


def read_lines(root: Path, segment: Segment) -> list[bytes]:
    """The committed rows of `segment`; raises CorruptData as `read_committed` does."""
    # Not splitlines: a carriage return is white space in JSON and may be part of a row.
    return read_committed(root, segment).split(b"\n")[:-1]


def damaged(path: Path, what: str) -> CorruptData:
    """The error for a journal file that does not match the state."""
    return CorruptData(f"{path}: {what}.", hint=RESTORE)
