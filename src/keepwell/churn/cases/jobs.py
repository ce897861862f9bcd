"""The work of save cases: outcomes every night, and telling others of cases that were opened or have ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from uuid import UUID

from keepwell.churn.cases.announcing import announce
from keepwell.churn.cases.episodes.service import ANNOUNCE, decide_ended
from keepwell.platform.bus import Bus
from keepwell.platform.clock import Clock, today
from keepwell.platform.database import Connection
from keepwell.platform.work.kinds import Kind, NextDue, TransactionalKind
from keepwell.platform.work.model import Job
from keepwell.platform.work.nightly import nightly

OUTCOMES = "churn.outcomes"


def kinds(bus: Bus, *, clock: Clock) -> Sequence[Kind]:
    """The kinds of work of this room."""

    async def tell(connection: Connection, job: Job) -> NextDue:
        await announce(connection, bus, workspace_id=job.workspace_id)
        return None

    return [
        nightly(OUTCOMES, partial(decide_outcomes, clock=clock), clock=clock),
        TransactionalKind(name=ANNOUNCE, run=tell),
    ]


async def decide_outcomes(connection: Connection, workspace_id: UUID, night: date, *, clock: Clock) -> None:
    """Decide what has ended by now; a night that is made up has nothing to add to that of today."""
    if night == today(clock):
        await decide_ended(connection, workspace_id=workspace_id, now=clock.now())
