"""When each event became known: features of a day use what had happened and was known before it.

An event over HTTP was known when the server received it, a line of a followed file when it was committed. A history was there
before anything could be known of it, so that its events count from the time at which they happened; they are marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
from pyarrow import compute

from keepwell.intake.lake.columns.instants import INSTANT, instants
from keepwell.intake.model import HISTORY_FLAG, Arrival


class Origin(msgspec.Struct, frozen=True):
    """Where the rows of a segment come from: the file, the day on which it was sealed, and how each row became known."""

    place: Path
    sealed_on: date
    arrivals: Sequence[Arrival]


class _Receipt(msgspec.Struct, gc=False):
    """What the server adds to a call that it receives, and whether the call says that it is a history."""

    received_at: Any = msgspec.field(default=None, name="receivedAt")
    is_history: Any = msgspec.field(default=None, name=HISTORY_FLAG)


_decode_receipts = msgspec.json.Decoder(_Receipt).decode_lines


def known_columns(
    rows: Sequence[bytes], happened: pa.Array, *, arrivals: Sequence[Arrival]
) -> tuple[pa.Array, pa.Array]:
    """When each of `rows` became known, and whether that is only the time at which it happened."""
    known, backfilled = [pa.array([], INSTANT)], [pa.array([], pa.bool_())]
    start = 0
    for arrival in arrivals:
        own = happened.slice(start, arrival.rows)
        if arrival.kind == "received":
            received = _received(rows[start : start + arrival.rows])
            known.append(compute.coalesce(received, own))
            backfilled.append(compute.is_null(received))
        else:
            is_history = arrival.kind == "history"
            known.append(own if is_history else pa.repeat(pa.scalar(arrival.at, INSTANT), arrival.rows))
            backfilled.append(pa.repeat(pa.scalar(is_history), arrival.rows))
        start += arrival.rows
    return pa.concat_arrays(known), pa.concat_arrays(backfilled)


def _received(rows: Sequence[bytes]) -> pa.Array:
    """When the server received each call; null if the call says that it is a history, or an earlier release stored no time."""
    receipts = _decode_receipts(b"\n".join(rows))
    texts = [
        each.received_at if isinstance(each.received_at, str) and each.is_history is not True else None
        for each in receipts
    ]
    return instants(pa.array(texts, pa.string()))
