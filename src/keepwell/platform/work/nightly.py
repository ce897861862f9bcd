"""Nightly work: once for each workspace and date, in order, and caught up after downtime."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TypeAlias
from uuid import UUID

from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection
from keepwell.platform.work import store
from keepwell.platform.work.kinds import TransactionalKind
from keepwell.platform.work.model import Job

# Does one workspace's work of one date, in the transaction that records the date as done.
Night: TypeAlias = Callable[[Connection, UUID, date], Awaitable[None]]

_DAY = timedelta(days=1)
# After a longer downtime, only the nights since then are made up.
CAUGHT_UP = timedelta(days=31)
_REMEMBERED = timedelta(days=400)


def nightly(name: str, night: Night, *, clock: Clock) -> TransactionalKind:
    """A kind of work that is done once for each date, soon after midnight UTC, and at once for dates that were missed.

    A date is done in one transaction with its row of `nightly_work`, so that it is never done twice: neither by two workers,
    nor after the clock was set back. The first date of a workspace is the day on which a worker first sees it.
    """
    return TransactionalKind(name=name, run=partial(_run, night=night, clock=clock), every=_DAY)


async def _run(connection: Connection, job: Job, *, night: Night, clock: Clock) -> datetime:
    now = clock.now()
    of_kind = {"workspace_id": job.workspace_id, "kind": job.kind}
    last = (await store.LAST_NIGHT.one(connection, **of_kind, today=now.date())).date
    missed = first_missed(last, today=now.date())
    if missed is not None:
        await store.INSERT_NIGHT.run(connection, **of_kind, date=missed, now=now)
        await store.FORGET_NIGHTS.run(connection, **of_kind, before=missed - _REMEMBERED)
        await night(connection, job.workspace_id, missed)
        if missed < now.date():
            return now
    return datetime.combine(now.date() + _DAY, time.min, UTC)


def first_missed(last: date | None, *, today: date) -> date | None:
    """The next date to do if `last` was done last; None if `today` is done."""
    if last is None:
        return today
    following = max(last + _DAY, today - CAUGHT_UP)
    return following if following <= today else None
