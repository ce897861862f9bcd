"""Batches of calls within the limits of Segment's intake: at most 500 KB per body and 32 KB per call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bulwark.errors import TelemetryError
from bulwark.telemetry.envelope import instant

MAX_CALL_BYTES = 32 * 1024
MAX_BODY_BYTES = 500 * 1024
# Well below any intake's limits, so that a lost connection repeats little.
MAX_BATCH_CALLS = 250
MAX_BATCH_BYTES = MAX_BODY_BYTES // 2


def is_full(*, calls: int, size: int, more: int) -> bool:
    """Whether a batch of this many calls and bytes must end before a call of `more` bytes."""
    return calls > 0 and (calls >= MAX_BATCH_CALLS or size + more > MAX_BATCH_BYTES)


def require_small(call: bytes) -> None:
    """Raise TelemetryError if `call` is larger than an intake accepts."""
    if len(call) > MAX_CALL_BYTES:
        raise TelemetryError(
            f"An event has {len(call):,} bytes, more than the {MAX_CALL_BYTES:,} an intake accepts.",
            hint="Give it fewer or shorter properties.",
        )


def body(batch: Sequence[bytes], *, sent_at: datetime) -> bytes:
    """The body of `POST /v1/batch`; `sent_at` lets the receiver correct the sender's clock."""
    return b'{"batch":[%b],"sentAt":"%b"}' % (b",".join(batch), instant(sent_at).encode())
