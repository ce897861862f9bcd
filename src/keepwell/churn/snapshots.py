"""Which accounts paid on a day, what was known about them then, and which have left since.

On a day, a subscription's end is known only if it was cancelled before: everything else about the future is for
labels, never for features.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from keepwell.churn.model import Snapshot
from keepwell.records.model import Interval
from keepwell.revenue.model import MONTHS_PER_YEAR, PayingSpan, Rates

_MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: MONTHS_PER_YEAR}
_MOST_DAYS = 36
SpansByAccount = Mapping[UUID, Sequence[PayingSpan]]


def spans_by_account(spans: Iterable[PayingSpan]) -> SpansByAccount:
    """The spans with an amount above zero, by account."""
    grouped: defaultdict[UUID, list[PayingSpan]] = defaultdict(list)
    for span in spans:
        if span.monthly_amount > 0:
            grouped[span.account_id].append(span)
    return grouped


def observed_until(spans: SpansByAccount, *, last_event_on: date | None, today: date) -> date:
    """The day after the latest recorded change or event before `today`; `today` if nothing is recorded.

    An export is often older than the day it is imported; the time after it is unknown, not quiet.
    """
    known = [day for own in spans.values() for span in own for day in _change_days(span) if day < today]
    if last_event_on is not None:
        known.append(last_event_on)
    return max(known) + timedelta(days=1) if known else today


def scored_on(spans: SpansByAccount, *, observed: date, has_events: bool, today: date) -> date:
    """The day on which accounts are scored: as near to `today` as the records allow, and never before `observed`.

    An announced end that has passed moves the day forward only without events, since unrecorded usage is not quiet.
    """
    if has_events:
        return observed
    ended = [each.ends_on for own in spans.values() for each in own if each.cancelled_on is not None]
    return max([observed, *(day for day in ended if day is not None and day <= today)])


def still_paying(spans: SpansByAccount, snapshots: Iterable[Snapshot], *, today: date) -> list[Snapshot]:
    """Those of `snapshots` whose account pays on `today`: an announced end may have passed since."""
    return [each for each in snapshots if any(span.covers(today) for span in spans[each.account_id])]


def complete_days(spans: SpansByAccount, *, until: date, horizon_days: int) -> list[date]:
    """Days before `until` with a fully observed horizon, one horizon apart, oldest first."""
    first = min((span.starts_on for own in spans.values() for span in own), default=until)
    steps = min((until - first).days // horizon_days, _MOST_DAYS)
    return [until - timedelta(days=horizon_days * step) for step in range(steps, 0, -1)]


def snapshots_on(spans: SpansByAccount, as_of: date, *, rates: Rates) -> list[Snapshot]:
    """A snapshot of each account that pays on `as_of`, sorted by external id; amounts are at the `rates` of that day."""
    paying = [
        snapshot for own in spans.values() if (snapshot := _snapshot(own, as_of, rates=rates)) is not None
    ]
    return sorted(paying, key=lambda snapshot: snapshot.external_id)


def departs(spans: Sequence[PayingSpan], as_of: date, *, horizon_days: int) -> bool:
    """Whether the account's MRR is zero on some day of the `horizon_days` after `as_of`."""
    last = as_of + timedelta(days=horizon_days)
    ends = [span.ends_on for span in spans if span.ends_on is not None and as_of < span.ends_on <= last]
    return any(not any(span.covers(end) for span in spans) for end in ends)


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


def _snapshot(spans: Sequence[PayingSpan], as_of: date, *, rates: Rates) -> Snapshot | None:
    running = [span for span in spans if span.covers(as_of)]
    if not running:
        return None

    # Every stored subscription has a rate from its first day on.
    def mrr(span: PayingSpan) -> Fraction:
        return span.monthly_amount * rates.rate(span.currency, as_of)

    largest = max(running, key=lambda span: (mrr(span), span.starts_on, span.subscription_id))
    since = min(span.starts_on for span in spans)
    cancellations = [span.cancelled_on for span in running if _is_announced(span, as_of)]
    return Snapshot(
        account_id=largest.account_id,
        external_id=largest.external_id,
        as_of=as_of,
        plan=largest.plan,
        mrr=sum((mrr(span) for span in running), Fraction()),
        tenure_days=(as_of - since).days,
        is_annual=largest.interval is Interval.YEAR,
        paid_until=max(_paid_until(span, as_of) for span in running),
        cancelled_on=max(filter(None, cancellations)) if len(cancellations) == len(running) else None,
    )


def _is_announced(span: PayingSpan, as_of: date) -> bool:
    return span.cancelled_on is not None and span.cancelled_on < as_of and span.ends_on is not None


def _paid_until(span: PayingSpan, as_of: date) -> date:
    if span.ends_on is not None and _is_announced(span, as_of):
        return span.ends_on
    return next_renewal(span.starts_on, span.interval, after=as_of)


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
