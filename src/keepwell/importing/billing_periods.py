"""How often a price is billed, and what it is per interval that we calculate with. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal, Inexact
from fractions import Fraction

import msgspec

from keepwell.records.model import Interval

# Precise enough for the largest amount times the largest quantity, per year.
_EXACT = Context(prec=80, traps=[Inexact])
_ROUNDED = Context(prec=80)
_TWELVE_PLACES = Decimal(1).scaleb(-12)
_NAMED: Mapping[tuple[Interval, int], Interval] = {
    **{(interval, 1): interval for interval in Interval},
    (Interval.DAY, 7): Interval.WEEK,
    (Interval.MONTH, 3): Interval.QUARTER,
}


class BillingPeriod(msgspec.Struct, frozen=True):
    """How often a price is billed: `times` per `amount_per` for calculations, `billing_interval` for display."""

    amount_per: Interval
    times: Fraction
    billing_interval: Interval

    @classmethod
    def every(cls, count: int, interval: Interval) -> BillingPeriod:
        """Every `count` intervals: a named interval, or else a number of times per year, which may be a fraction."""
        named = _NAMED.get((interval, count))
        if named is not None:
            return cls(named, Fraction(1), named)
        return cls(Interval.YEAR, Fraction(interval.per_year, count), Interval.YEAR)

    def amount_of(self, amount: Decimal) -> Decimal:
        """What `amount` for each period is per `amount_per`."""
        return decimal_of(Fraction(amount) * self.times, like=amount)


def decimal_of(amount: Fraction, *, like: Decimal = Decimal(0)) -> Decimal:
    """`amount` with at least the places of `like`: exact, or rounded to twelve places if it does not end, as 1/3."""
    try:
        return _EXACT.add(_EXACT.divide(Decimal(amount.numerator), Decimal(amount.denominator)), like * 0)
    except Inexact:
        rounded = _ROUNDED.divide(Decimal(amount.numerator), Decimal(amount.denominator))
        return rounded.quantize(_TWELVE_PLACES, context=_ROUNDED)
