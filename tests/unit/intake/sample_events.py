"""Events and rows for the tests of intake, and the content of the journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import ibis
import msgspec

from keepwell.intake.files import Fs
from keepwell.intake.journal.segments import read_lines
from keepwell.intake.lake.model import LakeBuildResult
from keepwell.intake.model import ACCEPTED, Context, Event, Sizes, SourcedRow
from keepwell.intake.service import EventJournal, build_lake, events_table
from keepwell.intake.store import State
from keepwell.platform.progress import SilentProgress
from tests.clocks import FixedClock

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
CLOCK = FixedClock(NOON)
WORKSPACE = UUID(int=1)
# Later than the events of every test.
TODAY = NOON.date() + timedelta(days=365)


def event(number: int = 1, *, account: str = "A-1", name: str = "login", at: datetime = NOON) -> Event:
    return Event(
        message_id=f"E-{number}",
        event=name,
        timestamp=at,
        context=Context(group_id=account),
        properties={"number": number},
    )


def encoded(number: int = 1) -> bytes:
    return msgspec.json.encode(event(number))


def sourced(*events: Event, source: str = "usage.csv") -> list[SourcedRow[Event]]:
    return [SourcedRow(source, line, each) for line, each in enumerate(events, start=2)]


def rows(count: int) -> list[SourcedRow[bytes]]:
    """Rows: every tenth is not an event, and every fifteenth reuses the id of another."""
    return [SourcedRow("usage.jsonl", line, _row(line)) for line in range(1, count + 1)]


def _row(line: int) -> bytes:
    if line % 10 == 0:
        return b'{"type": "page", "line": %d}' % line
    number = line - 7 if line % 15 == 0 else line
    return msgspec.json.encode(event(number, name=f"step-{line}", at=NOON - timedelta(hours=line)))


def defined_ids(rows: Iterable[SourcedRow[bytes]]) -> set[str]:
    """The ids of the events in `rows`."""
    events = [row.row for row in rows if b"messageId" in row.row]
    return {msgspec.json.decode(row)["messageId"] for row in events}


def opened(
    root: Path, *, files: Fs | None = None, sizes: Sizes | None = None
) -> AbstractContextManager[EventJournal]:
    return EventJournal.open(root, clock=CLOCK, files=files, sizes=sizes)


def accepted_lines(root: Path) -> list[bytes]:
    """Every committed line of accepted rows, sealed and open."""
    with closing(State(root)) as state:
        segments = state.segments(ACCEPTED)
    return [line for segment in segments for line in read_lines(root, segment)]


def accepted_ids(root: Path) -> Iterator[str]:
    for line in accepted_lines(root):
        yield msgspec.json.decode(line, type=Event).message_id


class Home:
    """An intake folder and a lake."""

    def __init__(self, folder: Path) -> None:
        self.intake = folder / "intake"
        self.lake = folder / "lake [of *]"

    def accept(self, *events: Event) -> LakeBuildResult:
        with opened(self.intake) as intake:
            intake.append(sourced(*events))
            intake.seal()
        return self.build()

    def build(self) -> LakeBuildResult:
        return build_lake(self.intake, self.lake, workspace_id=WORKSPACE, progress=SilentProgress())

    def events(self) -> ibis.Table:
        return events_table(self.lake, workspace_id=WORKSPACE)

    def count(self) -> int:
        return int(self.events().count().to_pyarrow().as_py())
