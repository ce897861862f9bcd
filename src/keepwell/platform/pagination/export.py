"""Lists over HTTP as CSV files (RFC 4180)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from litestar.response import Stream

from keepwell.platform.database import Readable
from keepwell.platform.formats.csv_cells import quoted, safe_cell
from keepwell.platform.pagination.cursors import PageEnd
from keepwell.platform.pagination.listing import ListRows, encoded_names

Item = TypeVar("Item", bound=msgspec.Struct)
Filters = TypeVar("Filters")

# Opens its own transaction, which outlives the handler: a CSV answer is sent while it is read.
OpenSnapshot: TypeAlias = Callable[[], AbstractAsyncContextManager[Readable]]

_ROWS_AT_ONCE = 1_000


class Export(Generic[Filters]):
    """A request for all rows of a list: the filter, the workspace, and the snapshot to read."""

    def __init__(self, snapshot: OpenSnapshot, filters: Filters, *, workspace_id: UUID) -> None:
        self._snapshot = snapshot
        self._filters = filters
        self._workspace_id = workspace_id

    async def csv(self, rows: ListRows[Filters, Item], item: type[Item], *, name: str) -> Stream:
        """All that a service's list function reads, as a file called `name`, streamed while it is read.

        Raises as `rows` does: it reads one row first, since an error after the headers could only break the file off.
        """
        async with self._snapshot() as reader:
            await rows(reader, self._filters, workspace_id=self._workspace_id, limit=1, after=None)
        columns = encoded_names(item)

        async def text() -> AsyncIterator[bytes]:
            yield _csv_text([columns])
            async for items in self._pages(rows):
                yield _csv_text(_cells(each, columns) for each in items)

        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Stream(text(), media_type="text/csv; charset=utf-8", headers=headers)

    async def _pages(self, rows: ListRows[Filters, Item]) -> AsyncIterator[Sequence[Item]]:
        """Every page of the list in order, from one snapshot."""
        async with self._snapshot() as reader:
            end: PageEnd | None = None
            while True:
                found = await rows(
                    reader, self._filters, workspace_id=self._workspace_id, limit=_ROWS_AT_ONCE, after=end
                )
                yield found.items
                if found.end is None:
                    return
                end = found.end


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
