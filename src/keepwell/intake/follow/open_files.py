"""The followed files that are held open: a file that is renamed or deleted can be read to its end."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable

from keepwell.intake.follow.discovery import Found
from keepwell.intake.follow.readers import NotAFile, Reader, open_reader
from keepwell.intake.follow.sources import Unreadable
from keepwell.platform.errors import InfrastructureError, Unavailable

_MOST_OPEN = 64


class OpenFiles:
    """At most so many files, those that were read last."""

    def __init__(self) -> None:
        self._readers: OrderedDict[tuple[int, int], Reader] = OrderedDict()

    def reader(self, file: Found) -> Reader:
        """The open `file`, until the next call may close it to have room for another.

        Raises Unreadable where it cannot be opened now, and Unavailable where no file can be.
        """
        reader = self._readers.pop(file.key, None) or self._open(file)
        self._readers[file.key] = reader
        if len(self._readers) > _MOST_OPEN:
            _, oldest = self._readers.popitem(last=False)
            oldest.close()
        return reader

    def out_of_sight(self, found: Collection[tuple[int, int]]) -> list[Found]:
        """The open files that are not among `found`: renamed to where nobody looks, or deleted."""
        hidden = [reader for key, reader in self._readers.items() if key not in found]
        return [Found.of(reader.path, reader.status()) for reader in hidden]

    def close(self, key: tuple[int, int]) -> None:
        """Let go of one file."""
        if reader := self._readers.pop(key, None):
            reader.close()

    def close_all(self) -> None:
        """Let go of every file."""
        for key in list(self._readers):
            self.close(key)

    def let_go(self, files: Iterable[Found]) -> None:
        """Close those of `files` that no name leads to any more, so that the disk can have their space."""
        for file in files:
            reader = self._readers.get(file.key)
            if reader is not None and reader.status().st_nlink == 0:
                self.close(file.key)

    def _open(self, file: Found) -> Reader:
        try:
            reader = self._open_once(file)
        except Unavailable:
            # The descriptors that we hold only to be sure are given up for the one that is needed.
            self.close_all()
            reader = self._open_once(file)
        status = reader.status()
        if (status.st_dev, status.st_ino) != file.key:
            reader.close()
            raise Unreadable("another file has taken its name")
        return reader

    def _open_once(self, file: Found) -> Reader:
        try:
            reader = open_reader(file.path)
        except NotAFile:
            raise Unreadable("is no regular file any more") from None
        except Unavailable:
            raise
        except InfrastructureError as error:
            raise Unreadable(error.message) from error
        if reader is None:
            raise Unreadable("is gone")
        return reader
