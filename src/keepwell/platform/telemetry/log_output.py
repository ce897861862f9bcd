"""Where log lines go: a stream, which a server writes to from a thread of its own."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

import structlog

_LOG = structlog.get_logger("keepwell.log")
_LONGEST_BACKLOG = 4_000_000
_SECONDS_TO_FINISH = 1.0


class LogOutput:
    """A stream for log lines. A line that cannot be written is lost, and raises nothing."""

    def __init__(self) -> None:
        self._stream: TextIO = sys.stderr
        self._background: _BackgroundWriter | None = None

    def direct_to(self, stream: TextIO) -> None:
        """Write to `stream` from now on."""
        self._stream = stream

    def write(self, text: str) -> None:
        """Write whole lines."""
        if self._background is not None:
            self._background.write(text)
            return
        # A full disk or a closed pipe behind the log must not fail the request that is logged.
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        """Nothing: standard error writes each line at once."""

    @contextmanager
    def in_background(self, *, longest_backlog: int = _LONGEST_BACKLOG) -> Iterator[None]:
        """Let nobody wait for the reader meanwhile: a stalled pipe or terminal would stall a whole server.

        Lines beyond `longest_backlog` characters are dropped, and counted in the log once it is read again.
        """
        self._background = _BackgroundWriter(self._stream, longest_backlog=longest_backlog)
        try:
            yield
        finally:
            background, self._background = self._background, None
            background.finish()


class _BackgroundWriter:
    def __init__(self, stream: TextIO, *, longest_backlog: int) -> None:
        self._descriptor, self._encoding = stream.fileno(), stream.encoding
        self._longest_backlog = longest_backlog
        self._changed = threading.Condition()
        self._lines: deque[str] = deque()
        self._backlog = self._dropped = 0
        self._is_finishing = False
        # A daemon, since nothing can interrupt its wait for a reader.
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        # The thread itself writes the count of what was dropped.
        is_counted = threading.current_thread() is not self._thread
        with self._changed:
            if is_counted and self._backlog + len(text) > self._longest_backlog:
                self._dropped += 1
                return
            self._lines.append(text)
            self._backlog += len(text)
            self._changed.notify()

    def finish(self) -> None:
        with self._changed:
            self._is_finishing = True
            self._changed.notify()
        self._thread.join(_SECONDS_TO_FINISH)

    def _run(self) -> None:
        while text := self._take():
            unwritten = text.encode(self._encoding, "backslashreplace")
            # Not through the stream: its lock would be held while this waits, and block the end of the process.
            with suppress(OSError):
                while unwritten:
                    unwritten = unwritten[os.write(self._descriptor, unwritten) :]
            self._report_dropped()

    def _take(self) -> str:
        with self._changed:
            self._changed.wait_for(lambda: self._lines or self._is_finishing)
            text = "".join(self._lines)
            self._lines.clear()
            self._backlog = 0
            return text

    def _report_dropped(self) -> None:
        with self._changed:
            dropped, self._dropped = self._dropped, 0
        if dropped:
            _LOG.warning("log lines dropped", count=dropped)
