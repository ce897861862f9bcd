"""What shows that a file has the text of a known source: the text itself, birth time, place and name.

A text of at least 1 KB with different lines is evidence enough. A short one, or one whose lines are alike, may
well have been written twice: then the file itself must be the same, or its place or its name must say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import msgspec

from keepwell.intake.follow.discovery import FoundFile, family, is_rotated, live_name, uncompressed_name
from keepwell.intake.follow.readers import HEAD, FileReader
from keepwell.intake.model import Source

_LOOKED_AT = 1 << 16
_STEP = 1 << 20
_TWICE = 2
_SECOND = 1_000_000_000
# app.log.1 becomes app.log.2.gz; longer numbers are dates, or parts of one export.
_GENERATION = re.compile(r"(?P<live>.+)\.(?P<number>\d{1,3})\Z")

OpenFile = Callable[[FoundFile], FileReader]


class Stopping(Exception):
    """The command is to end before a comparison has ended."""


class Text:
    """The text of a file; opened for each read, since the number of open files is limited."""

    def __init__(self, file: FoundFile, open_file: OpenFile, *, is_stopping: Callable[[], bool]) -> None:
        self.file = file
        self.open_file = open_file
        self.is_stopping = is_stopping

    @property
    def born(self) -> int | None:
        """The birth time of the file; None if the file system does not record it."""
        return self.open_file(self.file).born

    def read(self, position: int, size: int) -> bytes:
        """At most `size` bytes from `position`."""
        if self.is_stopping():
            raise Stopping
        return self.open_file(self.file).read(position, size)

    def modified(self) -> int:
        """When the file was last modified, in nanoseconds: now, since it may have been written after it was found."""
        return self.open_file(self.file).status().st_mtime_ns

    def digest(self, start: int, end: int) -> str | None:
        """The SHA-256 of the text from `start` to `end`; None if the text is shorter."""
        return self.open_file(self.file).digest(start, end)

    def has(self, source: Source) -> bool:
        """Whether all text that was read of `source` is at the same positions here."""
        if not continues(source, self):
            return False
        if source.crc32 is None:
            return True
        position = found = 0
        while position < source.offset:
            piece = self.read(position, min(_STEP, source.offset - position))
            if not piece:
                return False
            found = crc32(piece, found)
            position += len(piece)
        return found == source.crc32

    def is_longer_than(self, source: Source) -> bool:
        """Whether there is more text than was read of `source`."""
        return bool(self.read(source.offset, 1))


def before(source: Source) -> tuple[int, int]:
    """The range whose hash is `source.before_sha256`."""
    return max(0, source.offset - HEAD), source.offset


def continues(source: Source, text: Text) -> bool:
    """Whether `text` has the same first and last kilobyte as what was read of `source`."""
    return (
        text.digest(0, source.head_bytes) == source.head_sha256
        and text.digest(*before(source)) == source.before_sha256
    )


def is_same_file(source: Source, text: Text) -> bool:
    """Whether the file is the one that was read, and not another with its inode."""
    file, born = text.file, text.born
    is_same = (source.device, source.inode) == file.key
    return is_same and (born == source.born or None in {born, source.born})


def was_rewritten(source: Source, file: FoundFile) -> bool:
    """Whether a file that was read to its end was written since, and has no more text than before."""
    return source.modified is not None and file.modified != source.modified and file.size == source.offset


def has_same_time(source: Source, text: Text) -> bool:
    """Whether the file was last modified when the one that was read was: rotation and compression preserve that."""
    if source.modified is None:
        return False
    # Some programs preserve only whole seconds.
    return text.modified() in {source.modified, source.modified // _SECOND * _SECOND}


def is_distinctive(source: Source, text: Text) -> bool:
    """Whether the text read of `source` is long, and its lines differ: no other file has it by accident."""
    return source.head_bytes == HEAD and not has_like_lines(source, text)


def has_like_lines(source: Source, text: Text) -> bool:
    """Whether at least half of the first lines repeat others, or there is only one."""
    lines = text.read(0, min(source.offset, _LOOKED_AT)).split(b"\n")[:-1]
    different = len(set(lines))
    return different < _TWICE or _TWICE * different <= len(lines)


def is_next_name(path: Path, earlier: Path) -> bool:
    """Whether rotation or compression may have renamed `earlier` to `path`."""
    if path.parent != earlier.parent:
        return False
    name, old = uncompressed_name(path), uncompressed_name(earlier)
    if name == old or live_name(path.name) == old:
        return True
    now, then = _GENERATION.match(name), _GENERATION.match(old)
    return bool(now and then and now["live"] == then["live"] and int(now["number"]) > int(then["number"]))


def belongs_to(source: Source, text: Text, *, place: str, is_original_there: bool) -> bool:
    """Whether a file with the text of `source` is the one that was read, renamed, moved, copied or compressed.

    `place` is its path from the intake folder: if both were moved together, that is the same and the path is
    not. `is_original_there` if the file that was read still exists, and has lost its text.
    """
    file, path = text.file, Path(source.path)
    is_elsewhere = file.path != path
    if is_elsewhere and place == source.place:
        return True
    if (
        is_elsewhere
        and family(file.path) == family(path)
        and is_rotated(path)
        and not is_next_name(file.path, path)
    ):
        # Two dates, or two parts.
        return False
    if is_distinctive(source, text):
        return True
    if has_like_lines(source, text):
        return is_next_name(file.path, path) and (is_original_there or has_same_time(source, text))
    if is_elsewhere:
        return is_next_name(file.path, path)
    # The same name, and another file: it was replaced by one with more text, or one that was not written since.
    return text.is_longer_than(source) or has_same_time(source, text)


def moved(source: Source, text: Text, *, path: str, place: str) -> Source:
    """`source` with its new file."""
    file = text.file
    return msgspec.structs.replace(
        source,
        path=path,
        place=place,
        device=file.device,
        inode=file.inode,
        born=text.born,
        modified=None,
        finished_bytes=None,
    )
