"""The price phases of each item of a Stripe subscription: a trial, a discounted price, the full price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from keepwell.importing.mapping.fields import RejectedRow
from keepwell.importing.mapping.rows import SubscriptionRow
from keepwell.importing.stripe.conversion import account_of, billing_period, exact_decimal, unit_price
from keepwell.importing.stripe.model import Coupon, Item, Subscription, day_of, major_units

_PERCENT = Decimal(100)

replace = msgspec.structs.replace


class ItemReading(msgspec.Struct, frozen=True, kw_only=True):
    """The price phases of an item, in order, or `why` it cannot be read.

    A metered item has both: phases of zero, and the reason why they must not replace a paid price.
    """

    item: str
    phases: Sequence[SubscriptionRow] = ()
    why: RejectedRow | None = None


def read_items(subscription: Subscription) -> list[ItemReading]:
    """A reading of each item; raises RejectedRow if the subscription as a whole cannot be read."""
    if subscription.items.has_more:
        raise RejectedRow("items", "too-many-items", "it has more than ten items.")
    coupon, ends_at = _active_coupon(subscription)
    reduction = _Reduction(coupon, currency=subscription.currency or "")
    readings = [
        _read_item(subscription, number, reduction=reduction, reduced_until=ends_at)
        for number in range(len(subscription.items.data))
    ]
    if reduction.is_shared and any(not each.phases for each in readings):
        raise RejectedRow(
            "discount",
            "shared-discount",
            "the coupon takes an amount off all items together, and one of them cannot be read.",
        )
    return readings


def _read_item(
    subscription: Subscription, number: int, *, reduction: _Reduction, reduced_until: date | None
) -> ItemReading:
    item = subscription.items.data[number]
    try:
        row, times, metered = _full_price(subscription, item, number=number)
        reduced = reduction.applied_to(row.amount, times)
    except RejectedRow as why:
        return ItemReading(item=item.id, why=why)
    phases = list(_phases(subscription, row, reduced=reduced, reduced_until=reduced_until))
    return ItemReading(item=item.id, phases=phases, why=metered)


def _active_coupon(subscription: Subscription) -> tuple[Coupon | None, date | None]:
    """The recurring coupon and the first day without it; a coupon for one bill does not affect MRR."""
    if len(subscription.discounts) > 1:
        raise RejectedRow("discounts", "several-discounts", "it has more than one discount.")
    if subscription.discounts and subscription.discount is None:
        raise RejectedRow(
            "discounts",
            "unexpanded-discount",
            "it has a discount with only the id, because it was not expanded.",
        )
    if subscription.discount is None or subscription.discount.coupon.duration == "once":
        return None, None
    ends = subscription.discount.end
    return subscription.discount.coupon, day_of(ends) if ends is not None else None


class _Reduction:
    """A coupon's reduction: a percentage of each item, or an amount that the first items use up."""

    def __init__(self, coupon: Coupon | None, *, currency: str) -> None:
        self._share = Decimal(str(coupon.percent_off or 0)) / _PERCENT if coupon else Decimal(0)
        amount = major_units(coupon.amount_off or 0, coupon.currency or currency) if coupon else Decimal(0)
        self._left = Fraction(0 if self._share else amount)
        self.is_shared = self._left > 0

    def applied_to(self, amount: Decimal, times: Fraction) -> Decimal:
        """`amount`, which is `times` bills, after the reduction; raises RejectedRow if that is not a finite decimal."""
        if self._share:
            return amount - amount * self._share
        off = min(self._left * times, Fraction(amount))
        reduced = amount - exact_decimal(off)
        self._left -= off / times
        return reduced


def _full_price(
    subscription: Subscription, item: Item, *, number: int
) -> tuple[SubscriptionRow, Fraction, RejectedRow | None]:
    """The item's open-ended row at full price, the number of bills in its amount, and the reason if it is metered."""
    price = item.price or item.plan
    if price is None:
        raise RejectedRow("price", "no-price", "the item has no price.")
    if item.discounts:
        raise RejectedRow("discounts", "item-discount", "the item has its own discount.")
    amount, recurrence = unit_price(price)
    interval = billing_period(recurrence)
    seats = 1 if item.quantity is None else item.quantity
    row = SubscriptionRow(
        external_id=subscription.id if number == 0 else f"{subscription.id}/{item.id}",
        account=account_of(subscription.customer),
        plan=price.id,
        seats=seats,
        amount=exact_decimal(Fraction(amount) * seats * interval.times, like=amount),
        amount_per=interval.amount_per,
        billing_interval=interval.billing_interval,
        currency=price.currency.upper(),
        starts_on=day_of(subscription.start_date),
        ends_on=None,
        is_trial=False,
        cancelled_on=None,
        end_reason=None,
    )
    return row, interval.times, _metered(price.id) if recurrence.is_metered else None


def _metered(price: str) -> RejectedRow:
    reason = f"the price {price!r} is metered by usage and replaces a paid one."
    return RejectedRow("usage_type", "metered-price", reason)


def _phases(
    subscription: Subscription, price: SubscriptionRow, *, reduced: Decimal, reduced_until: date | None
) -> Iterator[SubscriptionRow]:
    """The trial, the discounted phase and the full price; the last phase has the plain id."""
    start = price.starts_on
    if subscription.trial_end is not None and (trial_end := day_of(subscription.trial_end)) > start:
        trial_id = f"{price.external_id}#trial"
        yield replace(price, external_id=trial_id, starts_on=start, ends_on=trial_end, is_trial=True)
        start = trial_end
    if reduced_until is None:
        yield replace(price, amount=reduced, starts_on=start)
        return
    if reduced != price.amount and reduced_until > start:
        yield replace(
            price,
            external_id=f"{price.external_id}#discount",
            amount=reduced,
            list_amount=price.amount,
            starts_on=start,
            ends_on=reduced_until,
        )
        start = reduced_until
    yield replace(price, starts_on=start)
