"""Disks that stop, fail or forget; each replaces intake's file system."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

from keepwell.intake.files import LocalFs, disk_errors
from tests import thorough

NEVER = sys.maxsize
POINTS = 4


def enlarge(mount: Path, size: int) -> None:
    """Resize the small disk at `mount` to `size` bytes."""
    subprocess.run(["mount", "-o", f"remount,size={size}", str(mount)], check=True)


Moment = Literal["before", "after", "torn"]
Memory = Literal["keeps", "forgets", "tears"]
Change = Literal["write", "fdatasync", "rename"]


class PowerCut(BaseException):
    """The machine loses power here."""


class CutDisk(LocalFs):
    """A disk of a machine that loses power at change number `at`: before it, after it, or in the middle of a write.

    `lose_power` decides what the disk contains after that: it need not keep unsynced bytes or names in an unsynced
    folder, and may keep a part of the bytes.
    """

    def __init__(self, at: int, moment: Moment) -> None:
        self.changes = 0
        self._at = at
        self._moment = moment
        self._synced: dict[Path, int] = {}
        self._renamed: list[tuple[Path, Path, bytes | None]] = []
        self._removed: dict[Path, bytes] = {}
        self._made: set[Path] = set()

    def lose_power(self, memory: Memory) -> None:
        """Change the files to what a disk with this memory contains when it is switched on again."""
        if memory == "keeps":
            return
        for path, length in self._synced.items():
            if path.exists():
                unsynced = path.stat().st_size - length
                os.truncate(path, length + (unsynced // 2 if memory == "tears" else 0))
        for path, content in self._removed.items():
            if not path.exists():
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(content)
        for source, target, replaced in reversed(self._renamed):
            if target.exists() and not source.exists():
                target.rename(source)
                if replaced is not None:
                    target.write_bytes(replaced)
        for path in self._made:
            path.unlink(missing_ok=True)

    def open(self, path: Path) -> int:
        if not path.exists():
            self._made.add(path)
        descriptor = super().open(path)
        self._synced.setdefault(path, os.fstat(descriptor).st_size)
        return descriptor

    def write(self, descriptor: int, data: bytes, *, path: Path) -> None:
        def put(part: bytes) -> Callable[[], None]:
            return lambda: super(CutDisk, self).write(descriptor, part, path=path)

        self._change(put(data), put(data[: len(data) // 2]))

    def fdatasync(self, descriptor: int, *, path: Path) -> None:
        def sync() -> None:
            super(CutDisk, self).fdatasync(descriptor, path=path)
            self._synced[path] = os.fstat(descriptor).st_size

        self._change(sync)

    def truncate(self, descriptor: int, length: int, *, path: Path) -> None:
        def cut() -> None:
            super(CutDisk, self).truncate(descriptor, length, path=path)
            self._synced[path] = min(self._synced[path], length)

        self._change(cut)

    def rename(self, source: Path, target: Path) -> None:
        def move() -> None:
            replaced = target.read_bytes() if target.exists() else None
            super(CutDisk, self).rename(source, target)
            self._renamed.append((source, target, replaced))
            self._synced[target] = self._synced.pop(source)

        self._change(move)

    def remove(self, path: Path) -> None:
        def take_away() -> None:
            if path.exists():
                self._removed[path] = path.read_bytes()
                super(CutDisk, self).remove(path)

        self._change(take_away)

    def sync_directory(self, path: Path) -> None:
        def sync() -> None:
            super(CutDisk, self).sync_directory(path)
            self._removed = {gone: held for gone, held in self._removed.items() if gone.parent != path}
            self._renamed = [pair for pair in self._renamed if pair[1].parent != path]
            self._made = {made for made in self._made if made.parent != path}

        self._change(sync)

    def _change(self, change: Callable[[], None], half: Callable[[], None] | None = None) -> None:
        self.changes += 1
        if self.changes <= self._at:
            change()
            return
        if self._moment == "after":
            change()
        if self._moment == "torn" and half is not None:
            half()
        raise PowerCut


class FailingDisk(LocalFs):
    """A disk on which one kind of change to files named `of` fails, from change number `at` on."""

    def __init__(self, change: Change, number: int, *, at: int, of: str = "*") -> None:
        self.changes = 0
        self._of = of
        self._change = change
        self._number = number
        self._at = at

    @property
    def has_failed(self) -> bool:
        return self.changes > self._at

    def write(self, descriptor: int, data: bytes, *, path: Path) -> None:
        self._meet("write", path)
        super().write(descriptor, data, path=path)

    def fdatasync(self, descriptor: int, *, path: Path) -> None:
        self._meet("fdatasync", path)
        super().fdatasync(descriptor, path=path)

    def rename(self, source: Path, target: Path) -> None:
        self._meet("rename", target)
        super().rename(source, target)

    def _meet(self, change: str, path: Path) -> None:
        if change != self._change or not path.match(self._of):
            return
        self.changes += 1
        if self.has_failed:
            with disk_errors(path):
                raise OSError(self._number, os.strerror(self._number))


Disk = TypeVar("Disk", CutDisk, FailingDisk)


def points_of(work: Callable[[Disk], object], disk: Disk, *, seed: str) -> list[int]:
    """The numbers of the changes that `work` makes on an intact disk; by default a sample of them."""
    work(disk)
    return thorough.sample(range(disk.changes), POINTS, seed=seed)


EIO, ENOSPC = errno.EIO, errno.ENOSPC
