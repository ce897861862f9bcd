"""The load of the lake formats' comparison, and what each format must be able to do with it.

Imported by the peers too, in environments without Keepwell: the standard library and pyarrow alone.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, Protocol

import pyarrow as pa

DAY = "_day"
ACCOUNTS = 2_000
ERASED_ACCOUNT = "A-00042"

_FIRST_DAY = date(2026, 1, 1)
_SECONDS = 86_400
_LATE_SHARE = 0.02
_EVENTS = ("session started", "level won", "level lost", "item bought", "tower built", "map opened")


class Lake(Protocol):
    """A lake in one format. Every call opens the table, as each build in production does."""

    def append(self, segment: int, rows: pa.Table) -> bool:
        """Add the rows of a segment; False, without any effect, if that segment is in the lake already."""
        ...

    def compact(self) -> None:
        """Merge the small files of each day."""
        ...

    def clean(self) -> None:
        """Remove what the current version no longer needs, as far as the format's library can."""
        ...

    def files_of(self, day: date | None) -> list[str]:
        """The paths of the Parquet files that hold the rows of `day`, or of every day."""
        ...

    def erase(self, account: str) -> None:
        """Delete the rows of an account."""
        ...

    def count_in_duckdb(self) -> list[str]:
        """Statements by which DuckDB alone, without pyarrow or the format's library, counts the rows."""
        ...


class Load(NamedTuple):
    """So many days of events, in so many segments a day, of so many rows each."""

    days: int
    segments_per_day: int
    rows: int

    @property
    def segments(self) -> int:
        """How many segments there are."""
        return self.days * self.segments_per_day

    def segment(self, number: int) -> pa.Table:
        """The rows of a segment in the order of a lake's files; one in fifty is a day late."""
        chance = random.Random(number)  # noqa: S311  a load, not a secret
        day = _FIRST_DAY + timedelta(days=number // self.segments_per_day)
        late = 0 if day == _FIRST_DAY else int(self.rows * _LATE_SHARE)
        days = [day - timedelta(days=1)] * late + [day] * (self.rows - late)
        table = pa.table(
            {
                "account": [f"A-{one:05}" for one in chance.choices(range(ACCOUNTS), k=self.rows)],
                "ts": pa.array([_instant(day, chance) for day in days], pa.timestamp("us", tz="UTC")),
                "event": chance.choices(_EVENTS, k=self.rows),
                "message_id": [f"{chance.getrandbits(128):032x}" for _ in range(self.rows)],
                "properties": [
                    f'{{"map":{n % 6},"score":{n}}}' for n in chance.choices(range(9_999), k=self.rows)
                ],
                DAY: pa.array(days, pa.date32()),
            }
        )
        return table.sort_by([(name, "ascending") for name in (DAY, "account", "ts")])

    def rows_of_days(self) -> Counter[date]:
        """How many rows each day has in the end."""
        late = int(self.rows * _LATE_SHARE)
        counts = Counter[date]()
        for number in range(self.segments):
            day = _FIRST_DAY + timedelta(days=number // self.segments_per_day)
            moved = 0 if day == _FIRST_DAY else late
            counts[day] += self.rows - moved
            counts[day - timedelta(days=1)] += moved
        return +counts


def _instant(day: date, chance: random.Random) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return midnight + timedelta(seconds=chance.random() * _SECONDS)
