"""Product events in followed files: one Segment call per line, each messageId once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from keepwell.intake.events.calls import completed_line
from keepwell.intake.model import Event, Refusal, SeenEvent, Source
from keepwell.intake.schema.events import (
    accept_event,
    content_digest,
    is_of_content,
    read_event,
    reused_id,
)
from keepwell.intake.schema.numbers import decode_as_written
from keepwell.intake.schema.validation import decoded
from keepwell.intake.store import State
from keepwell.platform.clock import Clock


class EventRules:
    """Keeps the calls that the HTTP intake accepts; a known messageId with the same content is a repeat."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._new: dict[str, SeenEvent] = {}

    def accept_all(self, rows: Iterator[bytes]) -> None:
        """Leave each row to `validate`: whether it is a repeat depends on the rows before it."""
        for _ in rows:
            raise ValueError

    def validate(self, row: bytes, *, source: Source, line: int) -> Refusal | bytes | None:
        """The call, completed if it lacks an id or a time, or why it is invalid; None for a repeat."""
        kept, event, made = self._read(row, source=source, line=line)
        if isinstance(event, Refusal):
            return event
        message_id = event.message_id
        seen = SeenEvent(message_id, content_digest(kept, made=made), source.name, line)
        first = self._new.get(message_id) or self._state.seen_events([message_id]).get(message_id)
        if first is None:
            self._new[message_id] = seen
            return kept
        # An earlier release recorded a digest of the times too, and dropped every known id.
        is_repeat = first.digest == seen.digest or not is_of_content(first.digest)
        return None if is_repeat else reused_id(seen, of=first)

    def remember(self) -> None:
        """Record the ids of the accepted calls."""
        self._state.remember_events(self._new.values())
        self._new = {}

    def _read(self, row: bytes, *, source: Source, line: int) -> tuple[bytes, Event | Refusal, str]:
        """The call, the event in it, and the time that its sender gave it; empty if it gave none."""
        event = accept_event(row)
        # Segment libraries for browsers write the key into each call; it must not be stored.
        if event is not None and b"writeKey" not in row:
            return row, event, event.timestamp.isoformat()
        document = decoded(row, decode=decode_as_written)
        if isinstance(document, Refusal):
            return row, document, ""
        if not isinstance(document.value, dict):
            return row, read_event(row), ""
        new_id = _message_id(source, line)
        row = completed_line(document.value, message_id=new_id, read_at=self._clock.now())
        found = read_event(row)
        if isinstance(found, Event) and document.value.keys() & {"originalTimestamp", "timestamp"}:
            return row, found, found.timestamp.isoformat()
        return row, found, ""


def _message_id(source: Source, line: int) -> str:
    """The id of a call that has none: the same whenever this line of this source is read."""
    return hashlib.blake2b(f"{source.label}:{line}".encode(), digest_size=16).hexdigest()
