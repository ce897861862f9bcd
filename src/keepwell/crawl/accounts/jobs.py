"""The work on websites of accounts: each account's is due daily or weekly, if its workspace has them read."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from keepwell.crawl.accounts import service
from keepwell.crawl.accounts.messages import CrawlReply, CrawlRequest
from keepwell.crawl.accounts.metrics import count, count_failed
from keepwell.crawl.accounts.service import ACCOUNT, FORGET
from keepwell.identity.workspace_settings import service as workspace_settings
from keepwell.platform.clock import Clock
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.work.children import run_child
from keepwell.platform.work.kinds import Kind, LeasedKind, NextDue, Settle, TransactionalKind
from keepwell.platform.work.model import Job, Retry

PLAN = "crawl.plan"
_PLANNED_EVERY = timedelta(minutes=10)
_PERIODS = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
# When a website is read again that failed in a way that may pass: most are repaired by then.
_IN_DOUBT = timedelta(hours=6)
# Of the period: so that sites are not asked at the same time each day.
_JITTER = 0.05
_WITHOUT_EXTRA = timedelta(days=1)
_CHILD = "keepwell.crawl.accounts.child"
# One child reads so many websites; what comes due meanwhile waits for the next one.
_ACCOUNTS_AT_ONCE = 100
_LEASE = timedelta(minutes=5)
_SECONDS_TO_GATHER = 0.2


def kinds(
    database: Database, settings: Settings, *, clock: Clock, jitter: Callable[[], float] = random.random
) -> Sequence[Kind]:
    """The kinds of work of this room; `jitter` gives numbers from 0 to 1."""
    room = _Websites(database, settings, clock, jitter=jitter)
    return [
        TransactionalKind(name=PLAN, run=room.plan, every=_PLANNED_EVERY),
        LeasedKind(name=ACCOUNT, perform=room.read, lease=_LEASE, at_once=_ACCOUNTS_AT_ONCE),
        LeasedKind(name=FORGET, perform=room.forget, in_all=1),
    ]


class _Websites:
    """Reads websites in child processes: one for all accounts of a workspace that are due together."""

    def __init__(
        self, database: Database, settings: Settings, clock: Clock, *, jitter: Callable[[], float]
    ) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._jitter = jitter
        self._turns: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: defaultdict[UUID, dict[UUID, asyncio.Future[CrawlReply]]] = defaultdict(dict)

    async def plan(self, connection: Connection, job: Job) -> NextDue:
        """Have the websites read that nobody is going to read, if the workspace wants that."""
        now = self._clock.now()
        if await self._period(connection, job.workspace_id) is not None:
            await service.place_due(connection, workspace_id=job.workspace_id, now=now)
        return now + _PLANNED_EVERY

    async def read(self, job: Job) -> Settle:
        """Read the website of one account, together with those that are due at the same time; raises what the child says."""
        async with self._database.workspace(job.workspace_id) as connection:
            period = await self._period(connection, job.workspace_id)
            has_one = period is not None and await service.targets(
                connection, workspace_id=job.workspace_id, account_ids=[job.subject_id]
            )
        if period is None or not has_one:
            return _settling(None)
        reply = await self._reply(job)
        if reply.error is None:
            async with self._database.workspace(job.workspace_id) as connection:
                is_in_doubt = await service.is_in_doubt(
                    connection, workspace_id=job.workspace_id, account_id=job.subject_id
                )
            wait = min(period, _IN_DOUBT) if is_in_doubt else period
            return _settling(self._clock.now() + wait * (1 + _JITTER * self._jitter()))
        if reply.is_worth_retrying:
            raise InfrastructureError(reply.error)
        return _settling(Retry(self._clock.now() + _WITHOUT_EXTRA, reply.error))

    async def forget(self, job: Job) -> Settle:
        """Delete what was read, since somebody was erased: it has the address of their website. It is read again in time."""
        async with self._turns[job.workspace_id]:
            file = self._settings.frontier(job.workspace_id)
            for each in (file, *(file.with_name(f"{file.name}-{ending}") for ending in ("wal", "shm"))):
                each.unlink(missing_ok=True)
        return _settling(None)

    async def _period(self, connection: Connection, workspace_id: UUID) -> timedelta | None:
        settings = await workspace_settings.workspace_settings(connection, workspace_id)
        return _PERIODS.get(settings.website_crawls)

    async def _reply(self, job: Job) -> CrawlReply:
        """What came of the crawl that this account is part of: whose turn it is asks for all that wait."""
        waiting = self._waiting[job.workspace_id]
        own: asyncio.Future[CrawlReply] = asyncio.get_running_loop().create_future()
        waiting[job.subject_id] = own
        async with self._turns[job.workspace_id]:
            if not own.done():
                await asyncio.sleep(_SECONDS_TO_GATHER)
                await self._crawl(job.workspace_id, dict(waiting))
        return own.result()

    async def _crawl(self, workspace_id: UUID, waiting: dict[UUID, asyncio.Future[CrawlReply]]) -> None:
        reply = CrawlReply(error="The crawl was broken off.")
        try:
            reply = await self._asked(workspace_id, list(waiting))
        except InfrastructureError as error:
            reply = CrawlReply(error=error.message)
        finally:
            for account_id, future in waiting.items():
                self._waiting[workspace_id].pop(account_id, None)
                if not future.done():
                    future.set_result(reply)

    async def _asked(self, workspace_id: UUID, account_ids: Sequence[UUID]) -> CrawlReply:
        asked = CrawlRequest(
            home=str(self._settings.home),
            workspace_id=str(workspace_id),
            account_ids=list(map(str, account_ids)),
        )
        printed = await run_child(_CHILD, msgspec.json.encode(asked).decode())
        reply = msgspec.json.decode(printed, type=CrawlReply)
        if reply.crawl is None:
            count_failed()
        else:
            count(reply.crawl)
        return reply


def _settling(next_due: NextDue) -> Settle:
    async def settle(_: Connection) -> NextDue:
        return next_due

    return settle
