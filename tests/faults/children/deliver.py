"""Starts due deliveries, as a server does, and waits long for the answer, so that it can be killed."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from keepwell.webhooks.delivery_worker import DeliveryWorker, signer_of
from keepwell.webhooks.sender import Sender


async def deliver(conninfo: str, home: Path) -> None:
    runtime = system_runtime()
    async with (
        Database.open(conninfo) as database,
        Sender.open(allow_private=True, clock=runtime.clock) as sender,
    ):
        signer = signer_of(Settings(home=home))
        await DeliveryWorker(
            database, sender, signer=signer, runtime=runtime, lease=timedelta(seconds=1)
        ).round()


asyncio.run(deliver(sys.argv[1], Path(sys.argv[2])))
