"""A pytest plugin: a test's pool takes over the connections of the one before, as a server's pool keeps its own.

A new connection is a new process of Postgres, which first has to read the catalog: a fifth of the processor seconds of a test.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from psycopg.pq import TransactionStatus

from keepwell.platform.database import KeyedConnection, as_app_role

# Of a database: each is a process.
MOST = 4
_connect, _close = KeyedConnection.connect, KeyedConnection.close
_opened_with = WeakKeyDictionary[KeyedConnection, str]()
# By what they were opened with.
_idle: dict[str, list[KeyedConnection]] = {}


def pytest_configure() -> None:
    # Until the process ends.
    patched = pytest.MonkeyPatch()
    patched.setattr(KeyedConnection, "connect", connect)
    patched.setattr(KeyedConnection, "close", close)


@contextmanager
def kept_connections(conninfo: str) -> Iterator[None]:
    """Keep what the pools on this database close, until the end of the block."""
    key = as_app_role(conninfo)
    _idle[key] = []
    try:
        yield
    finally:
        for each in _idle.pop(key):
            each.pgconn.finish()


async def connect(conninfo: str, **options: Any) -> KeyedConnection:
    """A connection that a pool has closed, or a new one."""
    kept = _idle.get(conninfo, [])
    while kept:
        connection = kept.pop()
        if not select.select([connection], [], [], 0)[0]:
            # Of the loop before, and of the pool before.
            connection.lock = asyncio.Lock()
            del connection._pool
            return connection
        # The end of the connection, or a message that no test wants.
        connection.pgconn.finish()
    connection = await _connect(conninfo, **options)
    _opened_with[connection] = conninfo
    return connection


async def close(connection: KeyedConnection) -> None:
    """Keep a connection that its pool closes, and close every other one."""
    is_of_pool = getattr(connection, "_pool", connection) is None
    is_kept = is_of_pool and connection.pgconn.transaction_status == TransactionStatus.IDLE
    kept = _idle.get(_opened_with.get(connection, "")) if is_kept else None
    if kept is None or len(kept) == MOST:
        await _close(connection)
    else:
        kept.append(connection)
