"""The work of alerts: looked at every half hour, since members' quiet hours end at different times."""

from __future__ import annotations

from datetime import datetime, timedelta

from keepwell.app.alerts.service import write_due_alerts
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection
from keepwell.platform.runtime import Runtime
from keepwell.platform.work.kinds import TransactionalKind
from keepwell.platform.work.model import Job

KIND = "app.alerts"
_EVERY = timedelta(minutes=30)


def alerts_kind(settings: Settings, *, runtime: Runtime) -> TransactionalKind:
    """The kind of work that writes mails about what was announced; which ones exist decides, so that none is written twice."""

    async def run(connection: Connection, job: Job) -> datetime:
        await write_due_alerts(connection, job.workspace_id, settings=settings, runtime=runtime)
        return runtime.clock.now() + _EVERY

    return TransactionalKind(name=KIND, run=run, every=_EVERY)
