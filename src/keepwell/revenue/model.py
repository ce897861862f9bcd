"""Recurring revenue: MRR, its movements, and the days between which they are counted.

Definitions and their sources are in `docs/metrics.md`. Amounts are exact rationals throughout; only
`rounded_to_cents` rounds. A span counts from its first day to the day before `ends_on`. Movements belong to a
customer, not to a subscription: losing one of several subscriptions is a contraction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import Protocol
from uuid import UUID

import msgspec

from keepwell.records.model import EndReason, Interval

DEFAULT_POLICY = "default"
MONTHS_PER_YEAR = 12
_CENT = Decimal("0.01")
ONE_DAY = timedelta(days=1)


class MovementKind(StrEnum):
    """Why a customer's MRR changed. FX is the effect of an exchange rate and not a movement."""

    NEW = "new"
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    CHURN = "churn"
    REACTIVATION = "reactivation"
    FX = "fx"


class PricedSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A period in which one customer pays one price; `ends_on` is the first day without it."""

    account_id: UUID
    monthly_amount: Fraction
    currency: str = "USD"
    starts_on: date
    ends_on: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the span counts on `day`."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


class PayingSpan(PricedSpan, frozen=True, kw_only=True):
    """A span with the paid subscription it comes from."""

    external_id: str
    subscription_id: UUID
    plan: str
    seats: int = 1
    interval: Interval
    cancelled_on: date | None = None
    end_reason: EndReason | None = None


class PaidSubscription(msgspec.Struct, frozen=True):
    """A paid subscription as it is on record, with its account's external id; `annual_amount` is twelve times what it pays a month."""

    account_id: UUID
    external_id: str
    subscription_id: UUID
    plan: str
    seats: int
    billing_interval: str
    annual_amount: Decimal
    currency: str
    starts_on: date
    ends_on: date | None
    cancelled_on: date | None
    end_reason: str | None

    @property
    def span(self) -> PayingSpan:
        """The days on which it counts, with what it pays a month."""
        return PayingSpan(
            account_id=self.account_id,
            external_id=self.external_id,
            subscription_id=self.subscription_id,
            plan=self.plan,
            seats=self.seats,
            interval=Interval(self.billing_interval),
            monthly_amount=Fraction(self.annual_amount) / MONTHS_PER_YEAR,
            currency=self.currency,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            cancelled_on=self.cancelled_on,
            end_reason=EndReason(self.end_reason) if self.end_reason else None,
        )


class Movement(msgspec.Struct, frozen=True):
    """One change of one customer's MRR, in the report's currency; churn and contraction are negative."""

    on: date
    account_id: UUID
    kind: MovementKind
    amount: Fraction


class Rates(Protocol):
    """Exchange rates into the report currency."""

    def rate(self, currency: str, on: date) -> Fraction:
        """The rate in force on `on`."""
        ...

    def changes(self, currency: str) -> Sequence[date]:
        """The days on which a new rate comes into force."""
        ...


def rounded_to_cents(amount: Fraction) -> Decimal:
    """Two decimal places, halves away from zero: for showing, never for further arithmetic."""
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return exact.quantize(_CENT, rounding=ROUND_HALF_UP)


def movements(spans: Iterable[PricedSpan], *, rates: Rates, free_is_active: bool = False) -> list[Movement]:
    """Every movement and FX line of every customer, by day.

    If `free_is_active`, a customer on a free plan has not churned.
    """
    by_account: defaultdict[UUID, list[PricedSpan]] = defaultdict(list)
    for span in spans:
        by_account[span.account_id].append(span)
    found = [
        movement
        for account_id, own in by_account.items()
        for movement in _movements_of(account_id, own, rates=rates, free_is_active=free_is_active)
    ]
    return sorted(found, key=lambda movement: (movement.on, movement.account_id, movement.kind))


def _movements_of(
    account_id: UUID, spans: Sequence[PricedSpan], *, rates: Rates, free_is_active: bool
) -> Iterator[Movement]:
    native: defaultdict[str, Fraction] = defaultdict(Fraction)
    has_paid, running = False, 0
    for day, changes in groupby(_changes(spans, rates), key=lambda change: change.on):
        revalued = sum(
            (
                amount * (rates.rate(code, day) - rates.rate(code, day - ONE_DAY))
                for code, amount in native.items()
            ),
            Fraction(),
        )
        if revalued:
            yield Movement(day, account_id, MovementKind.FX, revalued)
        before, was_running = _converted(native, day, rates), running
        for change in changes:
            native[change.currency] += change.amount
            running += change.spans
        after = _converted(native, day, rates)
        if after != before:
            stays = free_is_active and (running if not after else was_running) > 0
            kind = _kind(before, after, has_paid=has_paid, stays=stays)
            yield Movement(day, account_id, kind, after - before)
        has_paid = has_paid or after > 0


class _Change(msgspec.Struct, frozen=True):
    on: date
    currency: str
    amount: Fraction
    spans: int = 0


def _changes(spans: Sequence[PricedSpan], rates: Rates) -> list[_Change]:
    found = [
        _Change(day, code, Fraction()) for code in {s.currency for s in spans} for day in rates.changes(code)
    ]
    for span in spans:
        found.append(_Change(span.starts_on, span.currency, span.monthly_amount, 1))
        if span.ends_on is not None:
            found.append(_Change(span.ends_on, span.currency, -span.monthly_amount, -1))
    return sorted(found, key=lambda change: change.on)


def _converted(native: Mapping[str, Fraction], day: date, rates: Rates) -> Fraction:
    return sum((amount * rates.rate(code, day) for code, amount in native.items()), Fraction())


def _kind(before: Fraction, after: Fraction, *, has_paid: bool, stays: bool) -> MovementKind:
    if not before and not has_paid:
        return MovementKind.NEW
    if not before and not stays:
        return MovementKind.REACTIVATION
    if not after and not stays:
        return MovementKind.CHURN
    return MovementKind.EXPANSION if after > before else MovementKind.CONTRACTION


def months(start: date, end: date) -> list[tuple[date, date]]:
    """The calendar months from `start` to `end`, both included; the first and last are clipped to them."""
    pieces = []
    while start <= end:
        next_month = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        pieces.append((start, min(next_month - ONE_DAY, end)))
        start = next_month
    return pieces
