"""The work of intake: sealing what has arrived over HTTP, and building the lake from it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from keepwell.intake.events.inlet import open_inlet
from keepwell.intake.journal.folders import journal_folders
from keepwell.intake.lake.build import build_lake
from keepwell.intake.model import HTTP_JOURNAL
from keepwell.platform.clock import Clock
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import Conflict
from keepwell.platform.progress import SilentProgress
from keepwell.platform.work import service as work
from keepwell.platform.work.kinds import Kind, LeasedKind, NextDue, Settle
from keepwell.platform.work.model import Job

LAKE = "intake.lake"
# How long events wait for the lake; what is shown of them comes from the journal until then.
SEALED_AFTER = timedelta(seconds=60)
# Finds what a server could not announce before it was killed.
_AT_THE_LATEST = timedelta(days=1)
_WHILE_ANOTHER_BUILDS = timedelta(seconds=10)


def kinds(settings: Settings, *, clock: Clock) -> Sequence[Kind]:
    """The kinds of work of this room. The worker must see the same home as the servers that accept events."""
    perform = partial(_build, settings=settings, clock=clock)
    return [LeasedKind(name=LAKE, perform=perform, in_all=1, every=_AT_THE_LATEST)]


async def announce_events(workspace_id: UUID, *, database: Database, clock: Clock) -> None:
    """As `hasten_lake`, in a transaction of its own."""
    async with database.workspace(workspace_id) as connection:
        await hasten_lake(connection, workspace_id, clock=clock)


async def hasten_lake(connection: Connection, workspace_id: UUID, *, clock: Clock) -> None:
    """Have the workspace's lake built within a minute."""
    await work.hasten(
        connection,
        workspace_id=workspace_id,
        kind=LAKE,
        subject_id=workspace_id,
        due_at=clock.now() + SEALED_AFTER,
    )


async def _build(job: Job, *, settings: Settings, clock: Clock) -> Settle:
    again = _AT_THE_LATEST
    try:
        await asyncio.to_thread(seal_and_build, job.workspace_id, settings=settings, clock=clock)
    except Conflict:
        # Another process keeps the inlet, or builds this lake, which an import does too.
        again = _WHILE_ANOTHER_BUILDS

    async def settle(_: Connection) -> NextDue:
        return clock.now() + again

    return settle


def seal_and_build(workspace_id: UUID, *, settings: Settings, clock: Clock) -> None:
    """Seal the workspace's inlet and add what is sealed to its lake; raises as `open_inlet` and `build_lake` do."""
    intake = settings.intake(workspace_id)
    inlet = intake / HTTP_JOURNAL
    if inlet.exists():
        with open_inlet(inlet, clock=clock) as journal:
            journal.seal()
    if journal_folders(intake):
        build_lake(intake, settings.lake, workspace_id=workspace_id, progress=SilentProgress())
