"""A whole training on generated events, as a process of its own: `python -m benchmarks.learning_run FOLDER ACCOUNTS`.

It prints as JSON how many snapshots were predicted, how well, and how many accounts were scored.
"""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

import ibis
import numpy as np

from benchmarks.features_load import DAYS, FIRST_DAY, account, busyness
from keepwell.churn.doors.subscriptions import Subscriptions
from keepwell.churn.pipeline import learn
from keepwell.platform.progress import SilentProgress
from keepwell.records.model import Interval
from keepwell.revenue.model import PayingSpan
from keepwell.revenue.rates.model import StoredRates

_SEED = 11
_HORIZON_DAYS = 30
_DAYS_BEFORE = 365
_DAYS_OF_PERIOD = 30
# Of those who do nothing; the busy leave more rarely.
_HIGHEST_CHANCE = 0.04


def main(folder: str, accounts: str) -> None:
    """Learn who leaves."""
    until = FIRST_DAY + timedelta(days=DAYS)
    learned = learn(
        Subscriptions(spans_of(int(accounts), until=until), rates=StoredRates((), own="USD")),
        ibis.duckdb.connect().read_parquet(f"{folder}/*.parquet"),
        today=until,
        horizon_days=_HORIZON_DAYS,
        progress=SilentProgress(),
    )
    seen = learned.evaluation
    figures = {
        "predicted": seen.snapshots,
        "left": seen.churned,
        "auc": seen.auc,
        "listed": len(learned.scores),
    }
    print(json.dumps(figures))


def spans_of(accounts: int, *, until: date) -> list[PayingSpan]:
    """Subscriptions that begin within two years and end at a renewal, the sooner the less is done."""
    random = np.random.default_rng(_SEED)
    chances = _HIGHEST_CHANCE * np.exp(-busyness(accounts))
    first = FIRST_DAY - timedelta(days=_DAYS_BEFORE)
    starts = random.integers(0, _DAYS_BEFORE + DAYS - 1, accounts).tolist()
    periods = random.geometric(chances).tolist()
    spans = []
    for number, (start, count) in enumerate(zip(starts, periods, strict=True)):
        starts_on = first + timedelta(days=start)
        ends_on = None if count > DAYS else starts_on + timedelta(days=_DAYS_OF_PERIOD * count)
        spans.append(
            PayingSpan(
                account_id=UUID(int=number),
                external_id=account(number),
                subscription_id=UUID(int=number),
                plan=("Solo", "Team", "Studio")[number % 3],
                interval=(Interval.MONTH, Interval.YEAR)[number % 4 == 0],
                monthly_amount=Fraction(10 + number % 90),
                starts_on=starts_on,
                ends_on=ends_on if ends_on is not None and ends_on <= until else None,
            )
        )
    return spans


if __name__ == "__main__":
    main(*sys.argv[1:])
