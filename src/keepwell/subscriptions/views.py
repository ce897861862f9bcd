"""What the room shows to clients: reports and accounts, money as decimal text with two places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

from keepwell.subscriptions.accounts.model import AccountItem
from keepwell.subscriptions.model import MovementKind, Period, display

MovementsBy = Literal["month", "total"]


class MrrReport(msgspec.Struct, frozen=True):
    """MRR at the end of a day, and how many accounts pay it."""

    on: date
    mrr: str
    currency: str
    accounts: int
    policy: str


class MovementsPeriod(msgspec.Struct, frozen=True):
    """opening + the movements + fx = closing; contraction and churn are negative."""

    start: date
    end: date
    opening: str
    new: str
    expansion: str
    contraction: str
    churn: str
    reactivation: str
    fx: str
    closing: str

    @classmethod
    def of(cls, period: Period) -> MovementsPeriod:
        """`period` as text."""
        totals = {kind.value: display(period.totals[kind]) for kind in MovementKind}
        return cls(
            start=period.start,
            end=period.end,
            opening=display(period.opening),
            closing=display(period.closing),
            **totals,
        )


class MovementsReport(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """The movements of a time, by month or as one period; both ends are included."""

    start: date
    end: date
    by: MovementsBy
    currency: str
    policy: str
    periods: Sequence[MovementsPeriod]


class SubscriptionItem(msgspec.Struct, frozen=True):
    """A subscription of an account; `ends_on` is the first day without service."""

    id: UUID
    external_id: str
    plan: str
    seats: int
    mrr: str
    interval: str
    starts_on: date
    ends_on: date | None
    is_trial: bool
    cancelled_on: date | None
    end_reason: str | None


class MovementItem(msgspec.Struct, frozen=True):
    """One change of an account's MRR."""

    on: date
    kind: MovementKind
    amount: str


class AccountHistory(msgspec.Struct, frozen=True):
    """An account with all its subscriptions and movements, newest first."""

    account: AccountItem
    subscriptions: Sequence[SubscriptionItem]
    movements: Sequence[MovementItem]
