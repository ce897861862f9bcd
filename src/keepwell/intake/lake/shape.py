"""The columns of a lake in Parquet, and how the rows of a segment become such columns.

Each shape gives an Arrow table with the columns of the files and, last, the day of each row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pyarrow as pa
from pyarrow import compute

from keepwell.intake.journal.segments import damaged
from keepwell.intake.lake.manifest import EVENT_ORDER, KindName
from keepwell.intake.model import Refusal
from keepwell.intake.schema.events import read_event
from keepwell.intake.schema.validation import is_too_deep

DAY = "_day"
INSTANT = pa.timestamp("us", tz="UTC")

EVENT_COLUMNS = pa.schema(
    [
        ("account", pa.string()),
        ("ts", INSTANT),
        ("event", pa.string()),
        ("message_id", pa.string()),
        ("properties", pa.string()),
    ]
)

# Parsed the same way by Arrow and Python; everything else is parsed by Python.
_PLAIN_INSTANT = r"^(19|20|21)\d\d-(0[1-9]|1[0-2])-[0-3]\d[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z$"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Shape(Protocol):
    """How rows become columns."""

    kind: KindName
    key: str | None
    time: str | None

    @property
    def sort_columns(self) -> Sequence[str]:
        """The columns that a file is sorted by."""
        ...

    def table(self, lines: bytes, *, received: date, place: Path) -> pa.Table:
        """The rows in `lines`, one per line and in that order, with the day of each in the column `_day`.

        `received` is the day of rows in a lake without an event time. Raises CorruptData naming `place` for a
        row that cannot be in this lake.
        """
        ...

    def accounts_of(self, line: bytes) -> Sequence[Any]:
        """The account, or each value of the key field as decoded JSON, of the row `line`; empty if it has none."""
        ...


class EventShape:
    """Segment events: account, ts, event, message_id, and properties as JSON text."""

    kind: KindName = "events"
    key: str | None = "account"
    time: str | None = "ts"
    sort_columns = EVENT_ORDER

    def table(self, lines: bytes, *, received: date, place: Path) -> pa.Table:  # noqa: ARG002  the protocol's signature
        """The events in `lines`; an invalid event raises CorruptData naming `place`.

        Rows that are nested too deeply are left out: an earlier release accepted them into the journal, where
        they stay, and no reader can reliably parse them.
        """
        rows = [_event_row(line, place) for line in lines.split(b"\n")[:-1] if not is_too_deep(line)]
        columns = [pa.array([row[at] for row in rows], field.type) for at, field in enumerate(EVENT_COLUMNS)]
        return with_days(pa.Table.from_arrays(columns, schema=EVENT_COLUMNS), "ts")

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


def instants(values: pa.Array) -> pa.Array:
    """The instants in texts of RFC 3339, or in seconds of Unix time; null if the value is not an instant.

    A text without a zone is not an instant. Fractions of a microsecond are cut off.
    """
    if values.type == pa.string():
        plain = compute.match_substring_regex(values, _PLAIN_INSTANT)
        if compute.all(plain, skip_nulls=True).as_py() is not False:
            try:
                return values.cast(INSTANT)
            except pa.ArrowInvalid:
                # A day such as February 31: only the rows with it have no instant.
                pass
        return pa.array(map(_instant_of_text, values.to_pylist()), INSTANT)
    return pa.array(map(_instant_of_seconds, values.to_pylist()), INSTANT)


def _instant_of_text(text: str | None) -> datetime | None:
    if text is None or not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _instant_of_seconds(seconds: float | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _event_row(line: bytes, place: Path) -> tuple[str, datetime, str, str, str]:
    event = read_event(line)
    if isinstance(event, Refusal):
        raise damaged(place, f"contains a row that is not an event: {event.reason}")
    properties = msgspec.json.encode(event.properties).decode()
    return event.context.group_id, event.timestamp.astimezone(UTC), event.event, event.message_id, properties
