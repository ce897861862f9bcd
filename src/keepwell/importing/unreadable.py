"""Rows of a subscriptions file that cannot be imported: nobody leaves because of them, and their accounts are marked.

A change of plan ends one row and begins another. If the other cannot be read, the end of the first is no leaving:
its price goes on until the account has a readable row again.
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


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a row that was rejected; without an end it is taken to go on."""

    external_id: str
    account: str
    starts_on: date | None
    ends_on: date | None
    why: RejectedRow

    def covers(self, day: date, *, last: date) -> bool:
        """Whether the subscription runs on `day`; without a start it begins on the `last` day of the others."""
        return (self.starts_on or last) <= day and (self.ends_on is None or day < self.ends_on)


def rejected(fields: Fields, why: RejectedRow) -> Rejected | None:
    """What `fields` tell all the same; None if they do not tell the account. Without an id it has the account's."""
    account = _if_readable(fields.optional, "account")
    if account is None:
        return None
    return Rejected(
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


def carried_on(rows: Sequence[SubscriptionRow], refused: Iterable[Rejected]) -> list[SubscriptionRow]:
    """`rows`, of which the last paid one of an account does not end while a refused one of it goes on."""
    gaps: defaultdict[str, list[Rejected]] = defaultdict(list)
    for each in refused:
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
    row: SubscriptionRow, *, paid: Sequence[SubscriptionRow], gaps: Sequence[Rejected]
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
    refused: Iterable[Rejected],
    rows: Iterable[SubscriptionRow],
    *,
    standing: Mapping[str, UnreadableRow],
    known: Collection[str],
    today: date,
) -> list[UnreadableRow]:
    """The marks to write: of what was refused, and of what stands marked and was read now.

    `standing` are the marks so far, `known` the ids of subscriptions that were read before: these are uncertain
    from `today` on.
    """
    first: dict[str, Rejected] = {}
    for each in refused:
        first.setdefault(each.external_id, each)
    new = [_mark(each, standing.get(each.external_id), known=known, today=today) for each in first.values()]
    read = {name for row in rows for name in (row.external_id, row.account)}
    cleared = [
        replace(mark, until=today) for name, mark in standing.items() if name in read and name not in first
    ]
    return [*new, *cleared]


def _mark(
    refused: Rejected, standing: UnreadableRow | None, *, known: Collection[str], today: date
) -> UnreadableRow:
    starts_on = None if refused.external_id in known else refused.starts_on
    return UnreadableRow(
        external_id=refused.external_id,
        account=refused.account,
        since=standing.since if standing else starts_on or today,
        until=None,
        field=refused.why.field,
        code=refused.why.reason_code,
        reason=refused.why.reason,
    )
