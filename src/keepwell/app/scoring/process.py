"""One process of the scoring service: what its supervisor starts, and starts again when it ends."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from keepwell.app.middleware.proxies import behind_proxies
from keepwell.app.scoring.application import ScoringApp
from keepwell.app.scoring.responses import Reply, refusal, send_reply
from keepwell.app.scoring.telemetry import with_telemetry
from keepwell.platform.config import Settings
from keepwell.platform.database import REQUEST_DEADLINE, Database
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.runtime import system_runtime
from keepwell.platform.telemetry.logs import OUTPUT, configure_logs, read_log_settings
from keepwell.platform.trace.exporting import TraceSettings, tracing

_LOG = structlog.get_logger("keepwell.scoring")
_CONNECTIONS = 4
_SECONDS_BETWEEN_TRIES = 1.0
_SECONDS_TO_START = 2.0
_NOT_YET = refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, "The database does not answer yet.", (b"retry-after", b"1")
)


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """What a process is started with; `conninfo` is that of the app's role."""

    settings: Settings
    conninfo: str
    traces: TraceSettings = TraceSettings()


def scoring_process(started: Started) -> ASGIApp:
    """The application of a new process, which ends with its supervisor."""
    configure_logs(read_log_settings(os.environ, is_terminal=sys.stderr.isatty()))
    # Its supervisor says when a process begins and ends.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    threading.Thread(target=_end_with_the_supervisor, daemon=True).start()
    return scoring_app(started)


def scoring_app(started: Started) -> ASGIApp:
    """The application between its server's start and end (ASGI's lifespan); it starts without its database, and answers 503 then."""
    serving: dict[str, ASGIApp] = {}
    is_open = asyncio.Event()

    async def keep_open() -> None:
        while True:
            try:
                async with _opened(started) as app:
                    serving["app"] = app
                    is_open.set()
                    await asyncio.Event().wait()
            except InfrastructureError as error:
                _LOG.error("the database does not answer", error=str(error), detail=error.for_operator)
                await asyncio.sleep(_SECONDS_BETWEEN_TRIES)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            app = serving.get("app")
            if app is None:
                await send_reply(_without_database(scope["path"]), send)
            else:
                await app(scope, receive, send)
            return
        await receive()
        opening = asyncio.create_task(keep_open())
        # Until the server has started, requests wait: mostly for a moment, and never for long.
        with suppress(TimeoutError):
            await asyncio.wait_for(is_open.wait(), _SECONDS_TO_START)
        await send({"type": "lifespan.startup.complete"})  # type: ignore[typeddict-item]  # no message of a request
        await receive()
        opening.cancel()
        await asyncio.wait([opening])
        await send({"type": "lifespan.shutdown.complete"})  # type: ignore[typeddict-item]  # as above

    return answer


@asynccontextmanager
async def _opened(started: Started) -> AsyncIterator[ASGIApp]:
    runtime, settings = system_runtime(), started.settings
    async with Database.open(started.conninfo, max_size=_CONNECTIONS) as database:
        with OUTPUT.in_background(), tracing(started.traces) as tracer:
            app = ScoringApp(database.within(REQUEST_DEADLINE), settings=settings, clock=runtime.clock)
            try:
                traced = with_telemetry(app, ids=runtime.ids, tracer=tracer)
                yield behind_proxies(traced, trusted=settings.trusted_proxies)
            finally:
                await app.close()


def _without_database(path: str) -> Reply:
    return Reply(HTTPStatus.OK, b"") if path == "/v2/health/live" else _NOT_YET


def _end_with_the_supervisor() -> None:
    """An orphan would keep the port, and answer beside its successor."""
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        supervisor.join()
        os.kill(os.getpid(), signal.SIGKILL)
