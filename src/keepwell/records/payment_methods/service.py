"""Payment methods: list, read, add, change. Of an account's methods one at most is the default."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.values.fields import given
from keepwell.platform.values.versions import require_version
from keepwell.records.accounts import service as accounts
from keepwell.records.card_numbers import require_no_card_number
from keepwell.records.changes import ChangeContext
from keepwell.records.payment_methods import store
from keepwell.records.payment_methods.model import (
    NewPaymentMethod,
    PaymentMethodChange,
    PaymentMethodFilter,
    PaymentMethodItem,
    require_whole_expiry,
)
from keepwell.records.times import require_past

_CHANGEABLE = ("brand", "last4", "exp_month", "exp_year", "gateway", "gateway_reference", "is_default")


async def list_payment_methods(
    reader: Readable,
    filters: PaymentMethodFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[PaymentMethodItem]:
    """A page of payment methods."""
    conditions = {name: value for name, value in msgspec.structs.asdict(filters).items() if name != "sort"}
    return await store.PAGES.page(
        reader, filters.sort, limit=limit, after=after, workspace_id=workspace_id, **conditions
    )


async def get_payment_method(
    connection: Connection, *, workspace_id: UUID, payment_method_id: UUID
) -> PaymentMethodItem:
    """One payment method; raises NotFound if the workspace has no such method."""
    found = await store.PAYMENT_METHOD.maybe_one(
        connection, workspace_id=workspace_id, payment_method_id=payment_method_id
    )
    if found is None:
        raise _no_payment_method(payment_method_id)
    return found


async def create_payment_method(context: ChangeContext, new: NewPaymentMethod) -> PaymentMethodItem:
    """Add a payment method; a default one replaces the account's present default.

    Raises CardNumberRefused naming a field with a card number, NotFound and ErasedAccountId for its account, Conflict if its
    external id is taken, DataValidationError for half an expiry or a time in the future.
    """
    connection, workspace_id = context.connection, context.workspace_id
    fields = msgspec.structs.asdict(new)
    require_no_card_number(fields)
    require_whole_expiry(new.exp_month, new.exp_year)
    now = context.runtime.clock.now()
    require_past("created_at", new.created_at, now=now)
    await accounts.require_person(context, new.account_id)
    method_id = context.runtime.ids.new()
    if new.is_default:
        await _replace_default(context, new.account_id)
    await store.INSERT.run(
        connection,
        **{**fields, "created_at": new.created_at or now},
        workspace_id=workspace_id,
        id=method_id,
    )
    await context.changed("payment_methods", method_id, account_id=new.account_id)
    created = await get_payment_method(connection, workspace_id=workspace_id, payment_method_id=method_id)
    await context.record("payment_method.created", method_id, after=created)
    return created


async def update_payment_method(
    context: ChangeContext, change: PaymentMethodChange, *, payment_method_id: UUID, version: int | None
) -> PaymentMethodItem:
    """Apply a partial update; raises as `create_payment_method`, and PreconditionFailed for another version."""
    before = await store.LOCKED_PAYMENT_METHOD.maybe_one(
        context.connection, workspace_id=context.workspace_id, payment_method_id=payment_method_id
    )
    if before is None:
        raise _no_payment_method(payment_method_id)
    require_version(before.version, version)
    changed = given(change)
    require_no_card_number(changed)
    if changed.get("is_default") and not before.is_default:
        await _replace_default(context, before.account_id)
    return await _change(context, before, **changed)


async def _replace_default(context: ChangeContext, account_id: UUID) -> None:
    """Let no method of the account be its default."""
    scope = {"workspace_id": context.workspace_id, "account_id": account_id}
    await store.LOCK_ACCOUNT.run(context.connection, **scope)
    defaults = await store.LOCKED_DEFAULTS.all(context.connection, **scope)
    for each in defaults:
        await _change(context, each, is_default=False)


async def _change(context: ChangeContext, before: PaymentMethodItem, **changed: object) -> PaymentMethodItem:
    wanted = msgspec.structs.replace(before, **changed)
    require_whole_expiry(wanted.exp_month, wanted.exp_year)
    await store.UPDATE.run(
        context.connection,
        workspace_id=context.workspace_id,
        payment_method_id=before.id,
        **{name: getattr(wanted, name) for name in _CHANGEABLE},
    )
    await context.changed("payment_methods", before.id, account_id=before.account_id)
    after = await get_payment_method(
        context.connection, workspace_id=context.workspace_id, payment_method_id=before.id
    )
    await context.record("payment_method.updated", before.id, before=before, after=after)
    return after


def _no_payment_method(payment_method_id: UUID) -> NotFound:
    return NotFound(
        f"There is no payment method {payment_method_id} here.", hint="GET /v1/payment-methods lists them."
    )
