"""Accounts: list, read, add, change, delete.

Functions that change something take a `ChangeContext` with a transaction, and never commit.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from keepwell.platform.database import Readable
from keepwell.platform.erasure import tombstone
from keepwell.platform.errors import NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.values.fields import given
from keepwell.platform.values.versions import require_version
from keepwell.records.accounts import store
from keepwell.records.accounts.model import (
    AccountAttributes,
    AccountChange,
    AccountFacets,
    AccountFilter,
    AccountHasMoney,
    AccountItem,
    AccountName,
    AccountTotals,
    ErasedAccountId,
    FacetValue,
    NewAccount,
)
from keepwell.records.changes import ChangeContext

_RARE = 1_000
_MOST_VALUES = 200


async def list_accounts(
    reader: Readable,
    filters: AccountFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[AccountItem]:
    """A page of accounts."""
    found = await _parameters(reader, filters, workspace_id=workspace_id)
    return await store.PAGES.page(reader, filters.sort, limit=limit, after=after, **found)


async def totals(reader: Readable, filters: AccountFilter, *, workspace_id: UUID) -> AccountTotals:
    """How many accounts the filter finds, and their MRR."""
    return await store.TOTALS.one(reader, **await _parameters(reader, filters, workspace_id=workspace_id))


async def facets(reader: Readable, *, workspace_id: UUID) -> AccountFacets:
    """The plans, countries and industries of the workspace's accounts, the most common first."""
    found: dict[str, list[FacetValue]] = {"plans": [], "countries": [], "industries": []}
    for row in await store.FACETS.all(reader, workspace_id=workspace_id, limit=_MOST_VALUES):
        found[row.facet].append(FacetValue(row.value, row.accounts))
    return AccountFacets(**found)


async def attributes(reader: Readable, *, workspace_id: UUID) -> list[AccountAttributes]:
    """The attributes of every account of the workspace, by external id."""
    return await store.ATTRIBUTES.all(reader, workspace_id=workspace_id)


async def _parameters(reader: Readable, filters: AccountFilter, *, workspace_id: UUID) -> dict[str, object]:
    """The parameters of a filtered statement. The few accounts that a rare text matches are found beforehand."""
    given = msgspec.structs.asdict(filters)
    del given["sort"]
    search = given["search"] = filters.search or None
    matching: list[UUID] | None = None
    if search is not None:
        found = await store.MATCHING.all(reader, workspace_id=workspace_id, search=search, limit=_RARE)
        # A page of what is common is soon full when the accounts are read in its order.
        if len(found) < _RARE:
            matching, given["search"] = [each.id for each in found], None
    return {**given, "by_risk": filters.names_risk, "matching": matching, "workspace_id": workspace_id}


async def get_account(reader: Readable, *, workspace_id: UUID, account_id: UUID) -> AccountItem:
    """One account; raises NotFound if the workspace has no such account."""
    found = await store.ACCOUNT.maybe_one(reader, workspace_id=workspace_id, account_id=account_id)
    if found is None:
        raise no_account(account_id)
    return found


async def names(
    reader: Readable, *, workspace_id: UUID, external_ids: Collection[str]
) -> dict[str, AccountName]:
    """The accounts with these external ids, by external id; unknown ids are left out."""
    found = await store.NAMES.all(reader, workspace_id=workspace_id, external_ids=list(external_ids))
    return {account.external_id: account for account in found}


async def create_account(context: ChangeContext, new: NewAccount) -> AccountItem:
    """Add an account; raises Conflict if its external id is taken, ErasedAccountId if its person was erased."""
    await _require_not_erased(context, new.external_id)
    account_id = context.runtime.ids.new()
    await store.INSERT.run(
        context.connection,
        workspace_id=context.workspace_id,
        id=account_id,
        **msgspec.structs.asdict(new),
    )
    await context.changed("accounts", account_id, account_id=account_id)
    created = await _get(context, account_id)
    await context.record("account.created", account_id, after=created)
    return created


async def update_account(
    context: ChangeContext, change: AccountChange, *, account_id: UUID, version: int | None
) -> AccountItem:
    """Apply a partial update; raises NotFound, ErasedAccountId, or PreconditionFailed if the version is not `version`."""
    before = await _locked(context, account_id, version=version)
    _require_not_erased_at(before.erased_at)
    fields = {name: getattr(before, name) for name in ("name", "industry", "country", "signed_up_on")}
    await store.UPDATE.run(
        context.connection,
        workspace_id=context.workspace_id,
        account_id=account_id,
        **{**fields, **given(change)},
    )
    after = await _get(context, account_id)
    await context.record("account.updated", account_id, before=before, after=after)
    return after


async def delete_account(context: ChangeContext, *, account_id: UUID, version: int | None) -> None:
    """Delete an account with all its records; raises as `update_account` does.

    Raises AccountHasMoney if it has invoices or charges: without them the books would not add up.
    """
    before = await _locked(context, account_id, version=version)
    await _require_no_money(context, account_id)
    await store.DELETE.run(context.connection, workspace_id=context.workspace_id, account_id=account_id)
    await context.record("account.deleted", account_id, before=before)


async def _require_not_erased(context: ChangeContext, external_id: str) -> None:
    source_hash = tombstone(external_id, workspace_id=context.workspace_id, key=context.connection.chain_key)
    found = await store.ERASED.maybe_one(
        context.connection, workspace_id=context.workspace_id, source_hash=source_hash
    )
    if found is not None:
        raise ErasedAccountId(
            f"external_id: the person with this id was erased on {found.erased_at:%Y-%m-%d}.",
            hint="Add a customer who comes back under a new id.",
        )


async def require_person(context: ChangeContext, account_id: UUID) -> None:
    """Raise NotFound, or ErasedAccountId: what a person's account gets after their erasure could not be erased any more."""
    found = await store.PERSON_STATE.maybe_one(
        context.connection, workspace_id=context.workspace_id, account_id=account_id
    )
    if found is None:
        raise no_account(account_id)
    _require_not_erased_at(found.erased_at)


def _require_not_erased_at(erased_at: datetime | None) -> None:
    if erased_at is not None:
        raise ErasedAccountId(
            f"The person behind this account was erased on {erased_at:%Y-%m-%d}.",
            hint="Add a customer who comes back under a new id.",
        )


async def _require_no_money(context: ChangeContext, account_id: UUID) -> None:
    # The account is locked, so no invoice or charge can be added meanwhile.
    found = await store.MONEY.one(
        context.connection, workspace_id=context.workspace_id, account_id=account_id
    )
    if found.invoices or found.charges:
        raise AccountHasMoney(
            f"The account has {found.invoices} invoices and {found.charges} charges, so it cannot be deleted.",
            hint=f"To remove the person and keep the books: POST /v1/accounts/{account_id}/erasure.",
        )


def no_account(account_id: UUID) -> NotFound:
    """The error for an id that the workspace does not have."""
    return NotFound(f"There is no account {account_id} here.", hint="GET /v1/accounts lists them.")


async def _get(context: ChangeContext, account_id: UUID) -> AccountItem:
    return await get_account(context.connection, workspace_id=context.workspace_id, account_id=account_id)


async def _locked(context: ChangeContext, account_id: UUID, *, version: int | None) -> AccountItem:
    found = await store.LOCKED_ACCOUNT.maybe_one(
        context.connection, workspace_id=context.workspace_id, account_id=account_id
    )
    if found is None:
        raise no_account(account_id)
    require_version(found.version, version)
    # Before it is changed: its figures are brought up to today, and both states that are recorded are of today.
    await context.changed("accounts", account_id, account_id=account_id)
    return await _get(context, account_id)
