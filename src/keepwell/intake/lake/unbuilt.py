"""Accepted events that are not in the lake yet, read from the journal to be visible within seconds.

The manifest lists the segments in the lake; every other row of the journal is unbuilt. So each row is in
exactly one of the two for a reader that reads the manifest first, even if a build happens in between. At most the
last 4 MB of each journal are read, so older rows may be missing until the next build.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, date
from itertools import islice
from pathlib import Path

import msgspec

from keepwell.intake.files import disk_errors
from keepwell.intake.journal.folders import journal_folders
from keepwell.intake.journal.segments import damaged, path_of
from keepwell.intake.lake.manifest import Manifest
from keepwell.intake.lake.model import AccountEvent
from keepwell.intake.model import ACCEPTED, Refusal, Segment
from keepwell.intake.schema.events import read_event
from keepwell.intake.schema.validation import is_too_deep
from keepwell.intake.store import State

# Per journal. The lake is built every minute, so more is rarely unbuilt.
_MOST_BYTES = 4_000_000
_MOST_SEGMENTS = 20


def unbuilt_events(
    intake_root: Path,
    manifest: Manifest | None,
    *,
    until: date,
    account: str | None = None,
    limit: int | None = None,
) -> list[AccountEvent]:
    """Events in the journals of the intake folder `intake_root` that are not in the lake yet, up to the day `until`.

    Only those of `account`, if given; at most `limit` of each journal, the latest. Raises CorruptData for a
    damaged journal.
    """
    built = manifest.segments if manifest else {}
    found: list[AccountEvent] = []
    for name, root in journal_folders(intake_root).items():
        with closing(State(root)) as state:
            first_day = state.first_day() or date.min
            events = _newest_first(root, state, name=name, built=built, account=account)
            kept = (event for event in events if first_day <= event.at.date() <= until)
            found += islice(kept, limit)
    return found


def _newest_first(
    root: Path, state: State, *, name: str, built: Mapping[str, str], account: str | None
) -> Iterator[AccountEvent]:
    needle = b"" if account is None else msgspec.json.encode(account)
    left = _MOST_BYTES
    for segment in state.newest_segments(ACCEPTED, limit=_MOST_SEGMENTS):
        # Segments are built in order; one with a schema of its own has no events.
        if f"{name}/{segment.name}" in built or left <= 0:
            return
        if segment.schema_id is not None:
            continue
        lines = _last_lines(root, segment, most=left)
        left -= segment.bytes
        for line in reversed(lines):
            if needle in line and not is_too_deep(line):
                event = _event(line, path_of(root, segment))
                if account in (None, event.account):
                    yield event


def _last_lines(root: Path, segment: Segment, *, most: int) -> list[bytes]:
    """The last committed rows of `segment`, complete ones in at most this many bytes."""
    if not segment.bytes:
        return []
    start = max(0, segment.bytes - most)
    content = _read(root, segment, start)
    # The first may be cut off, and nothing follows the last line feed.
    return content.split(b"\n")[1 if start else 0 : -1]


def _read(root: Path, segment: Segment, start: int) -> bytes:
    path = path_of(root, segment)
    with disk_errors(path):
        try:
            file = path.open("rb")
        except FileNotFoundError:
            # Sealed and renamed since its path was determined.
            file = path_of(root, segment).open("rb")
        with file:
            file.seek(start)
            return file.read(segment.bytes - start)


def _event(line: bytes, path: Path) -> AccountEvent:
    event = read_event(line)
    if isinstance(event, Refusal):
        raise damaged(path, f"contains a row that is not an event: {event.reason}")
    return AccountEvent(event.timestamp.astimezone(UTC), event.context.group_id, event.event)
