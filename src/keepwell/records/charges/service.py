"""Charges: list, read, add, change. What was charged is refunded, never deleted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from keepwell.identity import service as identity
from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import DataValidationError, NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.values.currencies import require_payable
from keepwell.platform.values.fields import given
from keepwell.platform.values.versions import require_version
from keepwell.records.accounts import service as accounts
from keepwell.records.card_numbers import require_no_card_number
from keepwell.records.changes import ChangeContext
from keepwell.records.charges import store
from keepwell.records.charges.model import (
    ChargeChange,
    ChargeFilter,
    ChargeItem,
    NewCharge,
    require_possible_outcome,
)
from keepwell.records.events import ChargesFailed, FailedCharge
from keepwell.records.invoices import service as invoices
from keepwell.records.invoices.model import InvoiceItem
from keepwell.records.payment_methods import service as payment_methods
from keepwell.records.times import require_past

_CHANGEABLE = ("status", "decline_code", "advice_code", "payment_method_id")


async def list_charges(
    reader: Readable,
    filters: ChargeFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[ChargeItem]:
    """A page of charges."""
    conditions = {name: value for name, value in msgspec.structs.asdict(filters).items() if name != "sort"}
    return await store.PAGES.page(
        reader, filters.sort, limit=limit, after=after, workspace_id=workspace_id, **conditions
    )


async def get_charge(connection: Connection, *, workspace_id: UUID, charge_id: UUID) -> ChargeItem:
    """One charge; raises NotFound if the workspace has no such charge."""
    found = await store.CHARGE.maybe_one(connection, workspace_id=workspace_id, charge_id=charge_id)
    if found is None:
        raise _no_charge(charge_id)
    return found


async def locked_charge(connection: Connection, *, workspace_id: UUID, charge_id: UUID) -> ChargeItem:
    """As `get_charge`, locked until the transaction ends, so that its refunds are added one after the other."""
    await store.LOCKED_CHARGE.maybe_one(connection, workspace_id=workspace_id, charge_id=charge_id)
    # Read again: what was refunded while we waited for the lock is not in the row that was locked.
    return await get_charge(connection, workspace_id=workspace_id, charge_id=charge_id)


async def create_charge(context: ChangeContext, new: NewCharge) -> ChargeItem:
    """Add a charge; raises NotFound for its account, invoice or payment method, Conflict if its external id is taken.

    Raises DataValidationError naming the field for an amount that its currency cannot express, a time in the future, a
    card number, and an invoice or a payment method that does not match.
    """
    connection, workspace_id = context.connection, context.workspace_id
    fields: dict[str, Any] = msgspec.structs.asdict(new)
    require_no_card_number(fields)
    require_past("charged_at", new.charged_at, now=context.runtime.clock.now())
    await accounts.get_account(connection, workspace_id=workspace_id, account_id=new.account_id)
    invoice = await _invoice_of(context, new)
    await _require_method_of(context, new.payment_method_id, account_id=new.account_id)
    currency = new.currency or (invoice.currency if invoice else await identity.currency(connection))
    require_payable("amount", new.amount, currency=currency)
    charge_id = context.runtime.ids.new()
    fields |= {"currency": currency, "invoice_external_id": invoice.external_id if invoice else None}
    await store.INSERT.run(connection, workspace_id=workspace_id, id=charge_id, **fields)
    await context.changed("charges", charge_id, account_id=new.account_id)
    created = await get_charge(connection, workspace_id=workspace_id, charge_id=charge_id)
    await context.record("charge.created", charge_id, after=created)
    await _publish_failure(context, created)
    return created


async def update_charge(
    context: ChangeContext, change: ChargeChange, *, charge_id: UUID, version: int | None
) -> ChargeItem:
    """Apply a partial update; raises NotFound, or PreconditionFailed if the version is not `version`.

    Raises ChargeSettled for another outcome of a charge that is not pending.
    """
    connection, workspace_id = context.connection, context.workspace_id
    before = await store.LOCKED_CHARGE.maybe_one(connection, workspace_id=workspace_id, charge_id=charge_id)
    if before is None:
        raise _no_charge(charge_id)
    require_version(before.version, version)
    changed = given(change)
    require_no_card_number(changed)
    require_possible_outcome(before.status, changed.get("status", before.status))
    await _require_method_of(context, changed.get("payment_method_id"), account_id=before.account_id)
    fields = {**{name: getattr(before, name) for name in _CHANGEABLE}, **changed}
    await store.UPDATE.run(connection, workspace_id=workspace_id, charge_id=charge_id, **fields)
    await context.changed("charges", charge_id, account_id=before.account_id)
    after = await get_charge(connection, workspace_id=workspace_id, charge_id=charge_id)
    await context.record("charge.updated", charge_id, before=before, after=after)
    if before.status != after.status:
        await _publish_failure(context, after)
    return after


async def _publish_failure(context: ChangeContext, charge: ChargeItem) -> None:
    """Publish a charge that has just failed, as an import does."""
    if charge.status != "failed":
        return
    failed = FailedCharge(
        id=charge.id,
        external_id=charge.external_id,
        account_id=charge.account_id,
        invoice_external_id=charge.invoice_external_id,
        amount=Decimal(charge.amount),
        currency=charge.currency,
        decline_code=charge.decline_code,
        charged_at=charge.charged_at,
    )
    await context.bus.publish(
        context.connection, ChargesFailed(workspace_id=context.workspace_id, charges=[failed])
    )


async def _invoice_of(context: ChangeContext, new: NewCharge) -> InvoiceItem | None:
    """The charge's invoice; raises DataValidationError if it is another account's or in another currency."""
    if new.invoice_id is None:
        return None
    invoice = await invoices.get_invoice(
        context.connection, workspace_id=context.workspace_id, invoice_id=new.invoice_id
    )
    if invoice.account_id != new.account_id:
        raise DataValidationError("invoice_id: the invoice is another account's.")
    if new.currency not in (None, invoice.currency):
        raise DataValidationError(
            f"currency: the invoice is in {invoice.currency}, not in {new.currency}.",
            hint="Send the amount in the invoice's currency.",
        )
    return invoice


async def _require_method_of(context: ChangeContext, method_id: UUID | None, *, account_id: UUID) -> None:
    """Raise NotFound for an unknown payment method, DataValidationError for one of another account."""
    if method_id is None:
        return
    method = await payment_methods.get_payment_method(
        context.connection, workspace_id=context.workspace_id, payment_method_id=method_id
    )
    if method.account_id != account_id:
        raise DataValidationError("payment_method_id: the payment method is another account's.")


def _no_charge(charge_id: UUID) -> NotFound:
    return NotFound(f"There is no charge {charge_id} here.", hint="GET /v1/charges lists them.")
