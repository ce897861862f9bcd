"""The work of every room, and the worker that does it: inside `up`, or as a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from keepwell.app.alerts.jobs import alerts_kind
from keepwell.app.digest.jobs import digest_kind
from keepwell.app.erasure import files as erased_files
from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.app.listeners import event_bus
from keepwell.app.mail.jobs import mail_kind
from keepwell.churn.cases import jobs as cases_jobs
from keepwell.churn.nightly import jobs as churn_jobs
from keepwell.crawl.accounts import jobs as crawl_jobs
from keepwell.importing.stripe.connection import jobs as stripe_jobs
from keepwell.intake import jobs as intake_jobs
from keepwell.platform.config import Settings, make_home
from keepwell.platform.database import Database
from keepwell.platform.database_server import open_database
from keepwell.platform.mail.jobs import retention_kind
from keepwell.platform.runtime import Runtime, system_runtime
from keepwell.platform.telemetry.logs import OUTPUT
from keepwell.platform.trace.exporting import read_trace_settings, tracing
from keepwell.platform.trace.tracer import Tracer
from keepwell.platform.work.kinds import Kind
from keepwell.platform.work.worker import Worker
from keepwell.revenue import jobs as revenue_jobs
from keepwell.webhooks import jobs as webhooks_jobs

# Postgres ends a statement after this time, too.
_LONGEST_TRANSACTION = timedelta(seconds=60)


@asynccontextmanager
async def opened_kinds(
    database: Database, *, settings: Settings, runtime: Runtime
) -> AsyncIterator[Sequence[Kind]]:
    """The kinds of work of every room, with what they keep open while they are done."""
    async with webhooks_jobs.opened_kinds(database, settings=settings, runtime=runtime) as webhooks:
        yield [
            *webhooks,
            mail_kind(database, settings, runtime=runtime),
            retention_kind(clock=runtime.clock),
            digest_kind(settings, runtime=runtime),
            alerts_kind(settings, runtime=runtime),
            *revenue_jobs.kinds(clock=runtime.clock),
            *cases_jobs.kinds(event_bus(runtime), clock=runtime.clock),
            *intake_jobs.kinds(settings, clock=runtime.clock),
            *stripe_jobs.kinds(
                database, settings, runtime=runtime, bus=event_bus(runtime), registry=IMPORT_ENTITIES
            ),
            *churn_jobs.kinds(database, settings, clock=runtime.clock, bus=event_bus(runtime)),
            *crawl_jobs.kinds(database, settings, clock=runtime.clock),
            *erased_files.kinds(erased_files.ErasedFiles(settings, runtime), database),
        ]


@asynccontextmanager
async def opened_worker(
    database: Database, *, settings: Settings, runtime: Runtime, tracer: Tracer
) -> AsyncIterator[Worker]:
    """A worker that does the work of every room."""
    bounded = database.within(_LONGEST_TRANSACTION)
    async with opened_kinds(bounded, settings=settings, runtime=runtime) as kinds:
        yield Worker(bounded, kinds, clock=runtime.clock, tracer=tracer)


@asynccontextmanager
async def working(
    database: Database, *, settings: Settings, runtime: Runtime, tracer: Tracer
) -> AsyncIterator[None]:
    """Work in the background until this context is left."""
    async with opened_worker(database, settings=settings, runtime=runtime, tracer=tracer) as worker:
        task = asyncio.create_task(worker.work())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])


async def work_until_told(settings: Settings, *, announce: Callable[[], None]) -> None:
    """Do due work until SIGINT or SIGTERM; any number of such processes may share a database."""
    make_home(settings.home)
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    async with open_database(settings, for_months=True) as database:
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, stop.set)
        with OUTPUT.in_background(), tracing(read_trace_settings(os.environ)) as tracer:
            async with working(database, settings=settings, runtime=system_runtime(), tracer=tracer):
                announce()
                await stop.wait()
