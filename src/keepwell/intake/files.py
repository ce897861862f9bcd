"""File operations of intake: every change goes through `Fs`, so that tests can inject faults."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from keepwell.platform.errors import Conflict, InfrastructureError, StorageFull

# EFBIG: the limit of the process on file sizes.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_ALMOST_NOTHING = 65_536
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


class Fs(Protocol):
    """Changes files. Each call raises StorageFull or InfrastructureError naming the path."""

    def open(self, path: Path) -> int:
        """Open `path` for reading and appending; it is created if missing. The caller closes it."""
        ...

    def write(self, descriptor: int, data: bytes, *, path: Path) -> None:
        """Append all of `data`."""
        ...

    def fdatasync(self, descriptor: int, *, path: Path) -> None:
        """Return once the written data is on the disk. After an error it may be lost: never retry."""
        ...

    def truncate(self, descriptor: int, length: int, *, path: Path) -> None:
        """Truncate the file to `length` bytes."""
        ...

    def rename(self, source: Path, target: Path) -> None:
        """Rename `source` to `target`, replacing an existing file."""
        ...

    def remove(self, path: Path) -> None:
        """Remove the file `path`; a missing file is not an error."""
        ...

    def sync_directory(self, path: Path) -> None:
        """Return once the directory entries of `path` are on the disk."""
        ...


class LocalFs:
    """The machine's own file system."""

    def open(self, path: Path) -> int:
        """Open `path` for reading and appending; a symbolic link is refused."""
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
        """Return once the written data is on the disk."""
        with disk_errors(path):
            os.fdatasync(descriptor)

    def truncate(self, descriptor: int, length: int, *, path: Path) -> None:
        """Truncate the file to `length` bytes."""
        with disk_errors(path):
            os.ftruncate(descriptor, length)

    def rename(self, source: Path, target: Path) -> None:
        """Rename `source` to `target` atomically."""
        with disk_errors(target):
            source.rename(target)

    def remove(self, path: Path) -> None:
        """Remove the file `path` if it exists."""
        with disk_errors(path):
            path.unlink(missing_ok=True)

    def sync_directory(self, path: Path) -> None:
        """Return once the directory entries of `path` are on the disk."""
        with disk_errors(path):
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def create_folder(path: Path, *, files: Fs) -> None:
    """Create `path` and its parents durably, accessible to their owner only."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    with disk_errors(path):
        path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    for folder in missing:
        files.sync_directory(folder.parent)


@contextmanager
def exclusive_lock(path: Path, *, purpose: str) -> Iterator[None]:
    """Hold an exclusive lock on the file `path`; the kernel releases it however the process ends.

    Raises Conflict naming the process that holds it.
    """
    with disk_errors(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _conflict(descriptor, path, purpose) from None
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
    """Whether the disk of the existing file `path` has almost no space left."""
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize < _ALMOST_NOTHING


@contextmanager
def disk_errors(path: Path, *, needed: int = 0) -> Iterator[None]:
    """Translate OSError for `path` into StorageFull or InfrastructureError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise disk_full(path, needed=needed) from error
        raise InfrastructureError(
            f"{path}: {error.strerror}.",
            hint="Fix the disk or the permissions and run the same command again; "
            "everything acknowledged is kept.",
        ) from error


def _conflict(descriptor: int, path: Path, purpose: str) -> Conflict:
    holder = os.pread(descriptor, 20, 0).decode("ascii", "replace") or "unknown"
    return Conflict(
        f"Another process is {purpose} in {path.parent}.",
        hint=f"Wait for process {holder} to end, or stop it, then run the same command again.",
    )
