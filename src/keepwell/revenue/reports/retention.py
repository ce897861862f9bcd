"""How much of the opening customers' revenue is still there."""

from __future__ import annotations

from decimal import Decimal

from keepwell.platform.database import Connection
from keepwell.revenue.reports.model import RetentionReport
from keepwell.revenue.reports.period import KINDS, kept, period_movements, retained
from keepwell.revenue.reports.query import ReportQuery, figure, rows_until_end
from keepwell.revenue.rollups import service as rollups
from keepwell.revenue.steps import DaySpan
from keepwell.revenue.views import money, ratio, share


async def retention_report(connection: Connection, query: ReportQuery) -> RetentionReport:
    """GRR and NRR of the customers who paid before `query.start`, and NRR calculated from movements.

    None contains the change of exchange rates, which the report states as `fx`.
    """
    found = await period_movements(connection, query)
    became = await kept(connection, query)
    (revalued,) = await rollups.revalued(connection, query.scope, periods=[DaySpan(query.start, query.end)])
    now, capped = retained(found.opening, became, revalued)
    moved = sum((found.total(kind) for kind in KINDS if kind not in {"new", "fx"}), Decimal())
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
        **figure(query) | {"rows": rows_until_end(query, paying_before=query.start)},
    )
