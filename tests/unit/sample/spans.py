"""The sample's subscriptions as the importer would read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from keepwell.records.model import EndReason, Interval
from keepwell.revenue.model import PayingSpan, monthly

_INTERVALS = {"monthly": Interval.MONTH, "annual": Interval.YEAR}


def spans_of(rows: Iterable[Mapping[str, str]]) -> list[PayingSpan]:
    """A span of each paid subscription in the rows of subscriptions.csv."""
    return [_span(number, row) for number, row in enumerate(rows) if row["is_trial"] == "false"]


def _span(number: int, row: Mapping[str, str]) -> PayingSpan:
    interval = _INTERVALS[row["billing"]]
    return PayingSpan(
        account_id=UUID(int=int(row["account_id"].removeprefix("A-"))),
        external_id=row["account_id"],
        subscription_id=UUID(int=number),
        plan=row["plan"],
        interval=interval,
        monthly_amount=monthly(Decimal(row["amount"]), interval),
        starts_on=date.fromisoformat(row["starts_on"]),
        ends_on=_day(row["ends_on"]),
        cancelled_on=_day(row["cancelled_on"]),
        end_reason=EndReason(row["end_reason"]) if row["end_reason"] else None,
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
