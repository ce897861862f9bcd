"""Begins whatever is due, as a server does, and waits long for the answer: to be killed meanwhile."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from keepwell.identity.service import system_keys
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.webhooks.delivering import Postman, signer_of
from keepwell.webhooks.sending import Sender


async def deliver(conninfo: str, home: Path) -> None:
    keys = system_keys()
    async with (
        Database.open(conninfo) as database,
        Sender.open(allow_private=True, clock=keys.clock) as sender,
    ):
        signer = signer_of(Settings(home=home))
        await Postman(database, sender, signer=signer, keys=keys, lease=timedelta(seconds=1)).round()


asyncio.run(deliver(sys.argv[1], Path(sys.argv[2])))
