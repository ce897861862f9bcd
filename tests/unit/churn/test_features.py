"""What is counted before a snapshot: everything that had happened and was known by then, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepwell.churn.counting.lookups import Known, Moments
from keepwell.churn.counting.usage import common_kinds, personal_kinds, spend_a_month, usage_columns, usage_of
from keepwell.churn.features import (
    EVENTS_AT_ONCE,
    DailyCounts,
    daily_counts,
    midnight,
    seats_used,
)
from keepwell.churn.model import NO_USAGE_EVENTS, windows_of
from tests import thorough
from tests.unit.churn.building import AS_OF, EventRow, event_table, instant

ACCOUNTS = ["A-0001", "A-0002"]
WINDOWS = windows_of(30)
BEFORE = date(2026, 1, 1)
# Three snapshots of the first account, and one of the second.
AS_OFS = [AS_OF - timedelta(days=60), AS_OF - timedelta(days=7), AS_OF]
MOMENTS = Moments(np.array([0, 0, 0, 1]), np.array([each.toordinal() for each in [*AS_OFS, AS_OF]]))
LAST = 2
# Seconds before the last snapshot; negative ones are after it.
OFFSETS = st.integers(-10 * 86_400, 100 * 86_400)
NAMES = st.sampled_from(["login", "export", "payment_failed"])


def counted(events: ibis.Table, *, at_once: int = EVENTS_AT_ONCE) -> DailyCounts:
    return daily_counts(events, ACCOUNTS, before=BEFORE, at_once=at_once)


def columns(*rows: EventRow, known_at: Sequence[datetime] | None = None) -> dict[str, list[float]]:
    times = [ts for _, ts, _ in rows] if known_at is None else known_at
    usage = usage_of(counted(event_table((*row, known) for row, known in zip(rows, times, strict=True))))
    kinds = ("login", "export")
    found = usage_columns(usage, MOMENTS, windows=WINDOWS, kinds=kinds)
    return {name: column.tolist() for name, column in found.items()}


def of_last(*rows: EventRow) -> dict[str, float]:
    return {name: column[LAST] for name, column in columns(*rows).items()}


def on(*days_ago: int, event: str = "login", account: str = "A-0001") -> list[EventRow]:
    """One event at noon of each day; 1 is the day before the last snapshot's."""
    return [(account, midnight(AS_OF) - timedelta(days=days, hours=-12), event) for days in days_ago]


def slowly(rows: Sequence[tuple[datetime, datetime, str]], as_of: date) -> dict[str, float]:
    """The same columns by looking at every event of one account, as they are defined."""
    edge = midnight(as_of)
    known = [(ts, name) for ts, known_at, name in rows if ts < edge and max(ts, known_at) < edge]
    used = [((as_of - ts.date()).days, name) for ts, name in known if name not in NO_USAGE_EVENTS]
    days = sorted({age for age, _ in used})
    found = {
        f"events_{name}": sum(age <= window for age, _ in used)
        for name, window in zip(WINDOWS._fields, WINDOWS, strict=True)
    }
    found |= {
        f"active_days_{name}": sum(age <= window for age in days)
        for name, window in zip(WINDOWS._fields, WINDOWS, strict=True)
    }
    gap = (days[-1] - days[0]) / (len(days) - 1) if len(days) > 1 else math.nan
    recency = days[0] if days else math.nan
    logins = [age for age, name in used if name == "login"]
    return found | {
        "events_total": len(used),
        "active_days_total": len(days),
        "recency_days": recency,
        "gap_days": gap,
        "recency_over_gap": recency / (gap + 1),
        "event:login:mid": sum(age <= WINDOWS.mid for age in logins),
        "event:login:recency": min(logins, default=math.nan),
    }


@settings(max_examples=thorough.repeats(15, thorough=250), deadline=None)
@given(rows=st.lists(st.tuples(OFFSETS, st.integers(0, 20 * 86_400), NAMES), min_size=1, max_size=12))
def test_every_snapshot_counts_what_had_happened_and_was_known_and_nothing_else(
    rows: list[tuple[int, int, str]],
) -> None:
    dated = [
        (ts := midnight(AS_OF) - timedelta(seconds=ago), ts + timedelta(seconds=late), name)
        for ago, late, name in rows
    ]
    # So that there is an event of use at all.
    events = [*(("A-0001", ts, name) for ts, _, name in dated), *on(90, account="A-0002")]
    found = columns(*events, known_at=[*(known for _, known, _ in dated), instant("2024-12-02T00:00:00")])
    for place, as_of in enumerate(AS_OFS):
        for name, value in slowly(dated, as_of).items():
            assert found[name][place] == pytest.approx(value, nan_ok=True), (name, as_of)


def test_events_later_in_either_time_change_no_cell() -> None:
    known = [*on(1, 3, 40), *on(5, event="payment_failed")]
    later = on(0, -3)
    unknown = on(2, 4)
    times = [ts for _, ts, _ in known]
    with_all = columns(
        *known, *later, *unknown, known_at=[*times, *(ts for _, ts, _ in later), *[midnight(AS_OF)] * 2]
    )
    np.testing.assert_equal(with_all, columns(*known, known_at=times))


def test_the_windows_follow_the_horizon() -> None:
    assert windows_of(30) == (10, 30, 60)
    assert windows_of(90) == (30, 90, 180)
    assert windows_of(1) == (1, 1, 2)


def test_the_last_day_of_a_window_counts_and_the_one_before_it_does_not() -> None:
    found = of_last(*on(10, 11, 30, 31, 60, 61))
    assert [found[f"events_{name}"] for name in WINDOWS._fields] == [1, 3, 5]


def test_several_events_of_a_day_are_one_active_day() -> None:
    found = of_last(*on(3, 3, 3), *on(3, event="export"))
    assert (found["events_mid"], found["active_days_mid"]) == (4, 1)
    assert math.isnan(found["gap_days"])


def test_a_fraction_of_a_second_before_midnight_belongs_to_the_day_before() -> None:
    assert of_last(("A-0001", midnight(AS_OF) - timedelta(microseconds=1), "login"))["recency_days"] == 1


def test_payments_and_tickets_are_no_use() -> None:
    found = of_last(*on(50), *(each for name in NO_USAGE_EVENTS for each in on(2, event=name)))
    assert (found["events_mid"], found["recency_days"]) == (0, 50)


def test_without_any_event_of_use_everything_about_use_is_unknown() -> None:
    assert all(math.isnan(value) for value in of_last(*on(2, event="payment_failed")).values())


def test_events_of_one_account_are_never_those_of_another() -> None:
    found = columns(*on(1, 2, 3, account="A-0002"))
    assert found["events_long"] == [0, 0, 0, 3]
    assert found["recency_days"][3] == 1


def test_events_of_accounts_that_nobody_asked_about_are_left_out() -> None:
    assert len(counted(event_table(on(1, account="A-9999"))).days) == 0


def test_counting_in_small_parts_gives_the_same() -> None:
    events = event_table([*on(*range(1, 80)), *on(*range(1, 80, 3), event="export")])
    for one, other in zip(parts_of(counted(events)), parts_of(counted(events, at_once=7)), strict=True):
        np.testing.assert_array_equal(one, other)


def parts_of(counts: DailyCounts) -> list[np.ndarray]:
    names = np.array(counts.names)[counts.events]
    return [counts.accounts, counts.days, counts.known, counts.counts, counts.last_seconds, names]


def test_the_kinds_are_the_ten_with_the_most_account_days() -> None:
    rows = [each for number in range(12) for each in on(*range(1, 14 - number), event=f"event_{number:02}")]
    assert common_kinds(usage_of(counted(event_table(rows)))) == [
        f"event_{number:02}" for number in range(10)
    ]


def test_kinds_whose_names_look_personal_leave_their_places_to_others() -> None:
    rows = [*on(*range(1, 9), event="invited ada@shop.example"), *on(1, event="login")]
    usage = usage_of(counted(event_table(rows)))
    assert (common_kinds(usage), personal_kinds(usage)) == (["login"], 1)


def with_properties(*rows: tuple[int, str, str]) -> ibis.Table:
    """Events of the first account, so many days ago, with this name and JSON."""
    events = [event for ago, name, _ in rows for event in on(ago, event=name)]
    columns = (
        event_table(events).to_pyarrow().append_column("properties", pa.array([text for *_, text in rows]))
    )
    return ibis.memtable(columns)


def test_spend_is_a_mean_month_since_the_first_amount() -> None:
    events = with_properties(
        (61, "purchase", '{"amount": 30.5, "sku": "a"}'),
        (10, "purchase", '{"sku": "amount", "amount":"29.5"}'),
        (5, "purchase", '{"amount": null}'),
        (4, "purchase", '{"amount": NaN, "note": "\\"amount\\": 7"}'),
    )
    counts = daily_counts(events, ACCOUNTS, before=BEFORE, amount="amount")
    assert spend_a_month(counts, MOMENTS)[LAST] == pytest.approx(60 / (61 * 12 / 365.25))


def test_seats_used_are_read_from_the_reports_of_them_alone() -> None:
    events = with_properties(
        (3, "seats_reported", '{"seats": 40, "seats_used": 7}'), (2, "lesson", '{"seats_used": 99}')
    )
    reports = seats_used(events, ACCOUNTS, before=BEFORE)
    assert Known(reports, MOMENTS, weights=reports.amounts).total(days=30).tolist() == [0, 0, 7, 0]
