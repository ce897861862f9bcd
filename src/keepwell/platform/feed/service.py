"""Noting changes, and reading those after a version."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from keepwell.platform.database import Connection, Readable
from keepwell.platform.feed import store
from keepwell.platform.feed.model import Change, ChangePage, UnknownVersion
from keepwell.platform.runtime import Runtime


async def note(
    connection: Connection, records: Mapping[str, Collection[UUID]], *, workspace_id: UUID, runtime: Runtime
) -> None:
    """Add these records, by kind, to the feed when this transaction commits; a rollback takes them back."""
    pairs = [(kind, record_id) for kind, ids in records.items() for record_id in dict.fromkeys(ids)]
    if pairs:
        await store.INSERT_PENDING.run(
            connection,
            workspace_id=workspace_id,
            id=runtime.ids.new(),
            kinds=[kind for kind, _ in pairs],
            record_ids=[record_id for _, record_id in pairs],
        )


async def newest(reader: Readable, *, workspace_id: UUID) -> int:
    """The newest version of the workspace; 0 before its first change."""
    return (await store.NEWEST.one(reader, workspace_id=workspace_id)).version


async def require_known(reader: Readable, version: int, *, workspace_id: UUID) -> int:
    """The newest version; raises UnknownVersion if `version` is newer."""
    known = await newest(reader, workspace_id=workspace_id)
    if version > known:
        raise UnknownVersion(
            f"The newest version is {known}, and you ask for changes after {version}.",
            hint="The database was probably restored from a backup: read every list again, then continue from "
            "the `newest` of GET /v1/changes.",
        )
    return known


async def page(reader: Readable, *, workspace_id: UUID, after: int, limit: int) -> ChangePage:
    """A page of the changes after the version `after`; raises UnknownVersion if no change has that version yet."""
    known = await require_known(reader, after, workspace_id=workspace_id)
    items = await changes_after(reader, after, workspace_id=workspace_id, limit=limit)
    end = items[-1].version if items else after
    return ChangePage(items, next=end, newest=max(known, end))


async def changes_after(reader: Readable, after: int, *, workspace_id: UUID, limit: int) -> Sequence[Change]:
    """The first changes after the version `after`."""
    return await store.AFTER.all(reader, workspace_id=workspace_id, after=after, limit=limit)
