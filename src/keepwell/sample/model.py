"""The sample business: its customers, what they agree to, and for how long."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

# Annual plans get two months free.
MONTHS_CHARGED_PER_YEAR = 10


class Kind(Enum):
    """The kinds of buyers: players, and organisations in whose rooms or streams others play."""

    INDIVIDUAL = "Individual"
    GUILD = "Guild"
    CAFE = "Game café"
    SCHOOL = "School"
    STREAMER = "Streamer"

    @property
    def has_named_players(self) -> bool:
        """Whether each seat is one player's; an organisation's seats are anybody's."""
        return self in {Kind.INDIVIDUAL, Kind.GUILD}


class Plan(Enum):
    """A plan, priced per seat."""

    SOLO = "Solo"
    SOLO_PLUS = "Solo Plus"
    GUILD = "Guild"
    VENUE = "Venue"
    CLASSROOM = "Classroom"
    CREATOR = "Creator"

    @property
    def other(self) -> Plan:
        """The plan that a player changes to; the others have no alternative."""
        return {Plan.SOLO: Plan.SOLO_PLUS, Plan.SOLO_PLUS: Plan.SOLO}.get(self, self)


class Billing(Enum):
    """How often a subscription is charged."""

    MONTHLY = "monthly"
    ANNUAL = "annual"

    @property
    def months(self) -> int:
        """The length of one paid period."""
        return 1 if self is Billing.MONTHLY else 12


@dataclass(frozen=True, slots=True)
class Window:
    """The recorded period: from `start` until the day before `until`."""

    start: date
    until: date

    def day(self, share: float) -> date:
        """The day after this share of the period."""
        return self.start + timedelta(days=round(share * (self.until - self.start).days))


@dataclass(frozen=True, slots=True)
class Account:
    """A customer; not a real one."""

    account_id: str
    name: str
    kind: Kind
    country: str
    currency: str
    signed_up_on: date


@dataclass(frozen=True, slots=True)
class Terms:
    """What a subscription is for; `price` is in cents per seat and month. Different terms are a different subscription."""

    plan: Plan
    seats: int
    billing: Billing
    price: int

    @property
    def amount(self) -> int:
        """Cents per paid period."""
        months = 1 if self.billing is Billing.MONTHLY else MONTHS_CHARGED_PER_YEAR
        return self.price * self.seats * months

    @property
    def monthly_cents(self) -> int:
        """Cents a month, rounded down: the size of the customer, for decisions only."""
        return self.amount // self.billing.months


@dataclass(frozen=True, slots=True)
class Subscription:
    """A span of service on the same terms; `ends_on` is the first day without it."""

    terms: Terms
    starts_on: date
    is_trial: bool = False
    ends_on: date | None = None
    cancelled_on: date | None = None
    end_reason: str = ""

    def ended(self, day: date, *, reason: str = "") -> Subscription:
        """The same span, ended on `day`."""
        return replace(self, ends_on=day, end_reason=reason)


def months_after(start: date, months: int) -> date:
    """The same day `months` later; the last day of the month if it has no such day."""
    month = start.month - 1 + months
    first = date(start.year + month // 12, month % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(start.day, last.day))


def at_hour(day: date, hour: int, minute: int = 0) -> datetime:
    """That time of `day`, in UTC."""
    return datetime.combine(day, time(hour, minute), UTC)
