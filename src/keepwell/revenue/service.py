"""The revenue figures of a day, and the facts behind figures, by policy.

Functions take a connection inside a transaction and never commit.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from uuid import UUID

from keepwell.identity.workspace_settings.model import PolicyName
from keepwell.platform.database import Connection, Readable
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.records.model import EndReason, Interval
from keepwell.revenue import store
from keepwell.revenue.model import MONTHS_PER_YEAR, PayingSpan
from keepwell.revenue.policies import POLICIES
from keepwell.revenue.rollups import service as rollups
from keepwell.revenue.rollups.service import Scope
from keepwell.revenue.views import (
    Difference,
    DifferencesReport,
    MovementFact,
    MovementFilter,
    MrrReport,
    money,
    rows_address,
)

_MOST_DIFFERENCES = 1_000


async def mrr(
    connection: Connection, *, workspace_id: UUID, on: date, currency: str, policy: PolicyName = "default"
) -> MrrReport:
    """MRR, ARR and ARPA at the end of the day `on`, and which subscriptions they lack for want of an exchange rate."""
    total = await rollups.totals(connection, Scope(workspace_id, policy), on=on)
    return MrrReport(
        on=on,
        mrr=money(total.annual_amount),
        arr=money(total.annual_amount * 12),
        arpa=money(total.annual_amount / total.accounts) if total.accounts else None,
        accounts=total.accounts,
        unrated=await store.UNRATED.all(connection, workspace_id=workspace_id, on=on),
        currency=currency,
        policy=policy,
        rows=rows_address(policy=policy, to=on),
    )


async def list_movements(
    reader: Readable,
    filters: MovementFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[MovementFact]:
    """A page of the facts behind a figure."""
    return await store.PAGES.page(
        reader,
        filters.sort,
        limit=limit,
        after=after,
        workspace_id=workspace_id,
        policy=filters.policy,
        account_id=filters.account_id,
        kind=filters.kind,
        end_reason=filters.end_reason,
        cohort=filters.cohort,
        paying_before=filters.paying_before,
        start=filters.start,
        end=filters.end,
    )


async def paying_spans(connection: Connection, *, workspace_id: UUID) -> list[PayingSpan]:
    """Every paid subscription of the workspace, without trials."""
    return [_paying_span(row) for row in await store.PAYING_SPANS.all(connection, workspace_id=workspace_id)]


async def differences(
    connection: Connection,
    *,
    workspace_id: UUID,
    policy: PolicyName,
    other: PolicyName,
    start: date,
    end: date,
    currency: str,
) -> DifferencesReport:
    """Why two policies differ: their rules, and each movement that only one of them counts."""
    totals = await rollups.two_totals(connection, Scope(workspace_id, policy), other=other, on=end)
    rows = await store.DIFFERENCES.all(
        connection,
        workspace_id=workspace_id,
        policy=policy,
        other=other,
        start=start,
        end=end,
        limit=_MOST_DIFFERENCES,
    )
    return DifferencesReport(
        start=start,
        end=end,
        policy=policy,
        other=other,
        currency=currency,
        policy_mrr=money(totals.annual_amount),
        other_mrr=money(totals.other_annual_amount),
        reasons=[POLICIES[name].differs for name in (policy, other) if POLICIES[name].differs],
        differences=[_difference(row) for row in rows],
    )


def _paying_span(row: store.PaidSubscriptionRow) -> PayingSpan:
    return PayingSpan(
        account_id=row.account_id,
        external_id=row.account,
        subscription_id=row.subscription_id,
        plan=row.plan,
        interval=Interval(row.billing_interval),
        monthly_amount=Fraction(row.annual_amount) / MONTHS_PER_YEAR,
        currency=row.currency,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        cancelled_on=row.cancelled_on,
        end_reason=EndReason(row.end_reason) if row.end_reason else None,
    )


def _difference(row: store.DifferenceRow) -> Difference:
    return Difference(
        policy=POLICIES[row.policy].name,  # type: ignore[index]  # it was asked for by one of these names
        on=row.on,
        account_id=row.account_id,
        account=row.account,
        kind=row.kind,
        amount=money(row.annual_amount),
        subscription_ids=row.subscription_ids,
    )
