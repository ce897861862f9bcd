"""Refunds: list, read, add."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import DataValidationError, NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.values.currencies import require_payable
from keepwell.records.card_numbers import require_no_card_number
from keepwell.records.changes import ChangeContext
from keepwell.records.charges import service as charges
from keepwell.records.refunds import store
from keepwell.records.refunds.model import (
    NewRefund,
    NotRefundable,
    RefundFilter,
    RefundItem,
    why_not_refundable,
)
from keepwell.records.times import require_past


async def list_refunds(
    reader: Readable,
    filters: RefundFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[RefundItem]:
    """A page of refunds."""
    conditions = {name: value for name, value in msgspec.structs.asdict(filters).items() if name != "sort"}
    return await store.PAGES.page(
        reader, filters.sort, limit=limit, after=after, workspace_id=workspace_id, **conditions
    )


async def get_refund(connection: Connection, *, workspace_id: UUID, refund_id: UUID) -> RefundItem:
    """One refund; raises NotFound if the workspace has no such refund."""
    found = await store.REFUND.maybe_one(connection, workspace_id=workspace_id, refund_id=refund_id)
    if found is None:
        raise NotFound(f"There is no refund {refund_id} here.", hint="GET /v1/refunds lists them.")
    return found


async def create_refund(context: ChangeContext, new: NewRefund) -> RefundItem:
    """Add a refund; raises NotFound for its charge, Conflict if its external id is taken.

    Raises NotRefundable if the charge took nothing, or less than the refunds together, and DataValidationError naming the
    field for another currency, an amount that the currency cannot express, a card number or a time in the future.
    """
    connection, workspace_id = context.connection, context.workspace_id
    fields: dict[str, Any] = msgspec.structs.asdict(new)
    require_no_card_number(fields)
    require_past("refunded_at", new.refunded_at, now=context.runtime.clock.now())
    charge = await charges.locked_charge(connection, workspace_id=workspace_id, charge_id=new.charge_id)
    if new.currency not in (None, charge.currency):
        raise DataValidationError(
            f"currency: the charge is in {charge.currency}, not in {new.currency}.",
            hint="A refund has the currency of its charge.",
        )
    require_payable("amount", new.amount, currency=charge.currency)
    reason = why_not_refundable(
        Decimal(new.amount),
        status=charge.status,
        charged=Decimal(charge.amount),
        refunded=Decimal(charge.amount_refunded),
    )
    if reason is not None:
        raise NotRefundable(f"amount: {reason}", hint=f"GET /v1/charges/{charge.id} shows what is left.")
    refund_id = context.runtime.ids.new()
    fields |= {"currency": charge.currency}
    await store.INSERT.run(connection, workspace_id=workspace_id, id=refund_id, **fields)
    await context.changed("refunds", refund_id, account_id=charge.account_id)
    # It shows what of it was refunded.
    await context.changed("charges", charge.id, account_id=charge.account_id)
    created = await get_refund(connection, workspace_id=workspace_id, refund_id=refund_id)
    await context.record("refund.created", refund_id, after=created)
    return created
