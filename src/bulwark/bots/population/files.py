"""Files of events, one a day, and tables beside them: the same content gives the same bytes."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bulwark.bots.population.narrating import Told
from bulwark.errors import BulwarkError

EVENTS_FOLDER = "events"


class PopulationError(BulwarkError):
    """A population that cannot be made, or not be written."""


class EventFiles:
    """Gathers what is told, in memory (about 500 bytes an event), and writes `events/YYYY-MM-DD.jsonl` by the UTC day."""

    def __init__(self, folder: Path) -> None:
        """`folder` is that of the population: it holds the folder of the events."""
        self._folder = folder / EVENTS_FOLDER
        self._days: defaultdict[date, list[Told]] = defaultdict(list)
        self._counts: Counter[tuple[str, object]] = Counter()

    def add(self, told: Iterable[Told]) -> None:
        """Gather these too."""
        for each in told:
            self._days[each.at.date()].append(each)
            self._counts[each.event.name, each.event.properties.get("source")] += 1

    def count(self, *names: str, source: str = "") -> int:
        """How many events were gathered: of these names, where any is given, and of that source, where it is."""
        return sum(
            number
            for (name, told_source), number in self._counts.items()
            if (not names or name in names) and (not source or told_source == source)
        )

    @property
    def days(self) -> int:
        """How many files there will be."""
        return len(self._days)

    def write(self) -> Iterator[int]:
        """Write one file after the other, each sorted by time, and give the number of its events.

        Raises PopulationError where the disk fails, or holds files that would be mixed with these.
        """
        with writing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            for day in sorted(self._days):
                told = sorted(self._days[day])
                content = b"".join(each.call + b"\n" for each in told)
                (self._folder / f"{day}.jsonl").write_bytes(content)
                yield len(told)


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a CSV file and give the number of its rows; raises PopulationError where the disk fails."""
    count = 0
    with writing(path), path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def prepare(folder: Path) -> None:
    """Make `folder`; raises PopulationError where it holds events already, which would be mixed with the new."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        events = folder / EVENTS_FOLDER
        if events.exists() and any(events.iterdir()):
            raise PopulationError(
                f"{events} holds events already.", hint="Name another folder, or remove it."
            )


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Translate what the kernel says of `path` into PopulationError."""
    try:
        yield
    except OSError as error:
        raise PopulationError(
            f"Cannot write to {path}: {error.strerror}.",
            hint="Free space or name another folder, then run the same command again.",
        ) from error
