"""Stripe's discounts: which apply on a day, and what they leave of the items' prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

import msgspec

from keepwell.importing.stripe.model import Amount, Code, Percent, Seconds, Text, day_of, major_units
from keepwell.importing.upserts.rejection import RejectedRow

_PERCENT = 100


class AppliesTo(msgspec.Struct, frozen=True):
    """The products that a coupon is limited to."""

    products: Sequence[Text] = ()


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    """A reduction by a percentage or amount, and its duration: once, repeating or forever."""

    duration: Text
    percent_off: Percent | None = None
    amount_off: Amount | None = None
    currency: Code | None = None
    applies_to: AppliesTo | None = None

    def covers(self, product: str | None) -> bool:
        """Whether it reduces the price of `product`."""
        return self.applies_to is None or product in self.applies_to.products


class Discount(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon that applies from `start` until `end`."""

    coupon: Coupon
    id: Text | None = None
    start: Seconds | None = None
    end: Seconds | None = None

    @property
    def is_recurring(self) -> bool:
        """Whether it affects MRR; a coupon for one bill does not."""
        return self.coupon.duration != "once"

    @property
    def days(self) -> tuple[date | None, date | None]:
        """Its first day and the first day without it; None if unlimited."""
        return (
            None if self.start is None else day_of(self.start),
            None if self.end is None else day_of(self.end),
        )

    def applies(self, day: date) -> bool:
        """Whether it applies on `day`."""
        start, end = self.days
        return (start is None or start <= day) and (end is None or day < end)


# A discount, or its id if Stripe did not expand it.
DiscountReference: TypeAlias = Text | Discount


def expanded(references: Iterable[DiscountReference], *, known: Discount | None = None) -> list[Discount]:
    """The recurring discounts; raises RejectedRow for one with nothing but its id, unless that is `known`."""
    found = []
    for each in references:
        if isinstance(each, Discount):
            found.append(each)
        elif known is not None and known.id in {each, None}:
            found.append(known)
        else:
            reason = "it has a discount with only the id, because it was not expanded."
            raise RejectedRow("discounts", "unexpanded-discount", reason)
    return [each for each in found if each.is_recurring]


class Reduction:
    """Discounts in their order: each takes a percentage off every item, or an amount that the first items use up."""

    def __init__(self, discounts: Iterable[Discount], *, currency: str) -> None:
        self._discounts = [(each.coupon, _Left(each.coupon, currency=currency)) for each in discounts]

    def applied_to(self, amount: Fraction, product: str | None) -> Fraction:
        """What is left of `amount`, an item's price per bill."""
        for coupon, left in self._discounts:
            if not coupon.covers(product):
                continue
            if coupon.percent_off:
                amount -= amount * Fraction(Decimal(str(coupon.percent_off))) / _PERCENT
            else:
                amount -= left.take(amount)
        return amount


class _Left:
    """What a coupon's amount has left for the next items."""

    def __init__(self, coupon: Coupon, *, currency: str) -> None:
        own = coupon.currency or currency
        if coupon.amount_off and currency and own.upper() != currency.upper():
            reason = (
                f"the coupon takes off an amount in {own.upper()}, and the price is in {currency.upper()}."
            )
            raise RejectedRow("discount", "discount-currency", reason)
        self._amount = Fraction(major_units(coupon.amount_off or 0, own))

    def take(self, amount: Fraction) -> Fraction:
        """The part of the coupon's amount that `amount` uses up."""
        taken = min(self._amount, amount)
        self._amount -= taken
        return taken


def is_shared(discounts: Iterable[Discount]) -> bool:
    """Whether one of them takes an amount off all items together."""
    return any(each.coupon.amount_off and not each.coupon.percent_off for each in discounts)
