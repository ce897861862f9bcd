"""Write keys over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, SkipValidation

from keepwell.identity.model import Actor, require_lasting_credential
from keepwell.identity.write_keys import service
from keepwell.identity.write_keys.model import NewWriteKey, WriteKeyPage, WriteKeyWithSecret
from keepwell.platform.http.routes import InTransaction, TheClock, TheRuntime, problems, requires
from keepwell.platform.http.writes import TheWrite
from keepwell.platform.pagination.listing import Listing, SparsePage

WriteKeyId = Annotated[UUID, PathParameter(description="The write key's `id`.")]


@get(
    "/v1/write-keys",
    opt=requires("tokens"),
    tags=["write keys"],
    summary="List write keys",
    operation_id="listWriteKeys",
    responses=problems(),
)
async def list_write_keys(
    listing: SkipValidation[NamedDependency[Listing[None]]],
) -> Response[WriteKeyPage | SparsePage]:
    """The keys with which products send events, without their secrets, newest first; revoked ones too."""
    found = await service.write_keys_page(
        listing.reader, workspace_id=listing.workspace_id, limit=listing.limit, after=listing.after
    )
    return listing.answer(WriteKeyPage, found)


@post(
    "/v1/write-keys",
    opt=requires("tokens"),
    tags=["write keys"],
    summary="Create a write key",
    operation_id="createWriteKey",
    responses=problems(409),
)
async def create_write_key(
    data: JSONBody[NewWriteKey], write: TheWrite, actor: NamedDependency[Actor], runtime: TheRuntime
) -> Response[WriteKeyWithSecret]:
    """Create a write key; `write_key` is shown only now. Not possible with an access token."""
    # Before `write`, which would replay the response of an earlier request.
    require_lasting_credential(actor.principal)
    work = partial(service.create_write_key, write.connection, actor, name=data.name, runtime=runtime)
    return await write.create(work)


@delete(
    "/v1/write-keys/{write_key_id:uuid}",
    opt=requires("tokens"),
    tags=["write keys"],
    summary="Revoke a write key",
    operation_id="deleteWriteKey",
    responses=problems(404),
)
async def delete_write_key(
    connection: InTransaction, actor: NamedDependency[Actor], clock: TheClock, write_key_id: WriteKeyId
) -> None:
    """Revoke a write key; every server stops accepting it within half a minute."""
    await service.revoke_write_key_by_id(connection, actor, write_key_id, clock=clock)


ROUTES: Sequence[Any] = [list_write_keys, create_write_key, delete_write_key]
