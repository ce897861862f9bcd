"""The door of inactivity: accounts that use the product, and leave when they go quiet. It needs accounts and events only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING
from uuid import UUID

import ibis
import numpy as np

from keepwell.churn.counting.activity import Activity, Inputs, activity_columns, activity_of
from keepwell.churn.counting.lookups import Known, Moments
from keepwell.churn.counting.payments import problem_columns
from keepwell.churn.counting.snapshots import NEVER, SnapshotColumns, snapshots_on
from keepwell.churn.counting.usage import active_days, spend_a_month
from keepwell.churn.doors.door import Outcomes
from keepwell.churn.doors.model import AMOUNTS, KnownAccount, NoSuchAmount, Period
from keepwell.churn.features import account_days, number_of
from keepwell.churn.label import Label
from keepwell.churn.model import NO_USAGE_EVENTS, NothingToScore, Snapshot, TooLittleHistory, windows_of
from keepwell.churn.snapshots import MOST_DAYS
from keepwell.churn.sources.coverage import Source, SourceName
from keepwell.churn.sources.event_survey import EventDays

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Vector, Whole

# SnapshotColumns are a sixth of the horizon apart. Nobody announces inactivity, so its horizons are long, and a business with a year of
# events would have two or three snapshots of each account if they were a whole horizon apart.
_STEPS_PER_HORIZON = 6


class Inactivity:
    """The accounts on record, of which those with an event of use in the last `active_within_days` days are looked at.

    The property `amount` of events of use is the money that an account spends; if None, one of `amounts` is looked for.
    """

    def __init__(
        self,
        accounts: Sequence[KnownAccount],
        *,
        active_within_days: int,
        amount: str | None = None,
        amounts: Sequence[str] = AMOUNTS,
    ) -> None:
        self._accounts = sorted(accounts, key=lambda each: each.external_id)
        self._active_within_days = active_within_days
        self._amount, self._amounts = amount, amounts

    def sources(self, seen: EventDays, *, today: date) -> Sequence[Source]:
        """Events of use alone."""
        return [Source(name=SourceName.EVENTS, days=[day for day in seen.usage if day < today])]

    def scored_on(self, *, observed: date, has_events: bool, today: date) -> date:  # noqa: ARG002  a door's own rule
        """The day after the last event."""
        return observed

    def group(
        self, events: ibis.Table, period: Period, *, like: Sequence[str] | None = None
    ) -> ActiveAccounts:
        """The accounts that are active; raises NoSuchAmount if no event of use has the property that was named."""
        amount = amount_property(events, self._amount, among=self._amounts)
        label = Label(
            name="inactivity",
            money="none" if amount is None else "spend",
            active_within_days=self._active_within_days,
            amount_property=amount,
        )
        names = [each.external_id for each in self._accounts]
        seen = activity_of(events, names, before=period.as_of, amount=amount, like=like)
        if not len(seen.usage.days):
            raise NothingToScore(
                f"None of the {len(names):,} accounts on record has an event of use before {period.as_of}.",
                hint="Import accounts whose ids are those of the events: ./keepwell import --help",
            )
        return ActiveAccounts(self._accounts, seen, label=label, period=period)


class ActiveAccounts:
    """Accounts with an event of use in the days before; all of their rows are covered, since they begin with the recording."""

    def __init__(
        self, accounts: Sequence[KnownAccount], seen: Activity, *, label: Label, period: Period
    ) -> None:
        assert label.active_within_days is not None  # noqa: S101  for mypy: the label is of inactivity
        self.label, self._active_within_days = label, label.active_within_days
        self.account_ids: Sequence[UUID] = [each.account_id for each in accounts]
        self.external_ids: Sequence[str] = [each.external_id for each in accounts]
        self._seen, self._period = seen, period
        self._active = active_days(seen.usage)
        self.current = self._current()
        self.past = self.covered = self._past()

    @property
    def personal_kinds(self) -> int:
        """Of their events of use."""
        return self._seen.personal_kinds

    def left(self, taken: SnapshotColumns) -> Mask:
        """Whether there is no event of use in the horizon, which begins with the day of the row; late ones count too."""
        return self._is_quiet(taken, days=self._period.horizon_days)

    def outcomes(self, accounts: Whole, day: date, *, days: int) -> Outcomes:
        """Whether there is no event of use in that time; known of those who had been active before the day."""
        moments = Moments(accounts, np.full(len(accounts), day.toordinal(), np.int64))
        is_active: Mask = Known(self._active, moments).newest_days_ago() <= self._active_within_days
        return Outcomes(self._is_quiet(snapshots_on(day, accounts), days=days), is_active)

    def _is_quiet(self, taken: SnapshotColumns, *, days: int) -> Mask:
        # Of several rows of a day, known on different days, `active_days` has one.
        used = account_days(self._active.accounts, self._active.days)
        starts = account_days(taken.accounts, taken.days)
        first, last = (np.searchsorted(used, starts + shift) for shift in (0, days))
        is_quiet: Mask = first == last
        return is_quiet

    def inputs(self, taken: SnapshotColumns, *, known_on: Whole) -> Inputs:
        """Use, payments by their events, the days since the first use, and the mean spend a month if there is an amount."""
        moments = Moments(taken.accounts, taken.days)
        seen = activity_columns(
            self._seen,
            moments,
            problems=problem_columns((), {}),
            windows=windows_of(self._period.horizon_days),
            known_on=known_on,
        )
        own = {"tenure_days": self._tenure_days(moments)}
        return seen.beside(own if self.label.amount_property is None else {**own, "spend_a_month": taken.mrr})

    def snapshots(self) -> Sequence[Snapshot]:
        """Without a plan and a paid period; their money is the mean spend."""
        taken = self.current
        tenure_days = self._tenure_days(Moments(taken.accounts, taken.days))
        rows = zip(taken.accounts.tolist(), taken.mrr.tolist(), tenure_days.tolist(), strict=True)
        return [
            Snapshot(
                account_id=self.account_ids[place],
                external_id=self.external_ids[place],
                as_of=self._period.as_of,
                plan="",
                mrr=Fraction(spend),
                tenure_days=int(tenure),
                is_annual=False,
                paid_until=None,
            )
            for place, spend, tenure in rows
        ]

    def known_of(self, taken: SnapshotColumns) -> Mapping[str, Sequence[str]]:  # noqa: ARG002  a group's own attributes
        """Nothing: there is no plan."""
        return {}

    def _current(self) -> SnapshotColumns:
        as_of, within = self._period.as_of, self._active_within_days
        current = self.on([as_of])
        if not len(current.days):
            hint = "Name a longer --active-within, or import newer events."
            raise NothingToScore(
                f"No account was active in the {within} days before {as_of}, so there is none to lose.",
                hint=hint,
            )
        return current

    def _past(self) -> SnapshotColumns:
        days = self._days()
        past = self.on(days) if days else None
        if past is None or not len(past.days):
            begin, horizon = self._period.recorded_from, self._period.horizon_days
            raise TooLittleHistory(
                f"Events of use were recorded from {begin} until {self._period.observed}: of no account was it seen what it did in "
                f"{horizon} whole days.",
                hint="Train again later, or with a shorter --inactive-after.",
            )
        return past

    def _days(self) -> list[date]:
        """The days to look at, oldest first: from when the short window is recorded until the last whole horizon."""
        horizon = self._period.horizon_days
        begin = self._period.recorded_from
        last = self._period.observed - timedelta(days=horizon)
        step = timedelta(days=max(1, round(horizon / _STEPS_PER_HORIZON)))
        first = last if begin is None else begin + timedelta(days=windows_of(horizon).short)
        days = [last - number * step for number in range(MOST_DAYS)]
        return [day for day in reversed(days) if day >= first]

    def on(self, days: Sequence[date]) -> SnapshotColumns:
        """The accounts that were active before each of `days`."""
        accounts = np.unique(self._active.accounts)
        ordinals = np.array([day.toordinal() for day in days], np.int64)
        moments = Moments(np.repeat(accounts, len(days)), np.tile(ordinals, len(accounts)))
        is_active = Known(self._active, moments).newest_days_ago() <= self._active_within_days
        moments = Moments(moments.accounts[is_active], moments.days[is_active])
        return SnapshotColumns(
            accounts=moments.accounts,
            days=moments.days,
            mrr=self._spend(moments),
            is_annual=np.zeros(len(moments), np.bool_),
            cancelled=np.full(len(moments), NEVER),
        )

    def _spend(self, moments: Moments) -> Vector:
        """The mean spend a month; 0 of an account that has spent nothing, and of all if no event has an amount."""
        return np.maximum(np.nan_to_num(spend_a_month(self._seen.usage, moments), nan=0.0), 0.0)

    def _tenure_days(self, moments: Moments) -> Vector:
        return Known(self._active, moments).oldest_days_ago()


def amount_property(events: ibis.Table, named: str | None, *, among: Sequence[str] = AMOUNTS) -> str | None:
    """The property of events of use that is an amount of money: the one that is `named`, or the first `among` these that there is.

    None without any. Raises NoSuchAmount if no event of use has a number of that name.
    """
    found = next((name for name in ([named] if named else among) if _has_number(events, name)), None)
    if named and found is None:
        raise NoSuchAmount(
            f"--amount: no event of use has a number named {named[:100]!r}.",
            hint="Look at an event's properties: ./keepwell lake query --help",
        )
    return found


def _has_number(events: ibis.Table, name: str) -> bool:
    if "properties" not in events.columns:
        return False
    usage = events.filter(~events.event.isin(NO_USAGE_EVENTS))
    numbers = usage.select(number=number_of(usage, name))
    return len(numbers.filter(numbers.number.notnull()).limit(1).to_pyarrow()) > 0
