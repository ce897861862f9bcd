"""A subscription of Stripe's as spans of one price: from what is known of it, and from how it is now.

Stripe holds a subscription as it is. A span that stands here already and still fits goes on; one that fits no
more ends on the day of the change, and what takes its place begins there. So a history grows from the events,
and reading the same state twice changes nothing. What cannot be read ends nothing: the last known price goes on.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date, datetime

import msgspec

from keepwell.importing.mapping.fields import RejectedRow
from keepwell.importing.mapping.rows import SubscriptionRow
from keepwell.importing.stripe.model import Subscription, day_of
from keepwell.importing.stripe.phases import ItemReading, read_items
from keepwell.records.model import EndReason

_NEVER_BEGAN = {"incomplete", "incomplete_expired"}
_REASONS = {
    "cancellation_requested": EndReason.VOLUNTARY,
    "payment_failed": EndReason.INVOLUNTARY,
    "payment_disputed": EndReason.INVOLUNTARY,
}

replace = msgspec.structs.replace


class Rejection(msgspec.Struct, frozen=True):
    """An item that cannot be read, and why; the whole subscription if `item` is empty."""

    item: str
    why: RejectedRow


class Reconciled(msgspec.Struct, frozen=True):
    """The rows to write, and the items that cannot be read: what is known of those is among the rows, and goes on.

    `began_here` if the price was taken to hold from the start; `metered` counts the items that cost zero as such.
    """

    rows: Sequence[SubscriptionRow]
    rejections: Sequence[Rejection] = ()
    began_here: bool = False
    metered: int = 0


def reconcile(found: Subscription, known: Sequence[SubscriptionRow], *, at: datetime) -> Reconciled:
    """The rows of the subscription as it was found `at` a time; `known` are those that are there of it.

    Raises RejectedRow if the subscription as a whole cannot be read: see `unreadable`.
    """
    end, today = _End.of(found, at=at.date()), at.date()
    if found.ended_at is not None and known:
        return Reconciled([end.clip(row) for row in known])
    if found.status in _NEVER_BEGAN and not known:
        return Reconciled([])
    following = _Following(found, known, today=today)
    for reading in read_items(found):
        following.match(reading)
    following.settle()
    rows = [end.clip(row) for row in following.rows]
    return Reconciled(
        rows,
        following.rejections,
        began_here=not known and bool(rows),
        metered=following.metered,
    )


def unreadable(
    found: Subscription, known: Sequence[SubscriptionRow], *, at: datetime, why: RejectedRow
) -> Reconciled:
    """As `reconcile`, of a subscription that as a whole cannot be read: what is known goes on, until its end."""
    end, live = _End.of(found, at=at.date()), _live(known, today=at.date())
    return Reconciled([end.clip(_going_on(row, live)) for row in live], [Rejection("", why)])


class _End(msgspec.Struct, frozen=True):
    """When service ends, foreseen or not, and why."""

    on: date | None
    cancelled_on: date | None
    reason: EndReason | None

    @classmethod
    def of(cls, found: Subscription, *, at: date) -> _End:
        details = found.cancellation_details
        reason = _REASONS.get(details.reason or "") if details else None
        cancelled_on = day_of(found.canceled_at) if found.canceled_at is not None else None
        match found:
            case Subscription(ended_at=int(seconds)) | Subscription(cancel_at=int(seconds)):
                return cls(day_of(seconds), cancelled_on, reason)
            case Subscription(cancel_at_period_end=True, current_period_end=int(seconds)):
                return cls(day_of(seconds), cancelled_on, reason)
            case Subscription(status="unpaid"):
                # Dunning is exhausted: the last period that was paid for ended where this one began.
                began = found.current_period_start
                return cls(day_of(began) if began is not None else at, None, EndReason.INVOLUNTARY)
            case Subscription(status="paused", trial_end=int(seconds)):
                return cls(day_of(seconds), None, None)
        return cls(None, cancelled_on, None)

    def clip(self, row: SubscriptionRow) -> SubscriptionRow:
        """`row` with the end put in, where it does not end before."""
        if self.on is None or (row.ends_on is not None and row.ends_on < self.on):
            return row
        reason = None if row.is_trial else self.reason
        starts_on = min(row.starts_on, self.on)
        return replace(
            row, starts_on=starts_on, ends_on=self.on, cancelled_on=self.cancelled_on, end_reason=reason
        )


class _Following:
    """What lives on, what ends and what begins, item by item; of an unreadable item everything lives on."""

    def __init__(self, found: Subscription, known: Sequence[SubscriptionRow], *, today: date) -> None:
        self.rows: list[SubscriptionRow] = []
        self.rejections: list[Rejection] = []
        self.metered = 0
        self._live = _live(known, today=today)
        self._is_known = bool(known)
        self._today = today
        self._items = [item.id for item in found.items.data]
        self._left = list(self._live)
        self._taken = {row.external_id for row in known}
        self._beginning: list[tuple[ItemReading, list[SubscriptionRow]]] = []

    def match(self, reading: ItemReading) -> None:
        """Let the rows go on that are phases of the item already."""
        beginning = []
        for phase in reading.phases:
            if self._is_known and phase.ends_on is not None and phase.ends_on <= self._today:
                continue
            same = next((row for row in self._left if _continues(row, phase, today=self._today)), None)
            if same is None:
                beginning.append(phase)
                continue
            self._left.remove(same)
            starts_on = same.starts_on if same.starts_on <= self._today else max(phase.starts_on, self._today)
            self.rows.append(replace(phase, external_id=same.external_id, starts_on=starts_on))
        self._beginning.append((reading, beginning))

    def settle(self) -> None:
        """After all items were matched: begin what is new, keep what cannot be read, end what is left."""
        standing: dict[str, SubscriptionRow] = {}
        for reading, beginning in self._beginning:
            replaced = self._replaced_by(reading)
            if reading.why and (not reading.phases or (beginning and any(row.amount for row in replaced))):
                self.rejections.append(Rejection(reading.item, reading.why))
                standing |= {row.external_id: _going_on(row, self._live) for row in replaced}
                continue
            self.metered += reading.why is not None
            self.rows += [self._begun(phase) for phase in beginning]
        self.rows += standing.values()
        ended = [row for row in self._left if row.external_id not in standing]
        self.rows += [
            replace(row, ends_on=max(row.starts_on, self._today), cancelled_on=None, end_reason=None)
            for row in ended
        ]

    def _begun(self, phase: SubscriptionRow) -> SubscriptionRow:
        if not self._is_known:
            return phase
        external_id = _unused(phase.external_id, self._taken, today=self._today)
        self._taken.add(external_id)
        return replace(phase, external_id=external_id, starts_on=max(phase.starts_on, self._today))

    def _replaced_by(self, reading: ItemReading) -> list[SubscriptionRow]:
        """The rows that would end for the item: its own, or else those of items that are gone."""
        own = [row for row in self._left if self._item_of(row) == reading.item]
        return own or [row for row in self._left if self._item_of(row) not in self._items]

    def _item_of(self, row: SubscriptionRow) -> str:
        """The item that the row is of. A plain id is of the first item, unless that has rows under its own name."""
        named = _item_in(row)
        if named or not self._items:
            return named
        first = self._items[0]
        return "" if any(_item_in(each) == first for each in self._live) else first


def _live(known: Sequence[SubscriptionRow], *, today: date) -> list[SubscriptionRow]:
    return [row for row in known if row.ends_on is None or row.ends_on > today]


def _item_in(row: SubscriptionRow) -> str:
    """The item that the row's id names: `sub_1/si_2#2026-03-05` names si_2, `sub_1` none."""
    return row.external_id.partition("#")[0].partition("/")[2]


def _going_on(row: SubscriptionRow, live: Sequence[SubscriptionRow]) -> SubscriptionRow:
    """`row` without the end that a cancellation foresaw; one at which its next phase begins stays."""
    continued = any(each.starts_on == row.ends_on and each is not row for each in live)
    return replace(row, ends_on=row.ends_on if continued else None, cancelled_on=None, end_reason=None)


def _continues(row: SubscriptionRow, phase: SubscriptionRow, *, today: date) -> bool:
    """Whether `phase` is what `row` is: the same price, and both running or both still to come."""
    return (row.starts_on > today) == (phase.starts_on > today) and _content(row) == _content(phase)


def _content(row: SubscriptionRow) -> tuple[object, ...]:
    return (
        *(row.account, row.plan, row.seats, row.amount, row.list_amount, row.amount_per),
        *(row.billing_interval, row.currency, row.is_trial),
    )


def _unused(external_id: str, taken: Container[str], *, today: date) -> str:
    """An id that no span has yet: the plain one, with the day, with a number."""
    if external_id not in taken:
        return external_id
    dated = f"{external_id}#{today.isoformat()}"
    number, candidate = 1, dated
    while candidate in taken:
        number += 1
        candidate = f"{dated}.{number}"
    return candidate
