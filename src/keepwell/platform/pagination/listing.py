"""Lists over HTTP: the query parameters that all have, and the answer as a page."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from functools import cache, cached_property
from typing import Annotated, Any, Generic, Protocol, TypeAlias, TypeVar, cast, get_args, get_type_hints
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.params import QueryParameter

from keepwell.platform.database import Readable, WorkspaceReader
from keepwell.platform.errors import DataValidationError
from keepwell.platform.pagination.cursors import LARGEST_PAGE, Cursors, PageEnd, Place, RowPage
from keepwell.platform.pagination.responses import PageResponse

Item = TypeVar("Item", bound=msgspec.Struct)
Filters = TypeVar("Filters")
Filters_contra = TypeVar("Filters_contra", contravariant=True)

Limit: TypeAlias = Annotated[
    int, QueryParameter(ge=1, le=LARGEST_PAGE, description="Maximum number of rows.")
]
Cursor: TypeAlias = Annotated[
    str | None, QueryParameter(max_length=2000, description="`next` from the previous page.")
]
Fields: TypeAlias = Annotated[
    str | None,
    QueryParameter(max_length=500, description="Only these fields of each item, separated by commas."),
]

_NOT_OF_THE_LIST = {"cursor", "limit", "fields"}


class ListRows(Protocol[Filters_contra, Item]):
    """The list function of a service."""

    def __call__(
        self,
        reader: Readable,
        filters: Filters_contra,
        /,
        *,
        workspace_id: UUID,
        limit: int,
        after: PageEnd | None,
    ) -> Awaitable[RowPage[Item]]:
        """Up to `limit` rows of the workspace that come `after` the end of another page; without it, the first ones."""
        ...


class SparsePage(msgspec.Struct, frozen=True):
    """A page whose items have only the requested fields."""

    items: Sequence[dict[str, Any]]
    next: str | None


class ListQuery(msgspec.Struct, frozen=True):
    """The query parameters that every list has."""

    limit: int
    cursor: str | None
    fields: str | None


class Listing(Generic[Filters]):
    """A request for a page of a list: the filter, the limit, where to continue, and the reader to use."""

    def __init__(
        self,
        request: Request[Any, Any, Any],
        reader: WorkspaceReader,
        *,
        filters: Filters,
        query: ListQuery,
        cursors: Cursors,
    ) -> None:
        self.reader = reader
        self.filters = filters
        self.limit = query.limit
        self.workspace_id: UUID = request.user.workspace_id
        self._request = request
        self._cursors = cursors
        self._cursor = query.cursor
        self._fields = None if query.fields is None else query.fields.split(",")

    @property
    def after(self) -> PageEnd | None:
        """Where the previous page ended; raises DataValidationError for a cursor of another list."""
        return self.place(PageEnd)

    def place(self, kind: type[Place]) -> Place | None:
        """As `after`, for lists that are paged by something other than a sort key and an id."""
        return None if self._cursor is None else self._cursors.decode(self._cursor, kind, of=self._of)

    async def read(self, rows: ListRows[Filters, Item], page: type[msgspec.Struct]) -> Response[Any]:
        """The page that a service's list function reads, as `answer` gives it."""
        found = await rows(
            self.reader, self.filters, workspace_id=self.workspace_id, limit=self.limit, after=self.after
        )
        return self.answer(page, found)

    def answer(self, page: type[msgspec.Struct], found: RowPage[Item]) -> Response[Any]:
        """`found` as `page(items, next)`, with a Link to the next page if there is one."""
        following, headers = self.next_page(found.end)
        if self._fields is None:
            return PageResponse(page(found.items, following), headers=headers)
        _require_fields(self._fields, _item_of(page))
        return PageResponse(SparsePage(_sparse(found.items, self._fields), following), headers=headers)

    def next_page(self, end: msgspec.Struct | None) -> tuple[str | None, dict[str, str]]:
        """The cursor of the page after `end`, and its RFC 8288 Link; neither on the last page."""
        if end is None:
            return None, {}
        cursor = self._cursors.encode(end, of=self._of)
        return cursor, {"Link": self._link(cursor)}

    @cached_property
    def _of(self) -> str:
        """The identity of the list: its workspace, path, filters and order."""
        query = self._request.query_params.multi_items()
        kept = sorted((name, value) for name, value in query if name not in _NOT_OF_THE_LIST)
        return msgspec.json.encode((self.workspace_id, self._path, kept)).decode()

    def _link(self, cursor: str) -> str:
        sent = self._request.scope["query_string"].decode("latin-1").split("&")
        others = (each for each in sent if each and not each.startswith("cursor="))
        # Kept as sent; only the characters that would end the link have to be escaped.
        query = "&".join([*others, f"cursor={cursor}"]).replace("<", "%3C").replace(">", "%3E")
        return f'<{self._path}?{query}>; rel="next"'

    @property
    def _path(self) -> str:
        return str(self._request.scope["path"])


def _require_fields(chosen: Sequence[str], item: type[msgspec.Struct]) -> None:
    known = encoded_names(item)
    unknown = [field for field in chosen if field not in known]
    if unknown:
        hint = f"Known fields: {', '.join(sorted(known))}."
        raise DataValidationError(f"fields: there is no field {unknown[0]!r}.", hint=hint)


def _sparse(items: Sequence[msgspec.Struct], chosen: Sequence[str]) -> list[dict[str, Any]]:
    whole = (msgspec.to_builtins(item) for item in items)
    return [{field: item[field] for field in chosen} for item in whole]


@cache
def _item_of(page: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """The item type of `page`."""
    (item,) = get_args(get_type_hints(page)["items"])
    return cast(type[msgspec.Struct], item)


def encoded_names(item: type[msgspec.Struct]) -> Sequence[str]:
    """The field names of `item` as clients see them."""
    return [field.encode_name for field in msgspec.structs.fields(item)]
