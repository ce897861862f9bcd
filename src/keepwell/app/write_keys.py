"""The workspace of a write key; a valid one is looked up in the database at most every 30 seconds."""

from __future__ import annotations

from uuid import UUID

from cachetools import TTLCache
from structlog.contextvars import bind_contextvars

from keepwell.identity.write_keys import service
from keepwell.platform.clock import Clock
from keepwell.platform.database import Database

_CACHED_SECONDS = 30.0
_MOST_CACHED = 10_000


class WriteKeys:
    """Caches valid keys only: a new key works at once, a revoked one for up to 30 seconds more."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._cached: TTLCache[str, UUID] = TTLCache(_MOST_CACHED, _CACHED_SECONDS)

    async def workspace_of(self, key: str) -> UUID | None:
        """The workspace of `key`; None if the key is wrong or revoked."""
        workspace_id = await self._cached_workspace_of(key)
        if workspace_id is not None:
            bind_contextvars(workspace=str(workspace_id))
        return workspace_id

    async def _cached_workspace_of(self, key: str) -> UUID | None:
        workspace_id = self._cached.get(key)
        if workspace_id is not None:
            return workspace_id
        async with self._database.transaction() as connection:
            found = await service.workspace_of_write_key(connection, key, clock=self._clock)
        if found is not None:
            self._cached[key] = found
        return found
