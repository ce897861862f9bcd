"""Events that wait to be sent: files of whole lines in a folder, sent oldest first, kept until they were taken.

Each file is a batch. What waits is bounded: past it the oldest file goes, and how many events it held is told
with the next ones. A line that a crash cut off was never promised, and is passed over.
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
from bulwark.telemetry.batching import MOST_BYTES, is_full, require_small
from bulwark.telemetry.events import EVENTS_DROPPED

DEFAULT_MOST_BYTES = 4_000_000
# One game writes a file that is open; another takes it over once nothing was written to it for so long.
ABANDONED_AFTER_SECONDS = 3600.0
_OPEN, _WAITING, _REFUSED = ".open", ".jsonl", ".refused"
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch of calls, in the order in which they were put."""

    path: Path
    calls: Sequence[bytes]


class Outbox:
    """The folder of a player on a machine; several games at once each write files of their own.

    Its methods may be called from any thread, and raise TelemetryError where the disk fails.
    """

    def __init__(
        self,
        folder: Path,
        *,
        new_name: Callable[[], str],
        now: Callable[[], datetime],
        most_bytes: int = DEFAULT_MOST_BYTES,
    ) -> None:
        """`new_name` gives names that no other game gives; `most_bytes` may wait, two batches at least."""
        self._folder = folder
        self._new_name = new_name
        self._now = now
        self._most_bytes = max(most_bytes, 2 * MOST_BYTES)
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None
        self._path = folder
        self._size = self._calls = self._dropped = 0

    def put(self, call: bytes) -> None:
        """Keep `call`, one line of JSON, after those that were put before."""
        require_small(call)
        with self._lock, _disk_errors(self._folder):
            if is_full(calls=self._calls, size=self._size, more=len(call)) or not self._path.exists():
                self._end_file()
            file = self._file or self._begin_file()
            file.write(call + b"\n")
            self._size += len(call) + 1
            self._calls += 1

    def oldest(self) -> Waiting | None:
        """The oldest batch; what is put from now on is not in it. None where nothing waits."""
        with self._lock, _disk_errors(self._folder):
            self._end_file()
            self._take_over_abandoned()
            for path in self._paths(_WAITING):
                if calls := path.read_bytes().split(b"\n")[:-1]:
                    return Waiting(path, calls)
                path.unlink(missing_ok=True)
        return None

    def remove(self, waiting: Waiting) -> None:
        """Forget a batch that was taken."""
        with self._lock, _disk_errors(self._folder):
            waiting.path.unlink(missing_ok=True)

    def set_aside(self, waiting: Waiting) -> None:
        """Keep a batch that the receiver will never take out of the way, for somebody to look at."""
        with self._lock, _disk_errors(self._folder):
            if waiting.path.exists():
                waiting.path.replace(waiting.path.with_suffix(_REFUSED))

    def waiting(self) -> int:
        """How many calls wait."""
        with self._lock, _disk_errors(self._folder):
            return sum(path.read_bytes().count(b"\n") for path in self._paths(_WAITING, _OPEN))

    def take_dropped(self) -> int:
        """How many calls were dropped since this was asked last."""
        with self._lock:
            dropped, self._dropped = self._dropped, 0
            return dropped

    def clear(self) -> None:
        """Forget everything, as a player who switches it off asks for."""
        with self._lock, _disk_errors(self._folder):
            self._end_file()
            for path in self._paths(_WAITING, _OPEN, _REFUSED):
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the open file; what waits stays."""
        with self._lock, _disk_errors(self._folder):
            self._end_file()

    def _paths(self, *suffixes: str) -> list[Path]:
        found = [path for path in self._folder.glob("*") if path.suffix in suffixes]
        return sorted(path for path in found if path.stem[:_DIGITS].isdecimal())

    def _begin_file(self) -> BinaryIO:
        self._folder.mkdir(parents=True, exist_ok=True)
        files = self._paths(_WAITING, _OPEN, _REFUSED)
        number = 1 + max((int(path.stem[:_DIGITS]) for path in files), default=0)
        self._drop_oldest()
        self._path = self._folder / f"{number:0{_DIGITS}}-{self._new_name()}{_OPEN}"
        self._file = self._path.open("xb", buffering=0)
        return self._file

    def _end_file(self) -> None:
        """Let what was put so far be a batch."""
        path, self._path = self._path, self._folder
        file, self._file = self._file, None
        self._size = self._calls = 0
        if file is not None:
            file.close()
            if path.exists():
                path.replace(path.with_suffix(_WAITING))

    def _take_over_abandoned(self) -> None:
        """Files of games that crashed: a game that runs on begins another when its own is gone."""
        latest = self._now().timestamp() - ABANDONED_AFTER_SECONDS
        for path in self._paths(_OPEN):
            if path.stat().st_mtime < latest:
                path.replace(path.with_suffix(_WAITING))

    def _drop_oldest(self) -> None:
        files = [*self._paths(_REFUSED), *self._paths(_WAITING)]
        # Room for the file that begins now.
        excess = sum(path.stat().st_size for path in files) + MOST_BYTES - self._most_bytes
        for path in files:
            if excess <= 0:
                return
            excess -= path.stat().st_size
            self._dropped += sum(map(_told, path.read_bytes().split(b"\n")[:-1]))
            path.unlink(missing_ok=True)


def _told(call: bytes) -> int:
    """How many events `call` tells of: that others were dropped may be dropped in its turn."""
    count = json.loads(call)["properties"].get("count", 1) if EVENTS_DROPPED.encode() in call else 1
    return int(count)


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TelemetryError(
            f"{error.filename or folder}: {error.strerror}.",
            hint="Free space or set the permissions right; the game goes on without telling.",
        ) from error
