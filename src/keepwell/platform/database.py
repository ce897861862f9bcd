"""Postgres as the rooms see it: transactions that know their workspace, and statements by name.

Every statement of a room is a module-level `Query` or `Command` in its `store.py`. Rows become
msgspec Structs by position, which costs next to nothing; a test asks Postgres to describe each
statement and compares the columns with the Struct's fields, so a position cannot drift unseen.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from typing import Any, Generic, LiteralString, Protocol, TypeAlias, TypeVar
from uuid import UUID

import psycopg
from psycopg import errors as pg
from psycopg import generators
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import ExecStatus
from psycopg_pool import AsyncConnectionPool

from keepwell.platform.database_errors import TRY_AGAIN_AFTER, translated_errors
from keepwell.platform.errors import NotFound, OutcomeUnknown

Row = TypeVar("Row")
Connection: TypeAlias = psycopg.AsyncConnection[tuple[Any, ...]]

APP_ROLE = "keepwell_app"
_PATIENCE = 15.0
# Who waits longer for a connection than so many before them take, is better told at once.
_WAITING_FOR_EACH = 25
_GIVEN_UP_AFTER = 10.0
# Of a request over HTTP, in all: less than what a client or a proxy waits.
REQUEST_DEADLINE = timedelta(seconds=5)


class Reader(Protocol):
    """Reads one workspace's rows, each statement in a transaction of its own."""

    async def rows(self, sql: LiteralString, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Every row of a statement that changes none."""


# What a statement that changes nothing can be asked of.
Readable: TypeAlias = Connection | Reader


class Query(Generic[Row]):
    """A statement that returns rows of `row`, whose fields are the columns in their order."""

    def __init__(self, sql: LiteralString, row: type[Row]) -> None:
        self.sql = sql
        self.row = row

    async def values(self, reader: Readable, /, **parameters: object) -> list[tuple[Any, ...]]:
        """Every row as the database gives it, for those who make something else of it."""
        if isinstance(reader, psycopg.AsyncConnection):
            return await (await _execute(reader, self.sql, parameters)).fetchall()
        return await reader.rows(self.sql, parameters)

    async def all(self, reader: Readable, /, **parameters: object) -> list[Row]:
        """Every row."""
        return [self.row(*values) for values in await self.values(reader, **parameters)]

    async def maybe_one(self, reader: Readable, /, **parameters: object) -> Row | None:
        """The first row, or None where there is none."""
        rows = await self.values(reader, **parameters)
        return self.row(*rows[0]) if rows else None

    async def one(self, reader: Readable, /, **parameters: object) -> Row:
        """The first row; raises NotFound where there is none."""
        row = await self.maybe_one(reader, **parameters)
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

    def reader(self, workspace_id: UUID) -> Reader:
        """Reads only the rows of `workspace_id`, and takes a connection for no longer than each statement."""
        return _OneTripReader(self._connected, workspace_id)

    @asynccontextmanager
    async def _begun(self, begin: str) -> AsyncIterator[Connection]:
        """A transaction that began with the statements `begin`; it commits where its block ends well."""
        async with self._connected() as connection:
            try:
                await _begin(connection, begin)
                yield connection
            except BaseException:
                await _roll_back(connection)
                raise
            await _commit(connection)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        """A connection outside of any transaction, cut at the deadline."""
        with translated_errors():
            # `pool.connection()` would end a transaction too, which is done here.
            connection = await self._pool.getconn(self._patience)
            try:
                with _cut_after(self._deadline, connection):
                    yield connection
            finally:
                await self._pool.putconn(connection)


class _OneTripReader:
    """Sends the statement after its `set local`, as one simple query: Postgres makes one transaction of it.

    BEGIN, the statement and COMMIT would be three round trips, and a page costs little beside them. A simple query
    has no parameters: psycopg writes them into its text, quoted by libpq.
    """

    def __init__(
        self, connected: Callable[[], AbstractAsyncContextManager[Connection]], workspace_id: UUID
    ) -> None:
        self._connected = connected
        self._before = f"set transaction read only; {_set_local(workspace_id)}; "

    async def rows(self, sql: LiteralString, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        async with self._connected() as connection:
            cursor = psycopg.AsyncClientCursor(connection)
            await cursor.execute(self._before + sql, parameters)
            await cursor.set_result(-1)
            return await cursor.fetchall()


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
                retry_after=TRY_AGAIN_AFTER,
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
