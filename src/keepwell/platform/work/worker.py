"""The worker: claims what is due in every workspace, runs it, and settles each row once.

Jobs whose effect is in the database run in the transaction that locks and settles their rows: a batch is one transaction.
All others are leased: claimed in one transaction and settled in another, with no row locked in between.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from structlog.contextvars import bind_contextvars

from keepwell.platform.clock import Clock
from keepwell.platform.database import Database
from keepwell.platform.errors import KeepwellError
from keepwell.platform.trace.tracer import Tracer
from keepwell.platform.work import store
from keepwell.platform.work.kinds import Kind, LeasedKind, TransactionalKind
from keepwell.platform.work.leases import LeasedJob, LeasedJobs
from keepwell.platform.work.outcomes import log_failure
from keepwell.platform.work.recurring import place
from keepwell.platform.work.store import Queue
from keepwell.platform.work.transactions import TransactionalJobs

_LOG = structlog.get_logger("keepwell.work")
# Polling costs one index scan a second; see docs/adr/0003.
_SECONDS_BETWEEN_ROUNDS = 1.0
_SECONDS_TO_GATHER = 0.01
# With those that requests and traces may take, less than the ten after which many supervisors kill a process.
_SECONDS_TO_END = 3.0
_BETWEEN_PLACING = timedelta(seconds=60)
# Queues whose jobs run in transactions at the same time: each holds a connection of the pool.
_MOST_TRANSACTIONS = 3


class Worker:
    """Does the due work of `kinds`; several workers may share one database. One name is one kind: raises ValueError."""

    def __init__(
        self,
        database: Database,
        kinds: Sequence[Kind],
        *,
        clock: Clock,
        tracer: Tracer | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._kinds = {kind.name: kind for kind in kinds}
        if len(self._kinds) < len(kinds):
            raise ValueError(f"Two kinds of work have one name: {sorted(kind.name for kind in kinds)}")
        self._clock = clock
        self._tracer = tracer or Tracer()
        self._transactions = TransactionalJobs(database, clock=clock, jitter=jitter)
        self._leases = LeasedJobs(database, clock=clock, jitter=jitter)
        self._in_flight: Counter[Queue] = Counter()
        self._of_kind: Counter[str] = Counter()
        self._connections = asyncio.Semaphore(_MOST_TRANSACTIONS)
        self._under_way: set[asyncio.Task[None]] = set()
        self._has_room = asyncio.Event()
        self._last_round: datetime | None = None
        self._placed_at: datetime | None = None

    async def work(self) -> None:
        """Work until cancelled. What fails is logged, kept with its error, and tried again; it never stops the others.

        What is under way then gets a few seconds more: a mail that is cut off may have been sent or not.
        """
        bind_contextvars(worker="work")
        async with asyncio.TaskGroup() as jobs:
            try:
                while True:
                    self._has_room.clear()
                    await self._logging_errors(jobs)
                    await self._pause()
            except asyncio.CancelledError:
                if self._under_way:
                    await asyncio.wait(self._under_way, timeout=_SECONDS_TO_END)
                raise

    async def round(self) -> None:
        """Do what is due now, and return when it has been tried; what a limit holds back is left to the next round."""
        async with asyncio.TaskGroup() as jobs:
            await self._start_due(jobs)

    async def _logging_errors(self, jobs: asyncio.TaskGroup) -> None:
        try:
            await self._start_due(jobs)
        except Exception as error:  # noqa: BLE001  the database may be away: the next round asks again
            log_failure("the round failed", error)

    async def _pause(self) -> None:
        # The end of a job makes room for the next one, which may be due already. Not `wait_for`, which in Python 3.11
        # loses a cancellation that comes at that moment: the server would never stop.
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS_BETWEEN_ROUNDS):
                await self._has_room.wait()
                # So that jobs which end together share a round.
                await asyncio.sleep(_SECONDS_TO_GATHER)

    async def _start_due(self, jobs: asyncio.TaskGroup) -> None:
        now = self._clock.now()
        self._notice_clock(now)
        if self._is_time_to_place(now):
            await place(self._database, self._kinds.values(), now=now)
            self._placed_at = now
        async with self._database.transaction() as connection:
            await store.SEE_ALL_WORKSPACES.run(connection)
            queues = await store.QUEUES.all(
                connection, now=now, kinds=list(self._kinds), unknown=store.UNKNOWN
            )
        for queue in queues:
            try:
                await self._start(queue, jobs)
            except KeepwellError as error:
                # One workspace's queue must not keep the others from their turn.
                log_failure("a queue could not be read", error, kind=queue.kind, workspace=queue.workspace_id)

    async def _start(self, queue: Queue, jobs: asyncio.TaskGroup) -> None:
        kind = self._kinds.get(queue.kind)
        if kind is None:
            await self._name_unknown(queue)
            return
        room = self._room(queue, kind)
        if room <= 0:
            return
        if isinstance(kind, TransactionalKind):
            self._take(queue, 1)
            self._note(jobs.create_task(self._run_transactions(queue, kind)))
            return
        claimed = await self._leases.claim(queue, kind, limit=room)
        self._take(queue, len(claimed))
        for job in claimed:
            self._note(jobs.create_task(self._run_leased(queue, kind, job)))

    def _note(self, task: asyncio.Task[None]) -> None:
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _room(self, queue: Queue, kind: Kind) -> int:
        if isinstance(kind, TransactionalKind):
            return 1 - self._in_flight[queue]
        return min(kind.at_once - self._in_flight[queue], kind.in_all - self._of_kind[kind.name])

    def _take(self, queue: Queue, count: int) -> None:
        self._in_flight[queue] += count
        self._of_kind[queue.kind] += count

    def _give_back(self, queue: Queue, *, has_run: bool) -> None:
        self._take(queue, -1)
        if not self._in_flight[queue]:
            del self._in_flight[queue]
        # What could not run is still due: after a pause, or this would ask without end.
        if has_run:
            self._has_room.set()

    async def _run_transactions(self, queue: Queue, kind: TransactionalKind) -> None:
        bind_contextvars(workspace=str(queue.workspace_id), kind=queue.kind)
        has_run = False
        try:
            async with self._connections:
                with self._tracer.begin(f"work {kind.name}"):
                    await self._transactions.run(queue, kind)
            has_run = True
        except Exception as error:  # noqa: BLE001  it must not stop the other queues, and nobody waits for this task
            log_failure("work failed", error)
        finally:
            self._give_back(queue, has_run=has_run)

    async def _run_leased(self, queue: Queue, kind: LeasedKind, leased: LeasedJob) -> None:
        # Each job is a task of its own, so the context ends with it.
        job = leased.job
        bind_contextvars(workspace=str(job.workspace_id), kind=job.kind, subject=str(job.subject_id))
        try:
            with self._tracer.begin(f"work {kind.name}"):
                await self._leases.run(kind, leased)
        except Exception as error:  # noqa: BLE001  as above; the job is due again when its lease has ended
            log_failure("work failed", error)
        finally:
            self._give_back(queue, has_run=True)

    async def _name_unknown(self, queue: Queue) -> None:
        """Note in the rows that nothing here does this kind of work. They stay due: a release that knows it does them."""
        error = f"{store.UNKNOWN}this release does not know the kind {queue.kind!r}."
        _LOG.error("unknown kind of work", kind=queue.kind, workspace=str(queue.workspace_id))
        async with self._database.workspace(queue.workspace_id) as connection:
            await store.NAME_UNKNOWN_KIND.run(
                connection,
                workspace_id=queue.workspace_id,
                kind=queue.kind,
                now=self._clock.now(),
                error=error,
            )

    def _notice_clock(self, now: datetime) -> None:
        last, self._last_round = self._last_round, now
        if last is not None and now < last - _BETWEEN_PLACING:
            _LOG.warning("the clock was set back", seconds=round((last - now).total_seconds()))

    def _is_time_to_place(self, now: datetime) -> bool:
        last = self._placed_at
        return last is None or not last <= now < last + _BETWEEN_PLACING
