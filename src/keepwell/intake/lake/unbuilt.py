"""Events that are taken and not in the lake yet: read from the journal, so that they are seen within moments.

The manifest says which segments the lake holds; every other row of the journal is fresh. So each row is in exactly
one of the two for who reads the manifest first, also where a build comes between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC
from itertools import islice
from pathlib import Path

import msgspec

from keepwell.intake.files import disk_errors
from keepwell.intake.journal.segments import damaged, path_of
from keepwell.intake.lake.manifest import Manifest
from keepwell.intake.lake.sources import inlet_folders
from keepwell.intake.model import ACCEPTED, AccountEvent, Refusal, Segment
from keepwell.intake.schema.events import read_event
from keepwell.intake.schema.validation import is_too_deep
from keepwell.intake.store import State

# Of each journal, and in so many segments: the lake is built every minute, and a glance is not worth more.
_MOST_BYTES = 4_000_000
_MOST_SEGMENTS = 20


def fresh_events(
    inbox: Path, manifest: Manifest | None, *, account: str | None = None, limit: int | None = None
) -> list[AccountEvent]:
    """What the journals in the intake folder `inbox` hold and the lake does not; of one `account` where given.

    At most `limit` of each journal, those that came last. Raises CorruptData for a damaged journal.
    """
    built = manifest.segments if manifest else {}
    found: list[AccountEvent] = []
    for name, root in inlet_folders(inbox).items():
        with closing(State(root)) as state:
            first_day = state.first_day()
            events = _newest_first(root, state, name=name, built=built, account=account)
            kept = (event for event in events if first_day is None or event.at.date() >= first_day)
            found += islice(kept, limit)
    return found


def _newest_first(
    root: Path, state: State, *, name: str, built: Mapping[str, str], account: str | None
) -> Iterator[AccountEvent]:
    needle = b"" if account is None else msgspec.json.encode(account)
    left = _MOST_BYTES
    for segment in state.newest_segments(ACCEPTED, limit=_MOST_SEGMENTS):
        # Segments are built in their order; one with a schema of its own holds no events.
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
    """The last committed rows of `segment`, whole ones in at most so many bytes."""
    if not segment.bytes:
        return []
    start = max(0, segment.bytes - most)
    content = _read(root, segment, start)
    # The first may be cut off, and nothing stands behind the last line feed.
    return content.split(b"\n")[1 if start else 0 : -1]


def _read(root: Path, segment: Segment, start: int) -> bytes:
    path = path_of(root, segment)
    with disk_errors(path):
        try:
            file = path.open("rb")
        except FileNotFoundError:
            # Sealed, and so renamed, since its path was asked for.
            file = path_of(root, segment).open("rb")
        with file:
            file.seek(start)
            return file.read(segment.bytes - start)


def _event(line: bytes, path: Path) -> AccountEvent:
    event = read_event(line)
    if isinstance(event, Refusal):
        raise damaged(path, f"holds a row that is no event: {event.reason}")
    return AccountEvent(event.timestamp.astimezone(UTC), event.context.group_id, event.event)
