"""The revenue figures of a day, and why policies differ.

Functions take a connection inside a transaction and never commit.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from keepwell.identity.workspace_settings.model import PolicyName
from keepwell.platform.database import Connection
from keepwell.records.accounts.model import AccountGroup, group_of
from keepwell.revenue import store
from keepwell.revenue.model import ONE_DAY, PayingSpan
from keepwell.revenue.policies import POLICIES
from keepwell.revenue.rollups import service as rollups
from keepwell.revenue.rollups.service import Scope
from keepwell.revenue.views import DayMrr, Difference, DifferencesReport, Kind, MrrReport, money, rows_address

_MOST_DIFFERENCES = 1_000
_FIRST = 3


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


async def mrr_by_day(connection: Connection, scope: Scope, *, start: date, end: date) -> list[DayMrr]:
    """MRR at the end of each day of a period of a few days."""
    before = await rollups.totals(connection, scope, on=start - ONE_DAY)
    moved = {row.day: row for row in await rollups.levels(connection, scope, start=start, end=end)}
    amount, accounts, found = before.annual_amount, before.accounts, []
    for number in range((end - start).days + 1):
        day = start + number * ONE_DAY
        if day in moved:
            amount += moved[day].annual_amount
            accounts += moved[day].paying_accounts
        found.append(DayMrr(day, money(amount), accounts))
    return found


async def moved_accounts(
    connection: Connection, scope: Scope, *, kind: Kind, start: date, end: date
) -> AccountGroup:
    """The movements of a kind in a period, and the first accounts by amount."""
    rows = await store.MOVED_ACCOUNTS.all(
        connection, **scope._asdict(), kind=kind, start=start, end=end, limit=_FIRST
    )
    return group_of(rows)


async def paying_spans(connection: Connection, *, workspace_id: UUID) -> list[PayingSpan]:
    """Every paid subscription of the workspace, without trials and without those that ended before a first paid day."""
    return [row.span for row in await store.PAYING_SPANS.all(connection, workspace_id=workspace_id)]


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
        total_differences=rows[0].total if rows else 0,
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
