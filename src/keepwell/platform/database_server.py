"""Opens the database for a command: starts the embedded server if needed, migrates, and opens a pool."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from psycopg.conninfo import make_conninfo

from keepwell.platform.config import Settings
from keepwell.platform.database import APP_ROLE, Database
from keepwell.platform.migrations import migrate, migrations_folder, read_migrations
from keepwell.platform.postgres.embedded import EmbeddedPostgres
from keepwell.platform.secrets import secret_of


@contextmanager
def database_server(settings: Settings) -> Iterator[str]:
    """The conninfo of the configured server, or of the embedded one, which runs while this is open."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    embedded = EmbeddedPostgres(
        settings.home, binaries=settings.postgres_binaries, user=settings.postgres_user
    )
    with embedded as server:
        yield server.dsn


def chain_key(settings: Settings) -> bytes:
    """The key of the audit chains, derived from the home's secret: whoever has only the database cannot continue one."""
    return hmac.digest(secret_of(settings.secret_file), b"audit chain", "sha256")


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """A migrated database; an embedded server that was started for this is stopped at the end."""
    with database_server(settings) as conninfo:
        migrate(conninfo, read_migrations(migrations_folder()))
        # A user of its own in the embedded server: statements of the app cannot become the superuser again.
        own = conninfo if settings.database_url is not None else make_conninfo(conninfo, user=APP_ROLE)
        async with Database.open(own, chain_key=chain_key(settings)) as database:
            yield database
