"""What a subscription is for and what it costs: a synthetic company's price list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

CURRENCY = "USD"
# Annual plans get two months free.
_MONTHS_CHARGED_PER_YEAR = 10
_CENT = Decimal("0.01")


class Plan(Enum):
    """A plan for one player, one with extras, and one for a guild, priced per seat."""

    SOLO = "Solo"
    SOLO_PLUS = "Solo Plus"
    GUILD = "Guild"

    @property
    def other(self) -> Plan:
        """The plan a change leads to; a guild stays a guild."""
        return {Plan.SOLO: Plan.SOLO_PLUS, Plan.SOLO_PLUS: Plan.SOLO}.get(self, self)


_PRICES = {Plan.SOLO: Decimal("9.99"), Plan.SOLO_PLUS: Decimal("15.99"), Plan.GUILD: Decimal("8.99")}
_RAISED = {Plan.SOLO: Decimal("10.99")}


class Billing(Enum):
    """How often a subscription is charged."""

    MONTHLY = "monthly"
    ANNUAL = "annual"

    @property
    def months(self) -> int:
        """The length of one paid period."""
        return 1 if self is Billing.MONTHLY else 12


@dataclass(frozen=True, slots=True)
class PriceList:
    """Dollars per seat and month; Solo becomes more expensive on `raised_on`."""

    raised_on: date

    def price(self, plan: Plan, on: date) -> Decimal:
        """The price per seat for a subscription agreed on that day."""
        raised = _RAISED.get(plan) if on >= self.raised_on else None
        return raised or _PRICES[plan]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a subscription is for; different terms are a different subscription."""

    plan: Plan
    seats: int
    billing: Billing
    price: Decimal

    @property
    def amount(self) -> Decimal:
        """Dollars per paid period."""
        months = 1 if self.billing is Billing.MONTHLY else _MONTHS_CHARGED_PER_YEAR
        return (self.price * self.seats * months).quantize(_CENT)

    def at_price_of(self, on: date, prices: PriceList) -> Terms:
        """The same terms at that day's price."""
        return replace(self, price=prices.price(self.plan, on))


@dataclass(frozen=True, slots=True)
class Subscription:
    """A span of service on the same terms; `ends_on` is the first day without it."""

    account_id: str
    terms: Terms
    starts_on: date
    is_trial: bool = False
    ends_on: date | None = None
    cancelled_on: date | None = None
    end_reason: str = ""


def months_after(start: date, months: int) -> date:
    """The same day `months` later; the last day of the month if it has no such day."""
    month = start.month - 1 + months
    first = date(start.year + month // 12, month % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(start.day, last.day))
