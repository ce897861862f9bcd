"""Accounts over HTTP. The detail page is in `app`, since it joins several rooms."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, SkipValidation
from litestar.response import Stream

from keepwell.identity.model import Principal
from keepwell.platform.http.routes import TheReader, problems, requires
from keepwell.platform.http.versions import version_of
from keepwell.platform.http.writes import IfMatch, TheWrite, versioned
from keepwell.platform.pagination.export import Export
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.records.accounts import service
from keepwell.records.accounts.filters import FILTERS
from keepwell.records.accounts.model import (
    AccountChange,
    AccountFacets,
    AccountFilter,
    AccountItem,
    AccountPage,
    AccountTotals,
    NewAccount,
)
from keepwell.records.dependencies import TheChangeContext

AccountId = Annotated[UUID, PathParameter(description="The account's `id`.")]


@get(
    "/v1/accounts",
    opt=requires("read"),
    tags=["accounts"],
    summary="List accounts",
    operation_id="listAccounts",
    dependencies=FILTERS,
    responses=problems(),
)
async def list_accounts(
    listing: SkipValidation[NamedDependency[Listing[AccountFilter]]],
) -> Response[AccountPage | SparsePage]:
    """Accounts as of today, a page at a time."""
    return await listing.read(service.list_accounts, AccountPage)


@get(
    "/v1/accounts/totals",
    opt=requires("read"),
    tags=["accounts"],
    summary="Totals of accounts",
    operation_id="getAccountTotals",
    dependencies=FILTERS,
    responses=problems(),
)
async def get_account_totals(
    principal: NamedDependency[Principal],
    todays_reader: TheReader,
    filters: SkipValidation[NamedDependency[AccountFilter]],
) -> AccountTotals:
    """The number and the MRR of all accounts that the same filters list; `sort` makes no difference."""
    return await service.totals(todays_reader, filters, workspace_id=principal.workspace_id)


@get(
    "/v1/accounts/facets",
    opt=requires("read"),
    tags=["accounts"],
    summary="Values to filter accounts by",
    operation_id="getAccountFacets",
    responses=problems(),
)
async def get_account_facets(
    principal: NamedDependency[Principal], todays_reader: TheReader
) -> AccountFacets:
    """The plans, countries and industries that accounts have, with the number of accounts of each."""
    return await service.facets(todays_reader, workspace_id=principal.workspace_id)


@get(
    "/v1/accounts.csv",
    opt=requires("export"),
    tags=["accounts"],
    summary="Export accounts",
    operation_id="exportAccounts",
    media_type="text/csv",
    dependencies=FILTERS,
    responses=problems(),
)
async def export_accounts(export: SkipValidation[NamedDependency[Export[AccountFilter]]]) -> Stream:
    """All accounts of the filtered list as CSV, from one snapshot."""
    return await export.csv(service.list_accounts, AccountItem, name="accounts")


@post(
    "/v1/accounts",
    opt=requires("write"),
    tags=["accounts"],
    summary="Add an account",
    operation_id="createAccount",
    responses=problems(409),
)
async def create_account(
    data: JSONBody[NewAccount], write: TheWrite, context: TheChangeContext
) -> Response[AccountItem]:
    """Add a customer; its subscriptions are added separately."""
    return await write.create(partial(service.create_account, context, data), at="/v1/accounts/{id}")


@patch(
    "/v1/accounts/{account_id:uuid}",
    opt=requires("write"),
    tags=["accounts"],
    summary="Change an account",
    operation_id="updateAccount",
    responses=problems(404, 409, 412, 428),
)
async def update_account(
    request: Request[Any, Any, Any],
    data: JSONBody[AccountChange],
    context: TheChangeContext,
    account_id: AccountId,
    if_match: IfMatch = None,
) -> Response[AccountItem]:
    """Change the fields in the body; `If-Match` carries the ETag of the version you read."""
    item = await service.update_account(context, data, account_id=account_id, version=version_of(if_match))
    return versioned(request, item, version=item.version)


@delete(
    "/v1/accounts/{account_id:uuid}",
    opt=requires("books"),
    tags=["accounts"],
    summary="Remove an account",
    operation_id="deleteAccount",
    responses=problems(404, 409, 412, 428),
)
async def delete_account(context: TheChangeContext, account_id: AccountId, if_match: IfMatch = None) -> None:
    """Delete an account with its subscriptions and scores; 409 if it has invoices or charges."""
    await service.delete_account(context, account_id=account_id, version=version_of(if_match))


ROUTES = [
    list_accounts,
    get_account_totals,
    get_account_facets,
    export_accounts,
    create_account,
    update_account,
    delete_account,
]
