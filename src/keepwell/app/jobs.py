"""The work of every room, and the worker that does it in the background."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import Runtime
from keepwell.platform.work.worker import Worker
from keepwell.webhooks import jobs as webhooks_jobs


@asynccontextmanager
async def opened_worker(database: Database, *, settings: Settings, runtime: Runtime) -> AsyncIterator[Worker]:
    """A worker that does the work of every room."""
    async with webhooks_jobs.opened_kinds(database, settings=settings, runtime=runtime) as webhooks:
        yield Worker(database, [*webhooks], clock=runtime.clock)


@asynccontextmanager
async def working(database: Database, *, settings: Settings, runtime: Runtime) -> AsyncIterator[None]:
    """Work in the background until this context is left."""
    async with opened_worker(database, settings=settings, runtime=runtime) as worker:
        task = asyncio.create_task(worker.work())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
