"""What is kept beside the records and made from them: standings, and the facts of the revenue figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from keepwell.platform.database import Connection
from keepwell.subscriptions.accounts import store as accounts
from keepwell.subscriptions.revenue import service as revenue
from keepwell.subscriptions.revenue import store as revenue_store


async def refresh(
    connection: Connection, *, workspace_id: UUID, account_ids: Sequence[UUID], today: date
) -> None:
    """Make the figures of these accounts anew, in the transaction that changed their records."""
    ids = list(account_ids)
    await revenue.refresh(connection, workspace_id=workspace_id, account_ids=ids)
    await accounts.STAND.run(connection, workspace_id=workspace_id, account_ids=ids, on=today)


async def stand_all(connection: Connection, *, workspace_id: UUID, today: date) -> None:
    """Make the standing of every account anew, after the facts that it follows from."""
    await accounts.STAND.run(connection, workspace_id=workspace_id, account_ids=None, on=today)


async def bring_to(connection: Connection, *, workspace_id: UUID, today: date) -> None:
    """Make anew what a day that passed has changed, and what an earlier release did not keep yet."""
    missing = await revenue_store.MISSING.one(connection, workspace_id=workspace_id)
    if missing.is_missing:
        await revenue.refresh(connection, workspace_id=workspace_id, account_ids=None)
    await accounts.STAND_DUE.run(connection, workspace_id=workspace_id, on=today)
