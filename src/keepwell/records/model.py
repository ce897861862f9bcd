"""What all records share: billing intervals, why a subscription ended, and which days are plausible."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

# A day outside this range is a typing error, and arithmetic at the ends of the calendar overflows.
EARLIEST_DAY = date(1900, 1, 1)
LATEST_DAY = date(2199, 12, 31)
# Of an id or a name, in characters: the same for every source, and short enough for every index.
LONGEST_TEXT = 255


class Interval(StrEnum):
    """How long one amount pays for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def per_year(self) -> int:
        """How many intervals a year has, by the convention of MRR normalisation."""
        return _PER_YEAR[self]


_PER_YEAR = {Interval.DAY: 365, Interval.WEEK: 52, Interval.MONTH: 12, Interval.QUARTER: 4, Interval.YEAR: 1}


class EndReason(StrEnum):
    """Involuntary: dunning was exhausted and the customer had not cancelled."""

    VOLUNTARY = "voluntary"
    INVOLUNTARY = "involuntary"
