"""Retrying due work, with an entry in the audit log."""

from __future__ import annotations

from uuid import UUID

from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection
from keepwell.platform.work import service as work
from keepwell.platform.work.model import WorkItem


async def retry_work(
    connection: Connection, actor: Actor, *, kind: str, subject_id: UUID, clock: Clock
) -> WorkItem:
    """Have work done now; raises NotFound, or Conflict if it is under way."""
    before, after = await work.retry(
        connection,
        workspace_id=actor.principal.workspace_id,
        kind=kind,
        subject_id=subject_id,
        now=clock.now(),
    )
    await audit.record(
        connection,
        actor,
        action="work.retried",
        subject=f"{kind}:{subject_id}",
        before=before,
        after=after,
        clock=clock,
    )
    return after
