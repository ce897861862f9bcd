"""Invoices: list, read, add, change. An issued invoice is voided, never deleted."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import msgspec

from keepwell.identity import service as identity
from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.values.currencies import require_payable
from keepwell.platform.values.fields import given
from keepwell.platform.values.versions import require_version
from keepwell.records.accounts import service as accounts
from keepwell.records.changes import ChangeContext
from keepwell.records.invoices import store
from keepwell.records.invoices.model import (
    InvoiceChange,
    InvoiceFilter,
    InvoiceItem,
    InvoiceSource,
    NewInvoice,
    amount_paid_unsaid,
)

_AMOUNTS = ("total", "tax", "amount_paid", "amount_refunded")
_CHANGEABLE = ("status", "amount_paid", "amount_refunded", "due_on", "paid_on")


async def list_invoices(
    reader: Readable,
    filters: InvoiceFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[InvoiceItem]:
    """A page of invoices."""
    conditions = {name: value for name, value in msgspec.structs.asdict(filters).items() if name != "sort"}
    return await store.PAGES.page(
        reader, filters.sort, limit=limit, after=after, workspace_id=workspace_id, **conditions
    )


async def get_invoice(connection: Connection, *, workspace_id: UUID, invoice_id: UUID) -> InvoiceItem:
    """One invoice; raises NotFound if the workspace has no such invoice."""
    found = await store.INVOICE.maybe_one(connection, workspace_id=workspace_id, invoice_id=invoice_id)
    if found is None:
        raise _no_invoice(invoice_id)
    return found


async def create_invoice(
    context: ChangeContext, new: NewInvoice, *, source: InvoiceSource = "import"
) -> InvoiceItem:
    """Add an invoice; raises NotFound for its account, Conflict if its external id is taken.

    Raises DataValidationError for an amount that its currency cannot express.
    """
    connection, workspace_id = context.connection, context.workspace_id
    await accounts.get_account(connection, workspace_id=workspace_id, account_id=new.account_id)
    currency = new.currency or await identity.currency(connection)
    if new.amount_paid is None:
        unsaid = amount_paid_unsaid(new.status, total=Decimal(new.total))
        new = msgspec.structs.replace(new, amount_paid=str(unsaid))
    for name in _AMOUNTS:
        require_payable(name, getattr(new, name), currency=currency)
    fields = msgspec.structs.asdict(new) | {"currency": currency, "source": source}
    invoice_id = context.runtime.ids.new()
    await store.INSERT.run(connection, workspace_id=workspace_id, id=invoice_id, **fields)
    await context.changed("invoices", invoice_id, account_id=new.account_id)
    created = await get_invoice(connection, workspace_id=workspace_id, invoice_id=invoice_id)
    await context.record("invoice.created", invoice_id, after=created)
    return created


async def update_invoice(
    context: ChangeContext, change: InvoiceChange, *, invoice_id: UUID, version: int | None
) -> InvoiceItem:
    """Apply a partial update; raises NotFound, or PreconditionFailed if the version is not `version`."""
    connection, workspace_id = context.connection, context.workspace_id
    before = await store.LOCKED_INVOICE.maybe_one(
        connection, workspace_id=workspace_id, invoice_id=invoice_id
    )
    if before is None:
        raise _no_invoice(invoice_id)
    require_version(before.version, version)
    changed = given(change)
    for name in changed.keys() & set(_AMOUNTS):
        require_payable(name, changed[name], currency=before.currency)
    fields = {**{name: getattr(before, name) for name in _CHANGEABLE}, **changed}
    await store.UPDATE.run(connection, workspace_id=workspace_id, invoice_id=invoice_id, **fields)
    await context.changed("invoices", invoice_id, account_id=before.account_id)
    after = await get_invoice(connection, workspace_id=workspace_id, invoice_id=invoice_id)
    await context.record("invoice.updated", invoice_id, before=before, after=after)
    return after


def _no_invoice(invoice_id: UUID) -> NotFound:
    return NotFound(f"There is no invoice {invoice_id} here.", hint="GET /v1/invoices lists them.")
