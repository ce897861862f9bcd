"""What counts before a renewal: use, where paid service runs out within the horizon, and nothing elsewhere."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np

from keepwell.churn.counting.at_renewal import renewal_columns
from keepwell.churn.counting.columns import inputs_of, recorded
from keepwell.churn.counting.paying import paid_snapshots, span_columns
from keepwell.records.model import Interval
from tests.unit.churn.building import USD, event_table, instant, span

USED = ("recency_days", "recency_over_gap", "active_days_mid", "trend", "tickets_mid", "seats_used_share")


def test_use_counts_once_more_where_a_renewal_is_due_and_what_is_unknown_stays_unknown() -> None:
    columns = {name: np.array([3.0, 4.0, math.nan, math.nan]) for name in USED}
    found = renewal_columns(columns, is_due=np.array([True, False, True, False]))
    assert found["renewal_due"].tolist() == [True, False, True, False]
    for name in USED:
        np.testing.assert_equal(found[f"renewal_due:{name}"], [3.0, 0.0, math.nan, 0.0])


def test_a_renewal_is_due_if_paid_service_runs_out_within_the_horizon() -> None:
    as_of = date(2025, 3, 1)
    spans = span_columns(
        [
            span("2025-01-15", account=1),
            span("2024-03-20", account=2, interval=Interval.YEAR),
            span("2024-07-01", account=3, interval=Interval.YEAR),
        ]
    )
    rows = [(f"A-{number:04}", instant("2025-02-22T12:00:00"), "login") for number in (1, 2, 3)]
    on_record = recorded(spans, event_table(rows), problems=(), before=as_of)
    taken = paid_snapshots(spans, [as_of], rates=USD)
    found = inputs_of(on_record, taken, horizon_days=30, known_on=taken.days - 1)
    columns = dict(zip(found.names, found.values.T.tolist(), strict=True))
    assert columns["renewal_due"] == [1, 1, 0]
    days = (as_of - timedelta(days=7) - date(2025, 2, 22)).days + 7
    assert columns["renewal_due:recency_days"] == [days, days, 0]
