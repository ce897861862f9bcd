"""Identifying which known source a file is, by its content: names, inodes and lengths are all reused.

A file that was renamed, copied and truncated, compressed or rewritten must be read on from where reading
stopped, neither twice nor not at all. Device and inode are only a hint that saves searching.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

import msgspec

from keepwell.intake.follow.discovery import FoundFile, family, is_rotated, may_be_copy
from keepwell.intake.follow.readers import COMPRESSED, HEAD, FileDamaged, FileReader
from keepwell.intake.model import Source

_NOTHING = hashlib.sha256().hexdigest()
_COMPARED_WHOLE = 1 << 16
_SAMPLES = 8

Open = Callable[[FoundFile], FileReader]


class Copy(msgspec.Struct, frozen=True):
    """A file that repeats the content of the source `of`: not read as long as that is the case."""

    file: FoundFile
    of: Source


class Trouble(msgspec.Struct, frozen=True):
    """A file that cannot be read at present, and why."""

    file: FoundFile
    why: str


class FileUnreadable(Exception):
    """A file cannot be opened, or is not the file that was found."""


class FollowedFile(msgspec.Struct, frozen=True):
    """A file and its source."""

    file: FoundFile
    source: Source


Verdict: TypeAlias = FollowedFile | Copy | Trouble
Answer = TypeVar("Answer")


class Sources:
    """All sources of one intake, and their latest files."""

    def __init__(self, known: Iterable[Source]) -> None:
        self._by_id: dict[int, Source] = {}
        self._by_inode: dict[tuple[int, int], int] = {}
        self._by_head: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._unchanged: dict[tuple[int, int], FoundFile] = {}
        self._copies: dict[tuple[int, int], tuple[FoundFile, int]] = {}
        self._claimed: dict[int, FoundFile] = {}
        self._families: dict[tuple[Path, str], set[int]] = defaultdict(set)
        self._newest = 0
        for source in known:
            self.update(source)

    def update(self, source: Source) -> None:
        """Record how far `source` has been read."""
        if before := self._by_id.get(source.id):
            self._by_head[before.head_bytes][before.head_sha256].discard(before.id)
        self._by_id[source.id] = source
        self._by_inode[source.device, source.inode] = source.id
        if source.head_bytes:
            self._by_head[source.head_bytes][source.head_sha256].add(source.id)
        self._newest = max(self._newest, source.id)

    def identify(self, files: Sequence[FoundFile], *, open_file: Open) -> list[Verdict]:
        """The source of each of `files`, in their order; a new one if it is unknown.

        `open_file` opens a file and raises FileUnreadable; its other errors are passed on.
        """
        self._claimed, self._families = {}, defaultdict(set)
        # Files that have not moved come first, then names without rotation: whatever else looks alike may
        # then be a copy of these.
        verdicts: dict[tuple[int, int], Verdict | None] = {}
        for file in files:
            verdicts[file.key] = self._guarded(self._unmoved, file, open_file)
        for file in sorted(files, key=lambda file: is_rotated(file.path)):
            if verdicts[file.key] is None:
                verdicts[file.key] = self._guarded(self._recognise, file, open_file)
        return [verdict for file in files if (verdict := verdicts[file.key])]

    def _unmoved(self, file: FoundFile, open_file: Open) -> FollowedFile | None:
        """The source that this inode was before, if its content confirms it."""
        source = self._by_id.get(self._by_inode.get(file.key, 0))
        if source is None:
            return None
        seen = self._unchanged.get(file.key)
        is_unchanged = seen is not None and (seen.size, seen.modified) == (file.size, file.modified)
        if (
            not is_unchanged
            and source.finished_bytes != file.size
            and not _continues(source, _Text(file, open_file))
        ):
            return None
        self._unchanged[file.key] = file
        return self._claim(file, source)

    def _recognise(self, file: FoundFile, open_file: Open) -> FollowedFile | Copy:
        seen, of = self._copies.get(file.key, (None, 0))
        if seen == file and of in self._claimed:
            return Copy(file, self._by_id[of])
        text = _Text(file, open_file)
        if original := self._original_of(text):
            self._copies[file.key] = file, original.id
            return Copy(file, original)
        for source in self._with_head_of(text):
            if source.id in self._claimed:
                continue
            if _continues(source, text):
                if source.head_bytes == HEAD or family(file.path) == family(Path(source.path)):
                    return self._claim(file, _moved(source, file))
            elif _is_shorter(source, text) and _is_copy_of(file, source):
                return Copy(file, source)
        return self._claim(file, self._new(file))

    def _original_of(self, text: _Text) -> Source | None:
        """The present source of which this file is a copy that rotation or compression made."""
        for source_id in sorted(self._families[family(text.file.path)]):
            source, original = self._by_id[source_id], self._claimed[source_id]
            if (
                may_be_copy(text.file.path, original.path)
                and text.digest(0, source.head_bytes) in {None, source.head_sha256}
                and _repeats(text, _Text(original, text.open_file), source)
            ):
                return source
        return None

    def _claim(self, file: FoundFile, source: Source) -> FollowedFile:
        self._claimed[source.id] = file
        self._families[family(file.path)].add(source.id)
        self.update(source)
        return FollowedFile(file, source)

    def _guarded(
        self, validate: Callable[[FoundFile, Open], Answer], file: FoundFile, open_file: Open
    ) -> Answer | Trouble:
        try:
            return validate(file, open_file)
        except (FileUnreadable, FileDamaged) as error:
            return Trouble(file, str(error))

    def _with_head_of(self, text: _Text) -> Iterator[Source]:
        """The sources that begin like `text`, the longest head and the newest first."""
        for length in sorted(self._by_head, reverse=True):
            head = text.digest(0, length)
            ids = self._by_head[length].get(head, set()) if head else set()
            for source_id in sorted(ids, reverse=True):
                yield self._by_id[source_id]

    def _new(self, file: FoundFile) -> Source:
        path = as_text(file.path)
        return Source(
            self._newest + 1, path, path, file.device, file.inode, 0, _NOTHING, 0, _NOTHING, lines=0
        )


def as_text(path: Path) -> str:
    """`path` as text; bytes that are not UTF-8 are escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def before(source: Source) -> tuple[int, int]:
    """The range whose hash is `source.before_sha256`."""
    return max(0, source.offset - HEAD), source.offset


class _Text:
    """The text of a file; opened for each read, since few files can be open at a time."""

    def __init__(self, file: FoundFile, open_file: Open) -> None:
        self.file = file
        self.open_file = open_file

    def read(self, position: int, size: int) -> bytes:
        return self.open_file(self.file).read(position, size)

    def digest(self, start: int, end: int) -> str | None:
        return self.open_file(self.file).digest(start, end)


def _continues(source: Source, text: _Text) -> bool:
    """Whether `text` has, at the same positions, the content that was read of `source`."""
    return (
        text.digest(0, source.head_bytes) == source.head_sha256
        and text.digest(*before(source)) == source.before_sha256
    )


def _is_shorter(source: Source, text: _Text) -> bool:
    return text.digest(*before(source)) is None


def _is_copy_of(file: FoundFile, source: Source) -> bool:
    """Whether its name is that of a copy, and not the original name used again."""
    path = Path(source.path)
    return file.path != path and family(file.path) == family(path)


def _moved(source: Source, file: FoundFile) -> Source:
    return msgspec.structs.replace(
        source, path=as_text(file.path), device=file.device, inode=file.inode, finished_bytes=None
    )


def _repeats(text: _Text, original: _Text, source: Source) -> bool:
    """Whether `text` is not empty and is the beginning of `original` too, or was until just now.

    The first 64 KB and samples of the rest are compared: a copy of gigabytes grows while it is read.
    """
    if not text.read(0, 1):
        return False
    for start, length in _samples(text.file):
        piece = text.read(start, length)
        if original.read(start, len(piece)) != piece:
            # If the original was truncated just now, this is the copy made before: wait for the next round.
            return not _continues(source, original)
    return True


def _samples(file: FoundFile) -> Iterator[tuple[int, int]]:
    yield 0, _COMPARED_WHOLE
    # A compressed file's size says nothing about its text, and its end is slow to reach.
    if file.path.suffix not in COMPRESSED:
        for number in range(1, _SAMPLES + 1):
            yield max(0, file.size * number // _SAMPLES - HEAD), HEAD
