"""The features of generated events, as a process of its own: `python -m benchmarks.features_run FOLDER ACCOUNTS DAYS`.

It prints as JSON how many snapshots and inputs there are, and how many of their values are known.
"""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import ibis
import numpy as np

from benchmarks.features_load import DAYS, FIRST_DAY, account
from keepwell.churn.counting.columns import inputs_of, recorded
from keepwell.churn.counting.paying import SpanColumns, paid_snapshots, span_columns
from keepwell.records.model import Interval
from keepwell.revenue.model import PayingSpan
from keepwell.revenue.rates.model import StoredRates

_HORIZON_DAYS = 30


def main(folder: str, accounts: str, days: str) -> None:
    """Calculate the inputs of every account on the latest of so many days, one horizon apart."""
    spans = _spans(int(accounts))
    until = FIRST_DAY + timedelta(days=DAYS)
    as_of = [until - timedelta(days=_HORIZON_DAYS * number) for number in range(int(days))]
    taken = paid_snapshots(spans, as_of, rates=StoredRates((), own="USD"))
    if Path(folder).is_dir():
        events = ibis.duckdb.connect().read_parquet(f"{folder}/*.parquet")
        found = recorded(spans, events, problems=(), before=until)
        inputs = inputs_of(found, taken, horizon_days=_HORIZON_DAYS, known_on=taken.days)
        figures = {
            "snapshots": len(taken.days),
            "inputs": len(inputs.names),
            "counts": len(found.activity.counts.days),
            "known": int(np.isfinite(inputs.values).sum()),
        }
        print(json.dumps(figures))


def _spans(accounts: int) -> SpanColumns:
    """Accounts that have all paid since before the first event, as their subscriptions would be read from the database."""
    first = date(FIRST_DAY.year - 1, 1, 1)
    return span_columns(
        PayingSpan(
            account_id=UUID(int=number),
            external_id=account(number),
            subscription_id=UUID(int=number),
            plan=("Solo", "Team")[number % 2],
            interval=Interval.MONTH,
            monthly_amount=Fraction(10 + number % 90),
            starts_on=first,
        )
        for number in range(accounts)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
