"""What the sample business consists of: an invented company's price list and the rows of its export.

The sample knows nothing of Keepwell's own rules: what it exports was not made by the code that reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import msgspec

CURRENCY = "USD"
WINDOW = timedelta(days=365)
# Two months are free to those who pay for a year.
_MONTHS_CHARGED_PER_YEAR = 10
_CENT = Decimal("0.01")


class Plan(StrEnum):
    """The tiers, cheapest first."""

    STARTER = "Starter"
    TEAM = "Team"
    BUSINESS = "Business"

    @property
    def price(self) -> Decimal:
        """Dollars per seat and month."""
        return _PRICES[self]

    def moved(self, steps: int) -> Plan:
        """The tier `steps` above, or below where negative; the outermost one beyond the ends."""
        tiers = list(Plan)
        return tiers[min(max(tiers.index(self) + steps, 0), len(tiers) - 1)]


_PRICES = {Plan.STARTER: Decimal(12), Plan.TEAM: Decimal(19), Plan.BUSINESS: Decimal(32)}


class Billing(StrEnum):
    """How often a subscription is charged."""

    MONTHLY = "monthly"
    ANNUAL = "annual"

    @property
    def months(self) -> int:
        """The length of one paid period."""
        return 1 if self is Billing.MONTHLY else 12


class Window(msgspec.Struct, frozen=True):
    """The simulated time: from `start` until the day before `until`."""

    start: date
    until: date

    @classmethod
    def before(cls, until: date) -> Window:
        """The twelve months before `until`."""
        return cls(until - WINDOW, until)


class Account(msgspec.Struct, frozen=True):
    """A customer, which is a company."""

    account_id: str
    name: str
    industry: str
    country: str
    signed_up_on: date
    synthetic: bool = True


class Terms(msgspec.Struct, frozen=True):
    """What a subscription is for; another one of these is another subscription."""

    plan: Plan
    seats: int
    billing: Billing

    @property
    def amount(self) -> Decimal:
        """Dollars per paid period."""
        months = 1 if self.billing is Billing.MONTHLY else _MONTHS_CHARGED_PER_YEAR
        return (self.plan.price * self.seats * months).quantize(_CENT)


class Subscription(msgspec.Struct, frozen=True):
    """A span of service on the same terms; `ends_on` is the first day without it."""

    account_id: str
    terms: Terms
    starts_on: date
    is_trial: bool = False
    ends_on: date | None = None
    cancelled_on: date | None = None
    end_reason: str = ""


class Event(msgspec.Struct, frozen=True):
    """Something that an account's people, or their bank, did."""

    at: datetime
    account_id: str
    event: str
    source: str
    duration_seconds: int | None = None


class AccountHistory(msgspec.Struct, frozen=True):
    """All there is of one account."""

    account: Account
    subscriptions: Sequence[Subscription]
    events: Sequence[Event]


def months_after(start: date, months: int) -> date:
    """The same day `months` later; the last of the month where it has no such day."""
    month = start.month - 1 + months
    first = date(start.year + month // 12, month % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(start.day, last.day))
