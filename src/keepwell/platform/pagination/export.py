"""Lists over HTTP as CSV files (RFC 4180)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import Generic, Protocol, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from litestar.response import Stream

from keepwell.platform.database import Readable
from keepwell.platform.formats.csv_cells import quoted, safe_cell
from keepwell.platform.pagination.cursors import PageEnd
from keepwell.platform.pagination.listing import ListRows, encoded_names

Item = TypeVar("Item", bound=msgspec.Struct)
Item_co = TypeVar("Item_co", bound=msgspec.Struct, covariant=True)
Filters = TypeVar("Filters")
Filters_contra = TypeVar("Filters_contra", contravariant=True)

# Opens its own transaction, which outlives the handler: a CSV answer is sent while it is read.
OpenSnapshot: TypeAlias = Callable[[], AbstractAsyncContextManager[Readable]]

_ROWS_AT_ONCE = 1_000


class ListParts(Protocol[Filters_contra, Item_co]):
    """A service's function that reads a whole list in parts, for lists that cost as much to page as to read."""

    def __call__(
        self, reader: Readable, filters: Filters_contra, /, *, workspace_id: UUID, at_once: int
    ) -> AsyncGenerator[Sequence[Item_co]]:
        """All rows of the workspace in order, at most `at_once` in each part."""
        ...


class Export(Generic[Filters]):
    """A request for all rows of a list: the filter, the workspace, and the snapshot to read."""

    def __init__(self, snapshot: OpenSnapshot, filters: Filters, *, workspace_id: UUID) -> None:
        self._snapshot = snapshot
        self._filters = filters
        self._workspace_id = workspace_id

    async def csv(self, rows: ListRows[Filters, Item], item: type[Item], *, name: str) -> Stream:
        """All that a service's list function reads, as `csv_of_parts` sends it."""
        return await self.csv_of_parts(_pages_of(rows), item, name=name)

    async def csv_of_parts(self, parts: ListParts[Filters, Item], item: type[Item], *, name: str) -> Stream:
        """All rows of a list as a file called `name`, streamed while they are read, from one snapshot.

        Raises as `parts` does: it reads one row first, since an error after the headers could only break the file off.
        """
        async with self._read(parts, at_once=1) as read:
            await anext(read, None)
        columns = encoded_names(item)

        async def text() -> AsyncIterator[bytes]:
            yield _csv_text([columns])
            async with self._read(parts, at_once=_ROWS_AT_ONCE) as read:
                async for items in read:
                    yield _csv_text(_cells(each, columns) for each in items)

        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Stream(text(), media_type="text/csv; charset=utf-8", headers=headers)

    @asynccontextmanager
    async def _read(
        self, parts: ListParts[Filters, Item], *, at_once: int
    ) -> AsyncIterator[AsyncIterator[Sequence[Item]]]:
        """The parts of the list in order, from one snapshot."""
        async with self._snapshot() as reader:
            read = parts(reader, self._filters, workspace_id=self._workspace_id, at_once=at_once)
            async with aclosing(read):
                yield read


def _pages_of(rows: ListRows[Filters, Item]) -> ListParts[Filters, Item]:
    async def pages(
        reader: Readable, filters: Filters, /, *, workspace_id: UUID, at_once: int
    ) -> AsyncGenerator[Sequence[Item]]:
        end: PageEnd | None = None
        while True:
            found = await rows(reader, filters, workspace_id=workspace_id, limit=at_once, after=end)
            yield found.items
            if found.end is None:
                return
            end = found.end

    return pages


def _cells(item: msgspec.Struct, columns: Sequence[str]) -> Iterator[str]:
    values = msgspec.to_builtins(item)
    return (_cell(values[column]) for column in columns)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return safe_cell(text)


def _csv_text(rows: Iterable[Iterable[str]]) -> bytes:
    return "".join(",".join(map(quoted, row)) + "\r\n" for row in rows).encode()
