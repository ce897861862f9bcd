"""How MRR moved in a period, by its steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from keepwell.platform.database import Connection
from keepwell.revenue.model import ONE_DAY, months
from keepwell.revenue.reports.model import MovementsBy, MovementsPeriod, MovementsReport
from keepwell.revenue.reports.period import GAINS, KINDS, LOSSES, period_movements
from keepwell.revenue.reports.query import ReportQuery, figure, require_days
from keepwell.revenue.rollups import service as rollups
from keepwell.revenue.rollups.model import MonthRow
from keepwell.revenue.steps import DaySpan, step_of, steps
from keepwell.revenue.views import DayMrr, Kind, money, ratio, rows_address, share

Totals = Mapping[Kind, Decimal]


async def movements_report(
    connection: Connection, query: ReportQuery, *, by: MovementsBy = "month"
) -> MovementsReport:
    """How MRR moved: opening + movements + fx = closing in each period."""
    require_days(query.start, query.end)
    spans = [DaySpan(query.start, query.end)] if by == "total" else steps(query.start, query.end, by=by)
    opening, moved = await _moved(connection, query, is_by_day=by in {"day", "week"})
    by_step: list[defaultdict[Kind, Decimal]] = [defaultdict(Decimal) for _ in spans]
    for day, kind, amount in moved:
        by_step[step_of(day, spans)][kind] += amount
    periods = []
    for span, totals in zip(spans, by_step, strict=True):
        closing = opening + sum(totals.values(), Decimal())
        periods.append(_period(query, span, opening=opening, totals=totals, closing=closing))
        opening = closing
    return MovementsReport(start=query.start, end=query.end, by=by, periods=periods, **figure(query))


async def mrr_by_month(connection: Connection, query: ReportQuery) -> Sequence[DayMrr]:
    """MRR and paying accounts at the end of each month of the period, and of its last day."""
    found = await period_movements(connection, query)
    moved: defaultdict[date | None, list[MonthRow]] = defaultdict(list)
    for row in found.rows:
        moved[row.month].append(row)
    amount, accounts, ends = found.opening, found.opening_accounts, []
    for start, end in months(query.start, query.end):
        own = moved[start.replace(day=1)]
        amount += sum((row.annual_amount for row in own), Decimal())
        accounts += sum(row.paying_accounts for row in own)
        ends.append(DayMrr(end, money(amount), accounts))
    return ends


async def _moved(
    connection: Connection, query: ReportQuery, *, is_by_day: bool
) -> tuple[Decimal, Sequence[tuple[date, Kind, Decimal]]]:
    """The opening balance, and what moved on each day or in each month, which its first day stands for."""
    if is_by_day:
        before = await rollups.totals(connection, query.scope, on=query.start - ONE_DAY)
        rows = await rollups.days(connection, query.scope, start=query.start, end=query.end)
        return before.annual_amount, [(row.day, row.kind, row.annual_amount) for row in rows]
    found = await period_movements(connection, query)
    return found.opening, [(row.month or query.start, row.kind, row.annual_amount) for row in found.rows]


def _period(
    query: ReportQuery, span: DaySpan, *, opening: Decimal, totals: Totals, closing: Decimal
) -> MovementsPeriod:
    start, end = span
    gained = sum((totals.get(kind, Decimal()) for kind in GAINS), Decimal())
    lost = sum((totals.get(kind, Decimal()) for kind in LOSSES), Decimal())
    return MovementsPeriod(
        start=start,
        end=end,
        opening=money(opening),
        net=money(gained + lost),
        closing=money(closing),
        quick_ratio=ratio(share(gained, -lost)),
        rows=rows_address(policy=query.policy, start=start, to=end),
        **{kind: money(totals.get(kind, Decimal())) for kind in KINDS},
    )
