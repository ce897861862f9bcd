"""Keyset pagination: the WHERE clause repeats the ORDER BY, so a page starts right after the last row seen.

OFFSET would read and discard every earlier row, and would skip or repeat rows when others change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import starmap
from typing import Any, Generic, LiteralString, NamedTuple, TypeVar
from uuid import UUID

from keepwell.platform.database import Readable
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.statements import Query

Row = TypeVar("Row")


class SortKey(NamedTuple):
    """A sort order: an expression that is never null, its type, and the id that breaks ties."""

    expression: LiteralString
    type: LiteralString
    row_id: LiteralString = "id"


class Keyset(Generic[Row]):
    """A list that can be paged in each of its orders: `name`, and `-name` for descending.

    The first page has its own statement: one that also said "or there is no cursor" would be planned
    without the index. The last column of each statement is `sort_key`, the text for the next cursor; it is
    not part of the row.
    """

    def __init__(
        self,
        columns: LiteralString,
        source: LiteralString,
        row: type[Row],
        *,
        sorts: Mapping[LiteralString, SortKey],
    ) -> None:
        self._row = row
        self.first: dict[str, Query[Row]] = {}
        self.after: dict[str, Query[Row]] = {}
        for name, (key, kind, row_id) in sorts.items():
            listed = f"{columns}, ({key})::text as sort_key {source}"
            for title, beyond, order in ((name, ">", "asc"), (f"-{name}", "<", "desc")):
                ordered = f"order by {key} {order}, {row_id} {order} limit %(limit)s"
                rest = f"and ({key}, {row_id}) {beyond} (%(after)s::{kind}, %(after_id)s)"
                self.first[title] = Query(f"{listed} {ordered}", row)
                self.after[title] = Query(f"{listed} {rest} {ordered}", row)

    async def page(
        self,
        reader: Readable,
        sort: str,
        *,
        limit: int,
        after: PageEnd | None,
        **filters: object,
    ) -> RowPage[Row]:
        """At most `limit` rows after `after`, in the order `sort`."""
        parameters = {**filters, "limit": limit + 1}
        if after is None:
            rows = await self.first[sort].values(reader, **parameters)
        else:
            rows = await self.after[sort].values(reader, **parameters, after=after.key, after_id=after.id)
        items = list(starmap(self._row, [values[:-1] for values in rows[:limit]]))
        return RowPage(items, _position(items[-1], rows[limit - 1]) if len(rows) > limit else None)


def _position(item: object, values: Sequence[Any]) -> PageEnd:
    row_id: UUID = item.id  # type: ignore[attr-defined]  # what is listed has an id
    return PageEnd(values[-1], row_id)
