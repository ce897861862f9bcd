"""Does due work until it is killed: each effect is a row, and some of the work is leased."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from keepwell.platform.clock import SystemClock
from keepwell.platform.database import Connection, Database
from keepwell.platform.work.kinds import Kind, LeasedKind, NextDue, Settle, TransactionalKind
from keepwell.platform.work.model import Job
from keepwell.platform.work.worker import Worker
from tests.integration.due_work import EFFECT, LEASED_EFFECT, write_effect


async def perform(job: Job) -> Settle:
    async def settle(connection: Connection) -> NextDue:
        return await write_effect(connection, job)

    return settle


KINDS: list[Kind] = [
    TransactionalKind(name=EFFECT, run=write_effect),
    LeasedKind(name=LEASED_EFFECT, perform=perform, at_once=8, lease=timedelta(seconds=1)),
]


async def work(conninfo: str) -> None:
    async with Database.open(conninfo) as database:
        sys.stdout.write("works\n")
        sys.stdout.flush()
        await Worker(database, KINDS, clock=SystemClock()).work()


asyncio.run(work(sys.argv[1]))
