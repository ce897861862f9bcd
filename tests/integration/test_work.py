"""Due work on a real database and a clock that the test moves: what is done, how often, and what is kept."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from keepwell.identity.model import Workspace
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import Unavailable
from keepwell.platform.work import service as work
from keepwell.platform.work.kinds import Kind, LeasedKind, NextDue, Settle, TransactionalKind
from keepwell.platform.work.model import Job, Retry
from keepwell.platform.work.nightly import CAUGHT_UP, nightly
from keepwell.platform.work.worker import Worker
from tests.clocks import MovableClock
from tests.conftest import migrated_database
from tests.integration.due_work import EFFECT, effects, rows, schedule, table_of_effects, write_effect

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_due")]

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
EFFECTS = TransactionalKind(name=EFFECT, run=write_effect)


@pytest.fixture(scope="module")
def conninfo(server: str) -> Iterator[str]:
    # A worker looks into every workspace, also those of other tests: recurring work would be done in hundreds.
    with migrated_database(server) as own:
        yield own


@pytest.fixture(scope="module", autouse=True)
def _table(conninfo: str) -> Iterator[None]:
    with table_of_effects(conninfo):
        yield


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOON)


def worker(database: Database, clock: MovableClock, *kinds: Kind) -> Worker:
    return Worker(database, kinds or [EFFECTS], clock=clock, jitter=lambda: 0.0)


async def due_rows(database: Database, workspace: Workspace) -> list[tuple[Any, ...]]:
    return await rows(
        database,
        """
        select kind, subject_id, due_at, attempts, leased_until, last_error from due_work
        where workspace_id = app_workspace() order by due_at, kind
        """,
        workspace_id=workspace.id,
    )


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


def two_kinds_of_one_name() -> list[Kind]:
    return [EFFECTS, LeasedKind(name=EFFECT, perform=Performer().perform)]


async def test_one_name_is_one_kind(database: Database, clock: MovableClock) -> None:
    with pytest.raises(ValueError, match=EFFECT):
        worker(database, clock, *two_kinds_of_one_name())


class Performer:
    """A leased kind: it notes what it performs, and may be held up."""

    def __init__(self, *, next_due: NextDue = None) -> None:
        self.performed: list[Job] = []
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.next_due = next_due

    async def perform(self, job: Job) -> Settle:
        self.performed.append(job)
        await self.may_end.wait()

        async def settle(connection: Connection) -> NextDue:
            await write_effect(connection, job)
            return self.next_due

        return settle

    def kind(self, **fields: Any) -> LeasedKind:
        return LeasedKind(name=EFFECT, perform=self.perform, **fields)

    async def has_begun(self, count: int = 1) -> None:
        async with asyncio.timeout(10):
            while len(self.performed) < count:  # noqa: ASYNC110  no more than a test's patience
                await asyncio.sleep(0.01)


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
