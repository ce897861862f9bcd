"""The connection to Stripe: made with a key that Stripe has accepted, and ended."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.identity import service as identity
from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor, Workspace
from keepwell.importing import store as importing_store
from keepwell.importing.stripe import store as stripe_store
from keepwell.importing.stripe.connection import store
from keepwell.importing.stripe.connection.keys import ApiKeys
from keepwell.importing.stripe.connection.model import (
    LiveKeyRefused,
    NewConnection,
    StripeAccount,
    mode_of,
)
from keepwell.importing.stripe.events.webhook import Secrets
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection
from keepwell.platform.errors import Conflict, DataValidationError, NotFound
from keepwell.platform.work import service as work

SYNC = "stripe.sync"


def require_suitable(workspace: Workspace, key: str) -> None:
    """Raise LiveKeyRefused if `key` is of a real business and the workspace has synthetic data."""
    if workspace.synthetic and mode_of(key) == "live":
        raise LiveKeyRefused(
            f"The workspace {workspace.slug!r} has synthetic data, and this is a key of live data.",
            hint="Connect it to another workspace, such as by `./keepwell up --workspace NAME`; a test key works here.",
        )


async def connect(
    connection: Connection,
    actor: Actor,
    new: NewConnection,
    *,
    account: StripeAccount,
    keys: ApiKeys,
    secrets: Secrets,
    clock: Clock,
) -> None:
    """Keep the key of `account`, which Stripe has accepted, and have everything read at once; audited.

    Raises LiveKeyRefused, Conflict if another account or mode is connected, or if the workspace reports in another currency than
    is asked for, and DataValidationError if nothing says in which one a workspace without accounts does.
    """
    workspace_id = actor.principal.workspace_id
    workspace = await identity.current_workspace(connection)
    require_suitable(workspace, new.api_key)
    await stripe_store.ENSURE_LINK.run(connection, workspace_id=workspace_id)
    await stripe_store.LOCK_LINK.run(connection, workspace_id=workspace_id)
    before = await store.CONNECTION.one(connection, workspace_id=workspace_id)
    _require_same(before, account, key=new.api_key)
    await _settle_currency(connection, workspace, new, account=account)
    row = {"account_id": account.id, "account_name": account.name, "mode": mode_of(new.api_key)}
    await store.CONNECT.run(
        connection,
        workspace_id=workspace_id,
        api_key=keys.encrypted(new.api_key),
        now=clock.now(),
        **row,
    )
    if new.signing_secret is not None:
        await secrets.store(connection, new.signing_secret, workspace_id=workspace_id)
    await _record(connection, actor, "stripe_connection.created", clock=clock)
    await sync_now(connection, workspace_id, clock=clock)


async def disconnect(connection: Connection, actor: Actor, *, clock: Clock) -> None:
    """Forget the key and the signing secret; audited. What was read stays, and nothing happens without a connection."""
    workspace_id = actor.principal.workspace_id
    if await store.DISCONNECT.run(connection, workspace_id=workspace_id):
        await work.cancel(connection, workspace_id=workspace_id, kind=SYNC, subject_id=workspace_id)
        await audit.record(
            connection,
            actor,
            action="stripe_connection.deleted",
            subject=f"workspace:{workspace_id}",
            clock=clock,
        )


async def sync_now(connection: Connection, workspace_id: UUID, *, clock: Clock) -> None:
    """Have Stripe read now; raises NotFound if it is not connected."""
    row = await store.CONNECTION.one(connection, workspace_id=workspace_id)
    if row.api_key is None:
        raise NotFound("Stripe is not connected.", hint="Connect it with PUT /v1/stripe.")
    await work.hasten(
        connection, workspace_id=workspace_id, kind=SYNC, subject_id=workspace_id, due_at=clock.now()
    )


def _require_same(before: store.ConnectionRow, account: StripeAccount, *, key: str) -> None:
    if before.api_key is None:
        return
    is_other = None not in (before.account_id, account.id) and before.account_id != account.id
    if is_other or before.mode != mode_of(key):
        name = before.account_name or before.account_id or "another account"
        raise Conflict(
            f"The workspace is connected to {name} ({before.mode} data), and this key is of other data.",
            hint="Connect it to another workspace, or disconnect first; what was read stays until its imports are undone.",
        )


async def _settle_currency(
    connection: Connection, workspace: Workspace, new: NewConnection, *, account: StripeAccount
) -> None:
    """The report currency, which a workspace without accounts adopts."""
    stored = await importing_store.HAS_ACCOUNTS.one(connection, workspace_id=workspace.id)
    if stored.has_accounts:
        if new.currency not in (None, workspace.currency):
            raise Conflict(
                f"currency: the workspace reports in {workspace.currency}, not {new.currency}.",
                hint="Leave it out, or use another workspace.",
            )
        return
    currency = new.currency or account.currency
    if currency is None:
        raise DataValidationError(
            "currency: the key does not say in which currency the account reports.",
            hint="Send `currency`, such as EUR.",
        )
    await identity.describe_workspace(connection, msgspec.structs.replace(workspace, currency=currency))


async def _record(connection: Connection, actor: Actor, action: str, *, clock: Clock) -> None:
    workspace_id = actor.principal.workspace_id
    row = await store.CONNECTION.one(connection, workspace_id=workspace_id)
    after = _Audited(account_id=row.account_id, account_name=row.account_name, mode=row.mode)
    await audit.record(
        connection, actor, action=action, subject=f"workspace:{workspace_id}", after=after, clock=clock
    )


class _Audited(msgspec.Struct, frozen=True, kw_only=True):
    account_id: str | None
    account_name: str | None
    mode: str | None
