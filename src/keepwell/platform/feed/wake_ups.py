"""Wakes whatever waits for changes: one connection per process that listens for what any process commits."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from contextvars import Context
from uuid import UUID

import structlog

from keepwell.platform.database import Database
from keepwell.platform.errors import InfrastructureError

_LOG = structlog.get_logger("keepwell.changes")
CHANNEL = "changes"
_SECONDS_BETWEEN_ATTEMPTS = 1.0


class WakeUps:
    """An event for each workspace that somebody waits for, set when the workspace may have changed.

    While the listening connection is cut, all are woken once a second, which is a slow poll.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._events: dict[str, asyncio.Event] = {}
        self._listening: asyncio.Task[None] | None = None

    def next(self, workspace_id: UUID) -> asyncio.Event:
        """The event of the next change; take it before you read, or a change in between is missed."""
        if self._listening is None or self._listening.done():
            # With nothing of the request that happens to come first, such as its id in the log.
            self._listening = asyncio.create_task(self._listen(), context=Context())
        return self._events.setdefault(str(workspace_id), asyncio.Event())

    def wake_all(self) -> None:
        """Set every event."""
        for key in list(self._events):
            self._wake(key)

    async def close(self) -> None:
        """Close the connection; the next who waits opens another."""
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    def _wake(self, key: str) -> None:
        # Whoever takes an event after this waits for a later change.
        event = self._events.pop(key, None)
        if event is not None:
            event.set()

    async def _listen(self) -> None:
        while True:
            try:
                async with aclosing(self._database.notifications(CHANNEL)) as payloads:
                    async for payload in payloads:
                        if payload is None:
                            self.wake_all()
                        else:
                            self._wake(payload)
            except InfrastructureError as error:
                # Nobody waits for this task: the error goes to the log, and it tries again.
                _LOG.warning("not listening", error=error.message, cause=error.for_operator)
            self.wake_all()
            await asyncio.sleep(_SECONDS_BETWEEN_ATTEMPTS)
