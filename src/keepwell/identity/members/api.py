"""Members and API tokens over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, SkipValidation

from keepwell.identity import members, tokens
from keepwell.identity.model import (
    Actor,
    Invitation,
    MadeToken,
    MemberChange,
    MemberItem,
    MemberPage,
    NewMember,
    NewToken,
    Principal,
    TokenPage,
)
from keepwell.platform.http import InTransaction, problems, requires
from keepwell.platform.pagination.listing import Listing, SparsePage
from keepwell.platform.runtime import Runtime
from keepwell.platform.versions import version_of
from keepwell.platform.writes import IfMatch, TheWrite, versioned

TheRuntime = SkipValidation[NamedDependency[Runtime]]
MemberId = Annotated[UUID, PathParameter(description="The member's `id`.")]
TokenId = Annotated[UUID, PathParameter(description="The token's `id`.")]


@get(
    "/v1/members",
    opt=requires("read"),
    tags=["members"],
    summary="List members",
    operation_id="listMembers",
    responses=problems(),
)
async def list_members(
    listing: SkipValidation[NamedDependency[Listing[None]]],
) -> Response[MemberPage | SparsePage]:
    """Who may sign in, and as what."""
    found = await members.list_members(
        listing.reader, workspace_id=listing.workspace_id, limit=listing.limit, after=listing.after
    )
    return listing.answer(MemberPage, found)


@get(
    "/v1/members/{member_id:uuid}",
    opt=requires("read"),
    tags=["members"],
    summary="One member",
    operation_id="getMember",
    responses=problems(404),
)
async def get_member(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    connection: InTransaction,
    member_id: MemberId,
) -> Response[MemberItem]:
    """One member, with the ETag that changing it asks for."""
    item = await members.get_member(connection, principal.workspace_id, member_id=member_id)
    return versioned(request, item, version=item.version)


@post(
    "/v1/members",
    opt=requires("members"),
    tags=["members"],
    summary="Invite a member",
    operation_id="createMember",
    responses=problems(409),
)
async def create_member(
    data: JSONBody[NewMember], write: TheWrite, actor: NamedDependency[Actor], runtime: TheRuntime
) -> Response[Invitation]:
    """Add somebody; `sign_in_path` lets them in once and is shown this once."""
    work = partial(members.invite, write.connection, actor, data, runtime=runtime)
    return await write.create(work, at="/v1/members/{id}")


@patch(
    "/v1/members/{member_id:uuid}",
    opt=requires("members"),
    tags=["members"],
    summary="Change a member",
    operation_id="updateMember",
    responses=problems(404, 409, 412, 428),
)
async def update_member(
    request: Request[Any, Any, Any],
    data: JSONBody[MemberChange],
    connection: InTransaction,
    actor: NamedDependency[Actor],
    runtime: TheRuntime,
    member_id: MemberId,
    if_match: IfMatch = None,
) -> Response[MemberItem]:
    """Change the fields that are sent; the last owner stays one."""
    item = await members.update_member(
        connection, actor, data, member_id=member_id, version=version_of(if_match), runtime=runtime
    )
    return versioned(request, item, version=item.version)


@delete(
    "/v1/members/{member_id:uuid}",
    opt=requires("members"),
    tags=["members"],
    summary="Remove a member",
    operation_id="deleteMember",
    responses=problems(404, 409, 412, 428),
)
async def delete_member(
    connection: InTransaction,
    actor: NamedDependency[Actor],
    runtime: TheRuntime,
    member_id: MemberId,
    if_match: IfMatch = None,
) -> None:
    """End a member's sessions and tokens; the last owner stays."""
    await members.remove_member(connection, actor, member_id, version=version_of(if_match), runtime=runtime)


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
    found = await tokens.list_tokens(
        listing.reader, workspace_id=listing.workspace_id, limit=listing.limit, after=listing.after
    )
    return listing.answer(TokenPage, found)


@post(
    "/v1/tokens",
    opt=requires("tokens"),
    tags=["tokens"],
    summary="Make an API token",
    operation_id="createToken",
    responses=problems(),
)
async def create_token(
    data: JSONBody[NewToken], write: TheWrite, actor: NamedDependency[Actor], runtime: TheRuntime
) -> Response[MadeToken]:
    """Make a token; `token` is shown this once."""
    return await write.create(partial(tokens.create_token, write.connection, actor, data, runtime=runtime))


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
    """Let a token do nothing more, within two seconds."""
    await tokens.revoke_token(connection, actor, token_id, runtime=runtime)


ROUTES = [
    list_members,
    get_member,
    create_member,
    update_member,
    delete_member,
    list_tokens,
    create_token,
    delete_token,
]
