"""The churn of a period, and the lifetime value that follows from it."""

from __future__ import annotations

from decimal import Decimal

from keepwell.platform.database import Connection
from keepwell.revenue.reports.model import ChurnReport, LifetimeValueReport
from keepwell.revenue.reports.period import churned_accounts, kept, per_month, period_movements
from keepwell.revenue.reports.query import ReportQuery, figure, rows, rows_until_end
from keepwell.revenue.views import money, ratio, share

LIFETIME_VALUE_FORMULA = "ARPA / monthly account churn rate"


async def churn_report(connection: Connection, query: ReportQuery) -> ChurnReport:
    """Accounts and revenue lost in the period, voluntarily or because payments finally failed.

    An account is lost once, if it paid before the period and no longer does at its end; revenue with each movement.
    """
    found = await period_movements(connection, query)
    lost = churned_accounts(await kept(connection, query))
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
        account_rate_monthly=ratio(per_month(account_rate, days)),
        revenue_rate=ratio(revenue_rate),
        revenue_rate_monthly=ratio(per_month(revenue_rate, days)),
        **figure(query) | {"rows": rows(query, kind="churn")},
    )


async def lifetime_value_report(connection: Connection, query: ReportQuery) -> LifetimeValueReport:
    """ARPA at the end, divided by the monthly account churn rate."""
    found = await period_movements(connection, query)
    accounts = found.opening_accounts + sum(row.paying_accounts for row in found.rows)
    closing = found.opening + sum((row.annual_amount for row in found.rows), Decimal())
    lost = churned_accounts(await kept(connection, query))
    rate = share(Decimal(sum(lost.values())), Decimal(found.opening_accounts))
    monthly = per_month(rate, (query.end - query.start).days + 1)
    arpa = closing / accounts if accounts else None
    value = value_of_account(arpa, monthly)
    return LifetimeValueReport(
        start=query.start,
        end=query.end,
        formula=LIFETIME_VALUE_FORMULA,
        arpa=None if arpa is None else money(arpa),
        account_rate_monthly=ratio(monthly),
        lifetime_value=value,
        **figure(query) | {"rows": rows_until_end(query)},
    )


def value_of_account(arpa: Decimal | None, monthly: float | None) -> str | None:
    """What an account pays before it leaves: ARPA divided by the monthly rate; None if nobody leaves."""
    return None if arpa is None or not monthly else money(arpa / Decimal(repr(monthly)))
