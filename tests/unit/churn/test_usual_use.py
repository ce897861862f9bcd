"""The last day of usual use: few seats in use are none, and nothing that became known later has a say in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis
import msgspec
import numpy as np
import pytest

from keepwell.churn.counting.columns import inputs_of, recorded
from keepwell.churn.counting.paying import paid_snapshots, span_columns
from tests.unit.churn.building import USD, span
from tests.unit.churn.using import Use, table_of

if TYPE_CHECKING:
    from keepwell.churn.counting.activity import Inputs

ACCOUNT, OTHER = "A-0001", "A-0002"
AS_OF_DAY = 40


def test_the_last_day_with_at_least_half_of_the_seats_that_were_used_before_is_the_last_usual_one() -> None:
    faded = [*reports([10, 12, 8], first=30), *reports([4, 4, 1], first=34)]
    found = columns(inputs([*faded, Use(account=OTHER, day=39)]))
    assert found["usual_use_days_ago"] == [AS_OF_DAY - 32, 1]
    assert found["recency_days"] == [AS_OF_DAY - 36, 1]
    assert found["recency_over_gap"][0] == (AS_OF_DAY - 32) / ((36 - 30) / 5 + 1)
    assert found["renewal_due:usual_use_days_ago"] == found["usual_use_days_ago"]
    assert "renewal_due:recency_days" not in found


def test_the_first_report_and_half_of_the_usual_are_usual() -> None:
    assert columns(inputs(reports([10, 5], first=30)))["usual_use_days_ago"][0] == AS_OF_DAY - 31
    assert columns(inputs(reports([1], first=30)))["usual_use_days_ago"][0] == AS_OF_DAY - 30
    assert math.isnan(columns(inputs(reports([1], first=30)))["usual_use_days_ago"][1])


@pytest.mark.parametrize("known_day", [36, 50])
def test_a_report_that_came_late_makes_no_day_unusual(known_day: int) -> None:
    rows = [*reports([10, 12], first=30), Use(account=ACCOUNT, day=34)]
    late = msgspec.structs.replace(reports([1], first=34)[0], known_day=known_day)
    assert columns(inputs([*rows, late]))["usual_use_days_ago"][0] == AS_OF_DAY - 34


def test_without_reports_of_seats_there_is_no_column_of_it_unless_a_model_reads_one() -> None:
    rows = [Use(account=ACCOUNT, day=30)]
    plain = inputs(rows)
    assert "usual_use_days_ago" not in plain.names
    alike = inputs(rows, like=inputs(reports([3], first=30)).names)
    assert columns(alike)["usual_use_days_ago"][0] == columns(plain)["recency_days"][0] == AS_OF_DAY - 30


def reports(used: Sequence[int], *, first: int) -> list[Use]:
    return [
        Use(account=ACCOUNT, day=day, event="seats_reported", properties=f'{{"seats_used": {seats}}}')
        for day, seats in enumerate(used, start=first)
    ]


def inputs(rows: Sequence[Use], *, like: Sequence[str] | None = None) -> Inputs:
    spans = span_columns([span("2024-01-01", account=number, seats=12) for number in (1, 2)])
    as_of = date(2024, 1, 1) + timedelta(days=AS_OF_DAY)
    events: ibis.Table = table_of(rows)
    on_record = recorded(spans, events, problems=(), before=as_of, like=like)
    taken = paid_snapshots(spans, [as_of], rates=USD)
    return inputs_of(on_record, taken, horizon_days=30, known_on=taken.days - 1)


def columns(found: Inputs) -> dict[str, Sequence[float]]:
    return {
        name: np.asarray(column).tolist() for name, column in zip(found.names, found.values.T, strict=True)
    }
