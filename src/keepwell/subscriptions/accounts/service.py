"""Accounts: listing, reading, adding, changing and removing them.

Functions take a connection inside a transaction, or a `Changing` that holds one, and never commit.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

import msgspec

from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import NotFound
from keepwell.platform.fields import given
from keepwell.platform.pages import Found, Position
from keepwell.platform.versions import require_version
from keepwell.subscriptions import derived
from keepwell.subscriptions.accounts import store
from keepwell.subscriptions.accounts.model import (
    AccountChange,
    AccountFilter,
    AccountItem,
    AccountName,
    NewAccount,
)
from keepwell.subscriptions.changes import Changing


class Standings:
    """Which workspaces' standings were brought to which day by this process.

    Records change standings when they are written; a day that passes does so too, and nobody writes then.
    """

    def __init__(self) -> None:
        self._brought: dict[UUID, date] = {}

    def are_of(self, day: date, *, workspace_id: UUID) -> bool:
        """Whether the workspace's were brought to `day`."""
        return self._brought.get(workspace_id) == day

    async def bring_to(self, connection: Connection, *, workspace_id: UUID, today: date) -> None:
        """Make those anew whose day has come; nothing where that was done today."""
        if not self.are_of(today, workspace_id=workspace_id):
            await derived.bring_to(connection, workspace_id=workspace_id, today=today)
            self._brought[workspace_id] = today


async def list_accounts(
    reader: Readable,
    wanted: AccountFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: Position | None = None,
) -> Found[AccountItem]:
    """A page of accounts."""
    return await store.PAGES.page(
        reader,
        wanted.sort,
        limit=limit,
        after=after,
        workspace_id=workspace_id,
        search=wanted.search or None,
        status=wanted.status,
        plan=wanted.plan,
    )


async def get_account(connection: Connection, *, workspace_id: UUID, account_id: UUID) -> AccountItem:
    """One account; raises NotFound for an id that this workspace does not hold."""
    found = await store.ACCOUNT.maybe_one(connection, workspace_id=workspace_id, account_id=account_id)
    if found is None:
        raise no_account(account_id)
    return found


async def names(
    connection: Connection, *, workspace_id: UUID, external_ids: Collection[str]
) -> dict[str, AccountName]:
    """The accounts behind those of `external_ids` that the workspace holds."""
    found = await store.NAMES.all(connection, workspace_id=workspace_id, external_ids=list(external_ids))
    return {account.external_id: account for account in found}


async def create_account(changing: Changing, new: NewAccount) -> AccountItem:
    """Add an account; raises Conflict where its external id is taken."""
    account_id = changing.keys.ids.new()
    await store.INSERT.run(
        changing.connection,
        workspace_id=changing.workspace_id,
        id=account_id,
        **msgspec.structs.asdict(new),
    )
    await changing.refresh(account_id)
    made = await _get(changing, account_id)
    await changing.record("account.created", account_id, after=made)
    return made


async def update_account(
    changing: Changing, change: AccountChange, *, account_id: UUID, version: int | None
) -> AccountItem:
    """Change what was sent; raises NotFound, or PreconditionFailed for another version than `version`."""
    before = await _locked(changing, account_id, version=version)
    fields = {name: getattr(before, name) for name in ("name", "industry", "country", "signed_up_on")}
    await store.UPDATE.run(
        changing.connection,
        workspace_id=changing.workspace_id,
        account_id=account_id,
        **{**fields, **given(change)},
    )
    after = await _get(changing, account_id)
    await changing.record("account.updated", account_id, before=before, after=after)
    return after


async def delete_account(changing: Changing, *, account_id: UUID, version: int | None) -> None:
    """Remove an account with all its records; raises NotFound, or PreconditionFailed as `update_account`."""
    before = await _locked(changing, account_id, version=version)
    await store.DELETE.run(changing.connection, workspace_id=changing.workspace_id, account_id=account_id)
    await changing.record("account.deleted", account_id, before=before)


def no_account(account_id: UUID) -> NotFound:
    """The refusal of an id that this workspace does not hold."""
    return NotFound(f"There is no account {account_id} here.", hint="GET /v1/accounts lists them.")


async def _get(changing: Changing, account_id: UUID) -> AccountItem:
    return await get_account(changing.connection, workspace_id=changing.workspace_id, account_id=account_id)


async def _locked(changing: Changing, account_id: UUID, *, version: int | None) -> AccountItem:
    found = await store.LOCKED_ACCOUNT.maybe_one(
        changing.connection, workspace_id=changing.workspace_id, account_id=account_id
    )
    if found is None:
        raise no_account(account_id)
    require_version(found.version, version)
    return found
