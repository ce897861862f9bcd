"""The days on which accounts are looked at, and when a paid period ends. `counting.paying` says who paid on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from keepwell.records.model import Interval
from keepwell.revenue.model import MONTHS_PER_YEAR, PayingSpan

_MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: MONTHS_PER_YEAR}
MOST_DAYS = 36
SpansByAccount = Mapping[UUID, Sequence[PayingSpan]]


def spans_by_account(spans: Iterable[PayingSpan]) -> SpansByAccount:
    """The spans with an amount above zero, by account."""
    grouped: defaultdict[UUID, list[PayingSpan]] = defaultdict(list)
    for span in spans:
        if span.monthly_amount > 0:
            grouped[span.account_id].append(span)
    return grouped


def change_days(spans: SpansByAccount, *, before: date) -> list[date]:
    """The days before `before` on which the records of subscriptions changed, ascending."""
    return sorted(
        {day for own in spans.values() for span in own for day in _change_days(span) if day < before}
    )


def scored_on(spans: SpansByAccount, *, observed: date, has_events: bool, today: date) -> date:
    """The day on which accounts are scored: as near to `today` as the records allow, and never before `observed`.

    An announced end that has passed moves the day forward only without events, since unrecorded usage is not quiet.
    """
    if has_events:
        return observed
    ended = [each.ends_on for own in spans.values() for each in own if each.cancelled_on is not None]
    return max([observed, *(day for day in ended if day is not None and day <= today)])


def complete_days(spans: SpansByAccount, *, until: date, horizon_days: int) -> list[date]:
    """Days before `until` with a fully observed horizon, one horizon apart, oldest first."""
    first = min((span.starts_on for own in spans.values() for span in own), default=until)
    steps = min((until - first).days // horizon_days, MOST_DAYS)
    return [until - timedelta(days=horizon_days * step) for step in range(steps, 0, -1)]


def next_renewal(starts_on: date, interval: Interval, *, after: date) -> date:
    """The first day after `after` on which a new paid period begins."""
    periods = 1
    if interval in _MONTHS:
        elapsed = (after.year - starts_on.year) * MONTHS_PER_YEAR + after.month - starts_on.month
        periods = max(1, elapsed // _MONTHS[interval])
    else:
        periods = max(1, (after - starts_on).days // _days(interval))
    while (day := _period_start(starts_on, interval, number=periods)) <= after:
        periods += 1
    return day


def _change_days(span: PayingSpan) -> list[date]:
    """The days on which the records changed; an announced end is not a change on its own day."""
    ended_on = None if span.cancelled_on is not None else span.ends_on
    return [day for day in (span.starts_on, span.cancelled_on, ended_on) if day is not None]


def _days(interval: Interval) -> int:
    return 7 if interval is Interval.WEEK else 1


def _period_start(starts_on: date, interval: Interval, *, number: int) -> date:
    if interval not in _MONTHS:
        return starts_on + timedelta(days=number * _days(interval))
    month = starts_on.month - 1 + number * _MONTHS[interval]
    first = date(starts_on.year + month // MONTHS_PER_YEAR, month % MONTHS_PER_YEAR + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(starts_on.day, last.day))
