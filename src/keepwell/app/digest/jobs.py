"""The work of the weekly digest: looked at every half hour, since members' Mondays begin at different times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from keepwell.app.digest.service import write_due_digests
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection
from keepwell.platform.runtime import Runtime
from keepwell.platform.work.kinds import TransactionalKind
from keepwell.platform.work.model import Job

KIND = "app.digest"
# Some time zones are half an hour off.
_EVERY = timedelta(minutes=30)


def digest_kind(settings: Settings, *, runtime: Runtime) -> TransactionalKind:
    """The kind of work that writes digests; which ones exist decides, so that none is written twice."""

    async def run(connection: Connection, job: Job) -> datetime:
        await write_due_digests(connection, job.workspace_id, settings=settings, runtime=runtime)
        return _next_half_hour(runtime.clock.now())

    return TransactionalKind(name=KIND, run=run, every=_EVERY)


def _next_half_hour(now: datetime) -> datetime:
    seconds = _EVERY.total_seconds()
    return datetime.fromtimestamp((now.timestamp() // seconds + 1) * seconds, UTC)
