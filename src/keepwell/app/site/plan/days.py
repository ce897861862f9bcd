"""The days that pages reckon with, as `revenue/periods.ts` of the dashboard does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

# How many steps a view has, and how many months a step has.
_DAYS, _WEEKS = 30, 13
_STEPS = {"month": (12, 1), "quarter": (8, 3), "year": (5, 12)}
STEPS = ("day", "week", *_STEPS)


class Days(NamedTuple):
    """A period, both days included."""

    start: date
    end: date

    @property
    def query(self) -> Mapping[str, date]:
        """As parameters."""
        return {"from": self.start, "to": self.end}


def view_to(by: str, day: date) -> Days:
    """The steps that a page shows up to `day`; the last one may not be over."""
    if by == "day":
        return Days(day - timedelta(days=_DAYS - 1), day)
    if by == "week":
        monday = day - timedelta(days=day.weekday())
        return Days(monday - timedelta(weeks=_WEEKS - 1), day)
    count, months = _STEPS[by]
    into_step = (day.month - 1) % months
    return Days(start_of_month_before(day, into_step + (count - 1) * months), day)


def year_before(by: str, day: date) -> Days:
    """The view that a view up to `day` is compared with."""
    return view_to(by, day - timedelta(weeks=52) if by == "week" else months_before(day, 12))


def twelve_months_to(day: date) -> Days:
    """What ratios look back over: up to the 30th of June from the 1st of July."""
    return Days(months_before(day + timedelta(days=1), 12), day)


def months_before(day: date, months: int) -> date:
    """The same day some months before: the last one, if the month is shorter or `day` was the last of its own."""
    first = start_of_month_before(day, months)
    last = _end_of_month(first)
    if day == _end_of_month(day):
        return last
    return min(first + timedelta(days=day.day - 1), last)


def start_of_month_before(day: date, months: int) -> date:
    """The first day of the month some months before that of `day`."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _end_of_month(day: date) -> date:
    return start_of_month_before(day, -1) - timedelta(days=1)
