"""The days that divide a month: together with the whole months, they are exactly the days of a period."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from keepwell.revenue.rollups.model import nearest_month, open_days, open_days_until

starts = st.dates(date(2023, 11, 1), date(2024, 4, 1))


@given(start=starts, length=st.integers(0, 100))
def test_each_day_until_the_end_is_of_a_whole_month_or_an_open_day_and_of_one_only(
    start: date, length: int
) -> None:
    days = open_days(start, start + timedelta(days=length))
    for day in (date(2023, 9, 1) + timedelta(days=number) for number in range(365)):
        month = day.replace(day=1)
        is_rolled_up = month < days.closing and (month < days.opening or month >= days.opening_until)
        is_open = days.opening <= day < days.opening_until or days.closing <= day <= days.end
        assert is_rolled_up + is_open == (day <= days.end)
        # A whole month lies on one side of the first day.
        if is_rolled_up:
            assert (month >= start) == (day >= start)


def test_a_period_of_whole_months_has_no_open_days() -> None:
    days = open_days(date(2024, 2, 1), date(2024, 2, 29))
    assert (days.opening, days.opening_until, days.closing) == (
        date(2024, 2, 1),
        date(2024, 2, 1),
        date(2024, 3, 1),
    )


def test_the_last_day_that_there_is_can_be_asked_for() -> None:
    assert open_days_until(date.max).closing == date(9999, 12, 1)


@given(day=starts)
def test_no_month_begins_nearer_to_a_day_than_the_nearest(day: date) -> None:
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    nearest = nearest_month(day)
    assert nearest in {first, after}
    assert abs(nearest - day) <= timedelta(days=15)
