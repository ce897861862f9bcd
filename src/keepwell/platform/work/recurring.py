"""Putting rows in order that no attempt does: recurring work that a workspace lacks, and what a clock set back left behind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from keepwell.platform.database import Database
from keepwell.platform.errors import KeepwellError
from keepwell.platform.work import store
from keepwell.platform.work.kinds import Kind, LeasedKind
from keepwell.platform.work.outcomes import log_failure
from keepwell.platform.work.store import Misplaced


async def place(database: Database, kinds: Iterable[Kind], *, now: datetime) -> None:
    """Give every workspace its recurring jobs, and have due now what lies further ahead than it ever should.

    One workspace's error is logged and does not keep the others from theirs.
    """
    for each in await _misplaced(database, list(kinds), now=now):
        try:
            async with database.workspace(each.workspace_id) as connection:
                await store.HASTEN.run(
                    connection,
                    workspace_id=each.workspace_id,
                    kind=each.kind,
                    subject_id=each.subject_id,
                    due_at=now,
                )
        except KeepwellError as error:
            log_failure("work could not be placed", error, kind=each.kind, workspace=each.workspace_id)


async def _misplaced(database: Database, kinds: list[Kind], *, now: datetime) -> list[Misplaced]:
    periods = {kind.name: kind.every.total_seconds() for kind in kinds if kind.every is not None}
    leases = {kind.name: kind.lease.total_seconds() for kind in kinds if isinstance(kind, LeasedKind)}
    async with database.transaction() as connection:
        await store.SEE_ALL_WORKSPACES.run(connection)
        return await store.MISPLACED.all(
            connection,
            now=now,
            recurring=list(periods),
            periods=list(periods.values()),
            leased=list(leases),
            leases=list(leases.values()),
        )
