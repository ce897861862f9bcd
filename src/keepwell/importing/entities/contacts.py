"""The rows of a contacts file: what the file does not say stays, and an account keeps one billing contact."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from keepwell.importing import store
from keepwell.importing.entities.mapped import RecordReading, require_known
from keepwell.importing.entity_reader import EntityReader
from keepwell.importing.mapping import entity_fields
from keepwell.importing.mapping.fields import Fields
from keepwell.importing.store import StoredContact
from keepwell.importing.upserts.entities import ACCOUNTS, CONTACTS
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.importing.upserts.rows import ContactRow
from keepwell.importing.upserts.service import Batch
from keepwell.platform.database import Connection
from keepwell.platform.errors import DataValidationError
from keepwell.records.contacts.model import DETAILS

replace = msgspec.structs.replace


class ContactEntity:
    """Contacts of known accounts."""

    entity = CONTACTS
    fields = entity_fields.CONTACTS

    async def read(self, reader: EntityReader, reading: RecordReading) -> Batch:
        """The contacts to write; the report says how many could not become the billing contact."""
        accounts = await reading.known(ACCOUNTS)

        def convert(fields: Fields) -> Sequence[ContactRow]:
            row = contact_row(fields)
            require_known(row.account, accounts, entity=ACCOUNTS, field="account")
            if not has_details(row):
                reader.counts.skipped += 1
                return []
            return [row]

        rows = reader.unique_rows(convert, progress=reading.scope.progress)
        settled = await settle(
            reading.connection, rows, workspace_id=reading.scope.workspace_id, given=reader.mapped_fields
        )
        reader.assumptions += sentences(rows, settled)
        return {CONTACTS: settled}


def has_details(row: ContactRow) -> bool:
    """Whether the row says anything about a person; a source may have none for a customer."""
    return any(getattr(row, name) is not None for name in DETAILS)


def contact_row(fields: Fields) -> ContactRow:
    """A contact from its fields."""
    has_left = fields.optional("unsubscribed_at") is not None
    details = {name: detail(name, fields.optional(name)) for name in DETAILS}
    return ContactRow(
        fields.text("id"),
        account=fields.text("account"),
        is_billing=fields.truth("is_billing"),
        unsubscribed_at=fields.instant("unsubscribed_at") if has_left else None,
        **details,
    )


def detail(name: str, text: str | None) -> str | None:
    """The detail `name` of a contact in its stored form; raises RejectedRow with a code such as `invalid-email`."""
    if text is None:
        return None
    try:
        return DETAILS[name](text)
    except DataValidationError as error:
        raise RejectedRow(name, f"invalid-{name.replace('_', '-')}", error.message) from None


async def settle(
    connection: Connection,
    rows: Sequence[ContactRow],
    *,
    workspace_id: UUID,
    given: Collection[str],
    unread: Mapping[str, Collection[str]] | None = None,
) -> list[ContactRow]:
    """`rows` as they are written over what is stored.

    Only the fields in `given` are those of the source, without those in `unread`, by external id, which could not be read:
    the others keep what is stored, such as a website that a member added. Who has unsubscribed stays so, whatever an older
    export says.
    """
    found = await store.CONTACTS.all(
        connection,
        workspace_id=workspace_id,
        external_ids=[row.external_id for row in rows],
        accounts=sorted({row.account for row in rows}),
    )
    stored = {each.external_id: each for each in found}
    ours = {name for name in ContactRow.__struct_fields__ if name not in {"external_id", "account", *given}}
    return with_one_billing(
        [
            _over(row, stored.get(row.external_id), kept=ours.union((unread or {}).get(row.external_id, ())))
            for row in rows
        ],
        stored,
    )


def _over(row: ContactRow, before: StoredContact | None, *, kept: Collection[str]) -> ContactRow:
    if before is None:
        return row
    old = {name: getattr(before, name) for name in kept}
    row = replace(row, **old)
    return replace(row, unsubscribed_at=row.unsubscribed_at or before.unsubscribed_at)


def with_one_billing(rows: Sequence[ContactRow], stored: Mapping[str, StoredContact]) -> list[ContactRow]:
    """`rows`, of which at most one is the billing contact of its account.

    It is the stored one, unless its row gives the flag up; otherwise the first of `rows`.
    """
    given_up = {row.external_id for row in rows if not row.is_billing}
    moved = {row.external_id: row.account for row in rows}
    holders = {
        each.account: each.external_id
        for each in stored.values()
        if each.is_billing
        and each.external_id not in given_up
        and moved.get(each.external_id, each.account) == each.account
    }
    return [
        replace(row, is_billing=holders.setdefault(row.account, row.external_id) == row.external_id)
        if row.is_billing
        else row
        for row in rows
    ]


def sentences(rows: Sequence[ContactRow], settled: Sequence[ContactRow]) -> list[str]:
    """What the import's report says about contacts that could not become the billing contact."""
    lost = [
        row.external_id
        for row, written in zip(rows, settled, strict=True)
        if row.is_billing and not written.is_billing
    ]
    if not lost:
        return []
    named = f"{len(lost)}, the first is {lost[0]!r}"
    return [f"imported without the billing flag, because their account has another billing contact: {named}"]
