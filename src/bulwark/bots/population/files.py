"""Event files, one per day, and the tables beside them: the same content gives the same bytes."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from bulwark.bots.population.event_recorder import TimedCall
from bulwark.errors import BulwarkError

EVENTS_FOLDER = "events"


class PopulationError(BulwarkError):
    """A population that cannot be generated or written."""


class EventFiles:
    """Collects calls in memory (about 450 bytes each), and writes `events/YYYY-MM-DD.jsonl` by UTC day."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the population's folder, which contains the events folder."""
        self._folder = folder / EVENTS_FOLDER
        self._days: defaultdict[date, list[tuple[datetime, str, bytes]]] = defaultdict(list)
        self._counts: Counter[tuple[str, object]] = Counter()

    def add(self, calls: Iterable[TimedCall]) -> None:
        """Collect these calls."""
        for each in calls:
            self._days[each.at.date()].append((each.at, each.message_id, each.call))
            self._counts[each.event.name, each.event.properties.get("source")] += 1

    def count(self, *names: str, source: str = "") -> int:
        """How many events were collected, optionally only with these names and from this source."""
        return sum(
            number
            for (name, call_source), number in self._counts.items()
            if (not names or name in names) and (not source or call_source == source)
        )

    @property
    def days(self) -> int:
        """How many files there will be."""
        return len(self._days)

    def write(self) -> Iterator[int]:
        """Write one file after another, each sorted by time, and yield its number of events.

        Raises PopulationError if the disk fails.
        """
        with write_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            for day in sorted(self._days):
                calls = sorted(self._days[day])
                content = b"".join(call + b"\n" for _, _, call in calls)
                (self._folder / f"{day}.jsonl").write_bytes(content)
                yield len(calls)


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a CSV file and return its number of rows; raises PopulationError if the disk fails."""
    count = 0
    with write_errors(path), path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def prepare_folder(folder: Path) -> None:
    """Create `folder`; raises PopulationError if it already contains events, which would be mixed with the new ones."""
    with write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        events = folder / EVENTS_FOLDER
        if events.exists() and any(events.iterdir()):
            raise PopulationError(
                f"{events} already contains events.", hint="Name another folder, or remove it."
            )


@contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Translate operating system errors about `path` into PopulationError."""
    try:
        yield
    except OSError as error:
        raise PopulationError(
            f"Cannot write to {path}: {error.strerror}.",
            hint="Free space or name another folder, then run the same command again.",
        ) from error
