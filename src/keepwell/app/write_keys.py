"""Which workspace a write key sends into, asked of the database once in half a minute."""

from __future__ import annotations

import time
from uuid import UUID

from keepwell.identity import service as identity
from keepwell.platform.database import Database

_REMEMBERED_SECONDS = 30.0
_MOST_REMEMBERED = 10_000


class WriteKeys:
    """Remembers right keys only, so that a new key works at once and a revoked one not for long."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered: dict[str, tuple[float, UUID]] = {}

    async def workspace_of(self, key: str) -> UUID | None:
        """The workspace of `key`; None for a wrong or revoked one."""
        until, workspace_id = self._remembered.get(key, (0.0, None))
        if until > time.monotonic():
            return workspace_id
        async with self._database.transaction() as connection:
            found = await identity.workspace_of_write_key(connection, key)
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        if found is not None:
            self._remembered[key] = (time.monotonic() + _REMEMBERED_SECONDS, found)
        return found
