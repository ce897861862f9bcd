"""Members over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, SkipValidation

from keepwell.identity.mailed_links.api import TheLinkMailer
from keepwell.identity.members import service
from keepwell.identity.members.model import (
    AccessOfMembers,
    Invitation,
    MemberChange,
    MemberItem,
    MemberPage,
    NewMember,
)
from keepwell.identity.model import Actor, Principal
from keepwell.platform.http.routes import InTransaction, TheClock, TheRuntime, TheSettings, problems, requires
from keepwell.platform.http.versions import version_of
from keepwell.platform.http.writes import IfMatch, TheWrite, versioned
from keepwell.platform.pagination.listing import Listing, SparsePage

MemberId = Annotated[UUID, PathParameter(description="The member's `id`.")]


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
    """The members of the workspace and their roles, by name."""
    found = await service.list_members(
        listing.reader, workspace_id=listing.workspace_id, limit=listing.limit, after=listing.after
    )
    return listing.answer(MemberPage, found)


@get(
    "/v1/members/access",
    opt=requires("settings"),
    tags=["members"],
    summary="How members can sign in",
    operation_id="listMemberAccess",
    responses=problems(),
)
async def list_member_access(
    principal: NamedDependency[Principal], connection: InTransaction, clock: TheClock, settings: TheSettings
) -> AccessOfMembers:
    """Which members have a password or are linked to the provider, whose invitation waits, and who signed in when."""
    return await service.access_of_members(
        connection,
        workspace_id=principal.workspace_id,
        provider=None if settings.oidc is None else settings.oidc.issuer,
        clock=clock,
    )


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
    """One member, with the ETag to send as If-Match when changing it."""
    item = await service.get_member(connection, principal.workspace_id, member_id=member_id)
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
    data: JSONBody[NewMember],
    write: TheWrite,
    actor: NamedDependency[Actor],
    runtime: TheRuntime,
    link_mailer: TheLinkMailer,
) -> Response[Invitation]:
    """Add a member; `sign_in_path` lets them in once and is shown only now.

    With an `email`, and if this server has a mail server, the link is mailed as well. Not possible with an access token. A session adds an owner, or a member with an `email`, within five minutes of
    signing in.
    """
    # Before `write`, which would replay the response of an earlier request.
    service.require_may_invite(actor.principal, data, now=runtime.clock.now())
    work = partial(service.invite, write.connection, actor, data, runtime=runtime, mailer=link_mailer)
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
    """Change the fields that are sent. The last owner stays one; an `email` is changed by a session that has just signed in."""
    item = await service.update_member(
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
    """End the member's sessions and tokens; the last owner cannot be removed."""
    await service.remove_member(connection, actor, member_id, version=version_of(if_match), runtime=runtime)


ROUTES = [list_members, list_member_access, get_member, create_member, update_member, delete_member]
