"""Postgres as the rooms see it: transactions that know their workspace, and statements by name.

Every statement of a room is a module-level `Query` or `Command` in its `store.py`. Rows become
msgspec Structs by position, which costs next to nothing; a test asks Postgres to describe each
statement and compares the columns with the Struct's fields, so a position cannot drift unseen.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from typing import Any, Generic, LiteralString, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

import psycopg
from psycopg import errors as pg
from psycopg import generators
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import ExecStatus
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

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
# Who waits longer for a connection than so many before them take, is better told at once.
_WAITING_FOR_EACH = 25
_GIVEN_UP_AFTER = 10.0
_TRY_AGAIN_AFTER = timedelta(seconds=1)
# Of a request over HTTP, in all: less than what a client or a proxy waits.
REQUEST_DEADLINE = timedelta(seconds=5)


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


_ENTER_WORKSPACE = "select set_config('app.workspace_id', %(workspace_id)s, true)"
_PRESENT_CREDENTIAL = "select set_config('app.credential', %(credential)s, true)"
_NAME_EMAIL = "select set_config('app.email', %(email)s, true)"
_NAME_WORKSPACE = "select set_config('app.workspace_slug', %(slug)s, true)"


class Database:
    """A pool of connections that act as the role without rights to bypass row-level security.

    With a `deadline`, no transaction lasts longer: its connection is cut, and whoever waits gets Unavailable.
    """

    def __init__(self, pool: AsyncConnectionPool[Connection], *, deadline: timedelta | None = None) -> None:
        self._pool = pool
        self._deadline = deadline
        self._patience = None if deadline is None else deadline.total_seconds()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, conninfo: str, *, max_size: int = 8, patience: float = _PATIENCE
    ) -> AsyncIterator[Database]:
        """Open a pool on `conninfo`; raises Unavailable when no connection comes within `patience` seconds."""
        pool = AsyncConnectionPool[Connection](
            as_app_role(conninfo),
            # Beginning and ending are ours: both take one round trip, and a lost COMMIT is told apart.
            kwargs={"autocommit": True},
            min_size=1,
            max_size=max_size,
            max_waiting=max_size * _WAITING_FOR_EACH,
            timeout=patience,
            reconnect_timeout=_GIVEN_UP_AFTER,
            open=False,
        )
        with translated_errors():
            await pool.open(wait=True, timeout=patience)
        try:
            yield cls(pool)
        finally:
            await pool.close()

    def within(self, deadline: timedelta) -> Database:
        """The same pool, for work of which no transaction may last longer than `deadline`."""
        return Database(self._pool, deadline=deadline)

    async def ping(self) -> None:
        """Return once the database has answered; raises Unavailable where it does not."""
        async with self.transaction() as connection:
            await connection.execute("select 1")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction outside of any workspace: row-level security shows no tenant's rows."""
        async with self._begun("begin") as connection:
            yield connection

    @asynccontextmanager
    async def workspace(self, workspace_id: UUID) -> AsyncIterator[Connection]:
        """One transaction that sees and writes only the rows of `workspace_id`."""
        async with self._begun(f"begin; {_set_local(workspace_id)}") as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self, workspace_id: UUID) -> AsyncIterator[Connection]:
        """As `workspace`, but every statement sees the rows of one moment, and none changes any."""
        begin = f"begin isolation level repeatable read, read only; {_set_local(workspace_id)}"
        async with self._begun(begin) as connection:
            yield connection

    @asynccontextmanager
    async def _begun(self, begin: str) -> AsyncIterator[Connection]:
        """A transaction that began with the statements `begin`; it commits where its block ends well."""
        with translated_errors():
            async with self._pool.connection(timeout=self._patience) as connection:
                with _cut_after(self._deadline, connection):
                    await _begin(connection, begin)
                    try:
                        yield connection
                    except BaseException:
                        await _roll_back(connection)
                        raise
                    await _commit(connection)


def _set_local(workspace_id: UUID) -> str:
    # A UUID's text is its own: nothing in it needs to be quoted.
    return f"set local app.workspace_id = '{workspace_id}'"


async def _begin(connection: Connection, statements: str) -> None:
    """Execute `statements`, which return nothing: by libpq itself, for each request waits for this."""
    connection.pgconn.send_query(statements.encode())
    for result in await connection.wait(generators.execute(connection.pgconn)):
        if result.status != ExecStatus.COMMAND_OK:
            raise pg.error_from_result(result)


async def _commit(connection: Connection) -> None:
    try:
        await connection.commit()
    except psycopg.OperationalError as error:
        if connection.closed:
            raise OutcomeUnknown(
                "Database: the connection was lost while the work was committed.",
                hint="Send the same again with the same Idempotency-Key, or look at what is there first.",
                component="database",
                retry_after=_TRY_AGAIN_AFTER,
            ) from error
        raise


async def _roll_back(connection: Connection) -> None:
    """Undo what was begun; where the connection is lost, the server does so by itself."""
    if not connection.closed:
        with suppress(psycopg.OperationalError):
            await connection.rollback()


@contextmanager
def _cut_after(deadline: timedelta | None, connection: Connection) -> Iterator[None]:
    """Cut `connection` where this is still open after `deadline`.

    Its socket is shut down rather than its statement cancelled: to cancel, psycopg connects once more, and to a
    server that answers nothing that takes longer than any deadline.
    """
    if deadline is None:
        yield
        return
    timer = asyncio.get_running_loop().call_later(deadline.total_seconds(), _cut, connection)
    try:
        yield
    finally:
        timer.cancel()


def _cut(connection: Connection) -> None:
    if connection.closed:
        return
    with socket.socket(fileno=os.dup(connection.fileno())) as line, suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


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
    # A server that went away without a word is noticed, and not waited for.
    patience: dict[str, Any] = {"connect_timeout": 5, "keepalives_idle": 30, "tcp_user_timeout": 10_000}
    chosen: dict[str, Any] = {**patience, **conninfo_to_dict(conninfo)}
    chosen |= {"options": f"{given} {ours}".strip(), "application_name": "keepwell"}
    return make_conninfo(**chosen)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn psycopg's errors into Keepwell's; what is one of ours already passes."""
    try:
        yield
    except (psycopg.Error, PoolTimeout, TooManyRequests) as error:
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
    _Translation((pg.QueryCanceled, pg.LockNotAvailable), TimedOut),
    _Translation((PoolTimeout, TooManyRequests), Unavailable, "It may be busy, or restarting: try again."),
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
    is_passing = translation.becomes.retryable
    return translation.becomes(
        f"Database: {detail}",
        hint=translation.hint,
        component="database",
        retry_after=_TRY_AGAIN_AFTER if is_passing else None,
    )
