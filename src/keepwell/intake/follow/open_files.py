"""The followed files that are kept open: a file that is renamed or deleted can be read to its end."""

from __future__ import annotations

import resource
from collections import OrderedDict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from keepwell.intake.follow.discovery import FoundFile
from keepwell.intake.follow.readers import FileReader, NotAFile, open_reader
from keepwell.intake.follow.sources import FileUnreadable
from keepwell.platform.errors import InfrastructureError, Unavailable
from keepwell.platform.open_file_limit import raise_open_file_limit

# A deleted file of which the system does not say who writes to it is over once it was quiet for so long.
_QUIET = timedelta(minutes=1)
# Descriptors that are left to the journal, the state and the libraries.
_RESERVED = 64
_FEWEST, _MOST = 16, 50_000


def raise_file_limit() -> None:
    """Let this process have as many files open as it may, so that none is lost when it is moved away."""
    raise_open_file_limit(_MOST + _RESERVED)


class OpenFiles:
    """The files that were read last, as many as the process may have open."""

    def __init__(self) -> None:
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most = max(_FEWEST, min(soft - _RESERVED, _MOST))
        self._readers: OrderedDict[tuple[int, int], FileReader] = OrderedDict()

    def reader(self, file: FoundFile) -> FileReader:
        """The opened `file`; the next call may close it to make room for another.

        Raises FileUnreadable if it cannot be opened at present, and Unavailable if no file can be.
        """
        reader = self._readers.pop(file.key, None) or self._open(file)
        self._readers[file.key] = reader
        if len(self._readers) > self._most:
            _, oldest = self._readers.popitem(last=False)
            oldest.close()
        return reader

    def unlisted(self, found: Collection[tuple[int, int]]) -> list[FoundFile]:
        """The open files that are not in `found`: moved out of the patterns, or deleted."""
        hidden = [reader for key, reader in self._readers.items() if key not in found]
        return [FoundFile.of(reader.path, reader.status()) for reader in hidden]

    def __contains__(self, key: tuple[int, int]) -> bool:
        """Whether this file is open."""
        return key in self._readers

    def is_deleted(self, file: FoundFile) -> bool:
        """Whether the open `file` has no name any more."""
        reader = self._readers.get(file.key)
        return reader is not None and reader.status().st_nlink == 0

    def ended(self, found: Collection[tuple[int, int]], *, now: datetime) -> set[tuple[int, int]]:
        """The deleted files that no program writes to any more, of those that are not in `found`."""
        return {
            key
            for key, reader in self._readers.items()
            if key not in found and reader.status().st_nlink == 0 and _is_over(reader, now)
        }

    def close(self, key: tuple[int, int]) -> None:
        """Close one file."""
        if reader := self._readers.pop(key, None):
            reader.close()

    def close_compressed(self) -> None:
        """Close compressed files, which take more memory and do not grow."""
        for key in [key for key, reader in self._readers.items() if reader.compressed]:
            self.close(key)

    def close_all(self) -> None:
        """Close every file."""
        for key in list(self._readers):
            self.close(key)

    def _open(self, file: FoundFile) -> FileReader:
        try:
            reader = self._open_once(file)
        except Unavailable:
            # The files are kept open only as a precaution, so all are closed for the one that is needed.
            self.close_all()
            reader = self._open_once(file)
        status = reader.status()
        if (status.st_dev, status.st_ino) != file.key:
            reader.close()
            raise FileUnreadable("another file has its name")
        return reader

    def _open_once(self, file: FoundFile) -> FileReader:
        try:
            reader = open_reader(file.path)
        except NotAFile:
            raise FileUnreadable("is not a regular file any more") from None
        except Unavailable:
            raise
        except InfrastructureError as error:
            raise FileUnreadable(error.message) from error
        if reader is None:
            raise FileUnreadable("does not exist any more")
        return reader


def _is_over(reader: FileReader, now: datetime) -> bool:
    has_writer = reader.has_writer()
    if has_writer is None:
        return datetime.fromtimestamp(reader.status().st_mtime, UTC) + _QUIET < now
    return not has_writer
