"""Finding the files to follow: those that the patterns match, and their rotated copies."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

_NOT_VISIBLE = (FileNotFoundError, NotADirectoryError, PermissionError)
_OWN_FILES = re.compile(r"(ok|dlq)-\d+\.(open|jsonl)\Z|state\.db|lock\Z")
_COMPRESSED = re.compile(r"\.(gz|zst|bz2|xz)\Z")
# What rotation adds to a name: app.log.1, app.log-20261123, app.log.2026-11-23T10, app.1.log.
_NUMBER = r"[._-]\d[\d._:TZ-]*"
_ROTATED_AFTER = re.compile(rf"(?P<live>.+?){_NUMBER}\Z")
_ROTATED_WITHIN = re.compile(rf"(?P<stem>.+?){_NUMBER}(?P<suffix>\.[A-Za-z]\w*)\Z")


class FoundFile(msgspec.Struct, frozen=True):
    """An existing file; `size` is its length on the disk, `modified` its time in nanoseconds."""

    path: Path
    device: int
    inode: int
    size: int
    modified: int

    @property
    def key(self) -> tuple[int, int]:
        """Device and inode: the identity of the file while it exists."""
        return self.device, self.inode

    @classmethod
    def of(cls, path: Path, status: os.stat_result) -> FoundFile:
        """The file `path` with the kernel's `status` of it."""
        return cls(path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


class DiscoveredFiles(msgspec.Struct, frozen=True):
    """The regular files, oldest first, and the paths of other things, which are not read."""

    files: list[FoundFile]
    not_files: list[Path]


def discover(patterns: Iterable[str], *, own_folder: Path) -> DiscoveredFiles:
    """Find every file that a pattern matches, and the rotated copies of those.

    A pattern is a path or a glob (`**` crosses folders). A file with several names is found by the first.
    Files that intake itself writes into `own_folder` are left out: they must not be read back.
    """
    paths: dict[Path, None] = {}
    for pattern in patterns:
        named = sorted(glob.glob(pattern, recursive=True)) or [pattern]  # noqa: PTH207  a pattern may be absolute
        paths.update(dict.fromkeys(Path(path).absolute() for path in named))
    paths.update(dict.fromkeys(_rotated(paths)))
    own = {folder for folder in {path.parent for path in paths} if _is_same(folder, own_folder)}
    files: dict[tuple[int, int], FoundFile] = {}
    not_files = []
    for path in paths:
        status = _status(path)
        if status is None or stat.S_ISDIR(status.st_mode):
            continue
        if path.parent in own and _OWN_FILES.match(path.name):
            continue
        if stat.S_ISREG(status.st_mode):
            found = FoundFile.of(path, status)
            files.setdefault(found.key, found)
        else:
            not_files.append(path)
    return DiscoveredFiles(sorted(files.values(), key=lambda file: (file.modified, file.path)), not_files)


def live_name(name: str) -> str:
    """The name that a file had before rotation and compression renamed it to `name`."""
    name = _COMPRESSED.sub("", name)
    if within := _ROTATED_WITHIN.match(name):
        return within["stem"] + within["suffix"]
    after = _ROTATED_AFTER.match(name)
    return after["live"] if after else name


def family(path: Path) -> tuple[Path, str]:
    """What all generations of one file have in common: folder and live name."""
    return path.parent, live_name(path.name)


def is_rotated(path: Path) -> bool:
    """Whether its name results from rotation or compression."""
    return live_name(path.name) != path.name


def uncompressed_name(path: Path) -> str:
    """Its name before compression."""
    return _COMPRESSED.sub("", path.name)


def _rotated(paths: Iterable[Path]) -> Iterator[Path]:
    live: dict[Path, set[str]] = defaultdict(set)
    for path in paths:
        live[path.parent].add(path.name)
    for folder, names in live.items():
        try:
            entries = list(folder.iterdir())
        except _NOT_VISIBLE:
            continue
        for entry in entries:
            if entry.name not in names and live_name(entry.name) in names:
                yield entry


def _status(path: Path) -> os.stat_result | None:
    # A file that does not exist (yet), or whose folder is not accessible, is tried again in the next round.
    try:
        return path.lstat()
    except _NOT_VISIBLE:
        return None


def _is_same(folder: Path, other: Path) -> bool:
    return folder.exists() and folder.samefile(other)
