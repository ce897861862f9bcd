"""Exchange rates, looked up by day."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple


class DatedRate(NamedTuple):
    """The worth of one unit of `currency` in the workspace's currency, from the day `on`."""

    currency: str
    on: date
    rate: Decimal


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
