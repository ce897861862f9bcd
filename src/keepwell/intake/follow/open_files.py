"""The followed files that are kept open: a file that is renamed or deleted can be read to its end."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable

from keepwell.intake.follow.discovery import FoundFile
from keepwell.intake.follow.readers import FileReader, NotAFile, open_reader
from keepwell.intake.follow.sources import FileUnreadable
from keepwell.platform.errors import InfrastructureError, Unavailable

_MOST_OPEN = 64


class OpenFiles:
    """A limited number of open files, those that were read last."""

    def __init__(self) -> None:
        self._readers: OrderedDict[tuple[int, int], FileReader] = OrderedDict()

    def reader(self, file: FoundFile) -> FileReader:
        """The opened `file`; the next call may close it to make room for another.

        Raises FileUnreadable if it cannot be opened at present, and Unavailable if no file can be.
        """
        reader = self._readers.pop(file.key, None) or self._open(file)
        self._readers[file.key] = reader
        if len(self._readers) > _MOST_OPEN:
            _, oldest = self._readers.popitem(last=False)
            oldest.close()
        return reader

    def unlisted(self, found: Collection[tuple[int, int]]) -> list[FoundFile]:
        """The open files that are not in `found`: moved out of the patterns, or deleted."""
        hidden = [reader for key, reader in self._readers.items() if key not in found]
        return [FoundFile.of(reader.path, reader.status()) for reader in hidden]

    def close(self, key: tuple[int, int]) -> None:
        """Close one file."""
        if reader := self._readers.pop(key, None):
            reader.close()

    def close_all(self) -> None:
        """Close every file."""
        for key in list(self._readers):
            self.close(key)

    def close_deleted(self, files: Iterable[FoundFile]) -> None:
        """Close those of `files` that have no name any more, so that the disk can free their space."""
        for file in files:
            reader = self._readers.get(file.key)
            if reader is not None and reader.status().st_nlink == 0:
                self.close(file.key)

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
