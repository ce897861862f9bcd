"""When money moved, or somebody unsubscribed: in the past, or in the next day for clocks that disagree."""

from __future__ import annotations

from datetime import datetime, timedelta

from keepwell.platform.errors import DataValidationError
from keepwell.platform.values.periods import require_instant

# Clocks differ, and a day without its zone may be tomorrow's here.
TOLERANCE = timedelta(days=1)


def is_future(instant: datetime, *, now: datetime) -> bool:
    """Whether `instant` is more than a day ahead."""
    return instant > now + TOLERANCE


def require_past(field: str, instant: datetime | None, *, now: datetime) -> None:
    """Raise DataValidationError naming `field` if `instant` is implausible or more than a day ahead."""
    require_instant(field, instant)
    if instant is not None and is_future(instant, now=now):
        raise DataValidationError(
            f"{field}: {instant:%Y-%m-%d %H:%M} is more than a day in the future.",
            hint="Record what has happened; check the year and the zone.",
        )
