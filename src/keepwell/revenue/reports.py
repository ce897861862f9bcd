"""Reports for a period: movements, retention, churn, cohorts and lifetime value, all computed from monthly sums of facts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from keepwell.identity.workspace_settings.model import PolicyName
from keepwell.platform.database import Connection
from keepwell.platform.errors import DataValidationError
from keepwell.platform.values.periods import require_period
from keepwell.records.model import EARLIEST_DAY, LATEST_DAY
from keepwell.revenue.model import ONE_DAY, months
from keepwell.revenue.rollups import service as rollups
from keepwell.revenue.rollups.model import CohortRow, KeptRow, MonthRow
from keepwell.revenue.rollups.service import Scope
from keepwell.revenue.views import (
    ChurnReport,
    CohortLine,
    CohortsReport,
    Kind,
    LifetimeValueReport,
    MovementsBy,
    MovementsPeriod,
    MovementsReport,
    RetentionReport,
    money,
    ratio,
    rows_address,
    share,
)

_KINDS: Sequence[Kind] = ("new", "expansion", "contraction", "churn", "reactivation", "fx")
_DAYS_PER_MONTH = 365 / 12
LIFETIME_VALUE_FORMULA = "ARPA / monthly account churn rate"
Totals = Mapping[Kind, Decimal]


class ReportQuery(NamedTuple):
    """The workspace, period and policy of a report; both days are included."""

    workspace_id: UUID
    start: date
    end: date
    currency: str
    policy: PolicyName = "default"

    @property
    def scope(self) -> Scope:
        """The workspace and policy."""
        return Scope(self.workspace_id, self.policy)


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


def require_days(start: date, end: date) -> None:
    """Raise DataValidationError if the days are out of order, out of range or too far apart."""
    for name, day in (("from", start), ("to", end)):
        if not EARLIEST_DAY <= day <= LATEST_DAY:
            raise DataValidationError(
                f"{name}: {day} is not between {EARLIEST_DAY} and {LATEST_DAY}.", hint="Check the year."
            )
    require_period(start, end)


async def movements(
    connection: Connection, query: ReportQuery, *, by: MovementsBy = "month"
) -> MovementsReport:
    """How MRR moved: opening + movements + fx = closing in each period."""
    found = await _movements(connection, query)
    bounds = months(query.start, query.end) if by == "month" else [(query.start, query.end)]
    by_month: defaultdict[date | None, defaultdict[Kind, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in found.rows:
        by_month[row.month if by == "month" else None][row.kind] += row.annual_amount
    periods, opening = [], found.opening
    for start, end in bounds:
        totals = by_month[start.replace(day=1) if by == "month" else None]
        closing = opening + sum(totals.values(), Decimal())
        periods.append(_period(query, (start, end), opening=opening, totals=totals, closing=closing))
        opening = closing
    return MovementsReport(start=query.start, end=query.end, by=by, periods=periods, **_figure(query))


async def retention(connection: Connection, query: ReportQuery) -> RetentionReport:
    """GRR and NRR of the customers who paid before `query.start`, and NRR calculated from movements.

    None contains the change of exchange rates, which the report states as `fx`.
    """
    found = await _movements(connection, query)
    became = await _kept(connection, query)
    revalued = await rollups.revalued(connection, query.scope, start=query.start, end=query.end)
    # Customers with an FX line are valued apart from the others.
    others = found.opening - revalued.opening
    now = others + sum((row.kept for row in became), revalued.now)
    capped = others + sum((row.capped for row in became), revalued.capped)
    moved = sum((found.total(kind) for kind in _KINDS if kind not in {"new", "fx"}), Decimal())
    return RetentionReport(
        start=query.start,
        end=query.end,
        opening=money(found.opening),
        net=ratio(share(now, found.opening)),
        gross=ratio(share(capped, found.opening)),
        movement_net=ratio(share(found.opening + moved, found.opening)),
        fx=money(revalued.fx),
        opening_accounts=found.opening_accounts,
        accounts_kept=found.opening_accounts - sum(row.lost for row in became),
        **_figure(query) | {"rows": _rows_until_end(query, paying_before=query.start)},
    )


async def churn(connection: Connection, query: ReportQuery) -> ChurnReport:
    """Accounts and revenue lost in the period, voluntarily or because payments finally failed.

    An account is lost once, if it paid before the period and no longer does at its end; revenue with each movement.
    """
    found = await _movements(connection, query)
    lost = await _churned_accounts(connection, query)
    accounts, revenue = sum(lost.values()), -found.total("churn")
    days = (query.end - query.start).days + 1
    account_rate = share(Decimal(accounts), Decimal(found.opening_accounts))
    revenue_rate = share(revenue, found.opening)
    return ChurnReport(
        start=query.start,
        end=query.end,
        opening_accounts=found.opening_accounts,
        churned_accounts=accounts,
        voluntary_accounts=lost["voluntary"],
        involuntary_accounts=lost["involuntary"],
        opening=money(found.opening),
        churned=money(revenue),
        voluntary=money(-found.total("churn", "voluntary")),
        involuntary=money(-found.total("churn", "involuntary")),
        account_rate=ratio(account_rate),
        account_rate_monthly=ratio(_per_month(account_rate, days)),
        revenue_rate=ratio(revenue_rate),
        revenue_rate_monthly=ratio(_per_month(revenue_rate, days)),
        **_figure(query) | {"rows": _rows(query, kind="churn")},
    )


async def lifetime_value(connection: Connection, query: ReportQuery) -> LifetimeValueReport:
    """ARPA at the end, divided by the monthly account churn rate."""
    found = await _movements(connection, query)
    accounts = found.opening_accounts + sum(row.paying_accounts for row in found.rows)
    closing = found.opening + sum((row.annual_amount for row in found.rows), Decimal())
    lost = await _churned_accounts(connection, query)
    rate = share(Decimal(sum(lost.values())), Decimal(found.opening_accounts))
    monthly = _per_month(rate, (query.end - query.start).days + 1)
    arpa = closing / accounts if accounts else None
    value = arpa / Decimal(repr(monthly)) if arpa is not None and monthly else None
    return LifetimeValueReport(
        start=query.start,
        end=query.end,
        formula=LIFETIME_VALUE_FORMULA,
        arpa=None if arpa is None else money(arpa),
        account_rate_monthly=ratio(monthly),
        lifetime_value=None if value is None else money(value),
        **_figure(query) | {"rows": _rows_until_end(query)},
    )


async def cohorts(connection: Connection, query: ReportQuery, *, today: date) -> CohortsReport:
    """The customers who started in each month of the period, and what they paid at each month's end."""
    require_days(query.start, query.end)
    first = query.start.replace(day=1)
    rows = await rollups.cohorts(connection, query.scope, first=first, last=query.end, on=today)
    by_cohort: defaultdict[date, dict[date, CohortRow]] = defaultdict(dict)
    for row in rows:
        by_cohort[row.cohort][row.month] = row
    bounds = months(first, (query.end.replace(day=28) + 4 * ONE_DAY).replace(day=1) - ONE_DAY)
    lines = [
        _cohort(query, month, by_cohort[month], bounds=bounds[index:], today=today)
        for index, (month, _) in enumerate(bounds)
    ]
    return CohortsReport(start=query.start, end=query.end, cohorts=lines, **_figure(query))


async def _churned_accounts(connection: Connection, query: ReportQuery) -> Counter[str]:
    """How many opening customers churned, by reason."""
    return Counter({row.end_reason: row.lost for row in await _kept(connection, query) if row.end_reason})


async def _kept(connection: Connection, query: ReportQuery) -> Sequence[KeptRow]:
    return await rollups.kept(connection, query.scope, start=query.start, end=query.end)


async def _movements(connection: Connection, query: ReportQuery) -> Movements:
    require_days(query.start, query.end)
    rows = await rollups.months(connection, query.scope, start=query.start, end=query.end)
    before = [row for row in rows if row.month is None]
    return Movements(
        opening=sum((row.annual_amount for row in before), Decimal()),
        opening_accounts=sum(row.paying_accounts for row in before),
        rows=[row for row in rows if row.month is not None],
    )


def _period(
    query: ReportQuery, bounds: tuple[date, date], *, opening: Decimal, totals: Totals, closing: Decimal
) -> MovementsPeriod:
    start, end = bounds
    gained = sum((totals.get(kind, Decimal()) for kind in ("new", "expansion", "reactivation")), Decimal())
    lost = sum((totals.get(kind, Decimal()) for kind in ("contraction", "churn")), Decimal())
    return MovementsPeriod(
        start=start,
        end=end,
        opening=money(opening),
        net=money(gained + lost),
        closing=money(closing),
        quick_ratio=ratio(share(gained, -lost)),
        rows=rows_address(policy=query.policy, start=start, to=end),
        **{kind: money(totals.get(kind, Decimal())) for kind in _KINDS},
    )


def _cohort(
    query: ReportQuery,
    month: date,
    changes: Mapping[date, CohortRow],
    *,
    bounds: Sequence[tuple[date, date]],
    today: date,
) -> CohortLine:
    accounts, amount, shown = 0, Decimal(), money(Decimal())
    paying: list[int | None] = []
    revenue: list[str | None] = []
    for start, end in bounds:
        change = changes.get(start)
        # Most months of a long period change nothing, and formatting money is what costs time here.
        if change is not None:
            accounts, amount = accounts + change.paying_accounts, amount + change.annual_amount
            shown = money(amount)
        is_over = end < today
        paying.append(accounts if is_over else None)
        revenue.append(shown if is_over else None)
    size = sum(change.joined for change in changes.values())
    rows = rows_address(policy=query.policy, cohort=month, to=today)
    return CohortLine(month=month, size=size, accounts=paying, mrr=revenue, rows=rows)


def _per_month(rate: Fraction | None, days: int) -> float | None:
    # More customers can leave than there were at the start; such a rate has no monthly equivalent.
    if rate is None or rate > 1:
        return None
    return 1.0 - float((1.0 - float(rate)) ** (_DAYS_PER_MONTH / days))


def _rows(query: ReportQuery, **filters: object) -> str:
    return rows_address(policy=query.policy, start=query.start, to=query.end, **filters)


def _rows_until_end(query: ReportQuery, **filters: object) -> str:
    """Also the rows before the period, which make up its opening balance."""
    return rows_address(policy=query.policy, **filters, to=query.end)


def _figure(query: ReportQuery) -> dict[str, Any]:
    return {"currency": query.currency, "policy": query.policy, "rows": _rows(query)}
