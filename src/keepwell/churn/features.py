"""Events counted once per account, day and name: one Ibis expression for every engine, read into columns of numbers.

It uses only operations that DuckDB and Spark share: no as-of join, approximate counts, hashes or user-defined functions. What an
account did in some window before some day is then looked up in the counts (`counting`): no event is joined with a snapshot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import ibis
import msgspec
import numpy as np
import pyarrow as pa
from pyarrow import compute

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Vector, Whole

# The event by which an account with many seats reports how many of them were used on a day.
SEATS_REPORTED, SEATS_USED = "seats_reported", "seats_used"
SECONDS_PER_DAY = 86_400
EPOCH_DAY = date(1970, 1, 1).toordinal()
# So many events are counted at a time, so that memory does not grow with the lake.
EVENTS_AT_ONCE = 1_000_000
_MOST_PARTS = 50
# Beyond it, a sum of floats loses whole units, and no business counts or earns so much.
_LARGEST = 1e15
# More than there are days up to the year 9999, so that no two accounts share a key.
DAYS_OF_KEY = 1 << 22
_NUMBER = r'\s*:\s*"?(-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)'


class DailyCounts(msgspec.Struct, frozen=True, kw_only=True):
    """One row per account, day, day of knowledge and event name, sorted in this order.

    `accounts` and `events` are places in the list of accounts that was asked for and in `names`. `days` are ordinals. A row counts
    from the day after `known`, which is `days` unless the events became known later. `last_seconds` is the time of day of the
    newest one. `amounts` are sums, NaN where no event had one; None if none were asked for.
    """

    accounts: Whole
    days: Whole
    known: Whole
    events: Whole
    counts: Whole
    last_seconds: Whole
    names: Sequence[str]
    amounts: Vector | None = None

    def where(self, mask: Mask) -> DailyCounts:
        """The rows that `mask` selects."""
        columns = {name: getattr(self, name) for name in self.__struct_fields__ if name != "names"}
        kept: dict[str, Any] = {
            name: None if column is None else column[mask] for name, column in columns.items()
        }
        return DailyCounts(names=self.names, **kept)

    def named(self, *names: str) -> Mask:
        """Whether each row is of one of these events."""
        mask: Mask = np.isin(self.events, [place for place, name in enumerate(self.names) if name in names])
        return mask


def daily(events: ibis.Table, *, amount: str | None = None) -> ibis.Table:
    """One row per account, day, day of knowledge and event, with the number of events and the time of day of the newest.

    `events` has account (external id), ts, known_at and event; an event is never known before its own day. Days are counted from
    1970-01-01 in UTC. The property `amount`, a number, is summed.
    """
    day = day_number(events.ts)
    known = ibis.greatest(day, day_number(events.known_at))
    counted = {"account": events.account, "day": day, "known": known, "event": events.event}
    figures = {"second": (events.ts.epoch_seconds() - day * SECONDS_PER_DAY).floor().cast("int64")}
    if amount is not None:
        figures["amount"] = number_of(events, amount)
    table = events.select(**counted, **figures)
    sums = {"amount": table.amount.sum()} if amount is not None else {}
    return table.group_by(*counted).aggregate(counts=ibis._.count(), last_second=table.second.max(), **sums)


def number_of(events: ibis.Table, name: str) -> ibis.Column:
    """The property `name` of each event as a number; null if it has none, another kind of value, or one beyond all counts and sums."""
    # A regular expression, because the engines differ in what they make of JSON.
    text = events["properties"].re_extract(f'"{re.escape(name)}"{_NUMBER}', 1)
    number = text.nullif("").cast("float64")
    return ibis.ifelse(number.abs() < _LARGEST, number, ibis.null("float64"))


def daily_counts(
    events: ibis.Table,
    accounts: Sequence[str],
    *,
    before: date,
    amount: str | None = None,
    at_once: int = EVENTS_AT_ONCE,
) -> DailyCounts:
    """The events before the day `before` of `accounts` (external ids), counted some `at_once` at a time."""
    wanted = pa.array(accounts, pa.string())
    names: dict[str, int] = {}
    parts = [
        _encoded(daily(part, amount=amount).to_pyarrow(), wanted, names=names)
        for part in _periods(events, before=before, at_once=at_once)
    ]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    # The parts are sorted, and a day is in one of them only, so this merges.
    order = np.argsort(account_days(*columns[:2]), kind="stable")
    labels = ("accounts", "days", "known", "events", "counts", "last_seconds", "amounts")
    return DailyCounts(
        names=list(names),
        **{label: column[order] for label, column in zip(labels, columns, strict=False)},
    )


def seats_used(events: ibis.Table, accounts: Sequence[str], *, before: date) -> DailyCounts:
    """The reports of seats used before the day `before`; their sums are the `amounts`."""
    if "properties" not in events.columns:
        events = events.mutate(properties=ibis.literal(""))
    reports = events.filter(events.event == SEATS_REPORTED)
    return daily_counts(reports, accounts, before=before, amount=SEATS_USED)


def account_days(accounts: Whole, days: Whole) -> Whole:
    """One number for each pair of an account's place and a day's ordinal, in the order of account and day."""
    keys: Whole = accounts.astype(np.int64) * DAYS_OF_KEY + days
    return keys


def day_number(instants: ibis.Column) -> ibis.Column:
    """The day of each instant in UTC, counted from 1970-01-01."""
    # Some engines give parts of a second; truncating the instant itself costs more than all of the rest.
    return (instants.epoch_seconds().floor() / SECONDS_PER_DAY).floor().cast("int64")


def midnight(day: date) -> datetime:
    """The instant at which `day` begins."""
    return datetime.combine(day, time(), UTC)


def day_of(seconds: int) -> date:
    """The day, in UTC, of an instant in Unix seconds."""
    return datetime.fromtimestamp(seconds, UTC).date()


def _periods(events: ibis.Table, *, before: date, at_once: int) -> Iterator[ibis.Table]:
    """The events before a day, in periods with about `at_once` of them each; one empty period if there are none."""
    past = events.filter(events.ts < _instant(before))
    total = int(events.count().to_pyarrow().as_py())
    # More at a time if there are very many, since each part looks into every file.
    at_once = max(at_once, total // _MOST_PARTS)
    if total <= at_once:
        yield past
        return
    per_day = past.group_by(day=day_number(past.ts)).aggregate(count=ibis._.count()).to_pyarrow()
    order = np.argsort(per_day["day"].to_numpy(), kind="stable")
    days, counts = (per_day[name].to_numpy()[order] for name in ("day", "count"))
    part_of = (np.cumsum(counts) - counts) // at_once
    for part in np.unique(part_of).tolist():
        own = days[part_of == part]
        first, end = (date.fromordinal(int(each) + EPOCH_DAY) for each in (own[0], own[-1] + 1))
        yield past.filter((past.ts >= _instant(first)) & (past.ts < _instant(end)))


def _instant(day: date) -> ibis.Value:
    return ibis.literal(midnight(day), type="timestamp('UTC')")


def _encoded(table: pa.Table, wanted: pa.Array, *, names: dict[str, int]) -> Sequence[Whole | Vector]:
    """The columns of the rows of `wanted` accounts as numbers; adds to the places of `names`."""
    account = compute.index_in(table["account"], value_set=wanted)
    kept = table.set_column(table.schema.get_field_index("account"), "account", account).filter(
        compute.is_valid(account)
    )
    event = kept["event"].combine_chunks().dictionary_encode()
    places = np.array([names.setdefault(name, len(names)) for name in event.dictionary.to_pylist()], np.int32)
    columns = [
        kept["account"].to_numpy().astype(np.int32),
        (kept["day"].to_numpy() + EPOCH_DAY).astype(np.int32),
        (kept["known"].to_numpy() + EPOCH_DAY).astype(np.int32),
        places[event.indices.to_numpy()] if len(places) else np.empty(0, np.int32),
        kept["counts"].to_numpy().astype(np.int32),
        kept["last_second"].to_numpy().astype(np.int32),
    ]
    if "amount" in kept.column_names:
        columns.append(kept["amount"].to_numpy().astype(np.float64))
    order = np.lexsort((columns[3], columns[2], account_days(*columns[:2])))
    return [column[order] for column in columns]
