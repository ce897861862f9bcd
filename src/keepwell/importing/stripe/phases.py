"""What each item of a Stripe subscription costs from its start on: a trial, a time with a discount, the price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from keepwell.importing.mapping.fields import RejectedRow
from keepwell.importing.mapping.rows import SubscriptionRow
from keepwell.importing.stripe.conversion import account_of, due, exactly, price_of_one
from keepwell.importing.stripe.model import Coupon, Item, Subscription, day_of, whole

_PERCENT = Decimal(100)

replace = msgspec.structs.replace


class ItemReading(msgspec.Struct, frozen=True, kw_only=True):
    """What an item costs, phase after phase, or `why` that cannot be read.

    A metered item has both: phases of zero, and why they must not replace a paid price.
    """

    item: str
    phases: Sequence[SubscriptionRow] = ()
    why: RejectedRow | None = None


def read_items(found: Subscription) -> list[ItemReading]:
    """A reading of each item; raises RejectedRow if the subscription as a whole cannot be read."""
    if found.items.has_more:
        raise RejectedRow("items", "too-many-items", "it has more than ten items.")
    coupon, ends_at = _coupon(found)
    reduction = _Reduction(coupon, currency=found.currency or "")
    readings = [
        _read_item(found, number, reduction=reduction, less_until=ends_at)
        for number in range(len(found.items.data))
    ]
    if reduction.is_shared and any(not each.phases for each in readings):
        raise RejectedRow(
            "discount",
            "shared-discount",
            "an amount is taken off all items together, and one of them cannot be read.",
        )
    return readings


def _read_item(
    found: Subscription, number: int, *, reduction: _Reduction, less_until: date | None
) -> ItemReading:
    item = found.items.data[number]
    try:
        row, times, metered = _full_price(found, item, number=number)
        less = reduction.applied_to(row.amount, times)
    except RejectedRow as why:
        return ItemReading(item=item.id, why=why)
    phases = list(_in_order(found, row, less=less, less_until=less_until))
    return ItemReading(item=item.id, phases=phases, why=metered)


def _coupon(found: Subscription) -> tuple[Coupon | None, date | None]:
    """The coupon at work on every bill, and its first day without; a coupon of one bill does not touch MRR."""
    if len(found.discounts) > 1:
        raise RejectedRow("discounts", "several-discounts", "it has more than one discount.")
    if found.discounts and found.discount is None:
        raise RejectedRow(
            "discounts", "unexpanded-discount", "it has a discount of which only the id is told."
        )
    if found.discount is None or found.discount.coupon.duration == "once":
        return None, None
    ends = found.discount.end
    return found.discount.coupon, day_of(ends) if ends is not None else None


class _Reduction:
    """What a coupon takes off: a share of each item, or an amount from the first items that have it."""

    def __init__(self, coupon: Coupon | None, *, currency: str) -> None:
        self._share = Decimal(str(coupon.percent_off or 0)) / _PERCENT if coupon else Decimal(0)
        amount = whole(coupon.amount_off or 0, coupon.currency or currency) if coupon else Decimal(0)
        self._left = Fraction(0 if self._share else amount)
        self.is_shared = self._left > 0

    def applied_to(self, amount: Decimal, times: Fraction) -> Decimal:
        """What is left of `amount`, which is `times` bills; raises RejectedRow if that is no finite decimal."""
        if self._share:
            return amount - amount * self._share
        off = min(self._left * times, Fraction(amount))
        less = amount - exactly(off)
        self._left -= off / times
        return less


def _full_price(
    found: Subscription, item: Item, *, number: int
) -> tuple[SubscriptionRow, Fraction, RejectedRow | None]:
    """The item's open-ended row at full price, how many bills its amount is, and why it is metered if it is."""
    price = item.price or item.plan
    if price is None:
        raise RejectedRow("price", "no-price", "the item has no price.")
    if item.discounts:
        raise RejectedRow("discounts", "item-discount", "the item has a discount of its own.")
    amount, rhythm = price_of_one(price)
    interval = due(rhythm)
    seats = 1 if item.quantity is None else item.quantity
    row = SubscriptionRow(
        external_id=found.id if number == 0 else f"{found.id}/{item.id}",
        account=account_of(found.customer),
        plan=price.id,
        seats=seats,
        amount=exactly(Fraction(amount) * seats * interval.times, like=amount),
        amount_per=interval.amount_per,
        billing_interval=interval.billing_interval,
        currency=price.currency.upper(),
        starts_on=day_of(found.start_date),
        ends_on=None,
        is_trial=False,
        cancelled_on=None,
        end_reason=None,
    )
    return row, interval.times, _metered(price.id) if rhythm.is_metered else None


def _metered(price: str) -> RejectedRow:
    reason = f"the price {price!r} is metered by usage, and replaces one that was paid."
    return RejectedRow("usage_type", "metered-price", reason)


def _in_order(
    found: Subscription, price: SubscriptionRow, *, less: Decimal, less_until: date | None
) -> Iterator[SubscriptionRow]:
    """The trial, then what costs less for a while, then the price; the last of them has the plain id."""
    start = price.starts_on
    if found.trial_end is not None and (trial_end := day_of(found.trial_end)) > start:
        trial_id = f"{price.external_id}#trial"
        yield replace(price, external_id=trial_id, starts_on=start, ends_on=trial_end, is_trial=True)
        start = trial_end
    if less_until is None:
        yield replace(price, amount=less, starts_on=start)
        return
    if less != price.amount and less_until > start:
        yield replace(
            price,
            external_id=f"{price.external_id}#discount",
            amount=less,
            list_amount=price.amount,
            starts_on=start,
            ends_on=less_until,
        )
        start = less_until
    yield replace(price, starts_on=start)
