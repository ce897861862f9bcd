"""What happened in a period, from which its reports are computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from keepwell.platform.database import Connection
from keepwell.revenue.reports.query import ReportQuery, require_days
from keepwell.revenue.rollups import service as rollups
from keepwell.revenue.rollups.model import KeptRow, MonthRow, RevaluedRow
from keepwell.revenue.steps import DaySpan
from keepwell.revenue.views import Kind, share

KINDS: Sequence[Kind] = ("new", "expansion", "contraction", "churn", "reactivation", "fx")
GAINS: Sequence[Kind] = ("new", "expansion", "reactivation")
LOSSES: Sequence[Kind] = ("contraction", "churn")
_DAYS_PER_MONTH = 365 / 12


class Movements(NamedTuple):
    """The rows of a period: the opening balance, and the movements of each month."""

    opening: Decimal
    opening_accounts: int
    rows: Sequence[MonthRow]

    def of(self, kind: Kind, reason: str | None = None) -> Iterable[MonthRow]:
        """The rows of `kind`, and of `reason` if given."""
        return (row for row in self.rows if row.kind == kind and reason in {None, row.end_reason})

    def total(self, kind: Kind, reason: str | None = None) -> Decimal:
        """The movement of `kind`, times twelve."""
        return sum((row.annual_amount for row in self.of(kind, reason)), Decimal())

    @property
    def quick_ratio(self) -> Fraction | None:
        """What was gained, divided by what was lost; None if nothing was."""
        gained = sum((self.total(kind) for kind in GAINS), Decimal())
        return share(gained, -sum((self.total(kind) for kind in LOSSES), Decimal()))


async def period_movements(
    connection: Connection, query: ReportQuery, *, split: date | None = None
) -> Movements:
    """The opening balance and the movements by month, that of the day `split` in two parts.

    Raises DataValidationError for an impossible period.
    """
    require_days(query.start, query.end)
    rows = await rollups.months(connection, query.scope, start=query.start, end=query.end, split=split)
    before = [row for row in rows if row.month is None]
    return Movements(
        opening=sum((row.annual_amount for row in before), Decimal()),
        opening_accounts=sum(row.paying_accounts for row in before),
        rows=[row for row in rows if row.month is not None],
    )


async def kept(connection: Connection, query: ReportQuery) -> Sequence[KeptRow]:
    """What became of the customers who paid before `query.start`."""
    (found,) = await rollups.kept(connection, query.scope, periods=[DaySpan(query.start, query.end)])
    return found


def churned_accounts(became: Iterable[KeptRow]) -> Counter[str]:
    """How many opening customers churned, by reason."""
    return Counter({row.end_reason: row.lost for row in became if row.end_reason})


def retained(opening: Decimal, became: Sequence[KeptRow], revalued: RevaluedRow) -> tuple[Decimal, Decimal]:
    """What the opening customers still pay, and the same capped per customer; those with an FX line are valued apart."""
    others = opening - revalued.opening
    now = others + sum((row.kept for row in became), revalued.now)
    return now, others + sum((row.capped for row in became), revalued.capped)


def per_month(rate: Fraction | None, days: int) -> float | None:
    """The rate of so many days as a monthly one."""
    # More customers can leave than there were at the start; such a rate has no monthly equivalent.
    if rate is None or rate > 1:
        return None
    return 1.0 - float((1.0 - float(rate)) ** (_DAYS_PER_MONTH / days))
