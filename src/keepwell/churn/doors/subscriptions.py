"""The door of subscriptions: accounts that pay, and leave when their MRR falls to zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

import ibis
import msgspec

from keepwell.churn.counting.activity import Inputs
from keepwell.churn.counting.columns import Recorded, inputs_of, recorded
from keepwell.churn.counting.paying import (
    PaidSnapshots,
    SpanColumns,
    as_snapshots,
    departures,
    paid_snapshots,
    span_columns,
)
from keepwell.churn.counting.snapshots import snapshots_on
from keepwell.churn.doors.door import Outcomes
from keepwell.churn.doors.model import Period
from keepwell.churn.label import Label
from keepwell.churn.model import NothingToScore, PaymentProblem, Snapshot, TooLittleHistory, windows_of
from keepwell.churn.snapshots import SpansByAccount, change_days, complete_days, scored_on, spans_by_account
from keepwell.churn.sources.coverage import Source, SourceName
from keepwell.churn.sources.event_survey import EventDays
from keepwell.revenue.model import PayingSpan, Rates

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Whole


class BillingRecords(msgspec.Struct, frozen=True, kw_only=True):
    """Payment problems on record, the days with invoices and charges, and the last day that all billing is known to cover."""

    problems: Sequence[PaymentProblem] = ()
    days: Sequence[date] = ()
    recorded_on: date | None = None


_NO_BILLING = BillingRecords()


class Subscriptions:
    """Accounts with subscriptions; the `rates` convert amounts into the report's currency."""

    def __init__(
        self, spans: Sequence[PayingSpan], *, rates: Rates, billing: BillingRecords = _NO_BILLING
    ) -> None:
        self._by_account = spans_by_account(spans)
        self._rates = rates
        self._billing = billing

    def sources(self, seen: EventDays, *, today: date) -> Sequence[Source]:
        """Events, subscriptions and payments."""
        read_on = self._billing.recorded_on
        # Events about payments come from the tracker, or from billing: they prove that payments go on, never that they stopped.
        paid_on = max([day for day in (read_on, *seen.others[-1:]) if day is not None], default=None)
        changed = change_days(self._by_account, before=today)
        return [
            Source(name=SourceName.EVENTS, days=seen.usage),
            Source(name=SourceName.SUBSCRIPTIONS, days=changed, read_on=read_on),
            Source(name=SourceName.PAYMENTS, days=self._billing.days, read_on=paid_on),
        ]

    def scored_on(self, *, observed: date, has_events: bool, today: date) -> date:
        """`observed`, or without events the day of an announced end that has passed since."""
        return scored_on(self._by_account, observed=observed, has_events=has_events, today=today)

    def group(
        self, events: ibis.Table, period: Period, *, like: Sequence[str] | None = None
    ) -> PayingAccounts:
        """The accounts that pay; raises NothingToScore and TooLittleHistory before any event is counted."""
        spans = span_columns(span for own in self._by_account.values() for span in own)
        current = _current(spans, period, rates=self._rates)
        past = _past(spans, self._by_account, period, rates=self._rates)
        on_record = recorded(spans, events, problems=self._billing.problems, before=period.as_of, like=like)
        return PayingAccounts(
            on_record, current, past, own=self._by_account, rates=self._rates, period=period
        )


class PayingAccounts:
    """Paying accounts, one horizon apart; a covered row has the whole of the longest window on record."""

    label = Label()

    def __init__(
        self,
        on_record: Recorded,
        current: PaidSnapshots,
        past: PaidSnapshots,
        *,
        own: SpansByAccount,
        rates: Rates,
        period: Period,
    ) -> None:
        self._on_record, self._own, self._rates, self._period = on_record, own, rates, period
        self.current, self.past = current, past
        self.account_ids: Sequence[UUID] = on_record.spans.account_ids
        self.external_ids: Sequence[str] = on_record.spans.external_ids

    @property
    def personal_kinds(self) -> int:
        """Of their events of use."""
        return self._on_record.activity.personal_kinds

    @cached_property
    def covered(self) -> PaidSnapshots:
        """All if there are no events at all."""
        first = self._period.recorded_from
        windows = windows_of(self._period.horizon_days)
        return self.past.where(self.past.days >= (0 if first is None else first.toordinal() + windows.long))

    def on(self, days: Sequence[date]) -> PaidSnapshots:
        """Those that paid on each of the days."""
        return paid_snapshots(self._on_record.spans, days, rates=self._rates)

    def left(self, taken: PaidSnapshots) -> Mask:
        """Whether the MRR is zero on some day of the horizon."""
        return departures(self._on_record.spans, taken, horizon_days=self._period.horizon_days)

    def outcomes(self, accounts: Whole, day: date, *, days: int) -> Outcomes:
        """Whether the MRR is zero on some day of that time; known of those who paid on the day, as the records have it now."""
        spans = self._on_record.spans
        return Outcomes(
            departures(spans, snapshots_on(day, accounts), horizon_days=days), spans.pay_on(day)[accounts]
        )

    def inputs(self, taken: PaidSnapshots, *, known_on: Whole) -> Inputs:
        """Use, payments and the subscription."""
        return inputs_of(self._on_record, taken, horizon_days=self._period.horizon_days, known_on=known_on)

    def snapshots(self) -> Sequence[Snapshot]:
        """With exact amounts."""
        return as_snapshots(self._on_record.spans, self.current, own=self._own, rates=self._rates)

    def known_of(self, taken: PaidSnapshots) -> Mapping[str, Sequence[str]]:
        """The plan, and how the account is billed."""
        names = self._on_record.spans.plan_names
        return {
            "plan": [names[place] for place in taken.plans],
            "billing": [
                "yearly" if annual else "by the month or more often" for annual in taken.is_annual.tolist()
            ],
        }


def _current(spans: SpanColumns, period: Period, *, rates: Rates) -> PaidSnapshots:
    """The accounts that pay on the day of the list, and still do today: an announced end may have passed since."""
    current = paid_snapshots(spans, [period.as_of], rates=rates)
    current = current.where(spans.pay_on(period.today)[current.accounts])
    if not len(current.days):
        hint = (
            "Import subscriptions that run on that day: ./keepwell import --help. Without any, predict who goes quiet: "
            "./keepwell churn train --label inactivity"
        )
        raise NothingToScore(f"No account pays on {period.today}, so there is none to lose.", hint=hint)
    return current


def _past(spans: SpanColumns, own: SpansByAccount, period: Period, *, rates: Rates) -> PaidSnapshots:
    """Each paying account on each day whose horizon is over."""
    days = complete_days(own, until=period.observed, horizon_days=period.horizon_days)
    past = paid_snapshots(spans, days, rates=rates) if days else None
    if past is None or not len(past.days):
        hint = "Train again later, or with a shorter --horizon."
        raise TooLittleHistory(
            f"No account had paid {period.horizon_days} days before {period.observed}.", hint=hint
        )
    return past
