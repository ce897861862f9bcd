"""The sample's subscriptions as the importer would read them, and how many customers pay: for tests and benches."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from uuid import UUID

from keepwell.records.model import EndReason, Interval
from keepwell.revenue.model import MONTHS_PER_YEAR, PayingSpan
from keepwell.revenue.rates.model import StoredRates
from keepwell.revenue.rates.rate_file import read_rates
from keepwell.sample.files import RATES_FILE

REPORT_CURRENCY = "USD"
# No rate of the sample is ahead of it.
_ANY_DAY = date(9000, 1, 1)
_INTERVALS = {"monthly": Interval.MONTH, "annual": Interval.YEAR}


def spans_of(rows: Iterable[Mapping[str, str]]) -> list[PayingSpan]:
    """A span of each paid subscription in the rows of subscriptions.csv."""
    return [_span(number, row) for number, row in enumerate(rows) if row["is_trial"] == "false"]


def read_spans(folder: Path) -> list[PayingSpan]:
    """The paid subscriptions of the sample in `folder`."""
    with (folder / "subscriptions.csv").open(encoding="utf-8", newline="") as stream:
        return spans_of(csv.DictReader(stream))


def sample_rates(folder: Path) -> StoredRates:
    """The exchange rates of the sample in `folder`."""
    return StoredRates(
        read_rates(folder / RATES_FILE, own=REPORT_CURRENCY, today=_ANY_DAY), own=REPORT_CURRENCY
    )


def account_id_of(external_id: str) -> UUID:
    """The id by which a span knows the account."""
    return UUID(int=int(external_id.removeprefix("A-")))


def paying(spans: Iterable[PayingSpan], on: date) -> int:
    """How many accounts have a paid subscription on that day."""
    return len({span.account_id for span in spans if span.covers(on)})


def _span(number: int, row: Mapping[str, str]) -> PayingSpan:
    interval = _INTERVALS[row["billing"]]
    return PayingSpan(
        account_id=account_id_of(row["account_id"]),
        external_id=row["account_id"],
        subscription_id=UUID(int=number),
        plan=row["plan"],
        seats=int(row["seats"]),
        interval=interval,
        currency=row["currency"],
        monthly_amount=Fraction(row["amount"]) * interval.per_year / MONTHS_PER_YEAR,
        starts_on=date.fromisoformat(row["starts_on"]),
        ends_on=_day(row["ends_on"]),
        cancelled_on=_day(row["cancelled_on"]),
        end_reason=EndReason(row["end_reason"]) if row["end_reason"] else None,
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
