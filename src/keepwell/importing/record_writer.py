"""Writes the records of an import: reads the files entity by entity, and writes their rows in dependency order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

import msgspec

from keepwell.importing import store
from keepwell.importing.entities.mapped import ImportScope, RecordReading
from keepwell.importing.entities.registry import Registry
from keepwell.importing.entity_reader import EntityReader
from keepwell.importing.erasure.service import erased_accounts
from keepwell.importing.mapping.fields import Fields
from keepwell.importing.mapping.rows import EventRow, event_row
from keepwell.importing.upserts import service as upserts
from keepwell.importing.upserts.entities import ACCOUNTS, CHARGES, REFUNDS, SUBSCRIPTIONS
from keepwell.importing.upserts.entity import Entity
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import Row
from keepwell.platform.database import Connection
from keepwell.platform.progress import Progress

AccountsOf: TypeAlias = Mapping[str | None, Mapping[str, str]]


async def write_records(
    connection: Connection, readers: Mapping[str, EntityReader], *, registry: Registry, scope: ImportScope
) -> None:
    """Write the rows of every reader except events, and report the outcome to each reader."""
    reading = RecordReading(connection, scope)
    await _skip_erased(connection, readers, workspace_id=scope.workspace_id)
    rows: dict[Entity, Sequence[Row]] = {}
    for mapped in registry.mapped:
        reader = readers.get(mapped.entity.name)
        if reader is None:
            continue
        await _skip_what_the_api_knows(connection, reader, entity=mapped.entity, scope=scope)
        for entity, found in (await mapped.read(reader, reading)).items():
            rows[entity] = [*rows.get(entity, ()), *found]
            reading.note(entity, found)
    batch = {entity: rows[entity] for entity in registry.entities if entity in rows}
    written = await upserts.write(
        connection,
        batch,
        import_id=scope.import_id,
        workspace_id=scope.workspace_id,
        runtime=scope.runtime,
        bus=scope.bus,
    )
    for entity, counts in written.entities.items():
        if entity.name in readers:
            readers[entity.name].wrote(counts)
    for refused in written.refused:
        if refused.entity.name in readers:
            readers[refused.entity.name].reject_unwritable(refused.row.external_id, refused.why)
    for reader in readers.values():
        reader.report_erased()


async def _skip_what_the_api_knows(
    connection: Connection, reader: EntityReader, *, entity: Entity, scope: ImportScope
) -> None:
    """Leave records of Stripe's API as they are: an export shows the present state only, of an earlier day."""
    found = await store.IDS_FROM_API.of(entity).all(connection, workspace_id=scope.workspace_id)
    reader.ids_from_api = frozenset(row.external_id for row in found)


async def _skip_erased(
    connection: Connection, readers: Mapping[str, EntityReader], *, workspace_id: UUID
) -> None:
    """Leave erased persons erased: their rows are skipped, also those that only name a charge or a subscription of theirs.

    The charges and subscriptions that this import skips count too: an id that contained the person was replaced.
    """
    erased = await erased_accounts(connection, workspace_id=workspace_id)
    found = await store.RECORDS_OF_ERASED.all(connection, workspace_id=workspace_id)
    records: dict[str, set[str]] = {name: set() for name in (CHARGES.name, SUBSCRIPTIONS.name)}
    for row in found:
        records[row.entity].add(row.external_id)
    for name, reader in readers.items():
        reader.erased_ids = records.get(name, set())
        reader.owner = {ACCOUNTS.name: "id", REFUNDS.name: "charge"}.get(name, "account")
        owners = CHARGES.name if name == REFUNDS.name else SUBSCRIPTIONS.name
        names_account = name != REFUNDS.name and not reader.owner_is_subscription
        reader.erased = erased if names_account else records[owners]


async def accounts_of(connection: Connection, *, workspace_id: UUID) -> AccountsOf:
    """The account's external id for each id that an event may carry, by the kind of id."""
    accounts = await store.ACCOUNT_IDS.all(connection, workspace_id=workspace_id)
    subscriptions = await store.SUBSCRIPTION_ACCOUNTS.all(connection, workspace_id=workspace_id)
    return {
        None: {row.external_id: row.external_id for row in accounts},
        "subscriptions": {row.subscription: row.account for row in subscriptions},
    }


def journal_events(reader: EntityReader, known: AccountsOf, *, progress: Progress) -> None:
    """Journal the events of `reader`, each under the account it belongs to."""

    def convert(fields: Fields) -> EventRow:
        row = event_row(fields)
        _require_known(row.account, known[row.via], what="subscription" if row.via else "account")
        return msgspec.structs.replace(row, account=known[row.via][row.account], via=None)

    reader.journal_events(convert, progress=progress)
    reader.report_erased()


def _require_known(external_id: str, known: Mapping[str, str], *, what: str) -> None:
    if external_id not in known:
        raise RejectedRow("account", f"unknown-{what}", f"no row defines the {what} {external_id!r}.")
