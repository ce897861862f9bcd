"""Postgres as the rooms see it: transactions that know their workspace, and statements by name.

Every statement of a room is a module-level `Query` or `Command` in its `store.py`. Rows become
msgspec Structs by position, which costs next to nothing; a test asks Postgres to describe each
statement and compares the columns with the Struct's fields, so a position cannot drift unseen.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Generic, LiteralString, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

import psycopg
from psycopg import errors as pg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from keepwell.platform.errors import (
    Conflict,
    CorruptData,
    DataValidationError,
    InfrastructureError,
    KeepwellError,
    NotFound,
    OutcomeUnknown,
    StorageFull,
    TimedOut,
    Unavailable,
)

Row = TypeVar("Row")
Connection: TypeAlias = psycopg.AsyncConnection[tuple[Any, ...]]

APP_ROLE = "keepwell_app"
_PATIENCE = 15.0


class Query(Generic[Row]):
    """A statement that returns rows of `row`, whose fields are the columns in their order."""

    def __init__(self, sql: LiteralString, row: type[Row]) -> None:
        self.sql = sql
        self.row = row

    async def values(self, connection: Connection, **parameters: object) -> list[tuple[Any, ...]]:
        """Every row as the database gives it, for those who make something else of it."""
        return await (await _execute(connection, self.sql, parameters)).fetchall()

    async def all(self, connection: Connection, **parameters: object) -> list[Row]:
        """Every row."""
        return [self.row(*values) for values in await self.values(connection, **parameters)]

    async def maybe_one(self, connection: Connection, **parameters: object) -> Row | None:
        """The first row, or None where there is none."""
        cursor = await _execute(connection, self.sql, parameters)
        values = await cursor.fetchone()
        return None if values is None else self.row(*values)

    async def one(self, connection: Connection, **parameters: object) -> Row:
        """The first row; raises NotFound where there is none."""
        row = await self.maybe_one(connection, **parameters)
        if row is None:
            raise NotFound
        return row


class Command:
    """A statement that changes rows and returns none."""

    def __init__(self, sql: LiteralString) -> None:
        self.sql = sql

    async def run(self, connection: Connection, **parameters: object) -> int:
        """Execute once; the number of rows it touched."""
        return (await _execute(connection, self.sql, parameters)).rowcount

    async def run_many(self, connection: Connection, rows: Iterable[Mapping[str, object]]) -> None:
        """Execute once per row, pipelined."""
        with translated_errors():
            async with connection.cursor() as cursor:
                await cursor.executemany(self.sql, rows)


async def _execute(
    connection: Connection, sql: LiteralString, parameters: Mapping[str, object]
) -> psycopg.AsyncCursor[tuple[Any, ...]]:
    # Translated here and not only around the transaction: whoever handles the error while the transaction
    # unwinds must see the same one that ends it.
    with translated_errors():
        return await connection.execute(sql, parameters)


_ONE_MOMENT = "set transaction isolation level repeatable read, read only"
_ENTER_WORKSPACE = "select set_config('app.workspace_id', %(workspace_id)s, true)"
_PRESENT_CREDENTIAL = "select set_config('app.credential', %(credential)s, true)"
_NAME_EMAIL = "select set_config('app.email', %(email)s, true)"
_NAME_WORKSPACE = "select set_config('app.workspace_slug', %(slug)s, true)"


class Database:
    """A pool of connections that act as the role without rights to bypass row-level security."""

    def __init__(self, pool: AsyncConnectionPool[Connection]) -> None:
        self._pool = pool

    @classmethod
    @asynccontextmanager
    async def open(
        cls, conninfo: str, *, max_size: int = 8, patience: float = _PATIENCE
    ) -> AsyncIterator[Database]:
        """Open a pool on `conninfo`; raises TimedOut when no connection comes within `patience` seconds."""
        pool = AsyncConnectionPool[Connection](
            as_app_role(conninfo), min_size=1, max_size=max_size, open=False, timeout=patience
        )
        with translated_errors():
            await pool.open(wait=True, timeout=patience)
        try:
            yield cls(pool)
        finally:
            await pool.close()

    async def ping(self) -> None:
        """Return once the database has answered; raises Unavailable or TimedOut where it does not."""
        async with self.transaction() as connection:
            await connection.execute("select 1")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction outside of any workspace: row-level security shows no tenant's rows."""
        with translated_errors():
            async with self._pool.connection() as connection, connection.transaction():
                yield connection

    @asynccontextmanager
    async def workspace(self, workspace_id: UUID) -> AsyncIterator[Connection]:
        """One transaction that sees and writes only the rows of `workspace_id`."""
        async with self.transaction() as connection:
            await enter_workspace(connection, workspace_id)
            yield connection

    @asynccontextmanager
    async def snapshot(self, workspace_id: UUID) -> AsyncIterator[Connection]:
        """As `workspace`, but every statement sees the rows of one moment, and none changes any."""
        async with self.transaction() as connection:
            await connection.execute(_ONE_MOMENT)
            await enter_workspace(connection, workspace_id)
            yield connection


async def enter_workspace(connection: Connection, workspace_id: UUID) -> None:
    """Let the rest of this transaction see the rows of `workspace_id` only."""
    await connection.execute(_ENTER_WORKSPACE, {"workspace_id": str(workspace_id)})


async def present_credential(connection: Connection, credential: str) -> None:
    """Let this transaction see the one row whose secret hashes to `credential`."""
    await connection.execute(_PRESENT_CREDENTIAL, {"credential": credential})


async def name_workspace(connection: Connection, slug: str) -> None:
    """Let this transaction see the workspace called `slug`, which only the operator's CLI does."""
    await connection.execute(_NAME_WORKSPACE, {"slug": slug})


async def name_email(connection: Connection, email: str) -> None:
    """Let this transaction see the one member who has this e-mail, to sign in."""
    await connection.execute(_NAME_EMAIL, {"email": email})


def as_app_role(conninfo: str) -> str:
    """`conninfo` with the app's role as the session's default, so that RESET ROLE keeps it too."""
    given = str(conninfo_to_dict(conninfo).get("options") or "")
    # A list has optional filters: a plan made for all of them at once would be good for none.
    ours = f"-c role={APP_ROLE} -c timezone=UTC -c statement_timeout=60s -c plan_cache_mode=force_custom_plan"
    return make_conninfo(conninfo, options=f"{given} {ours}".strip(), application_name="keepwell")


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn psycopg's errors into Keepwell's; what is one of ours already passes."""
    try:
        yield
    except (psycopg.Error, PoolTimeout) as error:
        raise _translate(error) from error


class _Translation(NamedTuple):
    causes: tuple[type[Exception], ...]
    becomes: type[KeepwellError]
    hint: str = ""


# The first match counts: the specific causes are subclasses of the general ones below them.
_TRANSLATIONS = (
    _Translation((pg.UniqueViolation, pg.ForeignKeyViolation, pg.SerializationFailure), Conflict),
    _Translation(
        (pg.DiskFull,),
        StorageFull,
        "Free space and run the same command again; the transaction was rolled back.",
    ),
    _Translation((pg.QueryCanceled, pg.LockNotAvailable, PoolTimeout), TimedOut),
    _Translation((pg.DataCorrupted, pg.IndexCorrupted), CorruptData, "Restore the last backup."),
    _Translation(
        (pg.TransactionResolutionUnknown,), OutcomeUnknown, "Look at what is there before you try again."
    ),
    # A value that Postgres cannot hold, such as text with a NUL: the asker's, not ours.
    _Translation((psycopg.DataError,), DataValidationError),
    _Translation(
        (psycopg.OperationalError,), Unavailable, "Is Postgres running and KEEPWELL_DATABASE_URL right?"
    ),
    _Translation((Exception,), InfrastructureError),
)


def _translate(error: Exception) -> KeepwellError:
    detail = str(error).strip() or type(error).__name__
    translation = next(each for each in _TRANSLATIONS if isinstance(error, each.causes))
    return translation.becomes(f"Database: {detail}", hint=translation.hint, component="database")
