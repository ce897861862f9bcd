"""Contacts: list, read, add, change, delete.

Functions that change something take a `ChangeContext` with a transaction, and never commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from keepwell.identity.emails import canonical_email
from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.values.fields import checked, given
from keepwell.platform.values.versions import require_version
from keepwell.records.accounts import service as accounts
from keepwell.records.changes import ChangeContext
from keepwell.records.contacts import store
from keepwell.records.contacts.model import (
    DETAILS,
    ContactChange,
    ContactFilter,
    ContactItem,
    NewContact,
    audited,
)
from keepwell.records.times import require_past

_CHANGEABLE = (*DETAILS, "is_billing", "unsubscribed_at")


async def list_contacts(
    reader: Readable,
    filters: ContactFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[ContactItem]:
    """A page of contacts; raises DataValidationError if the filter's e-mail is not one."""
    return await store.PAGES.page(
        reader,
        filters.sort,
        limit=limit,
        after=after,
        workspace_id=workspace_id,
        account_id=filters.account_id,
        email=None if filters.email is None else canonical_email(filters.email),
        is_billing=filters.is_billing,
    )


async def get_contact(connection: Connection, *, workspace_id: UUID, contact_id: UUID) -> ContactItem:
    """One contact; raises NotFound if the workspace has no such contact."""
    found = await store.CONTACT.maybe_one(connection, workspace_id=workspace_id, contact_id=contact_id)
    if found is None:
        raise _no_contact(contact_id)
    return found


async def create_contact(context: ChangeContext, new: NewContact) -> ContactItem:
    """Add a contact. If it is the billing contact, the account's previous one no longer is.

    Raises NotFound and ErasedAccountId for its account, Conflict if its external id is taken, DataValidationError for a wrong detail.
    """
    fields = checked(msgspec.structs.asdict(new), DETAILS)
    require_past("unsubscribed_at", new.unsubscribed_at, now=context.runtime.clock.now())
    scope = {"workspace_id": context.workspace_id}
    await accounts.require_person(context, new.account_id)
    contact_id = context.runtime.ids.new()
    fields |= {"external_id": new.external_id or str(contact_id)}
    if new.is_billing:
        await _release_billing(context, account_id=new.account_id)
    await store.INSERT.run(context.connection, **scope, id=contact_id, **fields)
    await _require_one_billing(context)
    await context.changed("contacts", contact_id, account_id=new.account_id)
    created = await get_contact(context.connection, **scope, contact_id=contact_id)
    await context.record("contact.created", contact_id, after=audited(created), sent=created)
    return created


async def update_contact(
    context: ChangeContext, change: ContactChange, *, contact_id: UUID, version: int | None
) -> ContactItem:
    """Apply a partial update; the flag of the billing contact moves as in `create_contact`.

    Raises NotFound, PreconditionFailed if the version is not `version`, DataValidationError for a wrong detail.
    """
    before = await _locked(context, contact_id, version=version)
    fields = checked(given(change), DETAILS)
    require_past("unsubscribed_at", fields.get("unsubscribed_at"), now=context.runtime.clock.now())
    if fields.get("is_billing") and not before.is_billing:
        await _release_billing(context, account_id=before.account_id)
    after = await _write(context, before, fields)
    await _require_one_billing(context)
    return after


async def unsubscribe(context: ChangeContext, *, contact_id: UUID) -> Sequence[UUID]:
    """Note that a contact wants no more mail, and every other one that has its e-mail, since they are one mailbox.

    Returns all of them; none if the contact is gone. What they have said before stays.
    """
    scope = {"workspace_id": context.workspace_id, "contact_id": contact_id}
    contact = await store.CONTACT.maybe_one(context.connection, **scope)
    if contact is None:
        return []
    found = await store.LOCKED_CONTACT_AND_THOSE_WITH_ITS_EMAIL.all(
        context.connection, **scope, email=contact.email
    )
    for before in found:
        if before.unsubscribed_at is None:
            await _write(context, before, {"unsubscribed_at": context.runtime.clock.now()})
    return [each.id for each in found]


async def note_undeliverable(context: ChangeContext, *, contact_id: UUID, email: str) -> None:
    """Note that a mail server takes no mail for `email`; nothing if the contact has another one by now, or is gone."""
    before = await _locked_or_none(context, contact_id)
    if before is None or before.is_undeliverable:
        return
    scope = {"workspace_id": context.workspace_id, "contact_id": contact_id}
    if await store.NOTE_UNDELIVERABLE.run(context.connection, **scope, email=canonical_email(email)):
        await context.changed("contacts", contact_id, account_id=before.account_id)
        after = await get_contact(context.connection, **scope)
        after_audit = audited(after, changed=["is_undeliverable"])
        await context.record(
            "contact.updated", contact_id, before=audited(before), after=after_audit, sent=after
        )


async def delete_contact(context: ChangeContext, *, contact_id: UUID, version: int | None) -> None:
    """Delete a contact; raises as `update_contact` does."""
    before = await _locked(context, contact_id, version=version)
    await store.DELETE.run(context.connection, workspace_id=context.workspace_id, contact_id=contact_id)
    await context.changed("contacts", contact_id, account_id=before.account_id)
    await context.record("contact.deleted", contact_id, before=audited(before), sent=before)


async def _release_billing(context: ChangeContext, *, account_id: UUID) -> None:
    """Take the flag from the account's billing contact, if it has one, and keep others from moving it meanwhile."""
    await store.MOVE_ONE_FLAG_AT_A_TIME.run(context.connection, account_id=account_id)
    holder = await store.BILLING_CONTACT.maybe_one(
        context.connection, workspace_id=context.workspace_id, account_id=account_id
    )
    if holder is not None:
        await _write(context, holder, {"is_billing": False})


async def _require_one_billing(context: ChangeContext) -> None:
    """Raise Conflict if another transaction has made another contact the billing one meanwhile."""
    await store.REQUIRE_ONE_BILLING.run(context.connection)
    await store.DEFER_ONE_BILLING.run(context.connection)


async def _write(context: ChangeContext, before: ContactItem, fields: dict[str, Any]) -> ContactItem:
    """Store and record the changed `fields` of `before`."""
    scope = {"workspace_id": context.workspace_id, "contact_id": before.id}
    kept = {name: getattr(before, name) for name in _CHANGEABLE}
    await store.UPDATE.run(context.connection, **scope, **{**kept, **fields})
    await context.changed("contacts", before.id, account_id=before.account_id)
    after = await get_contact(context.connection, **scope)
    changed = [name for name in _CHANGEABLE if getattr(after, name) != getattr(before, name)]
    await context.record(
        "contact.updated", after.id, before=audited(before), after=audited(after, changed=changed), sent=after
    )
    return after


async def _locked_or_none(context: ChangeContext, contact_id: UUID) -> ContactItem | None:
    return await store.LOCKED_CONTACT.maybe_one(
        context.connection, workspace_id=context.workspace_id, contact_id=contact_id
    )


async def _locked(context: ChangeContext, contact_id: UUID, *, version: int | None) -> ContactItem:
    found = await _locked_or_none(context, contact_id)
    if found is None:
        raise _no_contact(contact_id)
    require_version(found.version, version)
    return found


def _no_contact(contact_id: UUID) -> NotFound:
    return NotFound(f"There is no contact {contact_id} here.", hint="GET /v1/contacts lists them.")
