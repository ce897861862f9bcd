"""Projections, computed from the records and stored: movement facts and account standings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from keepwell.platform.database import Connection
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

    def are_current(self, day: date, *, workspace_id: UUID) -> bool:
        """Whether the workspace has been advanced to `day`."""
        return self._advanced.get(workspace_id) == day

    async def advance_to(self, connection: Connection, *, workspace_id: UUID, today: date) -> None:
        """Advance the workspace to `today`, unless that was done already."""
        if not self.are_current(today, workspace_id=workspace_id):
            await advance_to(connection, workspace_id=workspace_id, today=today)
            self._advanced[workspace_id] = today
