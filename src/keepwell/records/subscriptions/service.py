"""Subscriptions: list, read, add, end, delete."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from keepwell.identity import service as identity
from keepwell.platform.clock import today
from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.values.fields import given
from keepwell.platform.values.versions import require_version
from keepwell.records.accounts import service as accounts
from keepwell.records.changes import ChangeContext
from keepwell.records.plans import service as plans
from keepwell.records.subscriptions import store
from keepwell.records.subscriptions.model import (
    AccountSubscription,
    NewSubscription,
    SubscriptionChange,
    SubscriptionFilter,
    SubscriptionItem,
    require_list_amount,
    require_service_days,
)


async def list_subscriptions(
    reader: Readable,
    filters: SubscriptionFilter,
    *,
    workspace_id: UUID,
    on: date,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[SubscriptionItem]:
    """A page of subscriptions as of `on`."""
    return await store.PAGES.page(
        reader,
        filters.sort,
        limit=limit,
        after=after,
        workspace_id=workspace_id,
        on=on,
        account_id=filters.account_id,
        status=filters.status,
        plan=filters.plan,
    )


async def get_subscription(
    connection: Connection, *, workspace_id: UUID, subscription_id: UUID, on: date
) -> SubscriptionItem:
    """One subscription as of `on`; raises NotFound if the workspace has no such subscription."""
    found = await store.SUBSCRIPTION.maybe_one(
        connection, workspace_id=workspace_id, subscription_id=subscription_id, on=on
    )
    if found is None:
        raise _no_subscription(subscription_id)
    return found


async def subscriptions_of_account(
    reader: Readable, *, workspace_id: UUID, account_id: UUID
) -> list[AccountSubscription]:
    """Every subscription of the account, past ones too, newest first."""
    return await store.SUBSCRIPTIONS_OF_ACCOUNT.all(reader, workspace_id=workspace_id, account_id=account_id)


async def create_subscription(context: ChangeContext, new: NewSubscription) -> SubscriptionItem:
    """Add a subscription; raises NotFound for its account, Conflict if its external id is taken."""
    require_service_days(new.starts_on, new.ends_on)
    require_list_amount(new.amount, new.list_amount)
    connection, workspace_id = context.connection, context.workspace_id
    await accounts.get_account(connection, workspace_id=workspace_id, account_id=new.account_id)
    await plans.ensure_plan(context, new.plan)
    fields = msgspec.structs.asdict(new) | {"currency": new.currency or await identity.currency(connection)}
    subscription_id = context.runtime.ids.new()
    await store.INSERT.run(connection, workspace_id=workspace_id, id=subscription_id, **fields)
    await context.changed("subscriptions", subscription_id, account_id=new.account_id)
    created = await _get(context, subscription_id)
    await context.record("subscription.created", subscription_id, after=created)
    return created


async def update_subscription(
    context: ChangeContext, change: SubscriptionChange, *, subscription_id: UUID, version: int | None
) -> SubscriptionItem:
    """End, cancel or un-cancel it; raises NotFound, or PreconditionFailed if the version is not `version`."""
    before = await _locked(context, subscription_id, version=version)
    fields = {name: getattr(before, name) for name in ("ends_on", "cancelled_on", "end_reason")}
    values = {**fields, **given(change)}
    require_service_days(before.starts_on, values["ends_on"])
    await store.UPDATE.run(
        context.connection,
        workspace_id=context.workspace_id,
        subscription_id=subscription_id,
        **values,
    )
    await context.changed("subscriptions", subscription_id, account_id=before.account_id)
    after = await _get(context, subscription_id)
    await context.record("subscription.updated", subscription_id, before=before, after=after)
    return after


async def delete_subscription(context: ChangeContext, *, subscription_id: UUID, version: int | None) -> None:
    """Delete one that was recorded by mistake; ending one is a change, which keeps the past."""
    before = await _locked(context, subscription_id, version=version)
    await store.DELETE.run(
        context.connection, workspace_id=context.workspace_id, subscription_id=subscription_id
    )
    await context.changed("subscriptions", subscription_id, account_id=before.account_id)
    await context.record("subscription.deleted", subscription_id, before=before)


async def _get(context: ChangeContext, subscription_id: UUID) -> SubscriptionItem:
    return await get_subscription(
        context.connection,
        workspace_id=context.workspace_id,
        subscription_id=subscription_id,
        on=today(context.runtime.clock),
    )


async def _locked(context: ChangeContext, subscription_id: UUID, *, version: int | None) -> SubscriptionItem:
    found = await store.LOCKED_SUBSCRIPTION.maybe_one(
        context.connection,
        workspace_id=context.workspace_id,
        subscription_id=subscription_id,
        on=today(context.runtime.clock),
    )
    if found is None:
        raise _no_subscription(subscription_id)
    require_version(found.version, version)
    return found


def _no_subscription(subscription_id: UUID) -> NotFound:
    return NotFound(
        f"There is no subscription {subscription_id} here.", hint="GET /v1/subscriptions lists them."
    )
