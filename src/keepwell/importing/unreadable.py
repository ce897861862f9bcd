"""Unreadable rows of a subscriptions file: they never count as churn, and their accounts are marked.

A change of plan ends one row and starts another. If the other cannot be read, the end of the first is not churn: its
price continues until the account has a readable row again. The two may arrive in different imports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from keepwell.importing.mapping.fields import Fields
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import SubscriptionRow, UnreadableRow

Value = TypeVar("Value")

replace = msgspec.structs.replace

# A successor may start this long after the end: some exports give the last paid day, others the last month.
_LONGEST_GAP_DAYS = 31
# Lines whose cells after the fault may be shifted, so that a date may be another column's.
_SHIFTED = frozenset({"wrong-field-count", "broken-quote"})


class RejectedSubscription(msgspec.Struct, frozen=True, kw_only=True):
    """The readable fields of a rejected row; without an end it is assumed to continue.

    `external_id` and `account` are empty if they cannot be read.
    """

    external_id: str
    account: str
    starts_on: date | None
    ends_on: date | None
    why: RejectedRow


def rejected_subscription(fields: Fields, why: RejectedRow) -> RejectedSubscription:
    """The readable `fields` of a rejected row."""
    is_shifted = why.reason_code in _SHIFTED
    external_id = _if_readable(fields.optional, "id") or ""
    # No later row would have such an id, so that its mark would stay forever.
    is_garbled = why.reason_code == "invalid-encoding" and "\\x" in external_id
    return RejectedSubscription(
        external_id="" if is_garbled else external_id,
        account=_if_readable(fields.optional, "account") or "",
        starts_on=None if is_shifted else _if_readable(fields.optional_day, "starts_on"),
        ends_on=None if is_shifted else _if_readable(fields.optional_day, "ends_on"),
        why=why,
    )


def _if_readable(read: Callable[[str], Value | None], field: str) -> Value | None:
    try:
        return read(field)
    except RejectedRow:
        return None


def with_accounts(
    rejected_rows: Iterable[RejectedSubscription], *, accounts: Collection[str], owners: Mapping[str, str]
) -> list[RejectedSubscription]:
    """The rejected rows whose account is known: by itself, or as the owner of their id.

    `accounts` are the known accounts, `owners` the account of each known id. An id defaults to the account's.
    """
    found = []
    for each in rejected_rows:
        account = each.account if each.account in accounts else owners.get(each.external_id)
        if account is not None:
            found.append(replace(each, account=account, external_id=each.external_id or account))
    return found


def with_continued_rows(
    rows: Sequence[SubscriptionRow],
    rejected_rows: Iterable[RejectedSubscription],
    *,
    open_marks: Iterable[UnreadableRow],
    stored: Sequence[SubscriptionRow],
) -> list[SubscriptionRow]:
    """`rows`, with each paid row extended for as long as a rejected row may continue it.

    `open_marks` are the marks of earlier imports; they extend only rows that this import ends. `stored` are the
    stored rows of the accounts concerned; those that a rejected row extends are added to the result.
    """
    read = {row.external_id for row in rows}
    before = {row.external_id: row for row in stored}
    others = [row for row in stored if row.external_id not in read]
    gaps: defaultdict[str, list[_Gap]] = defaultdict(list)
    for each in rejected_rows:
        gaps[each.account].append(
            _gap(each, None if each.external_id in read else before.get(each.external_id))
        )
    marked: defaultdict[str, list[str]] = defaultdict(list)
    for mark in open_marks:
        marked[mark.account].append(mark.external_id)
    longer = {
        row.external_id: _Account(paid, gaps=gaps[account], marked=marked[account]).extended(
            row, before=before.get(row.external_id)
        )
        for account, paid in _paid_rows([*rows, *others], accounts=gaps.keys() | marked.keys()).items()
        for row in paid
    }
    continued = [longer.get(row.external_id, row) for row in others]
    return [
        *(longer.get(row.external_id, row) for row in rows),
        *(row for row in continued if row != before[row.external_id]),
    ]


def _paid_rows(
    rows: Iterable[SubscriptionRow], *, accounts: Collection[str]
) -> Mapping[str, Sequence[SubscriptionRow]]:
    paid: defaultdict[str, list[SubscriptionRow]] = defaultdict(list)
    for row in rows:
        is_empty = row.ends_on == row.starts_on
        if row.account in accounts and row.amount and not row.is_trial and not is_empty:
            paid[row.account].append(row)
    return paid


class _Gap(msgspec.Struct, frozen=True):
    """The time of an unreadable row; without a start it may have started on any day."""

    external_id: str
    starts_on: date | None
    ends_on: date | None


def _gap(rejected: RejectedSubscription, stored: SubscriptionRow | None) -> _Gap:
    """The time of a rejected row, that of its `stored` row if it has no readable start."""
    if rejected.starts_on is None and stored is not None:
        return _Gap(stored.external_id, stored.starts_on, stored.ends_on)
    return _Gap(rejected.external_id, rejected.starts_on, rejected.ends_on)


class _Account:
    """The paid rows of one account, its gaps, and the ids of its open marks."""

    def __init__(
        self, paid: Sequence[SubscriptionRow], *, gaps: Sequence[_Gap], marked: Sequence[str]
    ) -> None:
        self._paid = paid
        self._gaps = gaps
        self._marked = marked

    def extended(self, row: SubscriptionRow, *, before: SubscriptionRow | None) -> SubscriptionRow:
        """`row`, extended over the gaps that follow it; `before` is its stored state."""
        is_new_end = before is None or before.ends_on != row.ends_on
        gaps = list(self._gaps)
        if is_new_end:
            # The start behind a mark may be unknown, so a marked account keeps what it had.
            kept_until = before.ends_on if before else None
            gaps += [_Gap(external_id, None, kept_until) for external_id in self._marked]
        end = row.ends_on
        while end is not None and not any(each.starts_on == end for each in self._paid):
            gap = next((each for each in gaps if self._may_follow(each, end, is_new_end=is_new_end)), None)
            if gap is None:
                break
            following = [each.starts_on for each in self._paid if each.starts_on > end]
            end = min(filter(None, [gap.ends_on, *following]), default=None)
        return row if end == row.ends_on else replace(row, ends_on=end, cancelled_on=None, end_reason=None)

    def _may_follow(self, gap: _Gap, end: date, *, is_new_end: bool) -> bool:
        """Whether `gap` may follow a row that ends on `end`."""
        if gap.ends_on is not None and gap.ends_on <= end:
            return False
        if any(each.external_id == gap.external_id and _runs(each, end) for each in self._paid):
            return False
        if gap.starts_on is None:
            # An end of an earlier import is called into question only if the account has nothing else.
            return is_new_end or not any(_runs(each, end) or each.starts_on > end for each in self._paid)
        followed = any(end <= each.starts_on <= gap.starts_on for each in self._paid)
        return (gap.starts_on - end).days <= _LONGEST_GAP_DAYS and not followed


def _runs(row: SubscriptionRow, day: date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or day < row.ends_on)


def still_open_marks(
    present: Iterable[UnreadableRow],
    rows: Iterable[SubscriptionRow],
    rejected_rows: Iterable[RejectedSubscription],
) -> list[UnreadableRow]:
    """The stored marks that this import says nothing about: neither readable rows nor rejected ones."""
    read = {row.external_id for row in rows}
    # A mark without an id of its own stands for any row of the account that is not over when it begins.
    latest: dict[str, date] = {}
    for row in rows:
        latest[row.account] = max(latest.get(row.account, row.starts_on), row.ends_on or date.max)
    rejected = {each.external_id for each in rejected_rows}
    return [
        mark
        for mark in present
        if mark.external_id not in read | rejected and latest.get(mark.external_id, date.min) <= mark.since
    ]


def marks(
    rejected_rows: Iterable[RejectedSubscription],
    *,
    present: Mapping[str, UnreadableRow],
    open_marks: Iterable[UnreadableRow],
    known: Collection[str],
    today: date,
) -> list[UnreadableRow]:
    """The marks to write: one for each rejected row, and an end today for those that are neither open nor rejected again.

    `present` are the stored marks. `known` are the ids of stored subscriptions, which are uncertain only from
    `today` on.
    """
    first: dict[str, RejectedSubscription] = {}
    for each in rejected_rows:
        first.setdefault(each.external_id, each)
    new = [_mark(each, present.get(each.external_id), known=known, today=today) for each in first.values()]
    kept = {mark.external_id for mark in open_marks} | first.keys()
    cleared = [replace(mark, until=today) for name, mark in present.items() if name not in kept]
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
        unrated_currency=rejected.why.unrated_currency,
    )
