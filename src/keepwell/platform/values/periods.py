"""Periods that a client asks for: in order, and no longer than a server should calculate for one request."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, TypeVar

import msgspec

from keepwell.platform.errors import DataValidationError

# An instant that a client sends: without a zone it could mean any of 24 hours.
Instant = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339, with its zone.")]
# What every zone and Postgres can express.
_YEARS = range(1900, 2200)
LONGEST_YEARS = 25
# 25 years contain six or seven leap days.
_LONGEST = timedelta(days=LONGEST_YEARS * 365 + 7)

Moment = TypeVar("Moment", date, datetime)


def require_instant(name: str, instant: datetime | None) -> None:
    """Raise DataValidationError unless `instant` has a zone and is in the years that every zone can express."""
    if instant is None:
        return
    if instant.tzinfo is None:
        raise DataValidationError(f"{name}: {instant} has no zone.", hint="Append Z for UTC.")
    if instant.year not in _YEARS:
        raise DataValidationError(
            f"{name}: {instant} is not between {_YEARS[0]} and {_YEARS[-1]}.", hint="Check the year."
        )


def require_order(start: Moment | None, end: Moment | None) -> None:
    """Raise DataValidationError if `end` is before `start`."""
    if start is not None and end is not None and end < start:
        raise DataValidationError(f"to: {end} is before from: {start}.", hint="Swap the two days.")


def require_period(start: date, end: date) -> None:
    """Raise DataValidationError if the days are out of order or more than LONGEST_YEARS apart."""
    require_order(start, end)
    if end - start > _LONGEST:
        raise DataValidationError(
            f"to: {end} is more than {LONGEST_YEARS} years after from: {start}.",
            hint="Ask for several shorter periods.",
        )
