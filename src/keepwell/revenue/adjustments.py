"""What bends a plain price: discounts, a change inside a cycle, dunning, refunds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

import msgspec

from keepwell.records.model import EndReason
from keepwell.revenue.model import Span

CENT = Decimal("0.01")
# Days after the failure before it, as Polar schedules its retries.
DUNNING_STEPS = (timedelta(days=2), timedelta(days=5), timedelta(days=7), timedelta(days=7))


class Proration(NamedTuple):
    """The lines of a change inside a billing cycle; each line is rounded, the invoice is their sum."""

    credit: Decimal
    charge: Decimal

    @property
    def invoice(self) -> Decimal:
        """What the customer pays now."""
        return self.charge - self.credit


class ServiceEnd(NamedTuple):
    """The first day without service, and why."""

    on: date
    reason: EndReason


class LedgerEntry(NamedTuple):
    """One side of a double entry; debits are positive and every posting sums to zero."""

    account: str
    amount: Decimal


def discounted(span: Span, *, share: Fraction, until: date) -> list[Span]:
    """`span` with a recurring discount of `share` until the day before `until`, then at full price.

    The expiry is thereby an expansion. A one-time coupon is no discount in this sense: it does not touch MRR.
    """
    reduced = msgspec.structs.replace(span, monthly_amount=span.monthly_amount * (1 - share), ends_on=until)
    return [reduced, msgspec.structs.replace(span, starts_on=until)]


def prorate(*, old: Decimal, new: Decimal, days_left: int, cycle_days: int) -> Proration:
    """The credit for the rest of the old price and the charge for the rest of the new one."""
    share = Decimal(days_left) / Decimal(cycle_days)
    return Proration(credit=_cents(old * share), charge=_cents(new * share))


def dunning_schedule(failed_on: date) -> list[date]:
    """The days on which a failed payment is tried again; the last one ends the service."""
    days = []
    for step in DUNNING_STEPS:
        failed_on += step
        days.append(failed_on)
    return days


def end_after_failure(
    failed_on: date, *, paid_on: date | None = None, cancelled_on: date | None = None
) -> ServiceEnd | None:
    """When and why service ends after a failed payment; None where a retry was paid in time.

    A customer who cancels while being dunned leaves of their own will: voluntary, on that day.
    """
    exhausted = dunning_schedule(failed_on)[-1]
    if cancelled_on is not None and cancelled_on <= exhausted and (paid_on is None or cancelled_on < paid_on):
        return ServiceEnd(cancelled_on, EndReason.VOLUNTARY)
    if paid_on is not None and paid_on <= exhausted:
        return None
    return ServiceEnd(exhausted, EndReason.INVOLUNTARY)


def processor_fee(amount: Decimal, *, share: Decimal, fixed: Decimal) -> Decimal:
    """The processor's cut of a charge: `share` of it plus `fixed`, to the cent."""
    return _cents(amount * share + fixed)


def charge_entries(amount: Decimal, *, fee: Decimal) -> Sequence[LedgerEntry]:
    """A charge: the processor owes us the rest, the fee is an expense."""
    return (
        LedgerEntry("processor", amount - fee),
        LedgerEntry("fees", fee),
        LedgerEntry("revenue", -amount),
    )


def refund_entries(amount: Decimal) -> Sequence[LedgerEntry]:
    """A full refund whose fee the processor keeps."""
    return (LedgerEntry("revenue", amount), LedgerEntry("processor", -amount))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
