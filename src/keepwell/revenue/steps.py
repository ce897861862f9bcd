"""The steps of a period: its days, weeks, months, quarters or years, and how far a ratio at their ends looks back."""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from keepwell.platform.errors import DataValidationError
from keepwell.records.model import EARLIEST_DAY
from keepwell.revenue.model import ONE_DAY

StepName = Literal["day", "week", "month", "quarter", "year"]
MOST_STEPS = 400
_MONTHS: dict[StepName, int] = {"month": 1, "quarter": 3, "year": 12}


class DaySpan(NamedTuple):
    """Days from `start` to `end`, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.end - self.start).days + 1


def steps(start: date, end: date, *, by: StepName) -> list[DaySpan]:
    """The steps from `start` to `end`, the first and last clipped to them; weeks begin on Monday.

    Raises DataValidationError if there are more than MOST_STEPS.
    """
    found: list[DaySpan] = []
    while start <= end:
        if len(found) == MOST_STEPS:
            raise DataValidationError(
                f"by: there are more than {MOST_STEPS} {by}s in the period.", hint="Ask for longer steps."
            )
        following = _next(start, by)
        found.append(DaySpan(start, min(following - ONE_DAY, end)))
        start = following
    return found


def step_of(day: date, within: Sequence[DaySpan]) -> int:
    """Which step contains the day; the first one if it is before all of them."""
    return max(0, bisect_right(within, day, key=lambda span: span.start) - 1)


def looking_back(end: date, *, months: int) -> DaySpan:
    """The full months up to the day `end`: twelve months before the 30th of June begin on the 1st of July."""
    after = end + ONE_DAY
    year, month = divmod(after.year * 12 + after.month - 1 - months, 12)
    if year < EARLIEST_DAY.year:
        return DaySpan(EARLIEST_DAY, end)
    return DaySpan(date(year, month + 1, min(after.day, monthrange(year, month + 1)[1])), end)


def _next(day: date, by: StepName) -> date:
    if by == "day":
        return day + ONE_DAY
    if by == "week":
        return day + timedelta(days=7 - day.weekday())
    length = _MONTHS[by]
    year, month = divmod((day.year * 12 + day.month - 1) // length * length + length, 12)
    return date(year, month + 1, 1)
