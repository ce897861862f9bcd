"""One account with its subscriptions and MRR movements, for its page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from keepwell.platform.database import Readable
from keepwell.records.accounts import service as accounts
from keepwell.records.accounts.model import AccountItem
from keepwell.records.subscriptions import service as subscriptions
from keepwell.records.subscriptions.model import AccountSubscription
from keepwell.revenue.movements import service
from keepwell.revenue.movements.model import MovementFilter
from keepwell.revenue.views import Kind

_MOST_MOVEMENTS = 1_000


class MovementItem(msgspec.Struct, frozen=True):
    """One change of an account's MRR."""

    on: date
    kind: Kind
    amount: str


class AccountHistory(msgspec.Struct, frozen=True):
    """An account with all its subscriptions and movements, newest first."""

    account: AccountItem
    subscriptions: Sequence[AccountSubscription]
    movements: Sequence[MovementItem]


async def account_history(
    reader: Readable, *, workspace_id: UUID, account_id: UUID, on: date
) -> AccountHistory:
    """One account as of `on`; raises NotFound if the workspace has no such account."""
    account = await accounts.get_account(reader, workspace_id=workspace_id, account_id=account_id)
    owned = await subscriptions.subscriptions_of_account(
        reader, workspace_id=workspace_id, account_id=account_id
    )
    filters = MovementFilter(account_id=account_id, end=on, sort="-on")
    moved = await service.list_movements(reader, filters, workspace_id=workspace_id, limit=_MOST_MOVEMENTS)
    return AccountHistory(
        account=account,
        subscriptions=owned,
        movements=[MovementItem(each.on, each.kind, each.amount) for each in moved.items],
    )
