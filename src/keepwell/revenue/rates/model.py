"""Exchange rates, looked up by day."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, NamedTuple

import msgspec

from keepwell.platform.errors import DataValidationError
from keepwell.platform.values.currencies import is_known
from keepwell.platform.values.fields import CurrencyCode
from keepwell.records.model import EARLIEST_DAY

_CODE = re.compile("[A-Z]{3}")
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_FURTHEST = timedelta(days=366)

RateText = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9]{1,12}(\.[0-9]{1,12})?$", examples=["1.0842"], description="A decimal above zero."
    ),
]


class DatedRate(NamedTuple):
    """The worth of one unit of `currency` in the workspace's currency, from the day `on`."""

    currency: str
    on: date
    rate: Decimal


class ExchangeRate(msgspec.Struct, frozen=True):
    """The worth of one unit of `currency` in the workspace's, from the day `on` until its next rate."""

    currency: str
    on: date
    rate: str


class ExchangeRatePage(msgspec.Struct, frozen=True):
    """A page of exchange rates, and the cursor of the next page, if any."""

    items: Sequence[ExchangeRate]
    next: str | None


class RateFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which exchange rates; both days are included."""

    currency: str | None = None
    start: date | None = None
    end: date | None = None


class RatePlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a page of exchange rates ended."""

    currency: str
    on: date


class NewRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rate to set; it replaces one of the same day."""

    currency: CurrencyCode
    on: date
    rate: RateText


class NewRates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rates to set together: all of them, or none if one is wrong."""

    rates: Annotated[Sequence[NewRate], msgspec.Meta(min_length=1, max_length=1_000)]


class ImportedRates(msgspec.Struct, frozen=True):
    """What the audit log says of imported exchange rates: how many, of which currencies, from which day until which."""

    rates: int
    currencies: Sequence[str]
    first: date | None
    last: date | None


def checked_rate(code: str, on: date, number: str, *, own: str, today: date) -> DatedRate:
    """The rate; raises DataValidationError that begins with the wrong field.

    `own` is the workspace's currency. A rate of more than a year ahead is a typing error: nobody knows it.
    """
    if not _CODE.fullmatch(code):
        raise DataValidationError(f"currency: {code!r} is not a code such as EUR.")
    if code == own:
        raise DataValidationError(f"currency: {code} is the workspace's own; it is always worth 1.")
    if not is_known(code):
        raise DataValidationError(
            f"currency: {code} is no currency of ISO 4217.", hint="Check its three letters."
        )
    if not _NUMBER.fullmatch(number) or not Decimal(number):
        raise DataValidationError(f"rate: {number!r} is not a number above zero, such as 1.0842.")
    if on <= EARLIEST_DAY:
        raise DataValidationError(f"date: {on} is not after {EARLIEST_DAY}.")
    if on > today + _FURTHEST:
        raise DataValidationError(f"date: {on} is more than a year ahead.", hint="Check the year.")
    return DatedRate(code, on, Decimal(number))


class StoredRates:
    """`Rates` from dated rows; the report currency is always worth one."""

    def __init__(self, rows: Iterable[DatedRate], *, own: str) -> None:
        self._own = own
        self._days: defaultdict[str, list[date]] = defaultdict(list)
        self._rates: defaultdict[str, list[Fraction]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: (row.currency, row.on)):
            self._days[row.currency].append(row.on)
            self._rates[row.currency].append(Fraction(row.rate))

    def rate(self, currency: str, on: date) -> Fraction:
        """The rate in force on `on`; zero before the first."""
        if currency == self._own:
            return Fraction(1)
        index = bisect_right(self._days[currency], on)
        return self._rates[currency][index - 1] if index else Fraction()

    def changes(self, currency: str) -> Sequence[date]:
        """The days on which a new rate comes into force."""
        return () if currency == self._own else self._days[currency]
