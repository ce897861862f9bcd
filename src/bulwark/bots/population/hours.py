"""At which hours people play: mostly evenings."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta

# Cumulative shares of a day's sessions, and the hour by which they have started.
_SHARES = (0.0, 0.05, 0.10, 0.40, 0.95, 1.0)
_HOURS = (0.0, 1.0, 9.0, 17.0, 23.0, 24.0)


def session_start(start: datetime, days: float) -> datetime:
    """The start of a session that comes `days` after the midnight `start`: on that day, at a plausible hour.

    Later days give later times.
    """
    whole, share = int(days), days - int(days)
    at = min(bisect_right(_SHARES, share), len(_SHARES) - 1) - 1
    within = (share - _SHARES[at]) / (_SHARES[at + 1] - _SHARES[at])
    hour = _HOURS[at] + within * (_HOURS[at + 1] - _HOURS[at])
    return start + timedelta(days=whole, seconds=int(hour * 3600))
