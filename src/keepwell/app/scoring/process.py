"""One process of the scoring service: what its supervisor starts, and starts again when it ends."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from keepwell.app.middleware.proxies import behind_proxies
from keepwell.app.scoring.application import ScoringApp
from keepwell.app.scoring.telemetry import with_telemetry
from keepwell.platform.config import Settings
from keepwell.platform.database import REQUEST_DEADLINE, Database
from keepwell.platform.runtime import system_runtime
from keepwell.platform.telemetry.logs import OUTPUT, configure_logs, read_log_settings
from keepwell.platform.trace.exporting import read_trace_settings, tracing

_CONNECTIONS = 4


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """What a process is started with; `conninfo` is that of the app's role."""

    settings: Settings
    conninfo: str


def scoring_process(started: Started) -> ASGIApp:
    """The application of a new process, which opens what it needs when its server starts (ASGI's lifespan)."""
    configure_logs(read_log_settings(os.environ, is_terminal=sys.stderr.isatty()))
    # Its supervisor says when a process begins and ends.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    threading.Thread(target=_end_with_the_supervisor, daemon=True).start()
    serving: dict[str, ASGIApp] = {}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            await serving["app"](scope, receive, send)
            return
        await receive()
        async with _opened(started) as app:
            serving["app"] = app
            await send({"type": "lifespan.startup.complete"})  # type: ignore[typeddict-item]  # no message of a request
            await receive()
        await send({"type": "lifespan.shutdown.complete"})  # type: ignore[typeddict-item]  # as above

    return answer


@asynccontextmanager
async def _opened(started: Started) -> AsyncIterator[ASGIApp]:
    runtime, settings = system_runtime(), started.settings
    async with Database.open(started.conninfo, max_size=_CONNECTIONS) as database:
        with OUTPUT.in_background(), tracing(read_trace_settings(os.environ)) as tracer:
            app = ScoringApp(database.within(REQUEST_DEADLINE), settings=settings, clock=runtime.clock)
            try:
                traced = with_telemetry(app, ids=runtime.ids, tracer=tracer)
                yield behind_proxies(traced, trusted=settings.trusted_proxies)
            finally:
                await app.close()


def _end_with_the_supervisor() -> None:
    """An orphan would keep the port, and answer beside its successor."""
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        supervisor.join()
        os.kill(os.getpid(), signal.SIGKILL)
