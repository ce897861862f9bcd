"""Calls in a batch as Segment's intake takes them: at most 500 KB a body and 32 KB a call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bulwark.errors import TelemetryError
from bulwark.telemetry.envelope import instant

LARGEST_CALL = 32 * 1024
LARGEST_BODY = 500 * 1024
# Fewer than any intake's limits, so that a lost connection repeats little.
MOST_CALLS = 250
MOST_BYTES = LARGEST_BODY // 2


def is_full(*, calls: int, size: int, more: int) -> bool:
    """Whether a batch of so many calls and bytes ends before one of `more` bytes."""
    return calls > 0 and (calls >= MOST_CALLS or size + more > MOST_BYTES)


def require_small(call: bytes) -> None:
    """Raise TelemetryError where `call` is larger than any intake takes."""
    if len(call) > LARGEST_CALL:
        raise TelemetryError(
            f"An event has {len(call):,} bytes, more than the {LARGEST_CALL:,} that an intake takes.",
            hint="Give it fewer or shorter properties.",
        )


def body(batch: Sequence[bytes], *, sent_at: datetime) -> bytes:
    """The body of `POST /v1/batch`; by `sent_at` the receiver corrects the sender's clock."""
    return b'{"batch":[%b],"sentAt":"%b"}' % (b",".join(batch), instant(sent_at).encode())
