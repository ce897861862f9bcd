"""Account standings: status, plan and MRR of each account as of today, so that lists can filter and sort by them.

They are stored. A change of an account's records updates its standing, and the nightly work those that the passing of days
has changed. Until it has, or without a worker, whoever reads gets those few computed as of the day, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from keepwell.platform.database import Connection, Readable, WorkspaceReader
from keepwell.platform.statements import read_rows
from keepwell.revenue.standings import store

_WITH = "with "


async def update(
    connection: Connection, *, workspace_id: UUID, account_ids: Sequence[UUID] | None, on: date
) -> None:
    """Recompute the standings of these accounts, or of all accounts if None, as of the day `on`."""
    ids = None if account_ids is None else list(account_ids)
    await store.UPSERT_STANDINGS.run(connection, workspace_id=workspace_id, account_ids=ids, standings_on=on)


async def update_outdated(connection: Connection, *, workspace_id: UUID, on: date) -> None:
    """Recompute the standings that the passing of days has changed."""
    await store.UPSERT_OUTDATED.run(connection, workspace_id=workspace_id, standings_on=on)


async def are_current(reader: Readable, *, workspace_id: UUID, on: date) -> bool:
    """Whether every stored standing is the one of the day `on`."""
    found = await store.FRESHNESS.one(reader, workspace_id=workspace_id, standings_on=on)
    return not found.is_outdated


class StandingsOn(WorkspaceReader):
    """Reads as `reader` does, but account standings are those of the day `on`: computed where they are outdated."""

    def __init__(self, reader: Readable, on: date) -> None:
        self._reader = reader
        self._on = on

    async def rows(self, sql: LiteralString, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Every row of a read-only statement."""
        if "account_standings" in sql:
            sql, parameters = _with_standings(sql), {**parameters, "standings_on": self._on}
        return await read_rows(self._reader, sql, parameters)


def _with_standings(sql: LiteralString) -> LiteralString:
    statement = sql.lstrip()
    if statement.startswith(_WITH):
        return store.WITH_STANDINGS_ON + ", " + statement.removeprefix(_WITH)
    return store.WITH_STANDINGS_ON + statement
