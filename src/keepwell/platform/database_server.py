"""Opens the database for a command: starts the embedded server if needed, migrates, and opens a pool."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext

import structlog
from psycopg.conninfo import make_conninfo

from keepwell.platform.config import Settings
from keepwell.platform.database import APP_ROLE, Database
from keepwell.platform.errors import KeepwellError
from keepwell.platform.migrations import migrate, migrations_folder, read_migrations
from keepwell.platform.postgres.embedded import EmbeddedPostgres
from keepwell.platform.secrets import secret_of

_LOOK_SECONDS, _LOOK_AGAIN_SECONDS = 1.0, 10.0
_LOG = structlog.get_logger("keepwell.database")


@contextmanager
def database_server(settings: Settings) -> Iterator[str]:
    """The conninfo of the configured server, or of the embedded one, which runs while this is open."""
    with _server(settings) as (conninfo, _):
        yield conninfo


@contextmanager
def _server(settings: Settings) -> Iterator[tuple[str, EmbeddedPostgres | None]]:
    if settings.database_url is not None:
        yield settings.database_url, None
        return
    embedded = EmbeddedPostgres(
        settings.home, binaries=settings.postgres_binaries, user=settings.postgres_user
    )
    with embedded as server:
        yield server.dsn, server


def chain_key(settings: Settings) -> bytes:
    """The key of the audit chains, derived from the home's secret: whoever has only the database cannot continue one."""
    return hmac.digest(secret_of(settings.secret_file), b"audit chain", "sha256")


@asynccontextmanager
async def open_database(settings: Settings, *, for_months: bool = False) -> AsyncIterator[Database]:
    """A migrated database; an embedded server that was started for this is stopped at the end.

    With `for_months`, it is also started again if it dies meanwhile, since nobody may be there to run a command that does.
    """
    with _server(settings) as (conninfo, embedded):
        migrate(conninfo, read_migrations(migrations_folder()))
        # A user of its own in the embedded server: statements of the app cannot become the superuser again.
        own = conninfo if embedded is None else make_conninfo(conninfo, user=APP_ROLE)
        watched = nullcontext() if embedded is None or not for_months else _watched(embedded)
        async with Database.open(own, chain_key=chain_key(settings)) as database, watched:
            yield database


@asynccontextmanager
async def _watched(server: EmbeddedPostgres) -> AsyncIterator[None]:
    stop = asyncio.Event()
    watching = asyncio.create_task(_revive(server, until=stop))
    try:
        yield
    finally:
        stop.set()
        # Not cancelled: what is being started would be stopped beside it.
        await watching


async def _revive(server: EmbeddedPostgres, *, until: asyncio.Event) -> None:
    pause = _LOOK_SECONDS
    while not await _is_set_within(pause, until):
        try:
            if await asyncio.to_thread(server.revive):
                _LOG.warning("database.started_again")
            pause = _LOOK_SECONDS
        except KeepwellError as error:
            # Its cause, such as a full disk, may end.
            _LOG.error("database.not_started", error=error.message, hint=error.hint)
            pause = _LOOK_AGAIN_SECONDS


async def _is_set_within(seconds: float, event: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
