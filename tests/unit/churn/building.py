"""Spans, snapshots and event tables for the tests of the churn room."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from fractions import Fraction
from uuid import UUID

import ibis
import pyarrow as pa

from keepwell.churn.model import ActivityFeatures, Observation, Snapshot
from keepwell.records.model import Interval
from keepwell.revenue.model import PayingSpan
from keepwell.revenue.rates.model import StoredRates

AS_OF = date(2025, 3, 1)
USD = StoredRates((), own="USD")
EventRow = tuple[str, datetime, str]


def span(
    starts_on: str,
    ends_on: str | None = None,
    *,
    cancelled_on: str | None = None,
    account: int = 1,
    amount: int = 50,
    interval: Interval = Interval.MONTH,
    plan: str = "Team",
    currency: str = "USD",
) -> PayingSpan:
    return PayingSpan(
        account_id=UUID(int=account),
        external_id=f"A-{account:04}",
        subscription_id=UUID(int=account),
        plan=plan,
        interval=interval,
        monthly_amount=Fraction(amount),
        currency=currency,
        starts_on=date.fromisoformat(starts_on),
        ends_on=date.fromisoformat(ends_on) if ends_on else None,
        cancelled_on=date.fromisoformat(cancelled_on) if cancelled_on else None,
    )


def snapshot(
    *,
    account: int = 1,
    as_of: date = AS_OF,
    mrr: Fraction | int = 50,
    tenure_days: int = 400,
    cancelled_on: date | None = None,
) -> Snapshot:
    return Snapshot(
        account_id=UUID(int=account),
        external_id=f"A-{account:04}",
        as_of=as_of,
        plan="Team",
        mrr=Fraction(mrr),
        tenure_days=tenure_days,
        is_annual=False,
        paid_until=date(2025, 3, 13),
        cancelled_on=cancelled_on,
    )


def observation(taken: Snapshot | None = None, seen: ActivityFeatures | None = None) -> Observation:
    return Observation(taken or snapshot(), seen or ActivityFeatures())


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def event_table(rows: Iterable[EventRow]) -> ibis.Table:
    listed = list(rows)
    columns = {
        "account": pa.array([account for account, _, _ in listed], pa.string()),
        "ts": pa.array([ts for _, ts, _ in listed], pa.timestamp("us", tz="UTC")),
        "event": pa.array([event for _, _, event in listed], pa.string()),
    }
    return ibis.memtable(pa.table(columns))
