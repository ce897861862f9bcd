"""What the room shows to clients: an account's page, money as decimal text with two places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from keepwell.subscriptions.accounts.model import AccountItem
from keepwell.subscriptions.revenue.model import Kind


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
    kind: Kind
    amount: str


class AccountHistory(msgspec.Struct, frozen=True):
    """An account with all its subscriptions and movements, newest first."""

    account: AccountItem
    subscriptions: Sequence[SubscriptionItem]
    movements: Sequence[MovementItem]
