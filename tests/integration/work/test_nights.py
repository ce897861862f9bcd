"""Recurring and nightly work, also when the clock jumps or no worker ran."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import Unavailable
from keepwell.platform.work.kinds import NextDue, TransactionalKind
from keepwell.platform.work.model import Job
from keepwell.platform.work.nightly import CAUGHT_UP, nightly
from tests.clocks import MovableClock
from tests.integration.due_work import effects, write_effect
from tests.integration.work.working import DAY, NOON, due_rows, worker

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_due")]


async def test_a_workspace_gets_its_recurring_work_and_gets_it_after_the_clock_was_set_back(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    async def each_minute(connection: Connection, job: Job) -> NextDue:
        if job.workspace_id == workspace.id:
            await write_effect(connection, job)
        return clock.now() + timedelta(minutes=1)

    kind = TransactionalKind(name="trial.minutely", run=each_minute, every=timedelta(minutes=1))
    working = worker(database, clock, kind)
    await working.round()
    await working.round()
    assert len(await effects(database, [workspace.id])) == 1
    clock.move(-DAY)
    await working.round()
    assert len(await effects(database, [workspace.id])) == 2
    assert [each[2] for each in await due_rows(database, workspace)] == [NOON - DAY + timedelta(minutes=1)]


async def test_a_recurring_job_that_fails_waits_longer_each_time(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    tried: list[datetime] = []

    async def failing(_: Connection, job: Job) -> NextDue:
        if job.workspace_id != workspace.id:
            return clock.now() + DAY
        tried.append(clock.now())
        raise Unavailable

    kind = TransactionalKind(name="trial.failing", run=failing, every=timedelta(minutes=1))
    working = worker(database, clock, kind)
    for _ in range(50):
        await working.round()
        clock.move(timedelta(minutes=10))
    waits = [later - earlier for earlier, later in pairwise(tried)]
    assert waits == sorted(waits)
    assert waits[-1] >= timedelta(hours=3)


class Nights:
    """Nightly work that notes its dates, of one workspace."""

    def __init__(self, workspace: Workspace, clock: MovableClock, *, name: str) -> None:
        self.done: list[date] = []
        self._workspace = workspace
        self.kind = nightly(name, self._night, clock=clock)

    async def _night(self, _: Connection, workspace_id: UUID, night: date) -> None:
        if workspace_id == self._workspace.id:
            self.done.append(night)


async def test_a_night_is_done_once_even_if_the_clock_is_set_back_by_a_day(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    nights = Nights(workspace, clock, name="trial.back")
    for by in (timedelta(0), DAY, -DAY, DAY, timedelta(hours=1), DAY):
        clock.move(by)
        await worker(database, clock, nights.kind).round()
    assert nights.done == [date(2026, 3, 10), date(2026, 3, 11), date(2026, 3, 12)]


async def test_nights_go_on_after_the_clock_was_a_year_ahead_for_a_while(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    nights = Nights(workspace, clock, name="trial.ahead")
    year = 365 * DAY
    for by in (timedelta(0), year, DAY - year, DAY):
        clock.move(by)
        await worker(database, clock, nights.kind).round()
    assert nights.done[0] == date(2026, 3, 10)
    assert nights.done[-2:] == [date(2026, 3, 11), date(2026, 3, 12)]


async def test_nights_missed_in_a_week_without_a_worker_are_made_up_in_order(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    nights = Nights(workspace, clock, name="trial.week")
    working = worker(database, clock, nights.kind)
    await working.round()
    clock.move(7 * DAY)
    await working.round()
    assert nights.done == [date(2026, 3, 10) + number * DAY for number in range(8)]
    due = [each[2] for each in await due_rows(database, workspace) if each[0] == "trial.week"]
    assert due == [datetime(2026, 3, 18, tzinfo=UTC)]


async def test_after_a_long_downtime_only_the_last_nights_are_made_up(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    nights = Nights(workspace, clock, name="trial.long")
    working = worker(database, clock, nights.kind)
    await working.round()
    clock.move(100 * DAY)
    for _ in range(2):
        await working.round()
    assert len(nights.done) == 1 + CAUGHT_UP.days + 1
    assert nights.done[-1] == clock.now().date()


async def test_of_two_workers_one_does_the_night(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    nights = Nights(workspace, clock, name="trial.two")
    await asyncio.gather(*(worker(database, clock, nights.kind).round() for _ in range(2)))
    assert nights.done == [date(2026, 3, 10)]
