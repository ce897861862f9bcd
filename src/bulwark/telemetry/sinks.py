"""Where events go: a file of JSON Lines, or an outbox that a thread of its own empties into an HTTP intake."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bulwark.errors import TelemetryError
from bulwark.telemetry.batching import body, require_small
from bulwark.telemetry.intake import Answer, HttpIntake, Later, Taken
from bulwark.telemetry.outbox import Outbox

_EVERY_SECONDS = 2.0
_LONGEST_PAUSE = 300.0
_PATIENCE_AT_THE_END = 3.0


class Sink(Protocol):
    """Takes encoded calls in their order."""

    def put(self, call: bytes) -> None:
        """Take `call`; raises TelemetryError where it cannot be kept."""
        ...

    def clear(self) -> None:
        """Forget what was not sent yet."""
        ...

    def close(self) -> None:
        """Keep or send what is there, and let go."""
        ...


class JsonlFile:
    """A file that another program follows, each call on a line as soon as it is put."""

    def __init__(self, path: Path) -> None:
        """Raises TelemetryError where the file cannot be opened."""
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
        """What is in the file was handed over: it is not ours to take back."""

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _unwritable(self, error: OSError) -> TelemetryError:
        return TelemetryError(
            f"{self._path}: {error.strerror}.", hint="Choose another file; the game goes on without telling."
        )


def deliver(outbox: Outbox, intake: HttpIntake, *, now: Callable[[], datetime]) -> Answer:
    """Send what waits, oldest first, until nothing does or the receiver cannot take it now.

    A body that is sent again is made of the same calls with the same ids, so a receiver that knows the ids
    stores each at most once. One that is refused for good is set aside and the next is tried; the last refusal
    is then the answer.
    """
    answer: Answer = Taken()
    while (waiting := outbox.oldest()) is not None:
        given = intake.send(body(waiting.calls, sent_at=now()))
        if isinstance(given, Later):
            return given
        if isinstance(given, Taken):
            outbox.remove(waiting)
        else:
            outbox.set_aside(waiting)
            answer = given
    return answer


class Courier:
    """Empties an outbox every two seconds, and less often, up to five minutes, while nobody takes it."""

    def __init__(
        self,
        outbox: Outbox,
        intake: HttpIntake,
        *,
        now: Callable[[], datetime],
        every: float = _EVERY_SECONDS,
    ) -> None:
        self._outbox = outbox
        self._intake = intake
        self._now = now
        self._every = every
        self._ending = threading.Event()
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="telemetry", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str:
        """Why nothing can be sent at this moment, for the player's settings; nothing where all is well."""
        return self._trouble

    def put(self, call: bytes) -> None:
        """Keep `call`; it is sent within seconds, or when there is a connection again."""
        self._outbox.put(call)

    def clear(self) -> None:
        """Forget what was not sent yet."""
        self._outbox.clear()

    def close(self) -> None:
        """Try once more, for three seconds at most, and leave the rest for the next time."""
        self._ending.set()
        self._thread.join(_PATIENCE_AT_THE_END)
        self._outbox.close()

    def _run(self) -> None:
        pause = self._every
        while not self._ending.wait(pause):
            pause = self._pause_after(self._try(), pause)
        self._try()

    def _pause_after(self, answer: Answer, pause: float) -> float:
        if isinstance(answer, Later):
            return min(max(2 * pause, answer.seconds), _LONGEST_PAUSE)
        return self._every

    def _try(self) -> Answer:
        try:
            answer = deliver(self._outbox, self._intake, now=self._now)
        except TelemetryError as error:
            # Nobody waits for this thread: the player's settings show it, and it is tried again.
            answer = Later(str(error))
        self._trouble = "" if isinstance(answer, Taken) else answer.why
        return answer
