"""The subscriptions room's questions and answers. Functions take a connection inside a transaction."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import msgspec

from keepwell.platform.database import Connection
from keepwell.subscriptions import store
from keepwell.subscriptions.accounts import service as accounts
from keepwell.subscriptions.model import (
    MONTHS_PER_YEAR,
    EndReason,
    Interval,
    PayingSpan,
    display,
)
from keepwell.subscriptions.revenue import service as revenue
from keepwell.subscriptions.revenue.model import MovementFilter
from keepwell.subscriptions.views import AccountHistory, MovementItem, SubscriptionItem

_MOST_MOVEMENTS = 1_000


async def paying_spans(connection: Connection, *, workspace_id: UUID) -> list[PayingSpan]:
    """Every paid subscription of the workspace; trials are left out."""
    return [_span(row) for row in await store.PAYING_SPANS.all(connection, workspace_id=workspace_id)]


async def account_history(
    connection: Connection, *, workspace_id: UUID, account_id: UUID, on: date
) -> AccountHistory:
    """One account as of `on`; raises NotFound for an id that this workspace does not hold."""
    account = await accounts.get_account(connection, workspace_id=workspace_id, account_id=account_id)
    own = {"workspace_id": workspace_id, "account_id": account_id}
    subscriptions = await store.SUBSCRIPTIONS_OF_ACCOUNT.all(connection, **own)
    wanted = MovementFilter(account_id=account_id, end=on, sort="-on")
    moved = await revenue.list_movements(connection, wanted, workspace_id=workspace_id, limit=_MOST_MOVEMENTS)
    return AccountHistory(
        account=account,
        subscriptions=[_subscription(each) for each in subscriptions],
        movements=[MovementItem(each.on, each.kind, each.amount) for each in moved.items],
    )


def _span(row: store.SpanRow) -> PayingSpan:
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


def _subscription(row: store.SubscriptionDetailRow) -> SubscriptionItem:
    return SubscriptionItem(**(msgspec.structs.asdict(row) | {"mrr": _money(row.mrr)}))


def _money(amount: Decimal) -> str:
    return display(Fraction(amount))
