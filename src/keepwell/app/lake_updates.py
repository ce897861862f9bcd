"""The background task of the server that adds collected events to the lake, and removes those of erased persons."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import structlog
from litestar import Litestar
from structlog.contextvars import bind_contextvars

from keepwell.intake.service import GroupCommitters
from keepwell.platform.errors import KeepwellError

# Raises an ExceptionGroup of what failed.
Update: TypeAlias = Callable[[], Awaitable[None]]

_LOG = structlog.get_logger("keepwell.lake")
_SECONDS_BETWEEN_UPDATES = 60.0


@asynccontextmanager
async def committing_events(
    committers: GroupCommitters,
    erase_due: Update,
    app: Litestar,  # noqa: ARG001  Litestar's signature
) -> AsyncIterator[None]:
    """Collect events while the server runs; once a minute add them to the lake, and `erase_due` from the files."""
    committers.resume()
    updates = asyncio.create_task(_update(committers.build_lakes, erase_due))
    try:
        yield
    finally:
        updates.cancel()
        await asyncio.wait([updates])
        await committers.close()


async def _update(*updates: Update) -> None:
    bind_contextvars(worker="lake")
    while True:
        for update in updates:
            await _tried(update)
        await asyncio.sleep(_SECONDS_BETWEEN_UPDATES)


async def _tried(update: Update) -> None:
    try:
        await update()
    except* Exception as failed:  # noqa: BLE001  an unexpected error must not stop this for all workspaces
        # No caller waits for this task: the error goes to the log, and the work is retried.
        for error in failed.exceptions:
            unexpected = None if isinstance(error, KeepwellError) else error
            _LOG.error("update failed", error=str(error), exc_info=unexpected)
