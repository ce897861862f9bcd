"""The audit log: recording a change, listing entries, and verifying that none was changed or removed."""

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
    ChainVerification,
    Entry,
    Head,
    changed_fields,
    check_chain,
    hash_of,
    last_of_plain_beginning,
    redacted_hash_of,
)
from keepwell.identity.model import Actor, AutomaticCause, Principal
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Readable
from keepwell.platform.erasure import Person
from keepwell.platform.ids import Uuid7
from keepwell.platform.pagination.cursors import PageEnd, RowPage

_ENTRIES_PER_READ = 1_000


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
    """Add an entry in the transaction of the change itself, so that neither exists without the other.

    Only the fields of `before` and `after` that differ are stored, and never a secret.
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
    new_hash = hash_of(entry, head.hash, key=connection.chain_key)
    await store.INSERT.run(
        connection,
        **msgspec.structs.asdict(entry),
        previous_hash=head.hash,
        hash=new_hash,
        is_keyed=connection.chain_key is not None,
    )
    await store.MOVE_HEAD.run(connection, workspace_id=workspace_id, sequence=entry.sequence, hash=new_hash)


# What an entry's subject begins with if the entry is about a person's own record.
_PERSONAL_NOUNS = ["account", "contact", "payment_method"]


async def contacts_of_account(
    connection: Connection, account_id: UUID, *, workspace_id: UUID
) -> Sequence[UUID]:
    """The ids of all contacts that the account has had; until its person is erased."""
    found = await store.CONTACTS_OF_ACCOUNT.all(connection, workspace_id=workspace_id, account_id=account_id)
    return [each.id for each in found]


async def erase_person(connection: Connection, person: Person) -> dict[str, int]:
    """Remove the contents of the entries about the person; the rows by table.

    Who did what and when stays, and so does the chain: each entry gets a proof of what is left of it.
    """
    entries = await store.ENTRIES_OF_PERSON.all(
        connection,
        workspace_id=person.workspace_id,
        subjects=[f"{noun}:{each}" for noun in _PERSONAL_NOUNS for each in person.personal_ids],
        nouns=_PERSONAL_NOUNS,
        account_id=person.account_id,
        record_ids=[str(each) for each in person.record_ids],
        patterns=list(person.patterns),
    )
    for row in entries:
        entry = ChainedEntry(**msgspec.structs.asdict(row))
        await store.REDACT.run(
            connection,
            workspace_id=person.workspace_id,
            sequence=entry.sequence,
            redacted_hash=redacted_hash_of(entry, key=connection.chain_key),
        )
    return {"audit_entries": len(entries)}


def keepwell_itself(workspace_id: UUID, *, cause: AutomaticCause) -> Actor:
    """The actor of an automatic change: its member is the nil UUID, its request id names the cause."""
    return Actor(Principal(workspace_id, UUID(int=0)), request_id=cause)


async def list_entries(
    reader: Readable,
    filters: AuditFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[AuditEntry]:
    """A page of entries."""
    conditions = {name: value for name, value in msgspec.structs.asdict(filters).items() if name != "sort"}
    found = await store.PAGES.page(
        reader, filters.sort, limit=limit, after=after, workspace_id=workspace_id, **conditions
    )
    return RowPage([_shown(row) for row in found.items], found.end)


async def head(connection: Connection, workspace_id: UUID) -> Head:
    """The last entry of the workspace's chain."""
    return await store.HEAD.maybe_one(connection, workspace_id=workspace_id) or Head(0, GENESIS)


async def verify(
    connection: Connection, workspace_id: UUID, *, checkpoints: Sequence[Head] = ()
) -> ChainVerification:
    """Verify the whole chain against its head and against `checkpoints` that were kept elsewhere.

    Changed, missing and truncated entries are findings, and so are those that were made without the home's secret, unless
    they are at the beginning and a checkpoint covers them.
    Somebody who has the secret and can rewrite the table, its head and every checkpoint is not detected.
    """
    last, findings, last_plain, is_keyed = Head(0, GENESIS), list[str](), Head(0, GENESIS), False
    redacted = 0
    async for entries in _pages(connection, workspace_id):
        last, found = check_chain(entries, after=last, key=connection.chain_key, is_keyed=is_keyed)
        findings += found
        if not is_keyed:
            last_plain = last_of_plain_beginning(entries) or last_plain
        is_keyed = is_keyed or any(entry.is_keyed for entry in entries)
        redacted += sum(entry.redacted_hash is not None for entry in entries)
    findings += _truncated(last, await head(connection, workspace_id), "the head")
    for checkpoint in checkpoints:
        findings += await _compared(connection, workspace_id, checkpoint=checkpoint)
    if connection.chain_key is not None:
        findings += _not_covered(last_plain, checkpoints)
    return ChainVerification(entries=last.sequence, head=str(last), findings=findings, redacted=redacted)


def _truncated(last: Head, expected: Head, what: str) -> list[str]:
    if last.sequence < expected.sequence:
        return [f"entries {last.sequence + 1} to {expected.sequence}, which {what} knows, are missing"]
    if last != expected:
        return [f"the chain does not end as {what} says"]
    return []


def _not_covered(last_plain: Head, checkpoints: Sequence[Head]) -> list[str]:
    """A finding if anybody with the database could have made the entries up to `last_plain`; they prove nothing alone."""
    if last_plain.sequence <= max((each.sequence for each in checkpoints), default=0):
        return []
    made = f"entries 1 to {last_plain.sequence} were made without this home's secret, and no checkpoint covers them"
    advice = f"if an earlier release made them, compare with a backup and pass --head {last_plain} once"
    return [f"{made}; {advice}"]


async def _compared(connection: Connection, workspace_id: UUID, *, checkpoint: Head) -> list[str]:
    if checkpoint.sequence == 0:
        return []
    row = await store.ENTRY.maybe_one(connection, workspace_id=workspace_id, sequence=checkpoint.sequence)
    if row is None:
        return [f"entry {checkpoint.sequence}, which a checkpoint knows, is missing"]
    return (
        []
        if row.hash == checkpoint.hash
        else [f"entry {checkpoint.sequence} is not the one that a checkpoint knows"]
    )


async def _pages(connection: Connection, workspace_id: UUID) -> AsyncIterator[list[ChainedEntry]]:
    after = 0
    while True:
        rows = await store.ENTRIES_AFTER.all(
            connection, workspace_id=workspace_id, after=after, limit=_ENTRIES_PER_READ
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
