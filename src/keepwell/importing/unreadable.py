"""Unreadable rows of a subscriptions file: they never count as churn, and their accounts are marked.

A change of plan ends one row and starts another. If the other cannot be read, the end of the first is not churn: its
price continues until the account has a readable row again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from keepwell.importing.mapping.fields import Fields, RejectedRow
from keepwell.importing.mapping.rows import SubscriptionRow, UnreadableRow
from keepwell.records.model import LATEST_DAY

Value = TypeVar("Value")

replace = msgspec.structs.replace


class RejectedSubscription(msgspec.Struct, frozen=True, kw_only=True):
    """The readable fields of a rejected row; without an end it is assumed to continue."""

    external_id: str
    account: str
    starts_on: date | None
    ends_on: date | None
    why: RejectedRow

    def covers(self, day: date, *, last: date) -> bool:
        """Whether the subscription is active on `day`; without a start it starts on the `last` end of the others."""
        return (self.starts_on or last) <= day and (self.ends_on is None or day < self.ends_on)


def rejected_subscription(fields: Fields, why: RejectedRow) -> RejectedSubscription | None:
    """The readable `fields` of a rejected row, or None without an account. Its id defaults to the account's."""
    account = _if_readable(fields.optional, "account")
    if account is None:
        return None
    return RejectedSubscription(
        external_id=_if_readable(fields.optional, "id") or account,
        account=account,
        starts_on=_if_readable(fields.optional_day, "starts_on"),
        ends_on=_if_readable(fields.optional_day, "ends_on"),
        why=why,
    )


def _if_readable(read: Callable[[str], Value | None], field: str) -> Value | None:
    try:
        return read(field)
    except RejectedRow:
        return None


def carried_on(
    rows: Sequence[SubscriptionRow], rejected_rows: Iterable[RejectedSubscription]
) -> list[SubscriptionRow]:
    """`rows`, with an account's last paid row extended for as long as a rejected row of the account continues."""
    gaps: defaultdict[str, list[RejectedSubscription]] = defaultdict(list)
    for each in rejected_rows:
        gaps[each.account].append(each)
    paid: defaultdict[str, list[SubscriptionRow]] = defaultdict(list)
    for row in rows:
        if row.account in gaps and row.amount and not row.is_trial:
            paid[row.account].append(row)
    longer = {
        row.external_id: _carried_on(row, paid=own, gaps=gaps[account])
        for account, own in paid.items()
        for row in own
    }
    return [longer.get(row.external_id, row) for row in rows]


def _carried_on(
    row: SubscriptionRow, *, paid: Sequence[SubscriptionRow], gaps: Sequence[RejectedSubscription]
) -> SubscriptionRow:
    last = max((each.ends_on for each in paid if each.ends_on is not None), default=LATEST_DAY)
    end = row.ends_on
    while end is not None and not any(_runs(each, end) for each in paid):
        gap = next((each for each in gaps if each.covers(end, last=last)), None)
        if gap is None:
            break
        following = [each.starts_on for each in paid if each.starts_on > end]
        end = min(filter(None, [gap.ends_on, *following]), default=None)
    return row if end == row.ends_on else replace(row, ends_on=end, cancelled_on=None, end_reason=None)


def _runs(row: SubscriptionRow, day: date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or day < row.ends_on)


def marks(
    rejected_rows: Iterable[RejectedSubscription],
    rows: Iterable[SubscriptionRow],
    *,
    present: Mapping[str, UnreadableRow],
    known: Collection[str],
    today: date,
) -> list[UnreadableRow]:
    """The marks to write: one for each rejected row, and an end today for marked rows that are readable now.

    `present` are the stored marks. `known` are the ids of stored subscriptions, which are uncertain only from
    `today` on.
    """
    first: dict[str, RejectedSubscription] = {}
    for each in rejected_rows:
        first.setdefault(each.external_id, each)
    new = [_mark(each, present.get(each.external_id), known=known, today=today) for each in first.values()]
    read = {name for row in rows for name in (row.external_id, row.account)}
    cleared = [
        replace(mark, until=today) for name, mark in present.items() if name in read and name not in first
    ]
    return [*new, *cleared]


def _mark(
    rejected: RejectedSubscription, present: UnreadableRow | None, *, known: Collection[str], today: date
) -> UnreadableRow:
    starts_on = None if rejected.external_id in known else rejected.starts_on
    return UnreadableRow(
        external_id=rejected.external_id,
        account=rejected.account,
        since=present.since if present else starts_on or today,
        until=None,
        field=rejected.why.field,
        code=rejected.why.reason_code,
        reason=rejected.why.reason,
    )
