"""The accounts that paid on a day, and what was known of them then, for all at once; and which of them left afterwards.

On a day, a subscription's end is known only if it was cancelled before: everything else about the future is for labels, never for
features. Days are ordinals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import numpy as np

from keepwell.churn.counting.renewals import Periods, next_renewals
from keepwell.churn.counting.snapshots import NEVER, SnapshotColumns
from keepwell.churn.features import account_days
from keepwell.churn.model import Snapshot
from keepwell.churn.snapshots import SpansByAccount
from keepwell.records.model import Interval
from keepwell.revenue.model import PayingSpan, Rates

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Vector, Whole


class SpanColumns(msgspec.Struct, frozen=True, kw_only=True):
    """The spans with an amount above zero, sorted by the account's external id, then by start.

    `accounts` are places in `account_ids` and `external_ids`; `plans` and `currencies` places in their names. An end or a
    cancellation that is not on record is `NEVER`.
    """

    account_ids: Sequence[UUID]
    external_ids: Sequence[str]
    plan_names: Sequence[str]
    currency_names: Sequence[str]
    accounts: Whole
    starts: Whole
    ends: Whole
    cancelled: Whole
    amounts: Vector
    currencies: Whole
    plans: Whole
    seats: Whole
    is_annual: Mask
    periods: Periods

    def running_on(self, day: int) -> Mask:
        """Whether each span counts on `day`."""
        mask: Mask = (self.starts <= day) & (day < self.ends)
        return mask

    def pay_on(self, day: date) -> Mask:
        """Whether each account pays on `day`."""
        counts = np.bincount(self.accounts[self.running_on(day.toordinal())], minlength=len(self.account_ids))
        return counts > 0


class PaidSnapshots(SnapshotColumns, frozen=True, kw_only=True):
    """One row per paying account and day, as its subscriptions stood at the start of that day.

    `paid_days_left` count to the first day on which it could be without service: the latest announced end or next renewal.
    It has `cancelled` if all subscriptions were cancelled before. `plans` are those of the largest subscription, and `mrr` is in
    the report's currency at the rate of the day.
    """

    plans: Whole
    seats: Whole
    tenure_days: Whole
    paid_days_left: Whole


def span_columns(spans: Iterable[PayingSpan]) -> SpanColumns:
    """The spans with an amount above zero as columns."""
    paid = sorted(
        (span for span in spans if span.monthly_amount > 0),
        key=lambda span: (span.external_id, span.starts_on, span.subscription_id),
    )
    account_of = {span.external_id: span.account_id for span in paid}
    places = {external_id: place for place, external_id in enumerate(account_of)}
    plans = {name: place for place, name in enumerate(sorted({span.plan for span in paid}))}
    currencies = {name: place for place, name in enumerate(sorted({span.currency for span in paid}))}
    starts = _whole(span.starts_on.toordinal() for span in paid)
    return SpanColumns(
        account_ids=list(account_of.values()),
        external_ids=list(account_of),
        plan_names=list(plans),
        currency_names=list(currencies),
        accounts=_whole(places[span.external_id] for span in paid),
        starts=starts,
        ends=_whole(_ordinal(span.ends_on) for span in paid),
        cancelled=_whole(_ordinal(span.cancelled_on) for span in paid),
        amounts=np.array([float(span.monthly_amount) for span in paid], np.float64),
        currencies=_whole(currencies[span.currency] for span in paid),
        plans=_whole(plans[span.plan] for span in paid),
        seats=_whole(span.seats for span in paid),
        is_annual=np.array([span.interval is Interval.YEAR for span in paid], np.bool_),
        periods=Periods.of(starts, [span.interval for span in paid]),
    )


def paid_snapshots(spans: SpanColumns, days: Iterable[date], *, rates: Rates) -> PaidSnapshots:
    """The accounts that pay on each of `days`, at least one, sorted by account and day; amounts are at the `rates` of that day."""
    parts = [_on_day(spans, day, rates=rates) for day in days]
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in PaidSnapshots.__struct_fields__
    }
    order = np.argsort(account_days(columns["accounts"], columns["days"]), kind="stable")
    return PaidSnapshots(**columns).where(order)


def as_snapshots(
    spans: SpanColumns, taken: PaidSnapshots, *, own: SpansByAccount, rates: Rates
) -> list[Snapshot]:
    """The rows of `taken` as snapshots, in their order, with exact amounts: what a save list is made of."""
    rows = zip(
        *(
            getattr(taken, name).tolist()
            for name in (
                "accounts",
                "days",
                "plans",
                "tenure_days",
                "is_annual",
                "paid_days_left",
                "cancelled",
            )
        ),
        strict=True,
    )
    found = []
    for account, ordinal, plan, tenure_days, is_annual, paid_days_left, cancelled in rows:
        account_id, as_of = spans.account_ids[account], date.fromordinal(ordinal)
        running = (span for span in own[account_id] if span.covers(as_of))
        found.append(
            Snapshot(
                account_id=account_id,
                external_id=spans.external_ids[account],
                as_of=as_of,
                plan=spans.plan_names[plan],
                mrr=sum(
                    (each.monthly_amount * rates.rate(each.currency, as_of) for each in running), Fraction()
                ),
                tenure_days=tenure_days,
                is_annual=is_annual,
                paid_until=date.fromordinal(ordinal + paid_days_left),
                cancelled_on=None if cancelled == NEVER else date.fromordinal(cancelled),
            )
        )
    return found


def departures(spans: SpanColumns, taken: SnapshotColumns, *, horizon_days: int) -> Mask:
    """Whether each account's MRR is zero on some day of the `horizon_days` after its snapshot."""
    gaps = _gap_starts(spans)
    keys = account_days(taken.accounts, taken.days)
    first, last = (np.searchsorted(gaps, keys + days, side="right") for days in (0, horizon_days))
    departs: Mask = last > first
    return departs


def plan_changes(spans: SpanColumns, taken: PaidSnapshots, *, days: int) -> Vector:
    """How often the plan or the number of seats changed in the last `days` days up to each snapshot."""
    is_same_account = spans.accounts[1:] == spans.accounts[:-1]
    differs = (spans.plans[1:] != spans.plans[:-1]) | (spans.seats[1:] != spans.seats[:-1])
    changed = np.flatnonzero(is_same_account & differs) + 1
    keys = account_days(spans.accounts[changed], spans.starts[changed])
    until = account_days(taken.accounts, taken.days)
    counts: Vector = (
        np.searchsorted(keys, until, side="right") - np.searchsorted(keys, until - days, side="right")
    ).astype(np.float64)
    return counts


def _on_day(spans: SpanColumns, day: date, *, rates: Rates) -> PaidSnapshots:
    today = day.toordinal()
    running = np.flatnonzero(spans.running_on(today))
    accounts, place = np.unique(spans.accounts[running], return_inverse=True)
    rate = np.array([float(rates.rate(name, day)) for name in spans.currency_names], np.float64)
    mrr: Vector = spans.amounts[running] * rate[spans.currencies[running]]
    # Of equal ones the newest: spans are sorted by start.
    order = np.lexsort((running, mrr, place))
    largest = running[order[np.searchsorted(place[order], np.arange(len(accounts)), side="right") - 1]]
    announced = (spans.cancelled[running] < today) & (spans.ends[running] < NEVER)
    paid_until = np.where(
        announced, spans.ends[running], next_renewals(spans.periods.at(running), after=today)
    )
    cancelled = np.where(announced, spans.cancelled[running], NEVER)
    firsts = np.searchsorted(spans.accounts, accounts)

    def latest(values: Whole) -> Whole:
        found = np.zeros(len(accounts), np.int64)
        np.maximum.at(found, place, values)
        return found

    return PaidSnapshots(
        accounts=accounts,
        days=np.full(len(accounts), today, np.int64),
        mrr=np.bincount(place, weights=mrr, minlength=len(accounts)).astype(np.float64),
        plans=spans.plans[largest],
        seats=np.bincount(place, weights=spans.seats[running], minlength=len(accounts)).astype(np.int64),
        tenure_days=today - spans.starts[firsts],
        is_annual=spans.is_annual[largest],
        paid_days_left=latest(paid_until) - today,
        cancelled=latest(cancelled),
    )


def _gap_starts(spans: SpanColumns) -> Whole:
    """The keys of account and day on which an account that paid until then pays nothing, ascending."""
    starts, ends = account_days(spans.accounts, spans.starts), account_days(spans.accounts, spans.ends)
    # The key of another account is always larger, so the running maximum never reaches over.
    latest = np.maximum.accumulate(ends) if len(ends) else ends
    is_last = np.concatenate([starts[1:] > latest[:-1], [True]]) if len(ends) else np.zeros(0, np.bool_)
    gaps = latest[is_last]
    never = account_days(spans.accounts[is_last], np.full(len(gaps), NEVER))
    ended: Whole = gaps[gaps != never]
    return ended


def _whole(values: Iterable[int]) -> Whole:
    found: Whole = np.fromiter(values, np.int64)
    return found


def _ordinal(day: date | None) -> int:
    return NEVER if day is None else day.toordinal()
