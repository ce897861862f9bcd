"""API tokens over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, SkipValidation

from keepwell.identity.api_tokens import service
from keepwell.identity.api_tokens.model import NewToken, TokenPage, TokenWithSecret
from keepwell.identity.model import Actor
from keepwell.platform.http.routes import InTransaction, TheRuntime, problems, requires
from keepwell.platform.http.writes import TheWrite
from keepwell.platform.pagination.listing import Listing, SparsePage

TokenId = Annotated[UUID, PathParameter(description="The token's `id`.")]


@get(
    "/v1/tokens",
    opt=requires("tokens"),
    tags=["tokens"],
    summary="List API tokens",
    operation_id="listTokens",
    responses=problems(),
)
async def list_tokens(
    listing: SkipValidation[NamedDependency[Listing[None]]],
) -> Response[TokenPage | SparsePage]:
    """The workspace's API tokens, without their secrets, newest first."""
    found = await service.list_tokens(
        listing.reader, workspace_id=listing.workspace_id, limit=listing.limit, after=listing.after
    )
    return listing.answer(TokenPage, found)


@post(
    "/v1/tokens",
    opt=requires("tokens"),
    tags=["tokens"],
    summary="Create an API token",
    operation_id="createToken",
    responses=problems(),
)
async def create_token(
    data: JSONBody[NewToken], write: TheWrite, actor: NamedDependency[Actor], runtime: TheRuntime
) -> Response[TokenWithSecret]:
    """Create a token of your own; `token` is shown only now.

    Not possible with an access token; a session creates one within five minutes of signing in.
    """
    # Before `write`, which would replay the response of an earlier request.
    service.require_may_create(actor.principal, now=runtime.clock.now())
    return await write.create(partial(service.create_token, write.connection, actor, data, runtime=runtime))


@delete(
    "/v1/tokens/{token_id:uuid}",
    opt=requires("tokens"),
    tags=["tokens"],
    summary="Revoke an API token",
    operation_id="deleteToken",
    responses=problems(404),
)
async def delete_token(
    connection: InTransaction, actor: NamedDependency[Actor], runtime: TheRuntime, token_id: TokenId
) -> None:
    """Revoke a token and the tokens that it created; reading with them ends within two seconds."""
    await service.revoke_token(connection, actor, token_id, runtime=runtime)


ROUTES = [list_tokens, create_token, delete_token]
