"""Jobs whose effect is in the database: a batch of a queue is one transaction, with the effects and the settled rows.

If one of a batch raises, all of it is rolled back and each is run again in a transaction of its own, so that the one that
raises is found and the others are not held up. Savepoints would find it too, at two round trips for every job.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Database
from keepwell.platform.work import store
from keepwell.platform.work.kinds import NextDue, TransactionalKind
from keepwell.platform.work.metrics import count_done, count_failed
from keepwell.platform.work.model import Job, Retry, wait_after_error
from keepwell.platform.work.outcomes import kept_error, log_failure
from keepwell.platform.work.store import DueRow, Queue

# Long enough that the round trips around a batch do not count, short enough that its locks are held briefly.
BATCH = 100
# Then it is the turn of the other queues.
_BATCHES_IN_A_TURN = 20


class _Settled(NamedTuple):
    """What a transaction has settled; `is_due_again` if one of its jobs is due again already."""

    done: int
    failed: int
    is_due_again: bool

    def report(self, kind: str) -> None:
        """Count the jobs, once the transaction has committed."""
        count_done(kind, self.done)
        count_failed(kind, self.failed)


class TransactionalJobs:
    """Runs the due jobs of a queue."""

    def __init__(self, database: Database, *, clock: Clock, jitter: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._jitter = jitter

    async def run(self, queue: Queue, kind: TransactionalKind) -> None:
        """Run what is due in `queue`, at most one turn of it. A job that raises is kept with its error; raises only if that fails."""
        for _ in range(_BATCHES_IN_A_TURN):
            if not await self._batch(queue, kind):
                return

    async def _batch(self, queue: Queue, kind: TransactionalKind) -> bool:
        """Run one batch; whether more may be due already."""
        locked: list[DueRow] = []
        try:
            async with self._database.workspace(queue.workspace_id) as connection:
                now = self._clock.now()
                named = msgspec.structs.asdict(queue)
                locked += await store.LOCK_DUE.all(connection, **named, now=now, limit=BATCH)
                settled = await _run_and_settle(connection, queue, kind=kind, rows=locked, now=now)
            settled.report(kind.name)
            return settled.is_due_again or len(locked) == BATCH
        except Exception as error:
            if not locked:
                raise
            if len(locked) == 1:
                await self._keep_failure(queue, locked[0], error=error)
            else:
                await self._one_by_one(queue, kind, subject_ids=[row.subject_id for row in locked])
            return len(locked) == BATCH

    async def _one_by_one(
        self, queue: Queue, kind: TransactionalKind, *, subject_ids: Sequence[UUID]
    ) -> None:
        for subject_id in subject_ids:
            locked: list[DueRow] = []
            try:
                async with self._database.workspace(queue.workspace_id) as connection:
                    now = self._clock.now()
                    locked += await store.LOCK_ONE.all(
                        connection,
                        workspace_id=queue.workspace_id,
                        kind=queue.kind,
                        subject_id=subject_id,
                        now=now,
                    )
                    settled = await _run_and_settle(connection, queue, kind=kind, rows=locked, now=now)
                settled.report(kind.name)
            except Exception as error:
                if not locked:
                    raise
                await self._keep_failure(queue, locked[0], error=error)

    async def _keep_failure(self, queue: Queue, row: DueRow, *, error: Exception) -> None:
        count_failed(queue.kind)
        log_failure(
            "job failed", error, kind=queue.kind, workspace=queue.workspace_id, subject=row.subject_id
        )
        attempts = row.attempts + 1
        async with self._database.workspace(queue.workspace_id) as connection:
            await store.FAILED.run(
                connection,
                workspace_id=queue.workspace_id,
                kind=queue.kind,
                subject_id=row.subject_id,
                due_at=row.due_at,
                attempts=attempts,
                next_due_at=self._clock.now() + wait_after_error(attempts, jitter=self._jitter()),
                error=kept_error(error),
            )


async def _run_and_settle(
    connection: Connection, queue: Queue, *, kind: TransactionalKind, rows: Sequence[DueRow], now: datetime
) -> _Settled:
    """The effects of `rows`, and the rows with them."""
    settled = [(row, await kind.run(connection, _job(queue, row))) for row in rows]
    done = [row.subject_id for row, next_due in settled if next_due is None]
    named = {"workspace_id": queue.workspace_id, "kind": queue.kind}
    if done:
        await store.DONE.run(connection, **named, subject_ids=done)
    again = [_due_next(row, next_due) for row, next_due in settled if next_due is not None]
    if again:
        await store.DUE_NEXT.run_many(connection, [{**named, **each} for each in again])
    return _Settled(
        failed=sum(isinstance(next_due, Retry) for _, next_due in settled),
        done=sum(not isinstance(next_due, Retry) for _, next_due in settled),
        is_due_again=any(isinstance(next_due, datetime) and next_due <= now for _, next_due in settled),
    )


def _job(queue: Queue, row: DueRow) -> Job:
    return Job(queue.workspace_id, queue.kind, row.subject_id, row.due_at, row.attempts + 1)


def _due_next(row: DueRow, next_due: NextDue) -> dict[str, object]:
    if isinstance(next_due, Retry):
        return {
            "subject_id": row.subject_id,
            "next_due_at": next_due.at,
            "next_attempts": row.attempts + 1,
            "error": next_due.error,
        }
    return {"subject_id": row.subject_id, "next_due_at": next_due, "next_attempts": 0, "error": None}
