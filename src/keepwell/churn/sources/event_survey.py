"""What the events of a workspace are, before any account is looked at: their days, and which come from a system."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import ibis
import msgspec

from keepwell.churn.features import SECONDS_PER_DAY, day_number, day_of, midnight
from keepwell.churn.model import NO_USAGE_EVENTS
from keepwell.churn.sources.coverage import SourceName

_SECONDS_PER_MINUTE = 60
_MINUTES_PER_DAY = 1440
# Fewer accounts may well do the same thing within a minute.
_FEWEST_ACCOUNTS = 10


class EventDays(msgspec.Struct, frozen=True):
    """The days with events of use, and those with events about payments or tickets; both ascending.

    `known` are the days on which events of use became known: what is sent months later does not mean that anybody watched then.
    """

    usage: Sequence[date]
    others: Sequence[date]
    known: Sequence[date]

    @property
    def all(self) -> Sequence[date]:
        """The days with any event."""
        return sorted({*self.usage, *self.others})


def event_days(events: ibis.Table, *, before: date) -> EventDays:
    """The days with events that happened and became known before the day `before`."""
    end = ibis.literal(midnight(before), type="timestamp('UTC')")
    past = events.filter((events.ts < end) & (events.known_at < end))
    day = day_number(past.ts)
    found = past.select(
        day=day,
        known=ibis.greatest(day, day_number(past.known_at)),
        is_usage=~past.event.isin(NO_USAGE_EVENTS),
    ).distinct()
    rows = [(each["day"], each["known"], each["is_usage"]) for each in found.to_pyarrow().to_pylist()]
    return EventDays(
        usage=_days(day for day, _, is_usage in rows if is_usage),
        others=_days(day for day, _, is_usage in rows if not is_usage),
        known=_days(known for _, known, is_usage in rows if is_usage),
    )


def system_events(events: ibis.Table) -> list[str]:
    """The names of events that come from a system, such as a newsletter, sorted: no customer did anything.

    Most occurrences of such an event are in minutes in which most of the accounts that have any event on that day have it. One that is
    always at 00:00:00 has a date and no time of day, so it says nothing about minutes.
    """
    seconds = events.ts.truncate("s").epoch_seconds()
    minute = (seconds / _SECONDS_PER_MINUTE).floor().cast("int64")
    has_time = (seconds / SECONDS_PER_DAY).floor() * SECONDS_PER_DAY != seconds
    seen = events.select(
        event=events.event, account=events.account, minute=minute, has_time=has_time
    ).distinct()
    seen = seen.mutate(day=(seen.minute / _MINUTES_PER_DAY).floor().cast("int64"))
    active = seen.select("day", "account").distinct().group_by("day").aggregate(active=ibis._.count())
    usage = seen.filter(~seen.event.isin(NO_USAGE_EVENTS))
    crowds = usage.group_by("event", "day", "minute").aggregate(
        accounts=ibis._.account.nunique(), has_time=ibis._.has_time.any()
    )
    joined = crowds.join(active, "day")
    is_crowd = (joined.accounts >= _FEWEST_ACCOUNTS) & (2 * joined.accounts > joined.active)
    counted = joined.group_by("event").aggregate(
        all=joined.accounts.sum(),
        in_crowds=joined.accounts.sum(where=is_crowd),
        has_time=joined.has_time.any(),
    )
    found = (
        counted.filter((2 * counted.in_crowds > counted.all) & counted.has_time).select("event").to_pyarrow()
    )
    return sorted(found["event"].to_pylist())


def reduced(events: ibis.Table, without: Collection[SourceName]) -> ibis.Table:
    """The `events` without those of use, or those about payments, if these sources are not to be read."""
    if SourceName.EVENTS in without:
        events = events.filter(events.event.isin(NO_USAGE_EVENTS))
    if SourceName.PAYMENTS in without:
        events = events.filter(~events.event.isin(NO_USAGE_EVENTS))
    return events


def without(events: ibis.Table, names: Collection[str]) -> ibis.Table:
    """The `events` without those of these names."""
    return events.filter(~events.event.isin(list(names))) if names else events


def _days(numbers: Iterable[int]) -> list[date]:
    return [day_of(number * SECONDS_PER_DAY) for number in sorted(set(numbers))]
