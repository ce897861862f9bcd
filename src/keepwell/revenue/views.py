"""The revenue figures as clients see them; money is decimal text with two places, ratios have four."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from keepwell.identity.workspace_settings.model import PolicyName
from keepwell.revenue.model import MONTHS_PER_YEAR, rounded_to_cents

Kind = Literal["new", "expansion", "contraction", "churn", "reactivation", "fx"]
MovementsBy = Literal["month", "total"]
MovementSort = Literal["on", "-on"]
EndReasonName = Literal["voluntary", "involuntary"]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What every figure states: its currency, its policy, and the URL of the rows behind it."""

    currency: str
    policy: PolicyName
    rows: str


class UnratedSubscriptions(msgspec.Struct, frozen=True):
    """How many subscriptions wait for an exchange rate of `currency`."""

    currency: str
    subscriptions: int


class MrrReport(Figure, frozen=True, kw_only=True):
    """Recurring revenue at the end of a day. ARR is twelve times MRR; ARPA is MRR per paying account.

    `unrated` are subscriptions that are missing from these figures, because there is no exchange rate for their first day.
    """

    on: date
    mrr: str
    arr: str
    arpa: str | None
    accounts: int
    unrated: Sequence[UnratedSubscriptions]


class MovementsPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """opening + net + fx = closing; contraction and churn are negative.

    `net` adds up the customers' movements. `fx` is what changed only because exchange rates did; no movement contains it.
    """

    start: date
    end: date
    opening: str
    new: str
    expansion: str
    contraction: str
    churn: str
    reactivation: str
    net: str
    fx: str
    closing: str
    quick_ratio: str | None
    rows: str


class MovementsReport(Figure, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """The movements of a period, by month or in total; both ends are included."""

    start: date
    end: date
    by: MovementsBy
    periods: Sequence[MovementsPeriod]


class RetentionReport(Figure, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """How much of the opening customers' revenue is still there; null if there was none.

    `net` and `gross` are point to point over a fixed set of customers; `movement_net` sums the movements of
    all customers, which is a different figure. All three are without the change of exchange rates: `fx` is what
    that added to the opening customers' revenue.
    """

    start: date
    end: date
    opening: str
    net: str | None
    gross: str | None
    movement_net: str | None
    fx: str
    opening_accounts: int
    accounts_kept: int


class ChurnReport(Figure, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """Accounts and revenue lost, relative to the opening, and as a monthly rate.

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
    """A cohort: its size, and what it pays at the end of each month since its own; null in the future."""

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
    """What an account pays before it leaves, by the named formula; null if nobody left."""

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
    """A page of movements, and the cursor of the next page, if any."""

    items: Sequence[MovementFact]
    next: str | None


class MovementFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filter and order of a movement list; both days are included. Without a `policy`, the workspace's counts.

    `paying_before` keeps only accounts that paid on the day before it: the opening customers of a retention.
    """

    policy: PolicyName | None = None
    account_id: UUID | None = None
    kind: Kind | None = None
    end_reason: EndReasonName | None = None
    cohort: date | None = None
    paying_before: date | None = None
    start: date | None = None
    end: date | None = None
    sort: MovementSort = "on"


class Difference(msgspec.Struct, frozen=True):
    """A movement that one of two policies counts and the other does not."""

    policy: PolicyName
    on: date
    account_id: UUID
    account: str
    kind: Kind
    amount: str
    subscription_ids: Sequence[UUID]


class DifferencesReport(msgspec.Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """Why two policies' figures differ: the rules, and at most a thousand rows per side."""

    start: date
    end: date
    policy: PolicyName
    other: PolicyName
    currency: str
    policy_mrr: str
    other_mrr: str
    reasons: Sequence[str]
    differences: Sequence[Difference]


class RebuildResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a rebuild or a check; `differences` names at most a hundred rows."""

    subscriptions: int
    facts: int
    differing: int
    differences: Sequence[str]
    seconds: float


def money(annual_amount: Decimal) -> str:
    """An annual amount as a monthly one, for display."""
    return str(rounded_to_cents(Fraction(annual_amount) / MONTHS_PER_YEAR))


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
    """`part` divided by `whole`; None if `whole` is zero."""
    return Fraction(part) / Fraction(whole) if whole else None


def rows_address(**filters: object) -> str:
    """The URL that lists the rows of a figure; `start` and `to` are its days."""
    named = {"from" if name == "start" else name: value for name, value in filters.items()}
    return "/v1/movements?" + urlencode({name: value for name, value in named.items() if value is not None})
