"""Rows of a Stripe subscription, one per price: from the stored rows and its present state.

Stripe only has the present state of a subscription. A stored row that still matches it continues; one that no
longer matches ends on the day of the change, and a new row starts there. So the history grows with each event, and
reading the same state twice changes nothing. An unreadable price ends nothing: the last known price continues.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date

import msgspec

from keepwell.importing.stripe.discounts import Discount
from keepwell.importing.stripe.model import day_of
from keepwell.importing.stripe.subscriptions.ends import End
from keepwell.importing.stripe.subscriptions.forecasts import base_id, with_discount, with_trial
from keepwell.importing.stripe.subscriptions.objects import Subscription
from keepwell.importing.stripe.subscriptions.phases import ItemPhases, read_items
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import SubscriptionRow

_NEVER_STARTED = {"incomplete", "incomplete_expired"}
_STATUSES = _NEVER_STARTED | {"active", "trialing", "past_due", "canceled", "unpaid", "paused"}

replace = msgspec.structs.replace


class Rejection(msgspec.Struct, frozen=True):
    """An unreadable item and the reason; an empty `item` means the whole subscription."""

    item: str
    why: RejectedRow


class ReconciledRows(msgspec.Struct, frozen=True):
    """The rows to write, including the continued rows of unreadable items, and the items that cannot be read.

    `priced_from_start` if the present price was assumed since the start; `is_undated` if something changed since the
    last reading, on a day that Stripe does not give; `metered` counts the items that cost zero
    because they are billed by usage.
    """

    rows: Sequence[SubscriptionRow]
    rejections: Sequence[Rejection] = ()
    priced_from_start: bool = False
    is_undated: bool = False
    metered: int = 0


class ReadingContext(msgspec.Struct, frozen=True, kw_only=True):
    """When a subscription had the state that is read, and what else its prices depend on.

    What was stored about days after `read_on`, the day of the last reading, was a forecast. `of_customer` is the
    customer's discount. An event is of the day of the change. At the `is_first` reading, stored rows are those of a file.
    """

    on: date
    read_on: date | None = None
    is_of_event: bool = False
    is_first: bool = False
    of_customer: Discount | None = None

    @property
    def known_until(self) -> date:
        """The last day whose stored rows are known to be true."""
        return self.on if self.read_on is None else min(self.read_on, self.on)


def reconcile(
    subscription: Subscription, known: Sequence[SubscriptionRow], *, reading: ReadingContext
) -> ReconciledRows:
    """The rows of the subscription in its state at the reading; `known` are its stored rows.

    Raises RejectedRow if the subscription as a whole cannot be read: see `unreadable`.
    """
    end = End.of(subscription, at=reading.on)
    if reading.is_first and _is_of_file(subscription, known):
        done = reconcile(subscription, (), reading=reading)
        rows = {row.external_id for row in done.rows}
        stale = [replace(row, ends_on=row.starts_on) for row in known if row.external_id not in rows]
        if not done.rejections:
            return replace(done, rows=[*done.rows, *stale])
    if subscription.ended_at is not None and known:
        return _ended(subscription, known, reading=reading, end=end)
    if subscription.status not in _STATUSES:
        raise RejectedRow("status", "unknown-value", f"{subscription.status!r} is not a status that we know.")
    if subscription.status in _NEVER_STARTED and not known:
        return ReconciledRows([])
    return _reconciled(subscription, known, reading=reading, end=end)


def _is_of_file(subscription: Subscription, known: Sequence[SubscriptionRow]) -> bool:
    """Whether the rows tell the same as the subscription does, with less detail: a file lacks discounts, tax and more.

    A price of Stripe never changes, so that its id and the quantity suffice.
    """
    started = day_of(subscription.start_date)
    shown = [(each.priced.id, each.quantity) for each in subscription.items.data if each.priced]
    stored = [(row.plan, row.seats) for row in known if row.external_id == subscription.id]
    is_same = len(shown) == len(subscription.items.data) == 1 and shown == stored
    return is_same and min(row.starts_on for row in known) == started


def _ended(
    subscription: Subscription, known: Sequence[SubscriptionRow], *, reading: ReadingContext, end: End
) -> ReconciledRows:
    """The rows up to the end; prices that cannot be read no longer matter."""
    clipped = ReconciledRows([end.clip(row) for row in known])
    if end.on is None or not _live(known, after=reading.known_until):
        return clipped
    # A price that was never seen has no day: it may have applied on the last one only.
    last = replace(reading, on=max(reading.known_until, min(reading.on, end.on)))
    try:
        done = _reconciled(subscription, known, reading=last, end=end)
    except RejectedRow:
        return clipped
    stored = {row.external_id for row in known}
    rows = [row for row in done.rows if row.external_id in stored or row.starts_on != row.ends_on]
    return clipped if done.rejections else replace(done, rows=rows)


def _reconciled(
    subscription: Subscription, known: Sequence[SubscriptionRow], *, reading: ReadingContext, end: End
) -> ReconciledRows:
    reconciliation = _Reconciliation(subscription, known, reading=reading)
    for each in read_items(subscription, of_customer=reading.of_customer):
        reconciliation.match(each)
    reconciliation.finish()
    rows = [end.clip(row) for row in reconciliation.rows]
    return ReconciledRows(
        rows,
        reconciliation.rejections,
        priced_from_start=not known and bool(rows),
        is_undated=reconciliation.changed_unseen
        and not reading.is_of_event
        and reading.known_until < reading.on,
        metered=reconciliation.metered,
    )


def unreadable(
    subscription: Subscription, known: Sequence[SubscriptionRow], *, reading: ReadingContext, why: RejectedRow
) -> ReconciledRows:
    """As `reconcile`, for a subscription that cannot be read as a whole: its stored rows continue until its end."""
    end = End.of(subscription, at=reading.on)
    live = with_trial(_live(known, after=reading.known_until), subscription, on=reading.known_until)
    return ReconciledRows([end.clip(_continue_price(row, live)) for row in live], [Rejection("", why)])


class _Reconciliation:
    """Decides which rows continue, end and start, item by item; all rows of an unreadable item continue.

    Rows and phases are compared as of the last reading: what was stored for later days was a forecast, and what Stripe
    gives days for since then starts on those days. Any other change starts on the day of this reading.
    """

    def __init__(
        self, subscription: Subscription, known: Sequence[SubscriptionRow], *, reading: ReadingContext
    ) -> None:
        self.rows: list[SubscriptionRow] = []
        self.rejections: list[Rejection] = []
        self.metered = 0
        self.changed_unseen = False
        self._today = reading.on
        self._last = reading.known_until
        self._live = with_trial(_live(known, after=self._last), subscription, on=self._last)
        self._is_known = bool(known)
        self._items = [item.id for item in subscription.items.data]
        self._unmatched = list(self._live)
        self._used_ids = {row.external_id for row in known}
        self._new_phases: list[tuple[ItemPhases, list[SubscriptionRow]]] = []
        self._ends: dict[str, date] = {}

    def match(self, item: ItemPhases) -> None:
        """Continue the stored rows that match phases of the item."""
        self._revise_forecast(item)
        new = []
        for phase in item.phases:
            if self._is_known and phase.ends_on is not None and phase.ends_on <= self._last:
                continue
            same = self._row_of(phase)
            if same is None:
                new.append(phase)
                continue
            self._unmatched.remove(same)
            is_forecast = min(same.starts_on, phase.starts_on) > self._last
            starts_on = phase.starts_on if is_forecast else same.starts_on
            self.rows.append(replace(phase, external_id=same.external_id, starts_on=starts_on))
        self._new_phases.append((item, new))

    def _revise_forecast(self, item: ItemPhases) -> None:
        own = {row.external_id for row in self._live if self._item_of(row) == item.id}
        self._live = with_discount(self._live, item.phases, of=own, on=self._last)
        unmatched = {row.external_id for row in self._unmatched}
        self._unmatched = [row for row in self._live if row.external_id in unmatched]

    def finish(self) -> None:
        """After all items were matched: start new rows, keep those of unreadable items, end the rest."""
        kept: dict[str, SubscriptionRow] = {}
        for item, new in self._new_phases:
            replaced = self._replaced_by(item)
            if item.why and (not item.phases or (new and any(row.amount for row in replaced))):
                self.rejections.append(Rejection(item.id, item.why))
                kept |= {row.external_id: _continue_price(row, self._live) for row in replaced}
                continue
            self.metered += item.why is not None
            self._start(new, replaced=replaced)
        self.rows += kept.values()
        self.rows += [self._ended(row) for row in self._unmatched if row.external_id not in kept]

    def _row_of(self, phase: SubscriptionRow) -> SubscriptionRow | None:
        """The row with the same terms that had started at the last reading if the phase had.

        Else one that has started since, as it was forecast: Stripe no longer shows a discount that has expired.
        """
        alike = [row for row in self._unmatched if _terms(row) == _terms(phase)]
        had_started = phase.starts_on <= self._last
        both = [row for row in alike if (row.starts_on <= self._last) == had_started]
        since = [row for row in alike if had_started and row.starts_on <= self._today]
        return next(iter([*both, *since]), None)

    def _start(self, phases: Sequence[SubscriptionRow], *, replaced: Sequence[SubscriptionRow]) -> None:
        """Start the new phases of an item; the rows that they replace end when the first of them starts."""
        if not self._is_known:
            self.rows += phases
            return
        for phase in phases:
            starts_on = self._first_day(phase, replaced)
            if phase.ends_on is not None and phase.ends_on <= starts_on:
                continue
            external_id = _unused(phase.external_id, self._used_ids, today=self._today)
            self._used_ids.add(external_id)
            self.rows.append(replace(phase, external_id=external_id, starts_on=starts_on))
            for row in replaced:
                self._ends.setdefault(row.external_id, starts_on)

    def _first_day(self, phase: SubscriptionRow, replaced: Sequence[SubscriptionRow]) -> date:
        """The day that Stripe gives for the phase, if it is why the phase is new; else the day of the reading."""
        was_forecast = any(
            row.starts_on == phase.starts_on and row.is_trial == phase.is_trial for row in replaced
        )
        is_dated = phase.starts_on > self._last and not was_forecast
        self.changed_unseen |= not is_dated
        return phase.starts_on if is_dated else max(phase.starts_on, self._today)

    def _ended(self, row: SubscriptionRow) -> SubscriptionRow:
        """A row that no longer applies; one whose forecast successor has started ended then."""
        day = max(row.starts_on, self._ends.get(row.external_id, self._today))
        if row.ends_on is not None and any(each.starts_on == row.ends_on for each in self._live):
            day = min(day, row.ends_on)
        self.changed_unseen |= day == self._today and row.external_id not in self._ends
        return replace(row, ends_on=day, cancelled_on=None, end_reason=None)

    def _replaced_by(self, item: ItemPhases) -> list[SubscriptionRow]:
        """The rows that would end because of the item: its own, or else those of removed items."""
        own = [row for row in self._unmatched if self._item_of(row) == item.id]
        return own or [row for row in self._unmatched if self._item_of(row) not in self._items]

    def _item_of(self, row: SubscriptionRow) -> str:
        """The item of a row. A plain id belongs to the first item, unless that has rows under its own id."""
        named = _item_in(row)
        if named or not self._items:
            return named
        first = self._items[0]
        return "" if any(_item_in(each) == first for each in self._live) else first


def _live(known: Sequence[SubscriptionRow], *, after: date) -> list[SubscriptionRow]:
    """The rows that had not ended by the day `after`."""
    return [row for row in known if row.ends_on is None or row.ends_on > after]


def _item_in(row: SubscriptionRow) -> str:
    """The item in the row's id: si_2 in `sub_1/si_2#2026-03-05`, empty in `sub_1`."""
    return base_id(row).partition("/")[2]


def _continue_price(row: SubscriptionRow, live: Sequence[SubscriptionRow]) -> SubscriptionRow:
    """`row` without a scheduled end, unless its next phase starts on that day."""
    continued = any(each.starts_on == row.ends_on and each is not row for each in live)
    return replace(row, ends_on=row.ends_on if continued else None, cancelled_on=None, end_reason=None)


def _terms(row: SubscriptionRow) -> tuple[object, ...]:
    return (
        *(row.account, row.plan, row.seats, row.amount, row.list_amount, row.amount_per),
        *(row.billing_interval, row.currency, row.is_trial),
    )


def _unused(external_id: str, used: Container[str], *, today: date) -> str:
    """An unused id: the plain one, or with the day, or with the day and a number."""
    if external_id not in used:
        return external_id
    dated = f"{external_id}#{today.isoformat()}"
    number, candidate = 1, dated
    while candidate in used:
        number += 1
        candidate = f"{dated}.{number}"
    return candidate
