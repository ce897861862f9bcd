"""Projections, computed from the records and stored: movement facts and account standings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID

from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import Unavailable
from keepwell.revenue.facts import service as facts
from keepwell.revenue.standings import service as standings

AnyReader = TypeVar("AnyReader", bound=Readable)

_FACTS_TAKE = timedelta(seconds=5)


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
    await standings.update_outdated(connection, workspace_id=workspace_id, on=today)


class TodaysSnapshot(NamedTuple):
    """A read-only transaction on one snapshot, and a reader of it whose account standings are those of today."""

    connection: Connection
    reader: Readable


class CurrentProjections:
    """Readers whose account standings are those of today, whether or not a worker has stored them yet.

    Remembers for which day a workspace's stored ones are known to be current: a write keeps them so.
    """

    def __init__(self) -> None:
        self._current_on: dict[UUID, date] = {}
        self._with_facts: set[UUID] = set()

    async def reader(
        self, reader: AnyReader, *, workspace_id: UUID, today: date
    ) -> AnyReader | standings.StandingsOn:
        """`reader`, or one that computes the standings that are outdated; raises as `require_facts`."""
        if self._current_on.get(workspace_id) == today:
            return reader
        await self.require_facts(reader, workspace_id=workspace_id)
        if not await standings.are_current(reader, workspace_id=workspace_id, on=today):
            return standings.StandingsOn(reader, today)
        self._current_on[workspace_id] = today
        return reader

    async def require_facts(self, reader: Readable, *, workspace_id: UUID) -> None:
        """Raise Unavailable if an earlier release stored no movement facts, and nothing has computed them yet."""
        if workspace_id in self._with_facts:
            return
        if await facts.are_missing(reader, workspace_id=workspace_id):
            raise Unavailable(
                "The movements of revenue have not been computed yet.",
                hint="A worker does that: `./keepwell up` has one, or start `./keepwell worker`.",
                retry_after=_FACTS_TAKE,
            )
        self._with_facts.add(workspace_id)
