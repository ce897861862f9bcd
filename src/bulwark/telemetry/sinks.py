"""Where events go: a JSON Lines file, or an outbox that a background thread sends to an HTTP intake."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bulwark.errors import TelemetryError
from bulwark.telemetry.batching import body, require_small
from bulwark.telemetry.intake import Accepted, Answer, HttpIntake, RetryLater
from bulwark.telemetry.outbox import Outbox

_INTERVAL = 2.0
_MAX_INTERVAL = 300.0
_CLOSE_TIMEOUT = 3.0


class Sink(Protocol):
    """Accepts encoded calls in order."""

    def put(self, call: bytes) -> None:
        """Store `call`; raises TelemetryError if that fails."""
        ...

    def clear(self) -> None:
        """Delete everything not yet sent."""
        ...

    def close(self) -> None:
        """Store or send what is left, and close."""
        ...


class JsonlFile:
    """A file that another program follows; each call is a line, written immediately."""

    def __init__(self, path: Path) -> None:
        """Raises TelemetryError if the file cannot be opened."""
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise self._unwritable(error) from error

    def put(self, call: bytes) -> None:
        """Append one line, in one write."""
        require_small(call)
        try:
            self._file.write(call + b"\n")
        except OSError as error:
            raise self._unwritable(error) from error

    def clear(self) -> None:
        """Lines in the file are already handed over and stay."""

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _unwritable(self, error: OSError) -> TelemetryError:
        return TelemetryError(
            f"{self._path}: {error.strerror}.",
            hint="Choose another file: nothing is recorded there.",
        )


def deliver(outbox: Outbox, intake: HttpIntake, *, now: Callable[[], datetime]) -> Answer:
    """Send waiting batches, oldest first, until none is left or the receiver asks to retry later.

    A retried body contains the same calls with the same ids, so a receiver that deduplicates ids stores each once. A
    rejected batch is moved aside and the next one is tried; the last rejection is then the answer.
    """
    answer: Answer = Accepted()
    while (waiting := outbox.oldest()) is not None:
        outcome = intake.send(body(waiting.calls, sent_at=now()))
        if isinstance(outcome, RetryLater):
            return outcome
        if isinstance(outcome, Accepted):
            outbox.remove(waiting)
        else:
            outbox.reject(waiting)
            answer = outcome
    return answer


class BackgroundSender:
    """Sends an outbox every two seconds, backing off to five minutes while the receiver does not accept it."""

    def __init__(
        self,
        outbox: Outbox,
        intake: HttpIntake,
        *,
        now: Callable[[], datetime],
        interval: float = _INTERVAL,
    ) -> None:
        self._outbox = outbox
        self._intake = intake
        self._now = now
        self._interval = interval
        self._ending = threading.Event()
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="telemetry", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str:
        """Why nothing can be sent at the moment, for the settings screen; empty if all is well."""
        return self._trouble

    def put(self, call: bytes) -> None:
        """Store `call`; it is sent within seconds, or once there is a connection."""
        self._outbox.put(call)

    def clear(self) -> None:
        """Delete everything not yet sent."""
        self._outbox.clear()

    def close(self) -> None:
        """Try once more, for at most three seconds, and keep the rest for the next start."""
        self._ending.set()
        self._thread.join(_CLOSE_TIMEOUT)
        self._outbox.close()

    def _run(self) -> None:
        interval = self._interval
        while not self._ending.wait(interval):
            interval = self._interval_after(self._try(), interval)
        self._try()

    def _interval_after(self, answer: Answer, interval: float) -> float:
        if isinstance(answer, RetryLater):
            return min(max(2 * interval, answer.seconds), _MAX_INTERVAL)
        return self._interval

    def _try(self) -> Answer:
        try:
            answer = deliver(self._outbox, self._intake, now=self._now)
        except TelemetryError as error:
            # Nothing waits for this thread: the settings screen shows the error, and sending is retried.
            answer = RetryLater(str(error))
        self._trouble = "" if isinstance(answer, Accepted) else answer.why
        return answer
