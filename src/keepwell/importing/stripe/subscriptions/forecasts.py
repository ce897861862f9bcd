"""Revises what was stored about days after the last reading: a trial or a discount may end on another day by now."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import date

import msgspec

from keepwell.importing.stripe.subscriptions.objects import Subscription
from keepwell.importing.stripe.subscriptions.phases import trial_days
from keepwell.importing.upserts.rows import SubscriptionRow

replace = msgspec.structs.replace


def with_trial(
    rows: Sequence[SubscriptionRow], subscription: Subscription, *, on: date
) -> list[SubscriptionRow]:
    """`rows`, in which a trial that runs on the day `on` ends when Stripe says now."""
    days, revised = trial_days(subscription), list(rows)
    for row in rows:
        if days is not None and row.is_trial and _runs(row, on) and row.starts_on < days[1]:
            revised = _with_end(revised, row, end=days[1])
    return revised


def with_discount(
    rows: Sequence[SubscriptionRow],
    phases: Iterable[SubscriptionRow],
    *,
    of: Container[str],
    on: date,
) -> list[SubscriptionRow]:
    """`rows`, in which a discount that applies on the day `on` ends as in `phases`, those of the item with the rows `of`."""
    end = next((each.ends_on for each in phases if _is_discounted(each, on)), None)
    revised = list(rows)
    for row in rows:
        if end is not None and row.external_id in of and _is_discounted(row, on):
            revised = _with_end(revised, row, end=end)
    return revised


def base_id(row: SubscriptionRow) -> str:
    """The id without what distinguishes the phases of an item."""
    return row.external_id.partition("#")[0]


def _with_end(
    rows: Iterable[SubscriptionRow], revised: SubscriptionRow, *, end: date
) -> list[SubscriptionRow]:
    """`rows` with another end of the one that is `revised`; the row that was to follow it starts then."""

    def moved(row: SubscriptionRow) -> SubscriptionRow:
        if row.external_id == revised.external_id:
            return replace(row, ends_on=end)
        if row.starts_on != revised.ends_on or base_id(row) != base_id(revised):
            return row
        return replace(row, starts_on=end, ends_on=row.ends_on and max(row.ends_on, end))

    return [moved(row) for row in rows]


def _is_discounted(row: SubscriptionRow, on: date) -> bool:
    return row.list_amount is not None and _runs(row, on)


def _runs(row: SubscriptionRow, day: date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or day < row.ends_on)
