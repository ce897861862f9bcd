"""When in a day people play: evenings, mostly."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta

# A share of a day's sessions, and until which hour they have begun.
_SHARES = (0.0, 0.05, 0.10, 0.40, 0.95, 1.0)
_HOURS = (0.0, 1.0, 9.0, 17.0, 23.0, 24.0)


def moment(start: datetime, days: float) -> datetime:
    """The instant of a session that comes `days` after the midnight `start`: on that day, at an hour that people play.

    Later days give later instants.
    """
    whole, share = int(days), days - int(days)
    at = min(bisect_right(_SHARES, share), len(_SHARES) - 1) - 1
    within = (share - _SHARES[at]) / (_SHARES[at + 1] - _SHARES[at])
    hour = _HOURS[at] + within * (_HOURS[at + 1] - _HOURS[at])
    return start + timedelta(days=whole, seconds=int(hour * 3600))
