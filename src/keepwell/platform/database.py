"""Postgres for the rooms: connections, and transactions bound to a workspace."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from datetime import timedelta
from functools import lru_cache
from typing import Any, LiteralString, Protocol, TypeAlias
from uuid import UUID

import psycopg
from opentelemetry.trace import SpanKind
from psycopg import errors as pg
from psycopg import generators, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import ExecStatus
from psycopg_pool import AsyncConnectionPool

from keepwell.platform.database_errors import TRY_AGAIN_AFTER, translated_errors
from keepwell.platform.errors import OutcomeUnknown, Unavailable
from keepwell.platform.trace.spans import Attributes, TraceSpan, span


class KeyedConnection(psycopg.AsyncConnection[tuple[Any, ...]]):
    """A connection with the key that what is written through it is authenticated with; None without a home."""

    chain_key: bytes | None = None


Connection: TypeAlias = KeyedConnection

APP_ROLE = "keepwell_app"
_PATIENCE = 15.0
# With this many requests already waiting for a connection, failing at once beats queueing.
_WAITING_FOR_EACH = 25
_GIVEN_UP_AFTER = 10.0
_LISTENED_AT_A_TIME = 15.0
_PATIENCE_OF_A_LISTENER = 5.0
# For a whole HTTP request: less than clients and proxies wait.
REQUEST_DEADLINE = timedelta(seconds=5)


class WorkspaceReader(Protocol):
    """Reads one workspace's rows, each statement in its own transaction."""

    async def rows(self, sql: LiteralString, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Every row of a read-only statement."""


# What a read-only statement can run on.
Readable: TypeAlias = Connection | WorkspaceReader


def statement_span(sql: str) -> AbstractContextManager[TraceSpan | None]:
    """A span for executing the statement `sql`; it contains no values."""
    # The text has no values in it: they are sent apart from it.
    attributes: Attributes = {"db.system.name": "postgresql", "db.query.text": sql}
    return span(_operation(sql), attributes, kind=SpanKind.CLIENT)


@lru_cache(maxsize=1024)
def _operation(sql: str) -> str:
    return sql.split(None, 1)[0].lower()


_ENTER_WORKSPACE = "select set_config('app.workspace_id', %(workspace_id)s, true)"


class Database:
    """A pool of connections in the role that cannot bypass row-level security.

    With a `deadline`, no transaction lasts longer: its connection is cut, and the caller gets Unavailable.
    """

    def __init__(
        self, pool: AsyncConnectionPool[Connection], conninfo: str, *, deadline: timedelta | None = None
    ) -> None:
        self._pool = pool
        self._conninfo = conninfo
        self._deadline = deadline
        self._patience = None if deadline is None else deadline.total_seconds()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, conninfo: str, *, chain_key: bytes | None = None, max_size: int = 8, patience: float = _PATIENCE
    ) -> AsyncIterator[Database]:
        """Open a pool on `conninfo`; raises Unavailable when no connection comes within `patience` seconds.

        Its audit entries are authenticated with `chain_key`.
        """

        async def give_key(connection: Connection) -> None:
            connection.chain_key = chain_key

        pool = AsyncConnectionPool[Connection](
            as_app_role(conninfo),
            connection_class=KeyedConnection,
            configure=give_key,
            # We begin and commit ourselves: each takes one round trip, and a lost COMMIT can be recognised.
            kwargs={"autocommit": True},
            min_size=1,
            max_size=max_size,
            max_waiting=max_size * _WAITING_FOR_EACH,
            timeout=patience,
            reconnect_timeout=_GIVEN_UP_AFTER,
            open=False,
        )
        try:
            with translated_errors():
                await pool.open(wait=True, timeout=patience)
            yield cls(pool, as_app_role(conninfo))
        finally:
            # Also after an interrupted opening: the pool's own tasks swallow a cancellation and would never end.
            await pool.close()

    def within(self, deadline: timedelta) -> Database:
        """The same pool, with every transaction limited to `deadline`."""
        return Database(self._pool, self._conninfo, deadline=deadline)

    async def ping(self) -> None:
        """Return once the database has answered; raises Unavailable if it does not."""
        async with self.transaction() as connection:
            await connection.execute("select 1")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A transaction outside any workspace: row-level security shows no tenant's rows."""
        async with self._begun("begin") as connection:
            yield connection

    @asynccontextmanager
    async def workspace(self, workspace_id: UUID) -> AsyncIterator[Connection]:
        """A transaction that reads and writes only the rows of `workspace_id`."""
        async with self._begun(f"begin; {_set_local(workspace_id)}") as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self, workspace_id: UUID) -> AsyncIterator[Connection]:
        """As `workspace`, but read-only and on one consistent snapshot."""
        begin = f"begin isolation level repeatable read, read only; {_set_local(workspace_id)}"
        async with self._begun(begin) as connection:
            yield connection

    def reader(self, workspace_id: UUID) -> WorkspaceReader:
        """Reads only the rows of `workspace_id`, using a connection for one statement at a time."""
        return _OneTripReader(self._connected, workspace_id)

    async def notifications(self, channel: LiteralString) -> AsyncGenerator[str | None]:
        """The payloads of NOTIFY on `channel`, over a connection of its own, without end.

        None says that some may have been missed: at the beginning, and after each quarter of a minute, in which the
        connection is also tried. Raises Unavailable once it is cut.
        """
        with translated_errors():
            async with await KeyedConnection.connect(self._conninfo, autocommit=True) as connection:
                await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
                while True:
                    yield None
                    async for notify in connection.notifies(timeout=_LISTENED_AT_A_TIME):
                        yield notify.payload
                    # A connection that a firewall has dropped stays silent, and only using it shows that.
                    await _within(_PATIENCE_OF_A_LISTENER, connection.execute("select 1"))

    @asynccontextmanager
    async def _begun(self, begin: str) -> AsyncIterator[Connection]:
        """A transaction started by the statements `begin`; it commits unless its block raises."""
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
        """A connection outside any transaction, cut at the deadline."""
        with translated_errors():
            # `pool.connection()` would also end the transaction, which is done here.
            with span("wait for connection"):
                connection = await self._pool.getconn(self._patience)
            try:
                with _cut_after(self._deadline, connection):
                    yield connection
            finally:
                await self._pool.putconn(connection)


class _OneTripReader:
    """Sends `set local` and the statement as one simple query, which Postgres runs as one transaction.

    BEGIN, the statement and COMMIT would be three round trips, and the work for a page is small in comparison. A simple query
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
            with statement_span(sql):
                await cursor.execute(self._before + sql, parameters)
            await cursor.set_result(-1)
            return await cursor.fetchall()


async def _within(seconds: float, answer: Awaitable[object]) -> None:
    try:
        await asyncio.wait_for(answer, seconds)
    except TimeoutError as error:
        raise Unavailable("The database does not answer.", retry_after=TRY_AGAIN_AFTER) from error


def _set_local(workspace_id: UUID) -> str:
    # The text of a UUID needs no quoting.
    return f"set local app.workspace_id = '{workspace_id}'"


async def _begin(connection: Connection, statements: str) -> None:
    """Execute `statements`, which return nothing; through libpq itself, since every request waits for this."""
    connection.pgconn.send_query(statements.encode())
    for result in await connection.wait(generators.execute(connection.pgconn)):
        if result.status != ExecStatus.COMMAND_OK:
            raise pg.error_from_result(result)


async def _commit(connection: Connection) -> None:
    try:
        with span("commit", {"db.system.name": "postgresql"}, kind=SpanKind.CLIENT):
            await connection.commit()
    except psycopg.OperationalError as error:
        if connection.closed:
            raise OutcomeUnknown(
                "Database: the connection was lost while the work was committed.",
                hint="Check whether it was done; a request with an Idempotency-Key can be sent again.",
                retry_after=TRY_AGAIN_AFTER,
            ) from error
        raise


async def _roll_back(connection: Connection) -> None:
    """Roll back; if the connection is lost, the server does so."""
    if not connection.closed:
        with suppress(psycopg.OperationalError):
            await connection.rollback()


@contextmanager
def _cut_after(deadline: timedelta | None, connection: Connection) -> Iterator[None]:
    """Cut `connection` if the block is still running after `deadline`.

    The socket is shut down instead of cancelling the statement: to cancel, psycopg opens another connection,
    and to a server that does not answer that takes longer than any deadline.
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
    """Limit the rest of this transaction to the rows of `workspace_id`."""
    await connection.execute(_ENTER_WORKSPACE, {"workspace_id": str(workspace_id)})


def as_app_role(conninfo: str) -> str:
    """`conninfo` with the app's role as the session default, so that RESET ROLE keeps it."""
    given = str(conninfo_to_dict(conninfo).get("options") or "")
    # Lists have optional filters: one generic plan for all combinations would suit none of them.
    ours = (
        f"-c role={APP_ROLE} -c timezone=UTC -c statement_timeout=60s -c plan_cache_mode=force_custom_plan"
        # What a process waited for when it was killed would be locked until the statement's time is up. Since Postgres 14.
        " -c client_connection_check_interval=2s"
    )
    # Notices a server that disappeared without closing the connection.
    patience: dict[str, Any] = {"connect_timeout": 5, "keepalives_idle": 30, "tcp_user_timeout": 10_000}
    chosen: dict[str, Any] = {**patience, **conninfo_to_dict(conninfo)}
    chosen |= {"options": f"{given} {ours}".strip(), "application_name": "keepwell"}
    return make_conninfo(**chosen)
