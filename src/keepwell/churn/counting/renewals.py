"""The next renewal of many subscriptions at once, as `snapshots.next_renewal` gives it for one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from keepwell.churn.features import EPOCH_DAY
from keepwell.records.model import Interval
from keepwell.revenue.model import MONTHS_PER_YEAR

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Whole

# In months, or in days.
_MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: MONTHS_PER_YEAR}
_DAYS = {Interval.WEEK: 7, Interval.DAY: 1}


class Periods(msgspec.Struct, frozen=True):
    """The paid periods of subscriptions: `starts` are ordinals, `lengths` are in months where `by_month`, else in days."""

    starts: Whole
    lengths: Whole
    by_month: Mask

    @classmethod
    def of(cls, starts: Whole, intervals: Iterable[Interval]) -> Periods:
        """The periods of subscriptions that start on these days."""
        listed = list(intervals)
        lengths = [_MONTHS.get(each) or _DAYS[each] for each in listed]
        return cls(
            starts, np.array(lengths, np.int64), np.array([each in _MONTHS for each in listed], np.bool_)
        )

    def at(self, places: Whole) -> Periods:
        """The periods at these places."""
        return Periods(self.starts[places], self.lengths[places], self.by_month[places])


def next_renewals(periods: Periods, *, after: int) -> Whole:
    """The first day after the ordinal `after` on which a new period begins, for each subscription."""
    renewals = np.zeros(len(periods.starts), np.int64)
    by_month = np.flatnonzero(periods.by_month)
    by_day = np.flatnonzero(~periods.by_month)
    renewals[by_month] = _by_month(periods.at(by_month), after)
    starts, lengths = periods.starts[by_day], periods.lengths[by_day]
    renewals[by_day] = starts + np.maximum((after - starts) // lengths + 1, 1) * lengths
    return renewals


def _by_month(periods: Periods, after: int) -> Whole:
    starts = (periods.starts - EPOCH_DAY).astype("datetime64[D]")
    first_months = starts.astype("datetime64[M]")
    elapsed = _month_of(after) - first_months.astype(np.int64)
    number = np.maximum(elapsed // periods.lengths, 1)
    found = _period_starts(starts, number * periods.lengths)
    while len(early := np.flatnonzero(found <= after)):
        number[early] += 1
        found[early] = _period_starts(starts[early], (number * periods.lengths)[early])
    return found


def _period_starts(starts: np.ndarray, months: Whole) -> Whole:
    """The ordinals of the days `months` after `starts`: the same day of the month, or its last one."""
    first_months = starts.astype("datetime64[M]")
    day_of_month = starts - first_months.astype("datetime64[D]")
    firsts = (first_months + months).astype("datetime64[D]")
    last_days = (first_months + months + 1).astype("datetime64[D]") - firsts - 1
    ordinals: Whole = (firsts + np.minimum(day_of_month, last_days)).astype(np.int64) + EPOCH_DAY
    return ordinals


def _month_of(ordinal: int) -> int:
    month = np.datetime64(ordinal - EPOCH_DAY, "D").astype("datetime64[M]")
    return int(month.astype(np.int64))
