"""Projections, computed from the records and stored: movement facts and account standings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from keepwell.platform.database import Connection, Database
from keepwell.revenue.facts import service as facts
from keepwell.revenue.standings import service as standings


async def refresh(
    connection: Connection, *, workspace_id: UUID, account_ids: Sequence[UUID], today: date
) -> None:
    """Recompute the figures of these accounts, in the transaction that changed their records."""
    await facts.refresh(connection, workspace_id=workspace_id, account_ids=account_ids)
    await standings.update(connection, workspace_id=workspace_id, account_ids=account_ids, on=today)


async def refresh_all(connection: Connection, *, workspace_id: UUID, today: date) -> None:
    """Recompute the figures of every account."""
    await facts.refresh(connection, workspace_id=workspace_id, account_ids=None)
    await standings.update(connection, workspace_id=workspace_id, account_ids=None, on=today)


async def advance_to(connection: Connection, *, workspace_id: UUID, today: date) -> None:
    """Apply what the passing of days has changed, and compute facts that an earlier release did not store."""
    if await facts.are_missing(connection, workspace_id=workspace_id):
        await facts.refresh(connection, workspace_id=workspace_id, account_ids=None)
    await standings.update_due(connection, workspace_id=workspace_id, on=today)


class DailyProjections:
    """Remembers to which day this process has advanced each workspace, so that it does so once a day.

    A write updates the projections itself; a new day changes them too, and then nobody writes.
    """

    def __init__(self) -> None:
        self._advanced: dict[UUID, date] = {}

    async def advance(self, database: Database, *, workspace_id: UUID, today: date) -> None:
        """Advance the workspace to `today` in a transaction of its own, unless that was done already."""
        if self._advanced.get(workspace_id) == today:
            return
        async with database.workspace(workspace_id) as connection:
            await advance_to(connection, workspace_id=workspace_id, today=today)
        # Only a commit counts, so it is noted outside the transaction.
        self._advanced[workspace_id] = today
