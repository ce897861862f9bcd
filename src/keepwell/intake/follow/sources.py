"""Identifying which known source a file is, by its content: names, inodes and lengths are all reused.

A file that was renamed, copied and truncated, compressed or rewritten must be read on from where reading
stopped, neither twice nor not at all. Where the evidence does not suffice (see `evidence`), the file is read
as a new one and named, since rows read twice can be removed, and rows never read cannot be found.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

import msgspec

from keepwell.intake.follow.discovery import FoundFile, is_rotated, live_name, uncompressed_name
from keepwell.intake.follow.evidence import (
    OpenFile,
    Stopping,
    Text,
    belongs_to,
    continues,
    has_like_lines,
    is_distinctive,
    is_next_name,
    is_same_file,
    moved,
    was_rewritten,
)
from keepwell.intake.follow.readers import HEAD, FileDamaged
from keepwell.intake.model import Source
from keepwell.platform.values.path_texts import as_text

_NOTHING = hashlib.sha256().hexdigest()
_STEP = 1 << 20
# A writer goes on within this time after rotation has copied its file and before it is truncated.
_COPY_NANOSECONDS = 2_000_000_000


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
    """A file and its source; `doubt` says why its rows may have been read before.

    If `has_no_text`, it could not be recognised: it must not be read before it has been identified again.
    """

    file: FoundFile
    source: Source
    doubt: str = ""
    has_no_text: bool = False


Verdict: TypeAlias = FollowedFile | Copy | Trouble
Answer = TypeVar("Answer")


class _Compared(msgspec.Struct, frozen=True):
    """A copy: as it was when it was compared, its original, and how much of it is certainly the same."""

    file: FoundFile
    source_id: int
    length: int
    is_certain: bool


class Sources:
    """All sources of one intake, and their latest files."""

    def __init__(
        self, known: Iterable[Source], *, root: Path, is_stopping: Callable[[], bool] = lambda: False
    ) -> None:
        self._root = root.resolve()
        self._is_stopping = is_stopping
        self._by_id: dict[int, Source] = {}
        self._by_inode: dict[tuple[int, int], int] = {}
        self._by_head: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._seen: dict[tuple[int, int], FollowedFile] = {}
        self._compared: dict[tuple[int, int], _Compared] = {}
        self._claimed: dict[int, FoundFile] = {}
        self._names: dict[tuple[Path, str], set[int]] = defaultdict(set)
        self._present: dict[tuple[int, int], FoundFile] = {}
        self._hidden: set[tuple[int, int]] = set()
        self._ended: set[int] = set()
        self._newest = 0
        for source in known:
            self.update(source)

    def update(self, source: Source) -> None:
        """Record how far `source` has been read."""
        if known := self._by_id.get(source.id):
            self._by_head[known.head_bytes][known.head_sha256].discard(known.id)
        self._by_id[source.id] = source
        self._by_inode[source.device, source.inode] = source.id
        if source.head_bytes:
            self._by_head[source.head_bytes][source.head_sha256].add(source.id)
        self._newest = max(self._newest, source.id)

    def end(self, source: Source) -> None:
        """Record that the file of `source` was read to its end and then deleted: another one is not the same."""
        self._ended.add(source.id)

    def identify(
        self, found: Sequence[FoundFile], *, hidden: Sequence[FoundFile] = (), open_file: OpenFile
    ) -> list[Verdict]:
        """The source of each file, in their order; a new one if it is unknown.

        The `hidden` ones have another name than when they were opened, or none. `open_file` opens a file and raises FileUnreadable; its other errors are passed on. If the command is to end,
        files that were not reached are left out.
        """
        # A copy may have been made of a hidden file before it was deleted.
        files = [*hidden, *found]
        self._hidden = {file.key for file in hidden}
        self._claimed, self._names = {}, defaultdict(set)
        self._present = {file.key: file for file in files}
        verdicts: dict[tuple[int, int], Verdict | None] = {}
        try:
            # Files that have not moved come first, then names without rotation: whatever else looks alike may
            # then be a copy of these.
            for file in files:
                verdicts[file.key] = self._guarded(self._unmoved, file, open_file)
            for file in sorted(files, key=lambda file: is_rotated(file.path)):
                if verdicts[file.key] is None:
                    verdicts[file.key] = self._guarded(self._recognise, file, open_file)
        except Stopping:
            pass
        return [verdict for file in files if (verdict := verdicts.get(file.key))]

    def _unmoved(self, text: Text) -> FollowedFile | None:
        """The source that this inode was before, if its content confirms it."""
        file = text.file
        source = self._by_id.get(self._by_inode.get(file.key, 0))
        if source is None:
            return None
        seen = self._seen.get(file.key)
        if seen is not None and _is_unchanged(file, seen.file):
            return self._claim(text, source, has_no_text=seen.has_no_text)
        if not source.offset or not is_same_file(source, text):
            # Nothing was read of it, so it may be a copy that had just been created.
            return None
        if source.finished_bytes is not None:
            # All of a compressed file was read, and rewriting it may not change its length.
            is_known = (file.size, file.modified) == (source.finished_bytes, source.modified) or text.has(
                source
            )
        else:
            is_known = continues(source, text) and not (
                was_rewritten(source, file) and not is_distinctive(source, text)
            )
        return self._claim(text, source) if is_known else None

    def _recognise(self, text: Text) -> FollowedFile | Copy:
        file, place = text.file, self._place(text.file.path)
        # Asked first: what has text now had it in each comparison.
        has_no_text = not text.read(0, 1)
        compared = self._compared.get(file.key)
        if compared and compared.source_id not in self._claimed and _is_unchanged(file, compared.file):
            # It was a copy while its original existed, which still says what was read of it.
            source = self._by_id[compared.source_id]
            return self._move(source, text, place=place) if text.has(source) else Copy(file, source)
        if original := self._original_of(text):
            return Copy(file, original)
        doubtful = self._repeated_by(text)
        for source in self._with_head_of(text):
            if source.id in self._claimed or not text.has(source):
                continue
            if self._was_replaced(source, by=file) and not is_distinctive(source, text):
                # Or the same one, replaced by a tool that writes whole files.
                doubtful = doubtful or (None if has_like_lines(source, text) else source)
                continue
            is_there = self._is_original_there(source, text)
            if belongs_to(source, text, place=place, is_original_there=is_there):
                return self._move(source, text, place=place)
            if source.id not in self._ended or _may_be_copy(file.path, of=source):
                doubtful = doubtful or source
        return self._claim(text, self._new(text), doubt=_doubt(doubtful), has_no_text=has_no_text)

    def _was_replaced(self, source: Source, *, by: FoundFile) -> bool:
        """Whether the file of `source` was seen to be deleted, and `by` has its path now: another file."""
        return source.id in self._ended and as_text(by.path) == source.path

    def _is_original_there(self, source: Source, text: Text) -> bool:
        """Whether the file that was read as `source` is another one, which still exists, whatever it contains now."""
        file = self._present.get((source.device, source.inode))
        return file is not None and file.key != text.file.key and is_same_file(source, self._text(file, text))

    def _move(self, source: Source, text: Text, *, place: str) -> FollowedFile:
        return self._claim(text, moved(source, text, path=as_text(text.file.path), place=place))

    def _original_of(self, text: Text) -> Source | None:
        """The present source of which this file is a copy that rotation or compression made."""
        for source in self._relatives(text.file.path):
            if text.digest(0, source.head_bytes) in {None, source.head_sha256} and self._is_copy(
                text, source
            ):
                return source
        return None

    def _repeated_by(self, text: Text) -> Source | None:
        """The present source whose text this file, which rotation may have made, begins with and goes on after."""
        return next(
            (
                each
                for each in self._relatives(text.file.path)
                if is_distinctive(each, text) and text.has(each)
            ),
            None,
        )

    def _relatives(self, path: Path) -> Iterator[Source]:
        """The present sources of which a file at `path` may be a copy, by its name."""
        names = dict.fromkeys([uncompressed_name(path), live_name(path.name)])
        for source_id in sorted(set().union(*(self._names[path.parent, name] for name in names))):
            source, original = self._by_id[source_id], self._claimed[source_id]
            # The file with the live name is an original, even if its beginning is that of an older one; and a
            # file at the same path has replaced the other.
            is_live = not is_rotated(path) and uncompressed_name(original.path) != uncompressed_name(path)
            if not is_live and path != original.path:
                yield source

    def _is_copy(self, text: Text, source: Source) -> bool:
        """Whether the file is not empty and is the beginning of the present `source` too, or was until just now."""
        original = self._text(self._claimed[source.id], text)
        compared = self._compared.get(text.file.key)
        start = 0
        if compared is not None and compared.source_id == source.id:
            if _is_unchanged(text.file, compared.file) and compared.is_certain:
                return True
            # It may still be written to, so only what was added is compared.
            start = compared.length if compared.file.size <= text.file.size else 0
        elif _is_older(text, original) or not text.read(0, 1):
            return False
        length = _common(text, original, start=start)
        if length is None:
            # If the original was truncated just now, this is the copy made before: wait for the next round.
            return not continues(source, original)
        is_certain = not has_like_lines(source, text) if source.offset else True
        if not is_certain and _was_regrown(text.file, original.file):
            return False
        self._compared[text.file.key] = _Compared(text.file, source.id, length, is_certain)
        return True

    def _claim(
        self, text: Text, source: Source, *, doubt: str = "", has_no_text: bool = False
    ) -> FollowedFile:
        file = text.file
        self._claimed[source.id] = file
        self._names[file.path.parent, uncompressed_name(file.path)].add(source.id)
        if file.key in self._hidden:
            self._names[file.path.parent, live_name(file.path.name)].add(source.id)
        if source.born is None or not source.place:
            source = msgspec.structs.replace(source, born=text.born, place=self._place(file.path))
        self.update(source)
        followed = self._seen[file.key] = FollowedFile(file, source, doubt, has_no_text)
        return followed

    def _guarded(
        self, judge: Callable[[Text], Answer], file: FoundFile, open_file: OpenFile
    ) -> Answer | Trouble:
        if self._is_stopping():
            raise Stopping
        try:
            return judge(Text(file, open_file, is_stopping=self._is_stopping))
        except (FileUnreadable, FileDamaged) as error:
            return Trouble(file, str(error))

    def _text(self, file: FoundFile, like: Text) -> Text:
        return Text(file, like.open_file, is_stopping=self._is_stopping)

    def _with_head_of(self, text: Text) -> Iterator[Source]:
        """The sources that begin like `text`, the longest head and the newest first."""
        head = text.read(0, HEAD)
        for length in sorted(self._by_head, reverse=True):
            if length <= len(head):
                digest = hashlib.sha256(head[:length]).hexdigest()
                for source_id in sorted(self._by_head[length].get(digest, ()), reverse=True):
                    yield self._by_id[source_id]

    def _new(self, text: Text) -> Source:
        file, path = text.file, as_text(text.file.path)
        known = self._by_id.get(self._by_inode.get(file.key, 0))
        is_known = known is not None and not known.offset and is_same_file(known, text)
        return Source(
            id=known.id if known and is_known else self._newest + 1,
            name=path,
            path=path,
            device=file.device,
            inode=file.inode,
            head_bytes=0,
            head_sha256=_NOTHING,
            offset=0,
            before_sha256=_NOTHING,
            lines=0,
            born=text.born,
            crc32=0,
            place=self._place(file.path),
        )

    def _place(self, path: Path) -> str:
        """Where `path` is, seen from the intake folder: the same if both are moved together."""
        return os.path.relpath(as_text(path), as_text(self._root))


def _doubt(source: Source | None) -> str:
    if source is None:
        return ""
    return (
        f"it has the same text as {source.path}, which does not show that it is the same file: it was read "
        "as a new one, and its rows may repeat others"
    )


def _may_be_copy(path: Path, *, of: Source) -> bool:
    """Whether rotation may have made the file at `path` from that of a source before it was deleted."""
    original = Path(of.path)
    return path != original and is_next_name(path, original)


def _is_unchanged(file: FoundFile, seen: FoundFile) -> bool:
    return (file.size, file.modified) == (seen.size, seen.modified)


def _is_older(text: Text, original: Text) -> bool:
    """Whether the file existed before its supposed original, so that it cannot be a copy of it."""
    born, of_original = text.born, original.born
    return born is not None and of_original is not None and born < of_original


def _was_regrown(copy: FoundFile, original: FoundFile) -> bool:
    """Whether the original was written so long after the copy that it must have been truncated meanwhile."""
    return original.modified - copy.modified > (0 if original.size == copy.size else _COPY_NANOSECONDS)


def _common(text: Text, original: Text, *, start: int) -> int | None:
    """The length of `text` if `original` begins with all of it; the first `start` bytes are not compared."""
    position = start
    while piece := text.read(position, _STEP):
        if original.read(position, len(piece)) != piece:
            return None
        position += len(piece)
    return position
