"""The disk as intake uses it: every change of a file goes through `Fs`, so that tests can stand between."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from keepwell.platform.errors import Conflict, InfrastructureError, StorageFull

# EFBIG is what a limit of the process on file sizes gives.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NEXT_TO_NOTHING = 65_536
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


class Fs(Protocol):
    """What changes files. Each call raises StorageFull or InfrastructureError naming the path."""

    def open(self, path: Path) -> int:
        """Open `path` for reading and appending; made where it is missing. The caller closes it."""
        ...

    def write(self, descriptor: int, data: bytes, *, path: Path) -> None:
        """Append all of `data`."""
        ...

    def fdatasync(self, descriptor: int, *, path: Path) -> None:
        """Return once what was written is on the disk. After an error it may be lost: never retry."""
        ...

    def truncate(self, descriptor: int, length: int, *, path: Path) -> None:
        """Cut the file to `length` bytes."""
        ...

    def rename(self, source: Path, target: Path) -> None:
        """Give `source` the name `target`, in place of what had it."""
        ...

    def remove(self, path: Path) -> None:
        """Remove the file `path`; one that is not there is no error."""
        ...

    def sync_directory(self, path: Path) -> None:
        """Return once the names in the folder `path` are on the disk."""
        ...


class LocalFs:
    """The machine's own file system."""

    def open(self, path: Path) -> int:
        """Open `path` for reading and appending; a symbolic link in its place is refused."""
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        with disk_errors(path):
            return os.open(path, flags, PRIVATE_FILE)

    def write(self, descriptor: int, data: bytes, *, path: Path) -> None:
        """Append all of `data`, however many calls the kernel needs."""
        rest = memoryview(data)
        with disk_errors(path, needed=len(data)):
            while rest:
                rest = rest[os.write(descriptor, rest) :]

    def fdatasync(self, descriptor: int, *, path: Path) -> None:
        """Return once what was written is on the disk."""
        with disk_errors(path):
            os.fdatasync(descriptor)

    def truncate(self, descriptor: int, length: int, *, path: Path) -> None:
        """Cut the file to `length` bytes."""
        with disk_errors(path):
            os.ftruncate(descriptor, length)

    def rename(self, source: Path, target: Path) -> None:
        """Give `source` the name `target`, at once and whole."""
        with disk_errors(target):
            source.rename(target)

    def remove(self, path: Path) -> None:
        """Remove the file `path`, where it is there."""
        with disk_errors(path):
            path.unlink(missing_ok=True)

    def sync_directory(self, path: Path) -> None:
        """Return once the names in the folder `path` are on the disk."""
        with disk_errors(path):
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def make_folder(path: Path, *, files: Fs) -> None:
    """Make `path`, readable by its owner only, with its parents, durably."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    with disk_errors(path):
        path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    for folder in missing:
        files.sync_directory(folder.parent)


@contextmanager
def exclusive_lock(path: Path, *, held_for: str) -> Iterator[None]:
    """Hold the lock file `path`; the kernel lets go of it however the process ends.

    Raises Conflict naming the holder's process where another has it.
    """
    with disk_errors(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _held(descriptor, path, held_for) from None
        with disk_errors(path):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def disk_full(path: Path, *, needed: int = 0) -> StorageFull:
    """The error for a full disk under `path`."""
    size = f"{needed:,} bytes" if needed else "space"
    return StorageFull(
        f"disk full: {size} needed at {path}",
        hint="Free space and run the same command again; everything acknowledged is kept.",
    )


def is_full(path: Path) -> bool:
    """Whether next to nothing is left on the disk of the existing file `path`."""
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize < _NEXT_TO_NOTHING


@contextmanager
def disk_errors(path: Path, *, needed: int = 0) -> Iterator[None]:
    """Translate what the kernel says of `path` into StorageFull or InfrastructureError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise disk_full(path, needed=needed) from error
        raise InfrastructureError(
            f"{path}: {error.strerror}.",
            hint="Set the disk or the permissions right and run the same command again; "
            "everything acknowledged is kept.",
        ) from error


def _held(descriptor: int, path: Path, held_for: str) -> Conflict:
    holder = os.pread(descriptor, 20, 0).decode("ascii", "replace") or "unknown"
    return Conflict(
        f"Another process is {held_for} in {path.parent}.",
        hint=f"Process {holder} holds it: wait until it ends, or stop it, then run the same command again.",
    )
