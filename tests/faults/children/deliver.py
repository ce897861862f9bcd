"""Starts due deliveries, as a server does, and waits long for the answer, so that it can be killed."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from keepwell.platform.work.worker import Worker
from keepwell.webhooks.jobs import Deliveries
from keepwell.webhooks.sender import Sender
from keepwell.webhooks.signing import signer_of


async def deliver(conninfo: str, home: Path) -> None:
    runtime = system_runtime()
    async with (
        Database.open(conninfo) as database,
        Sender.open(allow_private=True, clock=runtime.clock) as sender,
    ):
        signer = signer_of(Settings(home=home))
        deliveries = Deliveries(database, sender, signer=signer, runtime=runtime)
        kind = deliveries.kind(lease=timedelta(seconds=1))
        await Worker(database, [kind], clock=runtime.clock).round()


asyncio.run(deliver(sys.argv[1], Path(sys.argv[2])))
