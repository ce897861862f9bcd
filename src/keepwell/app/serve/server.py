"""The server: HTTP and the worker in one process, with the embedded Postgres, until a signal ends them."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import webbrowser
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress

import click
import msgspec
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from keepwell.app.http import create_app
from keepwell.app.middleware.connections import FEWEST_OPEN_FILES, connection_limits, streams_that_fit
from keepwell.app.middleware.proxies import behind_proxies
from keepwell.app.serve.listen_address import (
    LOOPBACK,
    free_port,
    local_url,
    missing_proxy,
    missing_public_url,
    reached_by,
)
from keepwell.app.work.jobs import working
from keepwell.identity import service as identity
from keepwell.identity.access_tokens.signing_keys import SigningKeys
from keepwell.identity.model import Principal
from keepwell.identity.sessions import service as sessions
from keepwell.platform.cli.command_line import Target
from keepwell.platform.config import Settings, make_home
from keepwell.platform.database import REQUEST_DEADLINE, Database
from keepwell.platform.database_server import open_database
from keepwell.platform.open_file_limit import require_open_files
from keepwell.platform.runtime import system_runtime
from keepwell.platform.server_address import ServerAddress, one_of_several_servers, sole_server
from keepwell.platform.telemetry.logs import OUTPUT
from keepwell.platform.trace.exporting import read_trace_settings, tracing
from keepwell.platform.trace.tracer import Tracer

_SECONDS_TO_END = 4.0
_DESKTOPS = ("DISPLAY", "WAYLAND_DISPLAY", "__CFBundleIdentifier")

Prepare = Callable[[Database], Awaitable[None]]


class ServeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to serve: the address, the port (None: the first free one from 8765 on), and whether to open a browser."""

    port: int | None
    open_browser: bool
    host: str = LOOPBACK
    # Without it, `./keepwell worker` does the due work, and several such servers may share a home.
    has_worker: bool = True


async def serve(target: Target, how: ServeOptions, *, prepare: Prepare | None = None) -> None:
    """Serve until SIGINT or SIGTERM; raises Conflict if another server uses this home."""
    settings = target.settings
    make_home(settings.home)
    lock = sole_server if how.has_worker else one_of_several_servers
    with lock(settings.home):
        await _serve(target, how, prepare=prepare)


async def _serve(target: Target, how: ServeOptions, *, prepare: Prepare | None) -> None:
    settings = target.settings
    require_open_files(FEWEST_OPEN_FILES, what="The server")
    async with open_database(settings, for_months=True) as database:
        if prepare is not None:
            await prepare(database)
        port = free_port(how.port, host=how.host)
        with published_address(settings, local_url(how.host, port)) as address:
            link = await _sign_in_link(database, target.workspace, address=address)
            with OUTPUT.in_background(), tracing(read_trace_settings(os.environ)) as tracer:
                await _run_server(
                    database,
                    settings,
                    tracer=tracer,
                    how=how,
                    port=port,
                    announce=lambda: _announce(
                        link,
                        address,
                        how,
                        warning=missing_public_url(settings, how.host) or missing_proxy(settings),
                    ),
                )


@contextmanager
def published_address(settings: Settings, url: str) -> Iterator[ServerAddress]:
    """Keep the address in server.json while the server runs, for scripts and for `sign-in`."""
    address = ServerAddress(url=url, pid=os.getpid(), public_url=settings.public_url)
    file = settings.server_file
    temporary = file.with_suffix(".new")
    temporary.write_bytes(msgspec.json.encode(address))
    temporary.replace(file)
    try:
        yield address
    finally:
        # Of several servers, the last one to start has written it.
        with suppress(FileNotFoundError):
            if msgspec.json.decode(file.read_bytes(), type=ServerAddress).pid == address.pid:
                file.unlink()


async def _sign_in_link(database: Database, slug: str, *, address: ServerAddress) -> str:
    runtime = system_runtime()
    async with database.transaction() as connection:
        workspace = await identity.ensure_workspace(connection, slug, runtime=runtime)
        member = await identity.owner(connection, workspace.id)
        principal = Principal(workspace.id, member.id)
        secret = await sessions.create_sign_in_link(connection, principal, runtime=runtime)
    return address.link(f"/sign-in?token={secret}")


async def _run_server(
    database: Database,
    settings: Settings,
    *,
    tracer: Tracer,
    how: ServeOptions,
    port: int,
    announce: Callable[[], None],
) -> None:
    bounded, runtime = database.within(REQUEST_DEADLINE), system_runtime()
    # Creating a key takes long enough to hold up other requests, so the first one does not have to.
    SigningKeys(settings.signing_keys, clock=runtime.clock).newest()
    fitting = msgspec.structs.replace(settings, most_streams=streams_that_fit(settings.most_streams))
    keepwell = create_app(bounded, settings=fitting, runtime=runtime, tracer=tracer)
    app = behind_proxies(keepwell, trusted=settings.trusted_proxies)
    server = Server(
        app,
        address=how.host,
        port=port,
        interface=Interfaces.ASGI,
        **connection_limits(settings.most_streams),
        # Its warning is that embedding is experimental.
        log_level=LogLevels.error,
        log_dictconfig={"loggers": {"_granian": {"propagate": True}}},
    )
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    worker = working(database, settings=settings, runtime=runtime, tracer=tracer)
    async with worker if how.has_worker else nullcontext():
        with _objects_of_the_start_set_apart():
            serving = asyncio.create_task(server.serve())
            await _wait_until_listening(reached_by(how.host), port, serving=serving)
            announce()
            await _end_when_told(stop, server, serving, end_streams=keepwell.state.streams.end)


@contextmanager
def _objects_of_the_start_set_apart() -> Iterator[None]:
    """Keep them out of Python's search for garbage, which large JSON starts again and again."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        # Libraries in C report at the end what was never freed.
        gc.unfreeze()


async def _end_when_told(
    stop: asyncio.Event, server: Server, serving: asyncio.Task[None], *, end_streams: Callable[[], None]
) -> None:
    """Serve until `stop`, then let requests end for a while: granian would wait without end for the rest of one."""
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({stopped, serving}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    end_streams()
    server.stop()  # type: ignore[no-untyped-call]  # granian types none of it
    await asyncio.wait({serving}, timeout=_SECONDS_TO_END)
    if not serving.done():
        serving.cancel()
        return
    await serving


async def _wait_until_listening(host: str, port: int, *, serving: asyncio.Task[None]) -> None:
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        return


def _announce(link: str, address: ServerAddress, how: ServeOptions, *, warning: str | None) -> None:
    # A closed pipe or a full disk behind standard output must not end the server.
    with suppress(OSError):
        if warning is not None:
            click.echo(f"\n{warning}", err=True)
        click.echo(
            f"\nKeepwell answers at {address.link('')}\nSign in once, within 30 minutes:\n\n  {link}\n"
        )
        click.echo("Ctrl-C stops it; `./keepwell sign-in` prints another link.")
    # Without a desktop, Python would open a text browser inside this terminal.
    if how.open_browser and any(os.environ.get(name) for name in _DESKTOPS):
        webbrowser.open(link)
