"""The work of runs: one every night, and one soon after an import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

import msgspec

from keepwell.churn.live.announcing import announce
from keepwell.churn.nightly import store
from keepwell.churn.nightly.messages import RunReply, RunRequest
from keepwell.churn.runs import service as runs
from keepwell.churn.runs.model import Occasion, Run, RunCause
from keepwell.importing.import_log import service as import_log
from keepwell.importing.import_log.model import STRIPE_WEBHOOKS
from keepwell.platform.bus import Bus
from keepwell.platform.clock import Clock, start_of
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.work import service as work
from keepwell.platform.work.children import run_child
from keepwell.platform.work.kinds import Kind, LeasedKind, NextDue, Settle
from keepwell.platform.work.model import Job, Retry

NIGHT, AFTER_IMPORT = "churn.night", "churn.import"
# So that several imports in a row give one run.
IMPORTS_GATHERED = timedelta(minutes=5)
# They come all day, and every list is kept for 400 days.
_BETWEEN_RUNS_OF_WEBHOOKS = timedelta(hours=1)
_CHILD = "keepwell.app.work.night"
_DAY = timedelta(days=1)
_NO_ACCOUNT = "There is no account on record yet."


def kinds(database: Database, settings: Settings, *, clock: Clock, bus: Bus) -> Sequence[Kind]:
    """The kinds of work of this room. The worker must see the same home as the servers that accept events."""
    room = _Runs(database, settings, clock, bus=bus)
    # One child process at a time each: they are heavy, and nobody waits for them.
    return [
        LeasedKind(name=NIGHT, perform=room.at_night, every=_DAY, in_all=1),
        LeasedKind(name=AFTER_IMPORT, perform=room.after_import, in_all=1),
    ]


async def score_soon(connection: Connection, workspace_id: UUID, *, clock: Clock) -> None:
    """Have a run made a few minutes from now, with whatever is imported, or promoted, until then."""
    await work.hasten(
        connection,
        workspace_id=workspace_id,
        kind=AFTER_IMPORT,
        subject_id=workspace_id,
        due_at=clock.now() + IMPORTS_GATHERED,
    )


class _Runs:
    """Makes runs in child processes."""

    def __init__(self, database: Database, settings: Settings, clock: Clock, *, bus: Bus) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._bus = bus

    async def at_night(self, job: Job) -> Settle:
        """The run of the night that began today, or what an earlier attempt has left undone after it, unless all is done.

        The first is at the midnight after a worker first sees the workspace.
        """
        workspace_id, night = job.workspace_id, self._clock.now().date()
        next_due: NextDue = start_of(night + _DAY)
        async with self._database.workspace(workspace_id) as connection:
            done = await runs.night_of(connection, workspace_id=workspace_id, night=night)
            last = await runs.last_night(connection, workspace_id=workspace_id, today=night)
            is_over = done is not None and not done.is_to_be_judged
            if is_over or (last is None and _is_first_sight(job)):
                return self._settling(workspace_id, next_due)
            if (
                done is None
                and not (await store.HAS_ACCOUNTS.one(connection, workspace_id=workspace_id)).is_so
            ):
                # Without a process of its own, since nothing has to be read.
                await runs.keep_reason(
                    connection,
                    Occasion("night", night, self._clock.now()),
                    workspace_id=workspace_id,
                    state="not_scored",
                    statement=_NO_ACCOUNT,
                )
                return self._settling(workspace_id, next_due)
        failed = await self._made(workspace_id, "night", night=night, judge=done)
        return self._settling(workspace_id, failed or next_due)

    async def after_import(self, job: Job) -> Settle:
        """A run, if since the last one an import, or the undo of one, has changed records, or another model was promoted.

        What only webhooks have changed waits until the newest run is an hour old. Otherwise what an earlier attempt has left undone after
        the list of its import.
        """
        workspace_id, now = job.workspace_id, self._clock.now()
        async with self._database.workspace(workspace_id) as connection:
            last = await runs.last_attempt(connection, workspace_id=workspace_id)
            due_at = await _due(connection, last, workspace_id=workspace_id, now=now)
        if due_at is not None and due_at > now:
            return self._settling(workspace_id, due_at)
        if due_at is not None:
            return self._settling(workspace_id, await self._made(workspace_id, "import"))
        if last is not None and last.cause == "import" and last.is_to_be_judged:
            return self._settling(workspace_id, await self._made(workspace_id, "import", judge=last))
        return self._settling(workspace_id, None)

    async def _made(
        self, workspace_id: UUID, cause: RunCause, *, night: date | None = None, judge: Run | None = None
    ) -> Retry | None:
        """Make the run in a child process, or `judge` after one; a failure that only a person, or time, can end is tried again tomorrow."""
        asked = RunRequest(
            home=str(self._settings.home),
            workspace_id=str(workspace_id),
            cause=cause,
            night=None if night is None else night.isoformat(),
            run_to_judge=None if judge is None else judge.number,
        )
        printed = await run_child(_CHILD, msgspec.json.encode(asked).decode())
        reply = msgspec.json.decode(printed, type=RunReply)
        if reply.error is None:
            return None
        if reply.is_worth_retrying:
            raise InfrastructureError(reply.error)
        return Retry(start_of(self._clock.now().date() + _DAY), reply.error)

    def _settling(self, workspace_id: UUID, next_due: NextDue) -> Settle:
        """What was found out about the model is announced with it, whichever run found it."""

        async def settle(connection: Connection) -> NextDue:
            now = self._clock.now()
            await announce(connection, workspace_id=workspace_id, bus=self._bus, now=now)
            return next_due

        return settle


async def _due(
    connection: Connection, last: Run | None, *, workspace_id: UUID, now: datetime
) -> datetime | None:
    """When a run is due after the `last` attempt at one; None if nothing has changed since."""
    if last is None or await _has_other_champion(connection, last, workspace_id=workspace_id):
        return now
    has_changed = partial(import_log.has_changed_after, connection, last.scored_at, workspace_id=workspace_id)
    if await has_changed(apart_from=STRIPE_WEBHOOKS):
        return now
    # A clock that was ahead does not keep everybody waiting.
    return min(last.scored_at, now) + _BETWEEN_RUNS_OF_WEBHOOKS if await has_changed() else None


async def _has_other_champion(connection: Connection, last: Run, *, workspace_id: UUID) -> bool:
    """Whether a model was promoted after the last attempt, or while it was under way."""
    found = await store.HAS_OTHER_CHAMPION.one(
        connection,
        workspace_id=workspace_id,
        model_version=last.model_version,
        scored_at=last.scored_at,
    )
    return found.is_so


def _is_first_sight(job: Job) -> bool:
    """Whether a worker has just given the job to its workspace: later it is due at midnight, or tried again."""
    return job.attempts == 1 and job.due_at != start_of(job.due_at.date())
