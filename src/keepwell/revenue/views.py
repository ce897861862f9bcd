"""The revenue figures as clients see them; money is decimal text with two places, ratios have four."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal
from uuid import UUID

import msgspec

from keepwell.revenue.model import MONTHS_PER_YEAR, display
from keepwell.revenue.policies import PolicyName

Kind = Literal["new", "expansion", "contraction", "churn", "reactivation", "fx"]
MovementsBy = Literal["month", "total"]
MovementSort = Literal["on", "-on"]
EndReasonName = Literal["voluntary", "involuntary"]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What every figure says of itself: its currency, its policy, and the address of the rows that make it."""

    currency: str
    policy: PolicyName
    rows: str


class MrrReport(Figure, frozen=True, kw_only=True):
    """Recurring revenue at the end of a day. ARR is twelve times MRR; ARPA is MRR by paying accounts."""

    on: date
    mrr: str
    arr: str
    arpa: str | None
    accounts: int


class MovementsPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """opening + the movements + fx = closing; contraction and churn are negative."""

    start: date
    end: date
    opening: str
    new: str
    expansion: str
    contraction: str
    churn: str
    reactivation: str
    fx: str
    closing: str
    quick_ratio: str | None
    rows: str


class MovementsReport(Figure, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """The movements of a time, by month or as one period; both ends are included."""

    start: date
    end: date
    by: MovementsBy
    periods: Sequence[MovementsPeriod]


class RetentionReport(Figure, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """How much of the opening customers' revenue is still there; null where nothing was there to keep.

    `net` and `gross` are point to point over a fixed set of customers; `movement_net` is made of the movements
    of everybody, which is another figure with a name of its own.
    """

    start: date
    end: date
    opening: str
    net: str | None
    gross: str | None
    movement_net: str | None
    opening_accounts: int
    accounts_kept: int


class ChurnReport(Figure, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """Who was lost, as accounts and as revenue, of what was there at the beginning; and as a monthly rate.

    The monthly rate is 1 - (1 - rate) ^ ((365 / 12) / days).
    """

    start: date
    end: date
    opening_accounts: int
    churned_accounts: int
    voluntary_accounts: int
    involuntary_accounts: int
    opening: str
    churned: str
    voluntary: str
    involuntary: str
    account_rate: str | None
    account_rate_monthly: str | None
    revenue_rate: str | None
    revenue_rate_monthly: str | None


class CohortLine(msgspec.Struct, frozen=True):
    """A cohort: its size, and what it pays at the end of each month from its own on; null in the future."""

    month: date
    size: int
    accounts: Sequence[int | None]
    mrr: Sequence[str | None]
    rows: str


class CohortsReport(Figure, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """Customers by the month of their first paid day; a reactivation keeps its cohort."""

    start: date
    end: date
    cohorts: Sequence[CohortLine]


class LifetimeValueReport(Figure, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """What an account pays before it leaves, by the formula that is named; null where nobody left."""

    start: date
    end: date
    formula: str
    arpa: str | None
    account_rate_monthly: str | None
    lifetime_value: str | None


class MovementFact(msgspec.Struct, frozen=True):
    """A movement or FX line of an account; `annual_amount` is exact, and twelve times `amount`."""

    id: UUID
    on: date
    account_id: UUID
    account: str
    kind: Kind
    amount: str
    annual_amount: str
    currency: str
    policy: PolicyName
    end_reason: EndReasonName | None
    subscription_ids: Sequence[UUID]


class MovementPage(msgspec.Struct, frozen=True):
    """Some movements, and the cursor of the next ones where there are any."""

    items: Sequence[MovementFact]
    next: str | None


class MovementFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which movements, in which order; both days are included.

    With `paying_before` only those of accounts that paid on the day before it: the opening customers of a retention.
    """

    policy: PolicyName = "default"
    account_id: UUID | None = None
    kind: Kind | None = None
    end_reason: EndReasonName | None = None
    cohort: date | None = None
    paying_before: date | None = None
    start: date | None = None
    end: date | None = None
    sort: MovementSort = "on"


class Difference(msgspec.Struct, frozen=True):
    """A movement that one of two policies sees and the other does not."""

    policy: PolicyName
    on: date
    account_id: UUID
    account: str
    kind: Kind
    amount: str
    subscription_ids: Sequence[UUID]


class DifferencesReport(msgspec.Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """Why two policies' figures differ: the rule, and the rows, at most a thousand of each side."""

    start: date
    end: date
    policy: PolicyName
    other: PolicyName
    currency: str
    policy_mrr: str
    other_mrr: str
    reasons: Sequence[str]
    differences: Sequence[Difference]


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What a rebuild or a check found; `differences` names at most a hundred rows."""

    subscriptions: int
    facts: int
    differing: int
    differences: Sequence[str]
    seconds: float


def money(annual_amount: Decimal) -> str:
    """The monthly amount of an annual one, for display."""
    return display(Fraction(annual_amount) / MONTHS_PER_YEAR)


def ratio(value: Fraction | float | None) -> str | None:
    """Four decimal places, halves away from zero."""
    if value is None:
        return None
    exact = (
        Decimal(value.numerator) / Decimal(value.denominator)
        if isinstance(value, Fraction)
        else Decimal(repr(value))
    )
    return str(exact.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP))


def share(part: Decimal, whole: Decimal) -> Fraction | None:
    """`part` by `whole`; None where there is nothing of it."""
    return Fraction(part) / Fraction(whole) if whole else None
