"""Reading a followed file, plain, gzip or zstd, by the position in its text."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from abc import ABC, abstractmethod
from functools import cached_property
from io import BufferedReader
from pathlib import Path

from keepwell.intake.files import disk_errors
from keepwell.intake.follow.birth import birth_of
from keepwell.intake.follow.decompression import Compression, Decompressed, compression_of
from keepwell.intake.follow.writers import has_writer
from keepwell.platform.errors import InfrastructureError, Unavailable

HEAD = 1024
_CLOSED = -1
_STEP = 1 << 20
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ESTALE}
_NO_DESCRIPTOR = {errno.EMFILE, errno.ENFILE}


class NotAFile(Exception):
    """It is not a regular file, so it is not read."""


class FileDamaged(Exception):
    """A compressed file cannot be read past this position."""

    def __init__(self, position: int, why: str) -> None:
        super().__init__(f"cannot be decompressed past byte {position:,} of its text: {why}")


class FileReader(ABC):
    """An open file; positions count bytes of its text. The caller closes it."""

    compressed: bool

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self.path = path

    def status(self) -> os.stat_result:
        """The kernel's status of the open file."""
        with disk_errors(self.path):
            return os.fstat(self._descriptor)

    @cached_property
    def born(self) -> int | None:
        """The birth time of the file in nanoseconds; None if the file system does not record it."""
        with disk_errors(self.path):
            return birth_of(self._descriptor)

    def has_writer(self) -> bool | None:
        """Whether a program still writes to the file, which has no name any more; None if that is unknown."""
        return has_writer(self._descriptor)

    @abstractmethod
    def read(self, position: int, size: int) -> bytes:
        """At most `size` bytes from `position`; fewer at the end. Raises FileDamaged or InfrastructureError."""

    def next_data(self, position: int) -> int:
        """Where the text continues after a hole that begins at `position`; `position` itself if there is none."""
        return position

    def close(self) -> None:
        """Close the file; a later read fails instead of reading another file with the same descriptor."""
        descriptor, self._descriptor = self._descriptor, _CLOSED
        os.close(descriptor)

    def digest(self, start: int, end: int) -> str | None:
        """The SHA-256 of the text from `start` to `end`; None if the text is shorter."""
        content = self.read(start, end - start)
        return hashlib.sha256(content).hexdigest() if len(content) == end - start else None


class PlainReader(FileReader):
    """A file that may grow while it is read."""

    compressed = False

    def read(self, position: int, size: int) -> bytes:
        """At most `size` bytes from `position`."""
        with disk_errors(self.path):
            return os.pread(self._descriptor, size, position)

    def next_data(self, position: int) -> int:
        """The end of a hole, at which the file system stores data; the end of the file if there is none."""
        try:
            return os.lseek(self._descriptor, position, os.SEEK_DATA)
        except OSError as error:
            return self.status().st_size if error.errno == errno.ENXIO else position


class CompressedReader(FileReader):
    """A rotated copy: its text can only be read forward, and going back restarts from the beginning."""

    compressed = True

    def __init__(self, descriptor: int, path: Path, *, compression: Compression) -> None:
        super().__init__(descriptor, path)
        self._compression = compression
        self._head = b""
        self._recent = b""
        self._damage: FileDamaged | None = None
        self._start()

    def read(self, position: int, size: int) -> bytes:
        """At most `size` bytes from `position`; all text before a damage is returned first."""
        # Most reads are of the head, to identify the file: they must not restart each time.
        if position + size <= len(self._head):
            return self._head[position : position + size]
        has_grown = self._damage is not None and self.status().st_size != self._size
        if has_grown or position < self._position - len(self._recent):
            self._start()
        while self._position < position:
            if not self._advance(min(_STEP, position - self._position)):
                return b""
        text = self._recent[len(self._recent) - (self._position - position) :]
        while len(text) < size and (more := self._advance_past(text, size - len(text))):
            text += more
        # The beginning of a line is read again with its end, which goes back a little.
        self._recent = text
        return text[:size]

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        super().close()

    def _start(self) -> None:
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        raw = os.fdopen(self._descriptor, "rb", closefd=False)
        self._stream = BufferedReader(Decompressed(raw, self._compression))
        self._size = self.status().st_size
        self._position = 0
        self._recent = b""
        self._damage = None

    def _advance_past(self, text: bytes, size: int) -> bytes:
        try:
            return self._advance(size)
        except FileDamaged:
            if not text:
                raise
            return b""

    def _advance(self, size: int) -> bytes:
        if self._damage:
            raise self._damage
        try:
            # Not `read`: at a damage it would lose the text before it.
            piece: bytes = self._stream.read1(size)
        except EOFError as error:
            self._damage = FileDamaged(self._position, str(error))
            raise self._damage from error
        if self._position < HEAD and self._position == len(self._head):
            self._head += piece[: HEAD - self._position]
        self._position += len(piece)
        self._recent = piece
        return piece


def open_reader(path: Path) -> FileReader | None:
    """The opened file at `path`; None if it does not exist.

    Raises NotAFile for a link, pipe, device or folder, without waiting for it or reading from it; Unavailable
    if too many files are open, and InfrastructureError if it may not be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError as error:
        if error.errno in _GONE:
            return None
        raise _translated(error, path) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotAFile(path)
    with disk_errors(path):
        compression = compression_of(os.pread(descriptor, HEAD, 0), path)
    return (
        CompressedReader(descriptor, path, compression=compression)
        if compression
        else PlainReader(descriptor, path)
    )


def _translated(error: OSError, path: Path) -> Exception:
    if error.errno in {errno.ELOOP, errno.ENXIO}:
        return NotAFile(path)
    if error.errno in _NO_DESCRIPTOR:
        return Unavailable(
            f"{path}: {error.strerror}.", hint="Raise the limit (ulimit -n) and run the same command again."
        )
    return InfrastructureError(
        f"{path}: {error.strerror}.",
        hint="Give this user permission to read the file; nothing of it was read or lost.",
    )
