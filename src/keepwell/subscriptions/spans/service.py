"""Subscriptions: listing, reading, adding, ending and removing them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from keepwell.identity import service as identity
from keepwell.platform.clock import today
from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import NotFound
from keepwell.platform.fields import given
from keepwell.platform.pages import Found, Position
from keepwell.platform.versions import require_version
from keepwell.subscriptions.accounts import service as accounts
from keepwell.subscriptions.changes import Changing
from keepwell.subscriptions.plans import store as plans
from keepwell.subscriptions.spans import store
from keepwell.subscriptions.spans.model import (
    NewSubscription,
    SubscriptionChange,
    SubscriptionFilter,
    SubscriptionRecord,
    require_list_amount,
    require_order,
)


async def list_subscriptions(
    reader: Readable,
    wanted: SubscriptionFilter,
    *,
    workspace_id: UUID,
    on: date,
    limit: int,
    after: Position | None = None,
) -> Found[SubscriptionRecord]:
    """A page of subscriptions as of `on`."""
    return await store.PAGES.page(
        reader,
        wanted.sort,
        limit=limit,
        after=after,
        workspace_id=workspace_id,
        on=on,
        account_id=wanted.account_id,
        status=wanted.status,
        plan=wanted.plan,
    )


async def get_subscription(
    connection: Connection, *, workspace_id: UUID, subscription_id: UUID, on: date
) -> SubscriptionRecord:
    """One subscription as of `on`; raises NotFound for an id that this workspace does not hold."""
    found = await store.SUBSCRIPTION.maybe_one(
        connection, workspace_id=workspace_id, subscription_id=subscription_id, on=on
    )
    if found is None:
        raise _no_subscription(subscription_id)
    return found


async def create_subscription(changing: Changing, new: NewSubscription) -> SubscriptionRecord:
    """Add a subscription; raises NotFound for its account, Conflict where its external id is taken."""
    require_order(new.starts_on, new.ends_on)
    require_list_amount(new.amount, new.list_amount)
    connection, workspace_id = changing.connection, changing.workspace_id
    await accounts.get_account(connection, workspace_id=workspace_id, account_id=new.account_id)
    await plans.ENSURE.run(
        connection, workspace_id=workspace_id, id=changing.keys.ids.new(), external_id=new.plan
    )
    fields = msgspec.structs.asdict(new) | {"currency": new.currency or await identity.currency(connection)}
    subscription_id = changing.keys.ids.new()
    await store.INSERT.run(connection, workspace_id=workspace_id, id=subscription_id, **fields)
    await changing.refresh(new.account_id)
    made = await _get(changing, subscription_id)
    await changing.record("subscription.created", subscription_id, after=made)
    return made


async def update_subscription(
    changing: Changing, change: SubscriptionChange, *, subscription_id: UUID, version: int | None
) -> SubscriptionRecord:
    """End, cancel or un-cancel it; raises NotFound, or PreconditionFailed for another version than `version`."""
    before = await _locked(changing, subscription_id, version=version)
    fields = {name: getattr(before, name) for name in ("ends_on", "cancelled_on", "end_reason")}
    wanted = {**fields, **given(change)}
    require_order(before.starts_on, wanted["ends_on"])
    await store.UPDATE.run(
        changing.connection,
        workspace_id=changing.workspace_id,
        subscription_id=subscription_id,
        **wanted,
    )
    await changing.refresh(before.account_id)
    after = await _get(changing, subscription_id)
    await changing.record("subscription.updated", subscription_id, before=before, after=after)
    return after


async def delete_subscription(changing: Changing, *, subscription_id: UUID, version: int | None) -> None:
    """Remove one that should never have been there; ending one is a change, which keeps the past."""
    before = await _locked(changing, subscription_id, version=version)
    await store.DELETE.run(
        changing.connection, workspace_id=changing.workspace_id, subscription_id=subscription_id
    )
    await changing.refresh(before.account_id)
    await changing.record("subscription.deleted", subscription_id, before=before)


async def _get(changing: Changing, subscription_id: UUID) -> SubscriptionRecord:
    return await get_subscription(
        changing.connection,
        workspace_id=changing.workspace_id,
        subscription_id=subscription_id,
        on=today(changing.keys.clock),
    )


async def _locked(changing: Changing, subscription_id: UUID, *, version: int | None) -> SubscriptionRecord:
    found = await store.LOCKED_SUBSCRIPTION.maybe_one(
        changing.connection,
        workspace_id=changing.workspace_id,
        subscription_id=subscription_id,
        on=today(changing.keys.clock),
    )
    if found is None:
        raise _no_subscription(subscription_id)
    require_version(found.version, version)
    return found


def _no_subscription(subscription_id: UUID) -> NotFound:
    return NotFound(
        f"There is no subscription {subscription_id} here.", hint="GET /v1/subscriptions lists them."
    )
