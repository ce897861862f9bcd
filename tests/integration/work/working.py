"""A worker on a clock that the test moves, what is due to it, and a leased kind that may be held up."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from keepwell.identity.model import Workspace
from keepwell.platform.database import Connection, Database
from keepwell.platform.work.kinds import Kind, LeasedKind, NextDue, Settle, TransactionalKind
from keepwell.platform.work.model import Job
from keepwell.platform.work.worker import Worker
from tests.clocks import MovableClock
from tests.integration.due_work import EFFECT, rows, write_effect

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
EFFECTS = TransactionalKind(name=EFFECT, run=write_effect)


def worker(database: Database, clock: MovableClock, *kinds: Kind) -> Worker:
    return Worker(database, kinds or [EFFECTS], clock=clock, jitter=lambda: 0.0)


async def due_rows(database: Database, workspace: Workspace) -> list[tuple[Any, ...]]:
    return await rows(
        database,
        """
        select kind, subject_id, due_at, attempts, leased_until, last_error from due_work
        where workspace_id = app_workspace() order by due_at, kind
        """,
        workspace_id=workspace.id,
    )


class Performer:
    """A leased kind: it notes what it performs, and may be held up."""

    def __init__(self, *, next_due: NextDue = None) -> None:
        self.performed: list[Job] = []
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.next_due = next_due

    async def perform(self, job: Job) -> Settle:
        self.performed.append(job)
        await self.may_end.wait()

        async def settle(connection: Connection) -> NextDue:
            await write_effect(connection, job)
            return self.next_due

        return settle

    def kind(self, **fields: Any) -> LeasedKind:
        return LeasedKind(name=EFFECT, perform=self.perform, **fields)

    async def has_begun(self, count: int = 1) -> None:
        async with asyncio.timeout(10):
            while len(self.performed) < count:  # noqa: ASYNC110  no more than a test's patience
                await asyncio.sleep(0.01)
