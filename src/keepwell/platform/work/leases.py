"""Jobs whose effect is outside the database: claimed under a lease, performed, and settled if the lease still holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

import msgspec
import structlog

from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Database
from keepwell.platform.work import store
from keepwell.platform.work.kinds import LeasedKind, NextDue, Settle
from keepwell.platform.work.metrics import count_done, count_failed, count_lost
from keepwell.platform.work.model import Job, Retry, wait_after_error
from keepwell.platform.work.outcomes import kept_error, log_failure
from keepwell.platform.work.store import Queue

_LOG = structlog.get_logger("keepwell.work")
# How often a lease is renewed before it ends.
_RENEWALS = 3


class _LeaseLostError(Exception):
    """Somebody else has leased or scheduled the row since."""


class LeasedJob:
    """A job that this worker has leased, and until when."""

    def __init__(self, job: Job, until: datetime) -> None:
        self.job = job
        self.until = until

    @property
    def key(self) -> dict[str, Any]:
        """What the row must still say for this attempt to count."""
        job = self.job
        return {
            "workspace_id": job.workspace_id,
            "kind": job.kind,
            "subject_id": job.subject_id,
            "attempts": job.attempts,
            "leased_until": self.until,
        }


class LeasedJobs:
    """Claims, performs and settles leased jobs."""

    def __init__(self, database: Database, *, clock: Clock, jitter: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._jitter = jitter

    async def claim(self, queue: Queue, kind: LeasedKind, *, limit: int) -> list[LeasedJob]:
        """At most `limit` due jobs of `queue`, oldest first, which no other worker gets before their lease has ended."""
        now = self._clock.now()
        until = now + kind.lease
        async with self._database.workspace(queue.workspace_id) as connection:
            rows = await store.LEASE.all(
                connection, **msgspec.structs.asdict(queue), now=now, leased_until=until, limit=limit
            )
        return [
            LeasedJob(Job(queue.workspace_id, queue.kind, row.subject_id, row.due_at, row.attempts), until)
            for row in rows
        ]

    async def run(self, kind: LeasedKind, leased: LeasedJob) -> None:
        """Perform and settle one job. If it raises, it is kept with its error; raises only if that fails."""
        try:
            async with self._renewed(kind, leased):
                settle = await kind.perform(leased.job)
            await self._settle(leased, settle)
        except _LeaseLostError:
            count_lost(kind.name)
            _LOG.warning("outcome ignored, since the job was leased or scheduled again meanwhile")
        except Exception as error:  # noqa: BLE001  a job that raises must not stop the others
            count_failed(kind.name)
            log_failure("job failed", error)
            attempts = leased.job.attempts
            again = self._clock.now() + wait_after_error(attempts, jitter=self._jitter())
            async with self._database.workspace(leased.job.workspace_id) as connection:
                await _update(connection, leased, Retry(again, kept_error(error)))

    async def _settle(self, leased: LeasedJob, settle: Settle) -> None:
        async with self._database.workspace(leased.job.workspace_id) as connection:
            # The room's rows before ours: it may have to lock what others lock before they touch due work.
            next_due = await settle(connection)
            if not await _update(connection, leased, next_due):
                raise _LeaseLostError
        if isinstance(next_due, Retry):
            count_failed(leased.job.kind)
        else:
            count_done(leased.job.kind)

    @asynccontextmanager
    async def _renewed(self, kind: LeasedKind, leased: LeasedJob) -> AsyncIterator[None]:
        """Keep the lease while the block runs."""
        has_ended = asyncio.Event()
        renewing = asyncio.create_task(self._renew(kind, leased, has_ended=has_ended))
        try:
            yield
        except BaseException:
            renewing.cancel()
            raise
        # Not cancelled: nobody would know until when a renewal under way has moved the lease.
        has_ended.set()
        await renewing

    async def _renew(self, kind: LeasedKind, leased: LeasedJob, *, has_ended: asyncio.Event) -> None:
        while not await _waited(has_ended, kind.lease.total_seconds() / _RENEWALS):
            until = self._clock.now() + kind.lease
            try:
                async with self._database.workspace(leased.job.workspace_id) as connection:
                    renewed = await store.RENEW_LEASE.run(connection, **leased.key, renewed_until=until)
            except Exception as error:  # noqa: BLE001  the next renewal may succeed before the lease ends
                log_failure("a lease could not be renewed", error)
                continue
            if not renewed:
                return
            leased.until = until


async def _waited(event: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


async def _update(connection: Connection, leased: LeasedJob, next_due: NextDue) -> bool:
    """Settle the row; False if the lease was lost."""
    if next_due is None:
        return bool(await store.LEASE_DONE.run(connection, **leased.key))
    if isinstance(next_due, Retry):
        after = {
            "next_due_at": next_due.at,
            "next_attempts": leased.job.attempts,
            "error": next_due.error,
        }
    else:
        after = {"next_due_at": next_due, "next_attempts": 0, "error": None}
    return bool(await store.LEASE_DUE_NEXT.run(connection, **leased.key, **after))
