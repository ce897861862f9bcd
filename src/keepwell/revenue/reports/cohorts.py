"""The customers of a period by the month in which they started."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from keepwell.platform.database import Connection
from keepwell.revenue.model import ONE_DAY, months
from keepwell.revenue.reports.model import CohortLine, CohortsReport
from keepwell.revenue.reports.query import ReportQuery, figure, require_days
from keepwell.revenue.rollups import service as rollups
from keepwell.revenue.rollups.model import CohortRow
from keepwell.revenue.views import money, rows_address


async def cohorts_report(connection: Connection, query: ReportQuery, *, today: date) -> CohortsReport:
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
    return CohortsReport(start=query.start, end=query.end, cohorts=lines, **figure(query))


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
