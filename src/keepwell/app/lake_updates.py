"""The background task of the server that adds collected events to the lake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from litestar import Litestar
from structlog.contextvars import bind_contextvars

from keepwell.intake.service import GroupCommitters
from keepwell.platform.errors import KeepwellError

_LOG = structlog.get_logger("keepwell.lake")
_SECONDS_BETWEEN_UPDATES = 60.0


@asynccontextmanager
async def committing_events(committers: GroupCommitters, app: Litestar) -> AsyncIterator[None]:  # noqa: ARG001  Litestar's signature
    """Collect events while the server runs, and add them to the lake once a minute."""
    committers.resume()
    updates = asyncio.create_task(_update_lake(committers))
    try:
        yield
    finally:
        updates.cancel()
        await asyncio.wait([updates])
        await committers.close()


async def _update_lake(committers: GroupCommitters) -> None:
    bind_contextvars(worker="lake")
    while True:
        try:
            await committers.build_lakes()
        except* Exception as failed:  # noqa: BLE001  an unexpected error must not stop this for all workspaces
            # No caller waits for this task: the error goes to the log, and the work is retried.
            for error in failed.exceptions:
                unexpected = None if isinstance(error, KeepwellError) else error
                _LOG.error("update failed", error=str(error), exc_info=unexpected)
        await asyncio.sleep(_SECONDS_BETWEEN_UPDATES)
