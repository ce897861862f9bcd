"""Activity features of an account before a day: one Ibis expression for every engine.

It uses only operations that DuckDB and Spark share: no as-of join, approximate counts, hashes or user-defined
functions. Events at or after a snapshot's instant are never joined, so the future cannot leak into a feature.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Any

import ibis
import pyarrow as pa

from keepwell.churn.model import ActivityFeatures, Snapshot

WINDOW_DAYS = 28
# Further back, a habit says little about today.
LOOKBACK_DAYS = 180
PAYMENT_FAILED, PAYMENT_RECOVERED = "payment_failed", "payment_recovered"
_BILLING_EVENTS = (PAYMENT_FAILED, PAYMENT_RECOVERED, "payment_succeeded")
_SECONDS_PER_DAY = 86_400
_DAYS_OF_YEAR = 366
_INSTANT = pa.timestamp("us", tz="UTC")


def activity(events: ibis.Table, snapshots: ibis.Table) -> ibis.Table:
    """One row per snapshot that has any event in the 180 days before it.

    `events` has account (external id), ts and event; `snapshots` has account and as_of, an instant
    at midnight UTC. Days are counted back from there: 0 is the day before `as_of`. The result has `as_of`
    in Unix seconds.
    """
    past = events.select(event_account=events.account, ts=events.ts, event=events.event)
    joined = snapshots.join(past, [snapshots.account == past.event_account, past.ts < snapshots.as_of])
    # Whole seconds first: engines differ in how they round the rest.
    age = joined.as_of.epoch_seconds() - joined.ts.truncate("s").epoch_seconds()
    dated = joined.mutate(days_ago=((age - 1) // _SECONDS_PER_DAY).cast("int64"))
    recent = dated.filter(dated.days_ago < LOOKBACK_DAYS)
    is_usage = ~recent.event.isin(_BILLING_EVENTS)
    is_now = recent.days_ago < WINDOW_DAYS
    is_before = (recent.days_ago >= WINDOW_DAYS) & (recent.days_ago < 2 * WINDOW_DAYS)
    has_failed = recent.event == PAYMENT_FAILED
    counted = recent.group_by("account", "as_of").aggregate(
        active_days=recent.days_ago.nunique(where=is_usage & is_now),
        active_days_before=recent.days_ago.nunique(where=is_usage & is_before),
        active_days_ever=recent.days_ago.nunique(where=is_usage),
        newest_day=recent.days_ago.min(where=is_usage),
        oldest_day=recent.days_ago.max(where=is_usage),
        failed_payments=recent.event.count(where=has_failed & is_now),
        failed_day=recent.days_ago.min(where=has_failed),
        failed_at=recent.ts.max(where=has_failed),
        recovered_at=recent.ts.max(where=recent.event == PAYMENT_RECOVERED),
    )
    is_open = counted.recovered_at.isnull() | (counted.failed_at > counted.recovered_at)
    # As numbers: for timestamps, Arrow would look up the time zone in the machine's database.
    return counted.mutate(is_open=is_open, as_of=counted.as_of.epoch_seconds()).drop(
        "failed_at", "recovered_at"
    )


def snapshot_table(snapshots: Iterable[Snapshot]) -> ibis.Table:
    """The accounts and instants of `snapshots` for `activity`."""
    keys = [(snapshot.external_id, midnight(snapshot.as_of)) for snapshot in snapshots]
    columns = {
        "account": pa.array([account for account, _ in keys], pa.string()),
        "as_of": pa.array([instant for _, instant in keys], _INSTANT),
    }
    return ibis.memtable(pa.table(columns))


def read_activity(
    events: ibis.Table, snapshots: Iterable[Snapshot]
) -> dict[tuple[str, date], ActivityFeatures]:
    """The activity before each of `snapshots`; snapshots without any event are omitted."""
    rows = activity(events, snapshot_table(snapshots)).to_pyarrow().to_pylist()
    return {(row["account"], _day(row["as_of"])): _activity(row) for row in rows}


def event_days(events: ibis.Table, *, before: date) -> tuple[date, date] | None:
    """The first and the last day with an event before the day `before`; None if there is none.

    The first is after the last year without any event: a device whose clock had never been set dates one 1970, and no
    account was observed from then on.
    """
    past = events.filter(events.ts < ibis.literal(midnight(before), type="timestamp('UTC')"))
    day = (past.ts.truncate("s").epoch_seconds() / _SECONDS_PER_DAY).floor().cast("int64")
    found = sorted(past.select(day=day).distinct().to_pyarrow()["day"].to_pylist())
    if not found:
        return None
    starts = [found[0], *(day for earlier, day in pairwise(found) if day - earlier > _DAYS_OF_YEAR)]
    return _day(starts[-1] * _SECONDS_PER_DAY), _day(found[-1] * _SECONDS_PER_DAY)


def midnight(day: date) -> datetime:
    """The instant at which `day` begins."""
    return datetime.combine(day, time(), UTC)


def _activity(row: Mapping[str, Any]) -> ActivityFeatures:
    intervals = row["active_days_ever"] - 1
    return ActivityFeatures(
        active_days=row["active_days"],
        active_days_before=row["active_days_before"],
        quiet_days=row["newest_day"],
        usual_gap_days=(row["oldest_day"] - row["newest_day"]) / intervals if intervals > 0 else None,
        failed_payments=row["failed_payments"],
        open_payment_days=_open_payment_days(row),
    )


def _open_payment_days(row: Mapping[str, Any]) -> int | None:
    failed_day = row["failed_day"]
    if failed_day is None or failed_day >= WINDOW_DAYS or not row["is_open"]:
        return None
    return int(failed_day) + 1


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()
