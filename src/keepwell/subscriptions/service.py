"""The subscriptions room's questions and answers. Functions take a connection inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import msgspec

from keepwell.identity import service as identity
from keepwell.platform.database import Connection
from keepwell.platform.errors import DataValidationError
from keepwell.subscriptions import store
from keepwell.subscriptions.accounts import service as accounts
from keepwell.subscriptions.model import (
    DEFAULT_POLICY,
    EARLIEST_DAY,
    LATEST_DAY,
    MONTHS_PER_YEAR,
    EndReason,
    Interval,
    PayingSpan,
    display,
    months,
    movements,
    periods,
)
from keepwell.subscriptions.views import (
    AccountHistory,
    MovementItem,
    MovementsBy,
    MovementsPeriod,
    MovementsReport,
    MrrReport,
    SubscriptionItem,
)


async def paying_spans(connection: Connection, *, workspace_id: UUID) -> list[PayingSpan]:
    """Every paid subscription of the workspace; trials are left out."""
    return [_span(row) for row in await store.PAYING_SPANS.all(connection, workspace_id=workspace_id)]


async def mrr(connection: Connection, *, workspace_id: UUID, on: date) -> MrrReport:
    """MRR and paying accounts at the end of the day `on`."""
    row = await store.MRR_ON.one(connection, workspace_id=workspace_id, on=on)
    return MrrReport(
        on=on,
        mrr=display(Fraction(row.annual_amount) / MONTHS_PER_YEAR),
        currency=await identity.currency(connection),
        accounts=row.accounts,
        policy=DEFAULT_POLICY,
    )


async def movements_report(
    connection: Connection,
    *,
    workspace_id: UUID,
    start: date,
    end: date,
    by: MovementsBy = "month",
) -> MovementsReport:
    """The movements from `start` to `end`; raises DataValidationError where they are out of order or range."""
    for name, day in (("from", start), ("to", end)):
        if not EARLIEST_DAY <= day <= LATEST_DAY:
            raise DataValidationError(f"{name}: {day} is not between {EARLIEST_DAY} and {LATEST_DAY}.")
    if end < start:
        raise DataValidationError(f"to: {end} is before from: {start}.", hint="Swap the two days.")
    bounds = months(start, end) if by == "month" else [(start, end)]
    found = movements(await paying_spans(connection, workspace_id=workspace_id))
    return MovementsReport(
        start=start,
        end=end,
        by=by,
        currency=await identity.currency(connection),
        policy=DEFAULT_POLICY,
        periods=[MovementsPeriod.of(period) for period in periods(found, bounds)],
    )


async def account_history(
    connection: Connection, *, workspace_id: UUID, account_id: UUID, on: date
) -> AccountHistory:
    """One account as of `on`; raises NotFound for an id that this workspace does not hold."""
    account = await accounts.get_account(connection, workspace_id=workspace_id, account_id=account_id)
    own = {"workspace_id": workspace_id, "account_id": account_id}
    subscriptions = await store.SUBSCRIPTIONS_OF_ACCOUNT.all(connection, **own)
    spans = [_span(each) for each in await store.PAYING_SPANS_OF_ACCOUNT.all(connection, **own)]
    return AccountHistory(
        account=account,
        subscriptions=[_subscription(each) for each in subscriptions],
        movements=_history(spans, on),
    )


def _history(spans: Sequence[PayingSpan], on: date) -> list[MovementItem]:
    past = [movement for movement in movements(spans) if movement.on <= on]
    return [MovementItem(each.on, each.kind, display(each.amount)) for each in reversed(past)]


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
