"""The erasure of the person behind an account, over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, SkipValidation

from keepwell.app.erasure import service
from keepwell.app.erasure.files import ErasedFiles
from keepwell.identity.model import Principal
from keepwell.platform.http.routes import InTransaction, problems, requires
from keepwell.platform.http.versions import version_of
from keepwell.platform.http.writes import IfMatch, TheWrite
from keepwell.records.dependencies import TheChangeContext
from keepwell.records.erasure import service as erasures
from keepwell.records.erasure.model import ErasureItem

AccountId = Annotated[UUID, PathParameter(description="The account's `id`.")]


@post(
    "/v1/accounts/{account_id:uuid}/erasure",
    opt=requires("erase"),
    tags=["accounts"],
    summary="Erase the person behind an account",
    operation_id="eraseAccount",
    status_code=200,
    responses=problems(404, 409, 412, 428),
)
async def erase_account(
    write: TheWrite,
    context: TheChangeContext,
    erased_files: SkipValidation[NamedDependency[ErasedFiles]],
    account_id: AccountId,
    if_match: IfMatch = None,
) -> Response[ErasureItem]:
    """Remove the person permanently: name, contacts, cards, events, and every copy. The books keep their sums."""
    work = partial(
        service.erase_account, context, account_id, version=version_of(if_match), files=erased_files
    )
    return await write.act(work)


@get(
    "/v1/accounts/{account_id:uuid}/erasure",
    opt=requires("erase"),
    tags=["accounts"],
    summary="An erasure, and whether it has reached the files",
    operation_id="getErasure",
    responses=problems(404),
)
async def get_erasure(
    principal: NamedDependency[Principal], connection: InTransaction, account_id: AccountId
) -> ErasureItem:
    """When the person was erased, and whether events and dead letters have been searched."""
    return await erasures.get_erasure(connection, account_id, workspace_id=principal.workspace_id)


ROUTES = [erase_account, get_erasure]
