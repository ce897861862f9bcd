"""Erasing a person from what imports keep, and recognising the person when a source sends them once more."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from keepwell.importing.erasure import store
from keepwell.platform.database import Connection
from keepwell.platform.erasure import REPLACEMENT, Person, tombstone

# Within an object of Stripe: one that is the customer, or that names the customer as its own.
_OF_CUSTOMER = "$.** ? (@.id == $id || @.customer == $id || @.customer.id == $id)"
# Within JSON: after a name, the next quote is followed by a colon.
_NOT_IN_A_NAME = r'(?![^"]*"\s*:)'


class ErasedAccounts:
    """The source's ids of accounts whose person was erased; only hashes of them are known."""

    def __init__(self, hashes: Collection[bytes], hash_of: Callable[[str], bytes]) -> None:
        self._hashes = frozenset(hashes)
        self._hash_of = hash_of

    def __contains__(self, external_id: object) -> bool:
        # Nearly every workspace has none, and a file may have a million rows.
        return (
            bool(self._hashes) and isinstance(external_id, str) and self._hash_of(external_id) in self._hashes
        )


async def erased_accounts(connection: Connection, *, workspace_id: UUID) -> ErasedAccounts:
    """The erased accounts of the workspace; nobody is erased until this transaction ends."""
    await store.LOCK_OUT_ERASURES.run(connection, workspace_id=workspace_id)
    found = await store.SOURCE_HASHES.all(connection, workspace_id=workspace_id)
    key = connection.chain_key
    return ErasedAccounts(
        [row.hash for row in found],
        lambda external_id: tombstone(external_id, workspace_id=workspace_id, key=key),
    )


async def wait_for_imports(connection: Connection, *, workspace_id: UUID) -> None:
    """Wait until no import is writing rows; those that begin meanwhile wait until this transaction ends."""
    await store.LOCK_OUT_IMPORTS.run(connection, workspace_id=workspace_id)


async def erase_person(connection: Connection, person: Person) -> dict[str, int]:
    """Remove the person from the log of imports and from the copies of Stripe's objects; the rows by table."""
    parameters = {
        "workspace_id": person.workspace_id,
        "account_id": person.account_id,
        "external_id": person.external_id,
        "record_ids": list(person.record_ids),
        "of_customer": _OF_CUSTOMER,
    }
    removed = {table: await command.run(connection, **parameters) for table, command in store.ERASE.items()}
    removed["imports"] = 0
    for pattern in person.patterns:
        removed["imports"] += await store.ERASE_FROM_IMPORTS.run(
            connection,
            workspace_id=person.workspace_id,
            pattern=pattern,
            in_values=pattern + _NOT_IN_A_NAME,
            replacement=REPLACEMENT,
        )
    return removed
