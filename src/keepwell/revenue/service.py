"""The revenue figures: stored as movement facts with each change, read by policy, and rebuilt on demand.

Functions take a connection inside a transaction and never commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from urllib.parse import urlencode
from uuid import UUID

from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import DataValidationError
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.records.model import EndReason, Interval
from keepwell.revenue import store
from keepwell.revenue.model import MONTHS_PER_YEAR, PayingSpan
from keepwell.revenue.policies import ALL, DEFAULT, POLICIES, Policy, PolicyName
from keepwell.revenue.views import (
    Difference,
    DifferencesReport,
    MovementFact,
    MovementFilter,
    MrrReport,
    money,
)

_MOST_DIFFERENCES = 1_000


class NoExchangeRate(DataValidationError):
    """There is no exchange rate for this currency."""

    code = "no-exchange-rate"


async def refresh(connection: Connection, *, workspace_id: UUID, account_ids: Sequence[UUID] | None) -> None:
    """Recompute the facts of these accounts, or of all accounts if None, in the transaction of the change.

    Raises NoExchangeRate for a subscription that began before the first rate of its currency.
    """
    of = {"workspace_id": workspace_id, "account_ids": None if account_ids is None else list(account_ids)}
    await store.LOCK.run(connection, workspace_id=workspace_id)
    unrated = await store.UNRATED.maybe_one(connection, **of)
    if unrated is not None:
        raise NoExchangeRate(
            f"Subscription {unrated.external_id}: there is no rate for {unrated.currency} on {unrated.starts_on}.",
            hint="Import rates first: ./keepwell metrics rates import FILE.csv",
        )
    await store.FORGET.run(connection, **of)
    await _find(connection, DEFAULT, policies=ALL, is_special=False, of=of)
    for policy in POLICIES.values():
        await _find(connection, policy, policies=[policy.name], is_special=True, of=of)


async def mrr(
    connection: Connection, *, workspace_id: UUID, on: date, currency: str, policy: PolicyName = "default"
) -> MrrReport:
    """MRR, ARR and ARPA at the end of the day `on`."""
    total = await store.TOTALS.one(connection, workspace_id=workspace_id, policy=policy, on=on)
    return MrrReport(
        on=on,
        mrr=money(total.annual_amount),
        arr=money(total.annual_amount * 12),
        arpa=money(total.annual_amount / total.accounts) if total.accounts else None,
        accounts=total.accounts,
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
    scope = {"workspace_id": workspace_id, "policy": policy, "other": other}
    totals = await store.TWO_TOTALS.one(connection, **scope, on=end)
    rows = await store.DIFFERENCES.all(connection, **scope, start=start, end=end, limit=_MOST_DIFFERENCES)
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


def rows_address(**filters: object) -> str:
    """The URL that lists the rows of a figure; `start` and `to` are its days."""
    named = {"from" if name == "start" else name: value for name, value in filters.items()}
    return "/v1/movements?" + urlencode({name: value for name, value in named.items() if value is not None})


async def _find(
    connection: Connection,
    policy: Policy,
    *,
    policies: Sequence[str],
    is_special: bool,
    of: Mapping[str, object],
) -> None:
    await store.FIND.run(
        connection,
        **of,
        policies=list(policies),
        is_special=is_special,
        uses_list_price=policy.uses_list_price,
        free_is_active=policy.free_is_active,
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
