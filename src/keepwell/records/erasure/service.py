"""Erasing the person behind an account from the records, and what is known of erasures afterwards.

Functions take a connection that is already inside a transaction of the workspace and never commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from keepwell.platform.database import Connection
from keepwell.platform.erasure import Person, tombstone
from keepwell.platform.errors import NotFound
from keepwell.platform.values.versions import require_version
from keepwell.records.accounts import service as accounts
from keepwell.records.erasure import store
from keepwell.records.erasure.model import AlreadyErased, DueFiles, ErasureItem


async def person_behind(
    connection: Connection, account_id: UUID, *, workspace_id: UUID, version: int | None
) -> Person:
    """The person to erase, with the account locked; raises NotFound, AlreadyErased, and PreconditionFailed."""
    scope = {"workspace_id": workspace_id, "account_id": account_id}
    found = await store.LOCKED_ACCOUNT.maybe_one(connection, **scope)
    if found is None:
        raise accounts.no_account(account_id)
    if found.erased_at is not None:
        raise AlreadyErased(f"The person behind this account was erased on {found.erased_at:%Y-%m-%d}.")
    require_version(found.version, version)
    records = await store.RECORD_IDS.all(connection, **scope)
    texts = await store.TEXTS.all(connection, **scope)
    return Person(
        workspace_id=workspace_id,
        account_id=account_id,
        external_id=found.external_id,
        records={
            entity: [each.id for each in records if each.entity == entity]
            for entity in sorted({each.entity for each in records})
        },
        personal_ids=[each.id for each in records if each.is_personal],
        texts=[each.text for each in texts],
    )


async def erase_records(
    connection: Connection, person: Person, *, now: datetime, search: bytes | None
) -> dict[str, int]:
    """Remove the person from the records and remember the erasure; the rows that were changed or deleted, by table.

    `search` is what the files are still to be searched for, encrypted; None if there are none.
    """
    scope = {"workspace_id": person.workspace_id, "account_id": person.account_id}
    counts = {
        table: await command.run(connection, **scope, patterns=person.patterns, now=now)
        for table, command in store.ERASE.items()
    }
    await store.INSERT_ERASURE.run(
        connection,
        **scope,
        source_hash=_hash_of(connection, person.external_id, workspace_id=person.workspace_id),
        now=now,
        search=search,
    )
    return counts


async def get_erasure(connection: Connection, account_id: UUID, *, workspace_id: UUID) -> ErasureItem:
    """The erasure of an account's person; raises NotFound if there was none."""
    found = await store.ERASURE.maybe_one(connection, workspace_id=workspace_id, account_id=account_id)
    if found is None:
        raise NotFound(
            f"Nobody was erased from an account {account_id} here.",
            hint="POST to the same address erases the person.",
        )
    return found


async def erasure_of(connection: Connection, external_id: str, *, workspace_id: UUID) -> ErasureItem | None:
    """The erasure of the account that had this id at its source; None if there was none."""
    return await store.OF_SOURCE.maybe_one(
        connection,
        workspace_id=workspace_id,
        source_hash=_hash_of(connection, external_id, workspace_id=workspace_id),
    )


async def erased_after(
    connection: Connection, after: datetime, *, workspace_id: UUID
) -> Sequence[ErasureItem]:
    """The erasures of the workspace after the instant `after`, in their order."""
    return await store.AFTER.all(connection, workspace_id=workspace_id, after=after)


async def due_files(connection: Connection, *, workspace_id: UUID) -> Sequence[DueFiles]:
    """The erasures of the workspace whose files have not been searched yet."""
    return await store.DUE.all(connection, workspace_id=workspace_id)


async def note_files_done(
    connection: Connection, account_id: UUID, *, workspace_id: UUID, now: datetime
) -> None:
    """Forget what the files were searched for: they are clean."""
    await store.FILES_DONE.run(connection, workspace_id=workspace_id, account_id=account_id, now=now)


async def note_files_failed(
    connection: Connection, account_id: UUID, *, workspace_id: UUID, error: str
) -> None:
    """Store why the files could not be searched; they stay due."""
    await store.FILES_FAILED.run(connection, workspace_id=workspace_id, account_id=account_id, error=error)


def _hash_of(connection: Connection, external_id: str, *, workspace_id: UUID) -> bytes:
    return tombstone(external_id, workspace_id=workspace_id, key=connection.chain_key)
