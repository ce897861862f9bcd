"""Named statements on the database.

Every statement of a room is a module-level `Query` or `Command` in its `store.py`. Rows become
msgspec Structs by position, which costs next to nothing; a test asks Postgres to describe each
statement and compares the columns with the Struct's fields, so a position cannot drift unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Generic, LiteralString, TypeVar

import psycopg

from keepwell.platform.database import Connection, Readable, statement_span
from keepwell.platform.database_errors import translated_errors
from keepwell.platform.errors import NotFound

Row = TypeVar("Row")


class Query(Generic[Row]):
    """A statement that returns rows of `row`, whose fields are the columns in their order."""

    def __init__(self, sql: LiteralString, row: type[Row]) -> None:
        self.sql = sql
        self.row = row

    async def values(self, reader: Readable, /, **parameters: object) -> list[tuple[Any, ...]]:
        """Every row as a plain tuple, for callers that build something else from it."""
        return await read_rows(reader, self.sql, parameters)

    async def all(self, reader: Readable, /, **parameters: object) -> list[Row]:
        """Every row."""
        return [self.row(*values) for values in await self.values(reader, **parameters)]

    async def maybe_one(self, reader: Readable, /, **parameters: object) -> Row | None:
        """The first row, or None if there is none."""
        rows = await self.values(reader, **parameters)
        return self.row(*rows[0]) if rows else None

    async def one(self, reader: Readable, /, **parameters: object) -> Row:
        """The first row; raises NotFound if there is none."""
        row = await self.maybe_one(reader, **parameters)
        if row is None:
            raise NotFound
        return row


async def read_rows(
    reader: Readable, sql: LiteralString, parameters: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    """Every row of a read-only statement, for readers that wrap another one."""
    if isinstance(reader, psycopg.AsyncConnection):
        return await (await _execute(reader, sql, parameters)).fetchall()
    return await reader.rows(sql, parameters)


class Command:
    """A statement that changes rows and returns none."""

    def __init__(self, sql: LiteralString) -> None:
        self.sql = sql

    async def run(self, connection: Connection, **parameters: object) -> int:
        """Execute once; returns the number of rows it touched."""
        return (await _execute(connection, self.sql, parameters)).rowcount

    async def run_many(self, connection: Connection, rows: Iterable[Mapping[str, object]]) -> None:
        """Execute once per row, as a pipeline."""
        with statement_span(self.sql), translated_errors():
            async with connection.cursor() as cursor:
                await cursor.executemany(self.sql, rows)


async def _execute(
    connection: Connection, sql: LiteralString, parameters: Mapping[str, object]
) -> psycopg.AsyncCursor[tuple[Any, ...]]:
    # Translated here and not only around the transaction: whoever handles the error while the transaction
    # unwinds must see the same one that ends it.
    with statement_span(sql), translated_errors():
        return await connection.execute(sql, parameters)
