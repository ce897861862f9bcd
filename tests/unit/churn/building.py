"""Spans, snapshots and event tables for the tests of the churn room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from uuid import UUID

import ibis
import pyarrow as pa

from keepwell.churn.model import Observation, Snapshot, windows_of
from keepwell.records.model import Interval
from keepwell.revenue.model import PayingSpan
from keepwell.revenue.rates.model import StoredRates

AS_OF = date(2025, 3, 1)
USD = StoredRates((), own="USD")
EventRow = tuple[str, datetime, str]
LateRow = tuple[str, datetime, str, datetime]


def span(
    starts_on: str,
    ends_on: str | None = None,
    *,
    cancelled_on: str | None = None,
    account: int = 1,
    amount: int = 50,
    interval: Interval = Interval.MONTH,
    plan: str = "Team",
    seats: int = 1,
    currency: str = "USD",
) -> PayingSpan:
    return PayingSpan(
        account_id=UUID(int=account),
        external_id=f"A-{account:04}",
        subscription_id=UUID(int=account),
        plan=plan,
        seats=seats,
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


def observation(
    taken: Snapshot | None = None,
    values: Mapping[str, float] | None = None,
    *,
    open_payment_days: int | None = None,
    overdue_days: int | None = None,
) -> Observation:
    return Observation(
        snapshot=taken or snapshot(),
        windows=windows_of(30),
        values=values or {},
        open_payment_days=open_payment_days,
        overdue_days=overdue_days,
    )


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def event_table(rows: Iterable[EventRow | LateRow]) -> ibis.Table:
    listed = list(rows)
    columns = {
        "account": pa.array([row[0] for row in listed], pa.string()),
        "ts": pa.array([row[1] for row in listed], pa.timestamp("us", tz="UTC")),
        "event": pa.array([row[2] for row in listed], pa.string()),
        "known_at": pa.array(
            [row[3] if len(row) > 3 else row[1] for row in listed], pa.timestamp("us", tz="UTC")
        ),
    }
    return ibis.memtable(pa.table(columns))
