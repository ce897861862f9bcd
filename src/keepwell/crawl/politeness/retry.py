"""When something is tried again: never by sleeping, always as a later due time."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_FIRST_SECONDS = 2.0
_FACTOR = 3.0
_LONGEST_SECONDS = 600.0


def delay_after(tries: int) -> float:
    """The seconds until the next try after `tries` that failed: 2, 6, 18, at most 600."""
    return min(_FIRST_SECONDS * _FACTOR ** (tries - 1), _LONGEST_SECONDS)


def retry_after_seconds(value: str | None, *, now: float) -> float | None:
    """The seconds that a Retry-After header asks for, in both of its forms; None if it says nothing understandable."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.fromtimestamp(now, UTC)).total_seconds())
