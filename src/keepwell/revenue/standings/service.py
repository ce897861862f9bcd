"""Account standings: status, plan and MRR of each account as of today, so that lists can filter and sort by them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from keepwell.platform.database import Connection
from keepwell.revenue.standings import store


async def update(
    connection: Connection, *, workspace_id: UUID, account_ids: Sequence[UUID] | None, on: date
) -> None:
    """Recompute the standings of these accounts, or of all accounts if None, as of the day `on`."""
    ids = None if account_ids is None else list(account_ids)
    await store.UPSERT_STANDINGS.run(connection, workspace_id=workspace_id, account_ids=ids, on=on)


async def update_due(connection: Connection, *, workspace_id: UUID, on: date) -> None:
    """Recompute the standings that the passing of days has changed."""
    await store.UPSERT_DUE_STANDINGS.run(connection, workspace_id=workspace_id, on=on)
