"""The reports of a period as clients see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from keepwell.revenue.steps import StepName
from keepwell.revenue.views import Figure

MovementsBy = Literal["day", "week", "month", "quarter", "year", "total"]


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
    """The movements of a period, by its steps or in total; both ends are included. Weeks begin on Monday."""

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


class LifetimeValueReport(Figure, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """What an account pays before it leaves, by the named formula; null if nobody left."""

    start: date
    end: date
    formula: str
    arpa: str | None
    account_rate_monthly: str | None
    lifetime_value: str | None


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


class SeriesPoint(msgspec.Struct, frozen=True, kw_only=True):
    """The figures at the end of a step, which is the day `end`.

    From `quick_ratio` on, they are of the days from `since` to `end`, and defined as in the reports of these days; null if
    those are, and by days and weeks.
    """

    start: date
    end: date
    since: date | None
    mrr: str
    accounts: int
    arpa: str | None
    quick_ratio: str | None = None
    net: str | None = None
    gross: str | None = None
    account_rate: str | None = None
    account_rate_monthly: str | None = None
    revenue_rate: str | None = None
    revenue_rate_monthly: str | None = None
    lifetime_value: str | None = None


class SeriesReport(Figure, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """The figures by step; both days are included. Ratios look back over `over` months from the end of each step."""

    start: date
    end: date
    by: StepName
    over: int
    points: Sequence[SeriesPoint]
