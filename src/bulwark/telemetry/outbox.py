"""Events waiting to be sent: files of whole lines in a folder, sent oldest first, kept until they are accepted.

Each file is a batch. The outbox is bounded: beyond the limit the oldest file is deleted, and its number of events is
reported with the next ones. A line cut off by a crash was never acknowledged, and is skipped.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from bulwark.errors import TelemetryError
from bulwark.telemetry.batching import MAX_BATCH_BYTES, is_full, require_small
from bulwark.telemetry.events import EVENTS_DROPPED

DEFAULT_MAX_BYTES = 4_000_000
# An open file belongs to one game; another game takes it over after this long without a write.
ABANDONED_AFTER_SECONDS = 3600.0
_OPEN, _WAITING, _REFUSED = ".open", ".jsonl", ".refused"
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch of calls, in order."""

    path: Path
    calls: Sequence[bytes]


class Outbox:
    """A player's outbox on a machine; concurrent games write separate files.

    Its methods may be called from any thread, and raise TelemetryError if the disk fails.
    """

    def __init__(
        self,
        folder: Path,
        *,
        new_name: Callable[[], str],
        now: Callable[[], datetime],
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> None:
        """`new_name` returns names unique across games; up to `max_bytes` may wait, at least two batches."""
        self._folder = folder
        self._new_name = new_name
        self._now = now
        self._max_bytes = max(max_bytes, 2 * MAX_BATCH_BYTES)
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None
        self._path = folder
        self._size = self._calls = self._dropped = 0

    def put(self, call: bytes) -> None:
        """Store `call`, one line of JSON, after the previous ones."""
        require_small(call)
        with self._lock, _disk_errors(self._folder):
            if is_full(calls=self._calls, size=self._size, more=len(call)) or not self._path.exists():
                self._end_file()
            file = self._file or self._begin_file()
            file.write(call + b"\n")
            self._size += len(call) + 1
            self._calls += 1

    def oldest(self) -> Waiting | None:
        """The oldest batch, without calls added from now on. None if nothing waits."""
        with self._lock, _disk_errors(self._folder):
            self._end_file()
            self._take_over_abandoned()
            for path in self._paths(_WAITING):
                if calls := path.read_bytes().split(b"\n")[:-1]:
                    return Waiting(path, calls)
                path.unlink(missing_ok=True)
        return None

    def remove(self, waiting: Waiting) -> None:
        """Delete a batch that was accepted."""
        with self._lock, _disk_errors(self._folder):
            waiting.path.unlink(missing_ok=True)

    def reject(self, waiting: Waiting) -> None:
        """Move a batch the receiver will never accept out of the way, for inspection."""
        with self._lock, _disk_errors(self._folder):
            if waiting.path.exists():
                waiting.path.replace(waiting.path.with_suffix(_REFUSED))

    def waiting(self) -> int:
        """How many calls wait."""
        with self._lock, _disk_errors(self._folder):
            return sum(path.read_bytes().count(b"\n") for path in self._paths(_WAITING, _OPEN))

    def take_dropped(self) -> int:
        """How many calls were dropped since the last call."""
        with self._lock:
            dropped, self._dropped = self._dropped, 0
            return dropped

    def clear(self) -> None:
        """Delete everything, when the player switches telemetry off."""
        with self._lock, _disk_errors(self._folder):
            self._end_file()
            for path in self._paths(_WAITING, _OPEN, _REFUSED):
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the open file; waiting events stay."""
        with self._lock, _disk_errors(self._folder):
            self._end_file()

    def _paths(self, *suffixes: str) -> list[Path]:
        paths = [path for path in self._folder.glob("*") if path.suffix in suffixes]
        return sorted(path for path in paths if path.stem[:_DIGITS].isdecimal())

    def _begin_file(self) -> BinaryIO:
        self._folder.mkdir(parents=True, exist_ok=True)
        files = self._paths(_WAITING, _OPEN, _REFUSED)
        number = 1 + max((int(path.stem[:_DIGITS]) for path in files), default=0)
        self._drop_oldest()
        self._path = self._folder / f"{number:0{_DIGITS}}-{self._new_name()}{_OPEN}"
        self._file = self._path.open("xb", buffering=0)
        return self._file

    def _end_file(self) -> None:
        """Close the current file, which becomes a batch."""
        path, self._path = self._path, self._folder
        file, self._file = self._file, None
        self._size = self._calls = 0
        if file is not None:
            file.close()
            if path.exists():
                path.replace(path.with_suffix(_WAITING))

    def _take_over_abandoned(self) -> None:
        """Take over files of crashed games: a running game starts another file when its own is gone."""
        latest = self._now().timestamp() - ABANDONED_AFTER_SECONDS
        for path in self._paths(_OPEN):
            if path.stat().st_mtime < latest:
                path.replace(path.with_suffix(_WAITING))

    def _drop_oldest(self) -> None:
        files = [*self._paths(_REFUSED), *self._paths(_WAITING)]
        # Make room for the file about to be created.
        excess = sum(path.stat().st_size for path in files) + MAX_BATCH_BYTES - self._max_bytes
        for path in files:
            if excess <= 0:
                return
            excess -= path.stat().st_size
            self._dropped += sum(map(_event_count, path.read_bytes().split(b"\n")[:-1]))
            path.unlink(missing_ok=True)


def _event_count(call: bytes) -> int:
    """How many events `call` represents: a report of dropped events may itself be dropped."""
    count = json.loads(call)["properties"].get("count", 1) if EVENTS_DROPPED.encode() in call else 1
    return int(count)


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TelemetryError(
            f"{error.filename or folder}: {error.strerror}.",
            hint="Free space or fix the permissions; the game goes on without telemetry.",
        ) from error
