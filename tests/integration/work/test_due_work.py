"""Due work on a real database and a clock that the test moves: what is done, how often, and what is kept."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from keepwell.identity.model import Workspace
from keepwell.platform.database import Connection, Database
from keepwell.platform.work import service as work
from keepwell.platform.work.kinds import Kind, LeasedKind, NextDue, TransactionalKind
from keepwell.platform.work.model import Job
from tests.clocks import MovableClock
from tests.integration.due_work import EFFECT, effects, schedule, write_effect
from tests.integration.work.working import DAY, EFFECTS, NOON, Performer, due_rows, worker

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_due")]


def two_kinds_of_one_name() -> list[Kind]:
    return [EFFECTS, LeasedKind(name=EFFECT, perform=Performer().perform)]


async def test_due_work_is_done_once_and_its_row_goes(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    subjects = await schedule(database, workspace.id, due_at=NOON, count=250)
    await worker(database, clock).round()
    assert Counter(await effects(database, subjects)) == Counter(subjects)
    assert await due_rows(database, workspace) == []


async def test_work_waits_until_it_is_due(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    subjects = await schedule(database, workspace.id, due_at=NOON + timedelta(minutes=1))
    await worker(database, clock).round()
    assert await effects(database, subjects) == []
    clock.move(timedelta(minutes=1))
    await worker(database, clock).round()
    assert await effects(database, subjects) == subjects


async def test_work_scheduled_again_is_due_once_at_the_new_time(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    [subject] = await schedule(database, workspace.id, due_at=NOON)
    async with database.workspace(workspace.id) as connection:
        await work.schedule(
            connection, workspace_id=workspace.id, kind=EFFECT, subject_id=subject, due_at=NOON + DAY
        )
    await worker(database, clock).round()
    assert await effects(database, [subject]) == []
    assert [each[2] for each in await due_rows(database, workspace)] == [NOON + DAY]


async def test_cancelled_work_is_not_done(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    [subject] = await schedule(database, workspace.id, due_at=NOON)
    async with database.workspace(workspace.id) as connection:
        await work.cancel(connection, workspace_id=workspace.id, kind=EFFECT, subject_id=subject)
    await worker(database, clock).round()
    assert await effects(database, [subject]) == []


async def test_the_next_due_time_is_written_with_the_effect(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    async def daily(connection: Connection, job: Job) -> NextDue:
        await write_effect(connection, job)
        return job.due_at + DAY

    [subject] = await schedule(database, workspace.id, due_at=NOON)
    working = worker(database, clock, TransactionalKind(name=EFFECT, run=daily))
    for _ in range(3):
        await working.round()
        clock.move(DAY)
    assert await effects(database, [subject]) == [subject] * 3
    assert [each[2] for each in await due_rows(database, workspace)] == [NOON + 3 * DAY]


async def test_a_handler_that_raises_is_named_and_kept_and_stops_none_of_the_others(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    subjects = await schedule(database, workspace.id, due_at=NOON, count=9)

    async def raising_for_one(connection: Connection, job: Job) -> None:
        await write_effect(connection, job)
        if job.subject_id == subjects[4]:
            raise ZeroDivisionError("what was it\x00?")

    working = worker(database, clock, TransactionalKind(name=EFFECT, run=raising_for_one))
    await working.round()
    assert Counter(await effects(database, subjects)) == Counter(set(subjects) - {subjects[4]})
    [(_, subject, due_at, attempts, _, error)] = await due_rows(database, workspace)
    assert (subject, due_at, attempts) == (subjects[4], NOON + timedelta(seconds=10), 1)
    assert error == "ZeroDivisionError: what was it\N{REPLACEMENT CHARACTER}?"
    clock.move(timedelta(seconds=10))
    await working.round()
    [(_, _, due_at, attempts, _, _)] = await due_rows(database, workspace)
    assert (due_at, attempts) == (clock.now() + timedelta(seconds=20), 2)
    await worker(database, clock.__class__(due_at)).round()
    assert subjects[4] in await effects(database, subjects)


async def test_jobs_are_counted_by_kind_and_outcome(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    def counted(outcome: str) -> float:
        labels = {"kind": "trial.counted", "outcome": outcome}
        return REGISTRY.get_sample_value("keepwell_work_jobs_total", labels) or 0.0

    async def raising_once(_: Connection, job: Job) -> None:
        if job.attempts == 1 and job.subject_id == subjects[0]:
            raise ZeroDivisionError

    subjects = await schedule(database, workspace.id, due_at=NOON, count=3, kind="trial.counted")
    working = worker(database, clock, TransactionalKind(name="trial.counted", run=raising_once))
    await working.round()
    assert (counted("done"), counted("failed")) == (2, 1)
    clock.move(timedelta(minutes=1))
    await working.round()
    assert (counted("done"), counted("failed")) == (3, 1)


async def test_a_statement_that_fails_is_kept_as_the_error_of_its_job_alone(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    good, bad = await schedule(database, workspace.id, due_at=NOON, count=2)

    async def failing_for_one(connection: Connection, job: Job) -> None:
        await write_effect(connection, job)
        if job.subject_id == bad:
            await connection.execute("select 1 / 0")

    await worker(database, clock, TransactionalKind(name=EFFECT, run=failing_for_one)).round()
    assert await effects(database, [good, bad]) == [good]
    assert [each[1] for each in await due_rows(database, workspace)] == [bad]


async def test_a_kind_that_no_longer_exists_is_named_and_kept_and_done_once_it_is_known_again(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    subjects = await schedule(database, workspace.id, due_at=NOON)
    unknown = await schedule(database, workspace.id, due_at=NOON, kind="trial.removed")
    for _ in range(2):
        await worker(database, clock).round()
    assert await effects(database, subjects) == subjects
    [(kind, _, due_at, attempts, _, error)] = await due_rows(database, workspace)
    assert (kind, due_at, attempts) == ("trial.removed", NOON, 0)
    assert error == "No such work: this release does not know the kind 'trial.removed'."
    await worker(database, clock, TransactionalKind(name="trial.removed", run=write_effect)).round()
    assert await effects(database, unknown) == unknown


async def test_several_workers_do_each_job_once(
    database: Database, workspace: Workspace, clock: MovableClock
) -> None:
    subjects = await schedule(database, workspace.id, due_at=NOON, count=300)
    workers = [worker(database, clock) for _ in range(3)]
    for _ in range(3):
        await asyncio.gather(*(each.round() for each in workers))
    assert Counter(await effects(database, subjects)) == Counter(subjects)


async def test_one_name_is_one_kind(database: Database, clock: MovableClock) -> None:
    with pytest.raises(ValueError, match=EFFECT):
        worker(database, clock, *two_kinds_of_one_name())
