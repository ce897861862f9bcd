"""The figures by step of a period: levels at the end of each step, and ratios that look back from there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from keepwell.platform.database import Connection
from keepwell.revenue.model import ONE_DAY
from keepwell.revenue.reports.churn import value_of_account
from keepwell.revenue.reports.model import SeriesPoint, SeriesReport
from keepwell.revenue.reports.period import (
    Movements,
    churned_accounts,
    per_month,
    period_movements,
    retained,
)
from keepwell.revenue.reports.query import ReportQuery, figure, require_days
from keepwell.revenue.rollups import service as rollups
from keepwell.revenue.rollups.model import KeptRow, MonthRow, RevaluedRow
from keepwell.revenue.steps import DaySpan, StepName, looking_back, step_of, steps
from keepwell.revenue.views import money, ratio, share


class Level(NamedTuple):
    """Annual recurring revenue and paying accounts at the end of a day."""

    annual_amount: Decimal
    accounts: int

    @property
    def arpa(self) -> Decimal | None:
        """Annual revenue per paying account."""
        return self.annual_amount / self.accounts if self.accounts else None


async def series_report(
    connection: Connection, query: ReportQuery, *, by: StepName, over: int
) -> SeriesReport:
    """The figures at the end of each step; ratios look back over `over` months, unless the steps are days or weeks."""
    require_days(query.start, query.end)
    spans = steps(query.start, query.end, by=by)
    if by in {"day", "week"}:
        points = await _levels_only(connection, query, spans)
    else:
        points = await _points(connection, query, spans, over=over)
    return SeriesReport(start=query.start, end=query.end, by=by, over=over, points=points, **figure(query))


async def _levels_only(
    connection: Connection, query: ReportQuery, spans: Sequence[DaySpan]
) -> Sequence[SeriesPoint]:
    before = await rollups.totals(connection, query.scope, on=query.start - ONE_DAY)
    amounts, accounts = [Decimal()] * len(spans), [0] * len(spans)
    for row in await rollups.levels(connection, query.scope, start=query.start, end=query.end):
        at = step_of(row.day, spans)
        amounts[at] += row.annual_amount
        accounts[at] += row.paying_accounts
    levels = zip(
        accumulate(amounts, initial=before.annual_amount),
        accumulate(accounts, initial=before.accounts),
        strict=True,
    )
    _, *ends = (Level(*each) for each in levels)
    return [_point(span, level) for span, level in zip(spans, ends, strict=True)]


async def _points(
    connection: Connection, query: ReportQuery, spans: Sequence[DaySpan], *, over: int
) -> Sequence[SeriesPoint]:
    windows = [looking_back(span.end, months=over) for span in spans]
    earliest = min(window.start for window in windows)
    # The last step may end within a month; then its window also begins within one.
    months = _Months(
        await period_movements(connection, query._replace(start=earliest), split=windows[-1].start)
    )
    became = await rollups.kept(connection, query.scope, periods=windows)
    revalued = await rollups.revalued(connection, query.scope, periods=windows)
    return [
        _point_of(span, window, moved=months.within(window), became=rows, revalued=row)
        for span, window, rows, row in zip(spans, windows, became, revalued, strict=True)
    ]


class _Months:
    """Movements by month, one of them in two parts, from which those of any window of whole parts are taken."""

    def __init__(self, found: Movements) -> None:
        self._rows = sorted(found.rows, key=_month_of)
        self._months = [_month_of(row) for row in self._rows]
        self._amounts = list(accumulate((row.annual_amount for row in self._rows), initial=found.opening))
        self._accounts = list(
            accumulate((row.paying_accounts for row in self._rows), initial=found.opening_accounts)
        )

    def within(self, window: DaySpan) -> Movements:
        """The movements of the window, and the balance before it."""
        first = bisect_right(self._months, (window.start - ONE_DAY).toordinal())
        last = bisect_right(self._months, window.end.toordinal())
        return Movements(self._amounts[first], self._accounts[first], self._rows[first:last])


def _month_of(row: MonthRow) -> int:
    return 0 if row.month is None else row.month.toordinal()


def _point_of(
    span: DaySpan, window: DaySpan, *, moved: Movements, became: Sequence[KeptRow], revalued: RevaluedRow
) -> SeriesPoint:
    level = Level(
        moved.opening + sum((row.annual_amount for row in moved.rows), Decimal()),
        moved.opening_accounts + sum(row.paying_accounts for row in moved.rows),
    )
    now, capped = retained(moved.opening, became, revalued)
    lost = Decimal(sum(churned_accounts(became).values()))
    account_rate = share(lost, Decimal(moved.opening_accounts))
    revenue_rate = share(-moved.total("churn"), moved.opening)
    monthly = per_month(account_rate, window.days)
    return _point(
        span,
        level,
        since=window.start,
        quick_ratio=ratio(moved.quick_ratio),
        net=ratio(share(now, moved.opening)),
        gross=ratio(share(capped, moved.opening)),
        account_rate=ratio(account_rate),
        account_rate_monthly=ratio(monthly),
        revenue_rate=ratio(revenue_rate),
        revenue_rate_monthly=ratio(per_month(revenue_rate, window.days)),
        lifetime_value=value_of_account(level.arpa, monthly),
    )


def _point(span: DaySpan, level: Level, **ratios: object) -> SeriesPoint:
    fields: dict[str, object] = {"since": None, **ratios}
    return SeriesPoint(
        start=span.start,
        end=span.end,
        mrr=money(level.annual_amount),
        accounts=level.accounts,
        arpa=None if level.arpa is None else money(level.arpa),
        **fields,  # type: ignore[arg-type]  # by the names of the fields
    )
