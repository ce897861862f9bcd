"""The columns of a lake in Parquet, and how the rows of a segment become such columns.

Each shape gives an Arrow table with the columns of the files and, last, the day of each row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pyarrow as pa
from pyarrow import compute

from keepwell.intake.journal.segments import damaged
from keepwell.intake.lake.columns.instants import INSTANT
from keepwell.intake.lake.columns.known_at import Origin, known_columns
from keepwell.intake.lake.manifest import EVENT_ORDER, KindName
from keepwell.intake.model import Arrival, Refusal, arrivals_without
from keepwell.intake.schema.events import read_event
from keepwell.intake.schema.validation import is_too_deep

DAY = "_day"

EVENT_COLUMNS = pa.schema(
    [
        ("account", pa.string()),
        ("ts", INSTANT),
        ("event", pa.string()),
        ("message_id", pa.string()),
        ("properties", pa.string()),
        ("known_at", INSTANT),
        ("backfilled", pa.bool_()),
    ]
)

# The columns that an event has of itself, and which of them is its time.
OF_EVENT = 5
_TS = EVENT_COLUMNS.get_field_index("ts")


class Shape(Protocol):
    """How rows become columns."""

    kind: KindName
    key: str | None
    time: str | None

    @property
    def sort_columns(self) -> Sequence[str]:
        """The columns that a file is sorted by."""
        ...

    def table(self, lines: bytes, *, origin: Origin) -> pa.Table:
        """The rows in `lines`, one per line and in that order, with the day of each in the column `_day`.

        Without an event time, that is the day on which the segment was sealed. Raises CorruptData naming the file for a
        row that cannot be in this lake.
        """
        ...

    def accounts_of(self, line: bytes) -> Sequence[Any]:
        """The account, or each value of the key field as decoded JSON, of the row `line`; empty if it has none."""
        ...


class EventShape:
    """Segment events: account, ts, event, message_id, properties as JSON text, known_at and backfilled."""

    kind: KindName = "events"
    key: str | None = "account"
    time: str | None = "ts"
    sort_columns = EVENT_ORDER

    def table(self, lines: bytes, *, origin: Origin) -> pa.Table:
        """The events in `lines`; an invalid event raises CorruptData naming the file.

        Rows that are nested too deeply are left out: an earlier release accepted them into the journal, where
        they stay, and no reader can reliably parse them.
        """
        rows, arrivals = _without_deep(lines.split(b"\n")[:-1], origin.arrivals)
        events = [_event_row(row, origin.place) for row in rows]
        fields = list(EVENT_COLUMNS)[:OF_EVENT]
        values = zip(*events, strict=True) if events else [[] for _ in fields]
        columns = [pa.array(each, field.type) for each, field in zip(values, fields, strict=True)]
        known = known_columns(rows, columns[_TS], arrivals=arrivals)
        return with_days(pa.Table.from_arrays([*columns, *known], schema=EVENT_COLUMNS), "ts")

    def accounts_of(self, line: bytes) -> Sequence[Any]:
        """The event's account; none if the row is not an event."""
        event = read_event(line)
        return () if isinstance(event, Refusal) else (event.context.group_id,)


def with_days(table: pa.Table, time: str) -> pa.Table:
    """`table` with the UTC day of the instants in its column `time`; null if there is none."""
    # Without its zone, which Arrow would look up in the system's zone database.
    return table.append_column(DAY, table[time].cast(pa.timestamp("us")).cast(pa.date32()))


def days_of(table: pa.Table, *, sorted_by: Sequence[str]) -> Iterator[tuple[date | None, pa.Table]]:
    """The rows of each day, sorted, without the column of the days."""
    table = table.sort_by([(name, "ascending") for name in (DAY, *sorted_by)])
    first = 0
    for each in compute.value_counts(table[DAY]).to_pylist():
        yield each["values"], table.slice(first, each["counts"]).drop_columns(DAY)
        first += each["counts"]


def _without_deep(
    rows: Sequence[bytes], arrivals: Sequence[Arrival]
) -> tuple[Sequence[bytes], Sequence[Arrival]]:
    deep = {at for at, row in enumerate(rows) if is_too_deep(row)}
    if not deep:
        return rows, arrivals
    return [row for at, row in enumerate(rows) if at not in deep], arrivals_without(arrivals, deep)


def _event_row(line: bytes, place: Path) -> tuple[str, datetime, str, str, str]:
    event = read_event(line)
    if isinstance(event, Refusal):
        raise damaged(place, f"contains a row that is not an event: {event.reason}")
    properties = msgspec.json.encode(event.properties).decode()
    return event.context.group_id, event.timestamp.astimezone(UTC), event.event, event.message_id, properties
