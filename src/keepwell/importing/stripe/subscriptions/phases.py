"""The price phases of each item of a Stripe subscription, by the days that Stripe gives.

An item may start later than its subscription, a trial may follow paid months, and discounts start and end. Between
two such days the price is the same; each stretch of one price is a phase.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

import msgspec

from keepwell.importing.billing_periods import BillingPeriod, decimal_of
from keepwell.importing.stripe.conversion import (
    account_of,
    billing_period,
    recurrence_of,
)
from keepwell.importing.stripe.discounts import Discount, Reduction, expanded, is_shared
from keepwell.importing.stripe.model import day_of, major_units
from keepwell.importing.stripe.subscriptions.objects import Item, Subscription
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import SubscriptionRow

_PERCENT = 100

replace = msgspec.structs.replace


class ItemPhases(msgspec.Struct, frozen=True, kw_only=True):
    """The price phases of an item, in order, or `why` it cannot be read.

    A metered item has both: phases of zero, and the reason why they must not replace a paid price.
    """

    id: str
    phases: Sequence[SubscriptionRow] = ()
    why: RejectedRow | None = None


def read_items(subscription: Subscription, *, of_customer: Discount | None = None) -> list[ItemPhases]:
    """The phases of each item; raises RejectedRow if the subscription as a whole cannot be read.

    The discount `of_customer` applies if the subscription has none of its own.
    """
    if subscription.items.has_more:
        raise RejectedRow("items", "too-many-items", "it has more than ten items.")
    if not subscription.items.data:
        raise RejectedRow("items", "no-items", "it has no items, so that its price is unknown.")
    discounts = subscription.own_discounts()
    if of_customer is not None and not subscription.has_discount:
        discounts = expanded([of_customer])
    priced = [_priced(subscription, number) for number in range(len(subscription.items.data))]
    if is_shared(discounts) and any(isinstance(each, RejectedRow) for each in priced):
        reason = "the coupon takes an amount off all items together, and one of them cannot be read."
        raise RejectedRow("discount", "shared-discount", reason)
    timeline = _Timeline(subscription, discounts, [each for each in priced if isinstance(each, _Priced)])
    return [
        ItemPhases(id=item.id, why=each)
        if isinstance(each, RejectedRow)
        else ItemPhases(id=item.id, phases=timeline.phases(each), why=each.metered)
        for item, each in zip(subscription.items.data, priced, strict=True)
    ]


class _Priced(msgspec.Struct, frozen=True, kw_only=True):
    """An item with its open-ended row at full price, what one bill costs with tax, and its own discounts."""

    row: SubscriptionRow
    per_bill: Fraction
    period: BillingPeriod
    product: str | None
    discounts: Sequence[Discount]
    included_tax: Decimal
    metered: RejectedRow | None

    def per_interval(self, per_bill: Fraction) -> Decimal:
        """`per_bill` without the tax in it, per `amount_per` of the row.

        Stripe rounds the tax of each bill to the currency's smallest unit.
        """
        if self.included_tax:
            tax = per_bill * Fraction(self.included_tax) / (_PERCENT + Fraction(self.included_tax))
            smallest = Fraction(major_units(1, self.row.currency))
            units = decimal_of(tax / smallest).quantize(Decimal(1), ROUND_HALF_UP)
            per_bill -= Fraction(units) * smallest
        return decimal_of(per_bill * self.period.times, like=self.row.amount)


def _priced(subscription: Subscription, number: int) -> _Priced | RejectedRow:
    item = subscription.items.data[number]
    try:
        return _read_item(subscription, item, number=number)
    except RejectedRow as why:
        return why


def _read_item(subscription: Subscription, item: Item, *, number: int) -> _Priced:
    if item.priced is None:
        raise RejectedRow("price", "no-price", "the item has no price.")
    price = item.priced.billed_in(subscription.currency)
    recurrence = recurrence_of(price)
    seats = 1 if item.quantity is None else item.quantity
    cost = Decimal(0) if recurrence.is_metered else price.cost(seats)
    period = billing_period(recurrence)
    row = SubscriptionRow(
        external_id=subscription.id if number == 0 else f"{subscription.id}/{item.id}",
        account=account_of(subscription.customer),
        plan=price.id,
        seats=seats,
        amount=cost,
        amount_per=period.amount_per,
        billing_interval=period.billing_interval,
        currency=price.currency.upper(),
        starts_on=_first_day(subscription, item),
        ends_on=None,
        is_trial=False,
        cancelled_on=None,
        end_reason=None,
    )
    return _Priced(
        row=row,
        per_bill=Fraction(cost),
        period=period,
        product=item.product,
        discounts=expanded(item.discounts or ()),
        included_tax=subscription.included_tax(item),
        metered=_metered(price.id) if recurrence.is_metered else None,
    )


def _metered(price: str) -> RejectedRow:
    reason = f"the price {price!r} is metered by usage and replaces a paid one."
    return RejectedRow("usage_type", "metered-price", reason)


def _first_day(subscription: Subscription, item: Item) -> date:
    """The day the item was added; the subscription's first day for its oldest items.

    A subscription always has an item: the oldest ones replaced others, whose prices are unknown.
    """
    start = day_of(subscription.start_date)
    created = [start if each.created is None else day_of(each.created) for each in subscription.items.data]
    own = start if item.created is None else day_of(item.created)
    return start if own == min(created) else max(own, start)


class _Timeline:
    """The days on which any price of a subscription changes, and the phases of each item between them."""

    def __init__(
        self, subscription: Subscription, discounts: Sequence[Discount], priced: Sequence[_Priced]
    ) -> None:
        self._currency = subscription.currency or ""
        self._discounts = discounts
        self._priced = priced
        self._trial = trial_days(subscription)
        # An amount that cannot be reduced is refused before any phase is built.
        Reduction(discounts, currency=self._currency)

    def phases(self, item: _Priced) -> list[SubscriptionRow]:
        """The phases of `item`; the last one has the plain id."""
        merged: list[SubscriptionRow] = []
        for phase in self._stretches(item):
            if merged and _same_price(merged[-1], phase):
                merged[-1] = replace(merged[-1], ends_on=phase.ends_on)
            else:
                merged.append(phase)
        return list(_named(merged, item.row.external_id))

    def _stretches(self, item: _Priced) -> Iterator[SubscriptionRow]:
        start = item.row.starts_on
        days = sorted({start, *(day for day in self._days(item) if day > start)})
        for day, following in pairwise([*days, None]):
            if day is None:
                continue
            if self._is_trial(day):
                full = item.per_interval(item.per_bill)
                yield replace(item.row, amount=full, starts_on=day, ends_on=following, is_trial=True)
                continue
            amount = item.per_interval(self._reduced(item, day, temporary=True))
            listed = item.per_interval(self._reduced(item, day, temporary=False))
            yield replace(
                item.row,
                amount=amount,
                list_amount=listed if listed > amount else None,
                starts_on=day,
                ends_on=following,
            )

    def _days(self, item: _Priced) -> Iterator[date]:
        # A shared amount is used up by items in order, so that another item's start may change the price too.
        for day in (
            *(self._trial or ()),
            *(other.row.starts_on for other in self._priced),
            *(day for each in (*self._discounts, *item.discounts) for day in each.days),
        ):
            if day is not None:
                yield day

    def _is_trial(self, day: date) -> bool:
        return self._trial is not None and self._trial[0] <= day < self._trial[1]

    def _reduced(self, item: _Priced, day: date, *, temporary: bool) -> Fraction:
        """What a bill of `item` costs on `day`; without `temporary` discounts, as if those with an end did not exist."""

        def active(discounts: Sequence[Discount]) -> list[Discount]:
            return [each for each in discounts if each.applies(day) and (temporary or each.end is None)]

        shared = Reduction(active(self._discounts), currency=self._currency)
        left = Fraction(0)
        for other in self._priced:
            if other.row.starts_on > day:
                continue
            own = Reduction(active(other.discounts), currency=self._currency)
            left = shared.applied_to(own.applied_to(other.per_bill, other.product), other.product)
            if other is item:
                break
        return left


def trial_days(subscription: Subscription) -> tuple[date, date] | None:
    """The first day of the trial, and the first day after it; None without a trial."""
    if subscription.trial_end is None:
        return None
    starts = subscription.trial_start
    first = day_of(subscription.start_date if starts is None else starts)
    return (first, day_of(subscription.trial_end)) if first < day_of(subscription.trial_end) else None


def _same_price(one: SubscriptionRow, other: SubscriptionRow) -> bool:
    return (one.amount, one.list_amount, one.is_trial) == (other.amount, other.list_amount, other.is_trial)


def _named(phases: Sequence[SubscriptionRow], external_id: str) -> Iterator[SubscriptionRow]:
    """The phases with ids: the plain one for the last, and one after their kind for the others."""
    used: set[str] = set()
    for phase in phases[:-1]:
        kind = "trial" if phase.is_trial else "before" if phase.list_amount is None else "discount"
        name = f"{external_id}#{kind}"
        if name in used:
            name = f"{name}#{phase.starts_on.isoformat()}"
        used.add(name)
        yield replace(phase, external_id=name)
    yield from phases[-1:]
