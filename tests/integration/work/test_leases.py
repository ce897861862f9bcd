"""Leased work: performed outside of a transaction, settled once, due again when its worker died."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.database import Database
from keepwell.platform.errors import Unavailable
from keepwell.platform.work import service as work
from keepwell.platform.work.kinds import LeasedKind, Settle
from keepwell.platform.work.model import Job, Retry
from tests.clocks import MovableClock
from tests.integration.due_work import EFFECT, effects, schedule
from tests.integration.work.working import DAY, NOON, Performer, due_rows, worker

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_due")]


async def test_a_leased_job_is_performed_and_settled_with_its_outcome(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    [subject] = await schedule(database, workspace.id, due_at=NOON)
    performer = Performer()
    await worker(database, clock, performer.kind()).round()
    assert performer.performed == [Job(workspace.id, EFFECT, subject, NOON, 1)]
    assert await effects(database, [subject]) == [subject]
    assert await due_rows(database, workspace) == []


async def test_a_retry_keeps_counting_attempts_until_it_succeeds(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    await schedule(database, workspace.id, due_at=NOON)
    performer = Performer(next_due=Retry(NOON + DAY, "no answer"))
    working = worker(database, clock, performer.kind())
    await working.round()
    [(_, _, due_at, attempts, leased_until, error)] = await due_rows(database, workspace)
    assert (due_at, attempts, leased_until, error) == (NOON + DAY, 1, None, "no answer")
    clock.move(DAY)
    performer.next_due = clock.now() + DAY
    await working.round()
    [(_, _, _, attempts, _, error)] = await due_rows(database, workspace)
    assert ([each.attempts for each in performer.performed], attempts, error) == ([1, 2], 0, None)


async def test_a_job_whose_worker_died_is_due_again_when_the_lease_has_ended(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    [subject] = await schedule(database, workspace.id, due_at=NOON)
    dying, performer = Performer(), Performer()
    dying.may_end.clear()
    task = asyncio.create_task(worker(database, clock, dying.kind()).round())
    await dying.has_begun()
    task.cancel()
    await asyncio.wait([task])
    other = worker(database, clock, performer.kind())
    await other.round()
    assert performer.performed == []
    clock.move(timedelta(seconds=60))
    await other.round()
    assert [each.attempts for each in performer.performed] == [2]
    assert await effects(database, [subject]) == [subject]


@pytest.mark.parametrize("is_scheduled_again", [True, False])
async def test_an_outcome_after_the_lease_was_lost_changes_nothing(
    database: Database, workspace: Workspace, clock: MovableClock, *, is_scheduled_again: bool
) -> None:
    [subject] = await schedule(database, workspace.id, due_at=NOON)
    late, performer = Performer(), Performer()
    late.may_end.clear()
    waiting = asyncio.create_task(worker(database, clock, late.kind()).round())
    await late.has_begun()
    if is_scheduled_again:
        async with database.workspace(workspace.id) as connection:
            await work.schedule(
                connection, workspace_id=workspace.id, kind=EFFECT, subject_id=subject, due_at=NOON
            )
    else:
        clock.move(timedelta(seconds=60))
    performer.may_end.clear()
    again = asyncio.create_task(worker(database, clock, performer.kind()).round())
    await performer.has_begun()
    late.may_end.set()
    await waiting
    assert await effects(database, [subject]) == []
    performer.may_end.set()
    await again
    assert await effects(database, [subject]) == [subject]


async def test_the_lease_of_a_long_job_is_renewed(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    [subject] = await schedule(database, workspace.id, due_at=NOON)
    long = Performer()
    long.may_end.clear()
    waiting = asyncio.create_task(worker(database, clock, long.kind(lease=timedelta(seconds=0.3))).round())
    await long.has_begun()
    clock.move(DAY)
    async with asyncio.timeout(10):
        while (await due_rows(database, workspace))[0][2] < NOON + DAY:  # noqa: ASYNC110  the row is what is asked
            await asyncio.sleep(0.02)
    other = Performer()
    await worker(database, clock, other.kind()).round()
    long.may_end.set()
    await waiting
    assert (len(other.performed), await effects(database, [subject])) == (0, [subject])


async def test_a_leased_job_that_raises_is_named_and_kept(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    async def raising(job: Job) -> Settle:
        raise Unavailable("The mail server does not answer.")

    await schedule(database, workspace.id, due_at=NOON)
    await worker(database, clock, LeasedKind(name=EFFECT, perform=raising)).round()
    [(_, _, due_at, attempts, leased_until, error)] = await due_rows(database, workspace)
    assert (due_at, attempts, leased_until) == (NOON + timedelta(seconds=10), 1, None)
    assert error == "The mail server does not answer."


async def test_a_group_runs_a_few_at_once_and_does_not_hold_up_another(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    slow, quick = UUID(int=1), UUID(int=2)
    await schedule(database, workspace.id, due_at=NOON, count=5, group_id=slow)
    await schedule(database, workspace.id, due_at=NOON, count=1, group_id=quick)
    performer = Performer()
    performer.may_end.clear()
    working = asyncio.create_task(worker(database, clock, performer.kind(at_once=2)).round())
    await performer.has_begun(3)
    performer.may_end.set()
    await working
    assert len(performer.performed) == 3


async def test_a_lease_that_a_dead_worker_left_before_the_clock_was_set_back_ends_at_once(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    [subject] = await schedule(database, workspace.id, due_at=NOON)
    dying, performer = Performer(), Performer()
    dying.may_end.clear()
    task = asyncio.create_task(worker(database, clock, dying.kind()).round())
    await dying.has_begun()
    task.cancel()
    await asyncio.wait([task])
    clock.move(-DAY)
    await worker(database, clock, performer.kind()).round()
    assert await effects(database, [subject]) == [subject]
