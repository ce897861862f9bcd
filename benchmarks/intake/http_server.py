"""The HTTP intake without database and authentication, as it is or with one commit per event.

Run as `python -m benchmarks.intake.http_server HOME PORT COMMITS` until SIGTERM; COMMITS is `group` or `each`. Server, handlers
and journal are Keepwell's own; only what a commit contains differs.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from litestar import Litestar
from litestar.di import Provide

from benchmarks.intake.http_load import HOST
from keepwell.intake.events import api
from keepwell.intake.events.calls import Call
from keepwell.intake.events.group_commit import Announce, GroupCommitters
from keepwell.platform.clock import Clock
from keepwell.platform.config import Settings, read_settings
from keepwell.platform.runtime import Runtime, system_runtime

_WORKSPACE = UUID(int=1)


class EachCommitted(GroupCommitters):
    """Commits every call separately."""

    def __init__(self, settings: Settings, *, clock: Clock, announce: Announce) -> None:
        super().__init__(settings, clock=clock, announce=announce)
        self._turn = asyncio.Lock()

    async def accept(self, workspace_id: UUID, calls: Sequence[Call]) -> None:
        """Take `calls` in one after the other, none together with those of another request."""
        for call in calls:
            async with self._turn:
                await super().accept(workspace_id, [call])


_COMMITS: Mapping[str, type[GroupCommitters]] = {"group": GroupCommitters, "each": EachCommitted}


async def _tell_nobody(_: UUID) -> None:
    """There is no worker here."""


async def serve(home: Path, port: int, commits: str) -> None:
    """Serve until SIGTERM."""
    runtime = system_runtime()
    committers = _COMMITS[commits](read_settings({}, home=home), clock=runtime.clock, announce=_tell_nobody)
    app = _app(committers, runtime)
    server = Server(app, address=HOST, port=port, interface=Interfaces.ASGI, log_level=LogLevels.error)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await server.serve()
    await committers.close()


def _app(committers: GroupCommitters, runtime: Runtime) -> Litestar:
    def put(value: Any) -> Provide:
        return Provide(lambda: value, sync_to_thread=False)

    return Litestar(
        route_handlers=api.routes(),
        dependencies={
            "committers": put(committers),
            "write_keys": put(_workspace_of),
            "runtime": put(runtime),
        },
        openapi_config=None,
        logging_config=None,
    )


async def _workspace_of(_key: str) -> UUID | None:
    return _WORKSPACE


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
