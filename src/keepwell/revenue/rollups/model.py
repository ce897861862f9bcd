"""Which days of a period roll-ups answer for, and what they contain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from keepwell.revenue.model import ONE_DAY
from keepwell.revenue.views import Kind

_HALF_A_MONTH = 16


class OpenDays(NamedTuple):
    """The days of a period that divide a month: their facts are added to the roll-ups of the whole months.

    They are those from `opening` until the day before `opening_until`, and those from `closing` to `end`. The period itself
    is `start` to `end`, both included. `opening` and `closing` begin a month; no day is in both ranges.
    """

    start: date
    end: date
    opening: date
    opening_until: date
    closing: date


class Totals(msgspec.Struct, frozen=True):
    """Annual recurring revenue at the end of a day, and the number of paying accounts."""

    annual_amount: Decimal
    accounts: int


class TwoTotals(msgspec.Struct, frozen=True):
    """Annual recurring revenue at the end of a day, by two policies."""

    annual_amount: Decimal
    other_annual_amount: Decimal


class MonthRow(msgspec.Struct, frozen=True):
    """The movements of one kind in a month; everything before the first requested day is one row."""

    month: date | None
    kind: Kind
    end_reason: str | None
    annual_amount: Decimal
    paying_accounts: int


class DayRow(msgspec.Struct, frozen=True):
    """The movements of one kind on a day."""

    day: date
    kind: Kind
    annual_amount: Decimal
    paying_accounts: int


class LevelRow(msgspec.Struct, frozen=True):
    """By how much a day moved the level."""

    day: date
    annual_amount: Decimal
    paying_accounts: int


class CountedSum(msgspec.Struct, frozen=True):
    """How many facts there are, and their sum."""

    movements: int
    annual_amount: Decimal


class CohortRow(msgspec.Struct, frozen=True):
    """The sum of a month's movements over the customers of a cohort."""

    cohort: date
    month: date
    annual_amount: Decimal
    paying_accounts: int
    joined: int


class KeptRow(msgspec.Struct, frozen=True):
    """What became of the opening customers without an FX line: those lost for one reason, and the revenue kept.

    `lost` also counts customers with an FX line. `kept` is what they pay at the end less what they paid at the opening;
    `capped` is the same, each customer at most at the opening amount. Only their sums over all reasons have a meaning.
    A customer who pays nothing and has not churned is lost for no reason.
    """

    end_reason: str | None
    lost: int
    kept: Decimal
    capped: Decimal


class KeptFromRow(msgspec.Struct, frozen=True):
    """As KeptRow, of several periods of whole months: what every period from the one numbered `first` on contains."""

    first: int
    end_reason: str | None
    lost: int
    kept: Decimal
    capped: Decimal


class RevaluedRow(msgspec.Struct, frozen=True):
    """For the period numbered `period`: the opening customers' revenue then and now, and now capped per customer at what it was: those with an FX line.

    `now` and `capped` are at the exchange rates of the opening; `fx` is what the change of the rates added to `now`.
    """

    period: int
    opening: Decimal
    now: Decimal
    capped: Decimal
    fx: Decimal


class StoredSum(msgspec.Struct, frozen=True):
    """A stored sum of a month's facts, as the check compares it."""

    policies: list[str]
    month: date
    cohort: date
    kind: Kind
    end_reason: str | None
    annual_amount: Decimal
    movements: int
    paying_accounts: int


class StoredDay(msgspec.Struct, frozen=True):
    """A stored sum of a day's facts, as the check compares it."""

    policies: list[str]
    day: date
    kind: Kind
    annual_amount: Decimal
    movements: int
    paying_accounts: int


class StoredRetention(msgspec.Struct, frozen=True):
    """A stored change of what became of the opening customers, as the check compares it."""

    policies: list[str]
    opening_month: date
    closing_month: date
    end_reason: str | None
    lost_accounts: int
    kept_amount: Decimal
    capped_amount: Decimal


class Stored(NamedTuple):
    """Every row of the roll-ups, as the check compares them."""

    sums: Sequence[StoredSum]
    days: Sequence[StoredDay]
    retentions: Sequence[StoredRetention]


def open_days(start: date, end: date) -> OpenDays:
    """The days of the months that the period from `start` to `end` divides."""
    opening, closing = _first_of(start), _first_of(_after(end))
    divided = start != opening
    return OpenDays(start, end, opening, min(_next_month(opening), closing) if divided else opening, closing)


def open_days_until(end: date) -> OpenDays:
    """The same of the period that has no first day."""
    closing = _first_of(_after(end))
    return OpenDays(closing, end, closing, closing, closing)


def nearest_month(day: date) -> date:
    """The beginning of a month that has the fewest days between it and the beginning of `day`."""
    first = _first_of(day)
    return first if day.day <= _HALF_A_MONTH else _next_month(first)


def _after(day: date) -> date:
    # Of the last month that there is, every day counts as an open one.
    return day if day == date.max else day + ONE_DAY


def _first_of(day: date) -> date:
    return day.replace(day=1)


def _next_month(first: date) -> date:
    return _first_of(first.replace(day=28) + 4 * ONE_DAY)
