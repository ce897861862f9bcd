"""The audit log: adding an entry to a change, reading them, and proving that none was touched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import msgspec

from keepwell.identity.audit import store
from keepwell.identity.audit.model import (
    GENESIS,
    AuditEntry,
    AuditFilter,
    ChainedEntry,
    Entry,
    Head,
    Verified,
    breaks,
    changed_fields,
    hash_of,
)
from keepwell.identity.model import Actor, Principal
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Readable
from keepwell.platform.ids import Uuid7
from keepwell.platform.pagination.cursors import PageEnd, RowPage

_AT_ONCE = 1_000


async def record(
    connection: Connection,
    actor: Actor,
    *,
    action: str,
    subject: str,
    before: msgspec.Struct | None = None,
    after: msgspec.Struct | None = None,
    clock: Clock,
) -> None:
    """Add an entry in the transaction of the change itself, so that there is none without the other.

    Of `before` and `after` only what differs is kept, and never a secret.
    """
    workspace_id = actor.principal.workspace_id
    head = await _locked_head(connection, workspace_id)
    then, now = changed_fields(before, after)
    entry = Entry(
        workspace_id=workspace_id,
        sequence=head.sequence + 1,
        id=Uuid7(clock).new(),
        at=clock.now(),
        member_id=actor.principal.member_id,
        token_id=actor.principal.token_id,
        action=action,
        subject=subject,
        before=then,
        after=now,
        request_id=actor.request_id,
    )
    new_hash = hash_of(entry, head.hash)
    await store.INSERT.run(
        connection, **msgspec.structs.asdict(entry), previous_hash=head.hash, hash=new_hash
    )
    await store.MOVE_HEAD.run(connection, workspace_id=workspace_id, sequence=entry.sequence, hash=new_hash)


def keepwell_itself(workspace_id: UUID, *, cause: str) -> Actor:
    """The actor of a change that nobody asked for: its member is the nil UUID, its request what it was for."""
    return Actor(Principal(workspace_id, UUID(int=0)), request_id=cause)


async def list_entries(
    reader: Readable,
    wanted: AuditFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[AuditEntry]:
    """A page of entries."""
    filters = {name: value for name, value in msgspec.structs.asdict(wanted).items() if name != "sort"}
    found = await store.PAGES.page(
        reader, wanted.sort, limit=limit, after=after, workspace_id=workspace_id, **filters
    )
    return RowPage([_shown(row) for row in found.items], found.end)


async def head(connection: Connection, workspace_id: UUID) -> Head:
    """The last entry of the workspace's chain."""
    return await store.HEAD.maybe_one(connection, workspace_id=workspace_id) or Head(0, GENESIS)


async def verify(connection: Connection, workspace_id: UUID, *, anchors: Sequence[Head] = ()) -> Verified:
    """Follow the whole chain, and hold it against its head and against `anchors`, kept elsewhere before.

    An entry that was changed, one that is missing and a tail that was cut off are findings. Who can rewrite
    the table, its head and every anchor is not found out.
    """
    last, findings = Head(0, GENESIS), list[str]()
    async for entries in _pages(connection, workspace_id):
        last, found = breaks(entries, after=last)
        findings += found
    findings += _cut_off(last, await head(connection, workspace_id), "the head")
    for anchor in anchors:
        findings += await _against(connection, workspace_id, anchor=anchor)
    return Verified(entries=last.sequence, head=str(last), findings=findings)


def _cut_off(last: Head, expected: Head, what: str) -> list[str]:
    if last.sequence < expected.sequence:
        return [f"entries {last.sequence + 1} to {expected.sequence}, which {what} knows, are missing"]
    if last != expected:
        return [f"the chain ends in another way than {what} says"]
    return []


async def _against(connection: Connection, workspace_id: UUID, *, anchor: Head) -> list[str]:
    if anchor.sequence == 0:
        return []
    row = await store.ENTRY.maybe_one(connection, workspace_id=workspace_id, sequence=anchor.sequence)
    if row is None:
        return [f"entry {anchor.sequence}, which an anchor knows, is missing"]
    return [] if row.hash == anchor.hash else [f"entry {anchor.sequence} is not the one that an anchor knows"]


async def _pages(connection: Connection, workspace_id: UUID) -> AsyncIterator[list[ChainedEntry]]:
    after = 0
    while True:
        rows = await store.ENTRIES_AFTER.all(
            connection, workspace_id=workspace_id, after=after, limit=_AT_ONCE
        )
        if not rows:
            return
        yield [ChainedEntry(**msgspec.structs.asdict(row)) for row in rows]
        after = rows[-1].sequence


async def _locked_head(connection: Connection, workspace_id: UUID) -> Head:
    found = await store.LOCKED_HEAD.maybe_one(connection, workspace_id=workspace_id)
    if found is not None:
        return found
    await store.BEGIN.run(connection, workspace_id=workspace_id, genesis=GENESIS)
    return await store.LOCKED_HEAD.one(connection, workspace_id=workspace_id)


def _shown(row: store.EntryRow) -> AuditEntry:
    values = msgspec.structs.asdict(row)
    return AuditEntry(
        **{name: values[name] for name in AuditEntry.__struct_fields__}
        | {
            "before": None if row.before is None else msgspec.json.decode(row.before),
            "after": None if row.after is None else msgspec.json.decode(row.after),
            "hash": row.hash.hex(),
        }
    )
