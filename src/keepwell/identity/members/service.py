"""Members: who may sign in to a workspace, and with which role. There is always an owner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from keepwell.identity.audit import service as audit
from keepwell.identity.emails import canonical_email
from keepwell.identity.mailed_links.service import LinkMailer
from keepwell.identity.members import store
from keepwell.identity.members.model import (
    AccessOfMembers,
    Invitation,
    MemberChange,
    MemberItem,
    NewMember,
)
from keepwell.identity.model import (
    Actor,
    Principal,
    require_fresh_sign_in,
    require_lasting_credential,
    require_may_grant,
)
from keepwell.identity.permissions import Role
from keepwell.identity.sessions import service as sessions
from keepwell.identity.sessions.model import IDLE_LIMIT
from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import Conflict, NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.runtime import Runtime
from keepwell.platform.values.fields import given
from keepwell.platform.values.versions import require_version

_OWNER = Role.OWNER.value


async def list_members(
    reader: Readable, *, workspace_id: UUID, limit: int, after: PageEnd | None = None
) -> RowPage[MemberItem]:
    """A page of members by name."""
    return await store.PAGES.page(reader, "name", limit=limit, after=after, workspace_id=workspace_id)


async def access_of_members(
    connection: Connection, *, workspace_id: UUID, provider: str | None, clock: Clock
) -> AccessOfMembers:
    """How each member can sign in; `provider` is the issuer that this server is set up with, if any."""
    now = clock.now()
    found = await store.ACCESS.all(
        connection, workspace_id=workspace_id, now=now, idle_since=now - IDLE_LIMIT
    )
    return AccessOfMembers(found, provider)


def require_may_invite(principal: Principal, new: NewMember, *, now: datetime) -> None:
    """Raise PolicyViolation if the credential is too weak to add `new`, whose sign-in link gives lasting access.

    An access token adds nobody (AccessTokenNotAccepted). A session must have just signed in to add an owner or a member
    with an e-mail (FreshSignInRequired). API tokens with the permission are accepted.
    """
    require_lasting_credential(principal)
    if principal.session_id is not None and (new.role == _OWNER or new.email is not None):
        require_fresh_sign_in(principal, now=now)


def require_may_change_role(
    principal: Principal, before: MemberItem, after: MemberItem, *, now: datetime
) -> None:
    """Raise PolicyViolation if the credential is too weak to give a member the role that `after` has.

    More rights than before are given by a session that has just signed in, or by an API token that has them; not by an
    access token.
    """
    require_may_grant(principal, Role(after.role))
    if Role(after.role).permissions - Role(before.role).permissions:
        require_lasting_credential(principal)
        if principal.session_id is not None:
            require_fresh_sign_in(principal, now=now)


async def invite(
    connection: Connection,
    actor: Actor,
    new: NewMember,
    *,
    runtime: Runtime,
    mailer: LinkMailer | None = None,
) -> Invitation:
    """Add a member and create the link that lets them in; over HTTP after `require_may_invite`.

    A `mailer` mails it as well, if there is an e-mail and a mail server. Raises Conflict if the e-mail is in use, PolicyViolation
    for a role that may do more than the actor, and DataValidationError for a name that cannot be written in a mail.
    """
    require_may_grant(actor.principal, new.role)
    workspace_id, member_id = actor.principal.workspace_id, runtime.ids.new()
    await store.INSERT_MEMBER.run(
        connection,
        workspace_id=workspace_id,
        id=member_id,
        name=new.name,
        role=new.role,
        email=None if new.email is None else canonical_email(new.email),
        now=runtime.clock.now(),
    )
    member = await get_member(connection, workspace_id, member_id=member_id)
    await _record(connection, actor, "member.added", after=member, runtime=runtime)
    secret = await sessions.create_sign_in_link(
        connection, Principal(workspace_id, member_id), runtime=runtime
    )
    if mailer is not None:
        await mailer.mail_invitation(connection, member, workspace_id=workspace_id, secret=secret)
    return Invitation(**msgspec.structs.asdict(member), sign_in_path=f"/sign-in?token={secret}")


async def get_member(connection: Connection, workspace_id: UUID, *, member_id: UUID) -> MemberItem:
    """One member; raises NotFound for an id that is not in this workspace."""
    found = await store.MEMBER.maybe_one(connection, workspace_id=workspace_id, member_id=member_id)
    if found is None:
        raise _no_member(member_id)
    return found


async def update_member(
    connection: Connection,
    actor: Actor,
    change: MemberChange,
    *,
    member_id: UUID,
    version: int | None,
    runtime: Runtime,
) -> MemberItem:
    """Change the given fields and return the changed member.

    Raises NotFound, PreconditionFailed for another version than `version`, Conflict if no owner would be left,
    PolicyViolation for a role that may do more than the actor, or FreshSignInRequired for another e-mail, which is
    how the member signs in, unless the actor has just signed in.
    """
    workspace_id = actor.principal.workspace_id
    before = await _locked(connection, workspace_id, member_id=member_id)
    require_version(before.version, version)
    after = msgspec.structs.replace(before, **_canonical(change), version=before.version + 1)
    if after.role != before.role:
        require_may_change_role(actor.principal, before, after, now=runtime.clock.now())
    if after.email != before.email:
        require_fresh_sign_in(actor.principal, now=runtime.clock.now())
    if before.role == _OWNER != after.role:
        await _require_another_owner(connection, workspace_id, than=member_id)
    await store.UPDATE_MEMBER.run(
        connection,
        workspace_id=workspace_id,
        member_id=member_id,
        name=after.name,
        role=after.role,
        email=after.email,
    )
    if after.email != before.email:
        # They may be in the mailbox of somebody else, which is why the e-mail is corrected.
        await sessions.end_links(connection, workspace_id, member_id=member_id, clock=runtime.clock)
    await _record(connection, actor, "member.updated", before=before, after=after, runtime=runtime)
    return after


def _canonical(change: MemberChange) -> Mapping[str, Any]:
    fields = dict(given(change))
    if fields.get("email") is not None:
        fields["email"] = canonical_email(fields["email"])
    return fields


async def remove_member(
    connection: Connection, actor: Actor, member_id: UUID, *, version: int | None, runtime: Runtime
) -> None:
    """Remove the member and end all their credentials.

    Raises NotFound, PreconditionFailed for another version than `version`, or Conflict if no owner would be left.
    """
    workspace_id = actor.principal.workspace_id
    before = await _locked(connection, workspace_id, member_id=member_id)
    require_version(before.version, version)
    if before.role == _OWNER:
        await _require_another_owner(connection, workspace_id, than=member_id)
    await store.REMOVE_MEMBER.run(
        connection, workspace_id=workspace_id, member_id=member_id, now=runtime.clock.now()
    )
    await _record(connection, actor, "member.removed", before=before, runtime=runtime)


async def _require_another_owner(connection: Connection, workspace_id: UUID, *, than: UUID) -> None:
    owners = await store.LOCKED_OWNERS.all(connection, workspace_id=workspace_id)
    if all(owner.id == than for owner in owners):
        raise Conflict("A workspace has at least one owner.", hint="Make another member an owner first.")


async def _locked(connection: Connection, workspace_id: UUID, *, member_id: UUID) -> MemberItem:
    found = await store.LOCKED_MEMBER.maybe_one(connection, workspace_id=workspace_id, member_id=member_id)
    if found is None:
        raise _no_member(member_id)
    return found


def _no_member(member_id: UUID) -> NotFound:
    return NotFound(
        f"This workspace has no member {member_id}.",
        hint="`./keepwell member list` and GET /v1/members list them.",
    )


async def _record(
    connection: Connection,
    actor: Actor,
    action: str,
    *,
    before: MemberItem | None = None,
    after: MemberItem | None = None,
    runtime: Runtime,
) -> None:
    member = after or before
    subject = f"member:{member.id}" if member else "member"
    await audit.record(
        connection, actor, action=action, subject=subject, before=before, after=after, clock=runtime.clock
    )
