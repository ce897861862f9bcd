"""A subscription of Stripe's as spans of one price: from what is known of it, and from how it is now.

Stripe holds a subscription as it is. A span that stands here already and still fits goes on; one that fits no
more ends on the day of the change, and what takes its place begins there. So a history grows from the events,
and reading the same state twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from keepwell.importing.mapping.fields import RejectedRow
from keepwell.importing.mapping.rows import SubscriptionRow
from keepwell.importing.stripe.conversion import account_of, due, licensed_price
from keepwell.importing.stripe.model import Coupon, Item, Subscription, day_of, whole
from keepwell.records.model import EndReason

_NEVER_BEGAN = {"incomplete", "incomplete_expired"}
_REASONS = {
    "cancellation_requested": EndReason.VOLUNTARY,
    "payment_failed": EndReason.INVOLUNTARY,
    "payment_disputed": EndReason.INVOLUNTARY,
}
_PERCENT = Decimal(100)

replace = msgspec.structs.replace


class Rejection(msgspec.Struct, frozen=True):
    """An item that cannot be taken, and why."""

    item: str
    why: RejectedRow


class Reconciled(msgspec.Struct, frozen=True):
    """The rows to write, the items that cannot be taken, and whether the price was taken to hold from the start."""

    rows: Sequence[SubscriptionRow]
    rejections: Sequence[Rejection] = ()
    began_here: bool = False


def reconcile(found: Subscription, known: Sequence[SubscriptionRow], *, at: datetime) -> Reconciled:
    """The rows of the subscription as it was found `at` a time; `known` are those that are there of it.

    Raises RejectedRow for what cannot be read as prices at all.
    """
    end, today = _End.of(found, at=at.date()), at.date()
    if found.ended_at is not None and known:
        return Reconciled([end.clip(row) for row in known])
    if found.status in _NEVER_BEGAN and not known:
        return Reconciled([])
    phases, rejections = _phases(found)
    live = [row for row in known if row.ends_on is None or row.ends_on > today]
    rows = _followed(phases, live, known=known, today=today)
    return Reconciled([end.clip(row) for row in rows], rejections, began_here=not known and bool(rows))


class _End(msgspec.Struct, frozen=True):
    """When service ends, foreseen or not, and why."""

    on: date | None
    cancelled_on: date | None
    reason: EndReason | None

    @classmethod
    def of(cls, found: Subscription, *, at: date) -> _End:
        details = found.cancellation_details
        reason = _REASONS.get(details.reason or "") if details else None
        cancelled_on = day_of(found.canceled_at) if found.canceled_at is not None else None
        match found:
            case Subscription(ended_at=int(seconds)) | Subscription(cancel_at=int(seconds)):
                return cls(day_of(seconds), cancelled_on, reason)
            case Subscription(cancel_at_period_end=True, current_period_end=int(seconds)):
                return cls(day_of(seconds), cancelled_on, reason)
            case Subscription(status="unpaid"):
                # Dunning is exhausted: the last period that was paid for ended where this one began.
                began = found.current_period_start
                return cls(day_of(began) if began is not None else at, None, EndReason.INVOLUNTARY)
            case Subscription(status="paused", trial_end=int(seconds)):
                return cls(day_of(seconds), None, None)
        return cls(None, cancelled_on, None)

    def clip(self, row: SubscriptionRow) -> SubscriptionRow:
        """`row` with the end put in, where it does not end before."""
        if self.on is None or (row.ends_on is not None and row.ends_on < self.on):
            return row
        reason = None if row.is_trial else self.reason
        starts_on = min(row.starts_on, self.on)
        return replace(
            row, starts_on=starts_on, ends_on=self.on, cancelled_on=self.cancelled_on, end_reason=reason
        )


def _phases(found: Subscription) -> tuple[list[SubscriptionRow], list[Rejection]]:
    """What each item is from the subscription's start on: a trial, a time with a discount, and the price."""
    if found.items.has_more:
        raise RejectedRow("items", "too-many-items", "it has more than ten items.")
    coupon, ends_at = _coupon(found)
    phases: list[SubscriptionRow] = []
    rejections = []
    # What is taken off as an amount is taken from the first item, and from the next where that is less.
    left = whole(coupon.amount_off or 0, coupon.currency or found.currency or "") if coupon else Decimal(0)
    for number, item in enumerate(found.items.data):
        try:
            row, times = _span(found, item, number=number)
        except RejectedRow as why:
            rejections.append(Rejection(item.id, why))
            continue
        share = Decimal(str(coupon.percent_off or 0)) if coupon else Decimal(0)
        off = row.amount * share / _PERCENT or min(left * times, row.amount)
        left -= 0 if share else off / times
        phases += _in_order(found, row, less=row.amount - off, less_until=ends_at)
    return phases, rejections


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


def _span(found: Subscription, item: Item, *, number: int) -> tuple[SubscriptionRow, int]:
    """The item at its full price, from the start for ever, and how many bills its amount holds."""
    price = item.price or item.plan
    if price is None:
        raise RejectedRow("price", "no-price", "the item has no price.")
    if item.discounts:
        raise RejectedRow("discounts", "item-discount", "the item has a discount of its own.")
    amount, rhythm = licensed_price(price)
    interval = due(rhythm)
    seats = 1 if item.quantity is None else item.quantity
    row = SubscriptionRow(
        external_id=found.id if number == 0 else f"{found.id}/{item.id}",
        account=account_of(found.customer),
        plan=price.id,
        seats=seats,
        amount=amount * seats * interval.times,
        amount_per=interval.amount_per,
        billing_interval=interval.billing_interval,
        currency=price.currency.upper(),
        starts_on=day_of(found.start_date),
        ends_on=None,
        is_trial=False,
        cancelled_on=None,
        end_reason=None,
    )
    return row, interval.times


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


def _followed(
    phases: Sequence[SubscriptionRow],
    live: Sequence[SubscriptionRow],
    *,
    known: Sequence[SubscriptionRow],
    today: date,
) -> Iterator[SubscriptionRow]:
    """What lives on, what ends, and what begins."""
    going, taken = list(live), {row.external_id for row in known}
    for phase in phases:
        if known and phase.ends_on is not None and phase.ends_on <= today:
            continue
        same = next((row for row in going if _continues(row, phase, today=today)), None)
        if same is not None:
            going.remove(same)
            starts_on = same.starts_on if same.starts_on <= today else max(phase.starts_on, today)
            yield replace(phase, external_id=same.external_id, starts_on=starts_on)
        elif not known:
            yield phase
        else:
            external_id = _unused(phase.external_id, taken, today=today)
            taken.add(external_id)
            yield replace(phase, external_id=external_id, starts_on=max(phase.starts_on, today))
    for row in going:
        yield replace(row, ends_on=max(row.starts_on, today), cancelled_on=None, end_reason=None)


def _continues(row: SubscriptionRow, phase: SubscriptionRow, *, today: date) -> bool:
    """Whether `phase` is what `row` is: the same price, and both running or both still to come."""
    return (row.starts_on > today) == (phase.starts_on > today) and _content(row) == _content(phase)


def _content(row: SubscriptionRow) -> tuple[object, ...]:
    return (
        *(row.account, row.plan, row.seats, row.amount, row.list_amount, row.amount_per),
        *(row.billing_interval, row.currency, row.is_trial),
    )


def _unused(external_id: str, taken: Container[str], *, today: date) -> str:
    """An id that no span has yet: the plain one, with the day, with a number."""
    if external_id not in taken:
        return external_id
    dated = f"{external_id}#{today.isoformat()}"
    number, candidate = 1, dated
    while candidate in taken:
        number += 1
        candidate = f"{dated}.{number}"
    return candidate
