"""All SQL of sign-in links and sessions."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec

from keepwell.identity.model import Member, PrincipalRow, RoleName, Workspace
from keepwell.identity.permissions import Permission
from keepwell.identity.sessions.model import BegunSession, OwnSession, SessionView, SignInLink
from keepwell.platform.statements import Command, Query


class MemberInWorkspaceRow(msgspec.Struct, frozen=True):
    """A member together with their workspace."""

    member_id: UUID
    member_name: str
    role: RoleName
    email: str | None
    workspace_id: UUID
    slug: str
    name: str
    currency: str
    synthetic: bool
    has_password: bool

    def view(self, permissions: Iterable[Permission]) -> SessionView:
        """The row as clients see it."""
        return SessionView(
            member=Member(self.member_id, self.member_name, self.role, self.email),
            workspace=Workspace(self.workspace_id, self.slug, self.name, self.currency, self.synthetic),
            permissions=sorted(permissions),
            has_password=self.has_password,
        )


class EndedSession(msgspec.Struct, frozen=True):
    """A session that was just deleted."""

    workspace_id: UUID
    id: UUID


MEMBER_IN_WORKSPACE = Query(
    """
    select m.id, m.name, m.role, m.email, w.id, w.slug, w.name, w.currency, w.synthetic,
      m.password_hash is not null as has_password
    from members m join workspaces w on w.id = m.workspace_id
    where m.workspace_id = %(workspace_id)s and m.id = %(member_id)s
    """,
    MemberInWorkspaceRow,
)

INSERT_SIGN_IN_LINK = Command(
    """
    insert into sign_in_links (workspace_id, id, member_id, secret_hash, expires_at)
    values (%(workspace_id)s, %(id)s, %(member_id)s, %(secret_hash)s, %(expires_at)s)
    """
)

# FOR UPDATE makes two uses of one link take turns, so that only the first succeeds.
LOCK_SIGN_IN_LINK = Query(
    """
    select id, workspace_id, member_id, expires_at, used_at
    from sign_in_links where secret_hash = app_credential() for update
    """,
    SignInLink,
)

SPEND_LINKS_OF_MEMBER = Command(
    """
    update sign_in_links set used_at = %(now)s
    where workspace_id = %(workspace_id)s and member_id = %(member_id)s and used_at is null
    """
)

SPEND_SIGN_IN_LINK = Command(
    "update sign_in_links set used_at = %(now)s where workspace_id = %(workspace_id)s and id = %(id)s"
)

# No row for a member who has been removed; waits for a removal that is under way.
NOTE_SIGN_IN = Command(
    """
    update members set last_signed_in_at = %(now)s
    where workspace_id = %(workspace_id)s and id = %(member_id)s and removed_at is null
    """
)

INSERT_SESSION = Command(
    """
    insert into sessions (workspace_id, id, member_id, secret_hash, signed_in_at, last_used_at, expires_at, begun_by)
    values (%(workspace_id)s, %(id)s, %(member_id)s, %(secret_hash)s, %(now)s, %(now)s, %(expires_at)s, %(begun_by)s)
    """
)

BEGUN_BY = Query(
    "select begun_by as by from sessions where workspace_id = %(workspace_id)s and id = %(session_id)s",
    BegunSession,
)

PRINCIPAL_OF_SESSION = Query(
    """
    select s.workspace_id, s.member_id, m.role, null::text[] as scopes, null::uuid as token_id,
           null::uuid as family_id, s.signed_in_at, s.last_used_at as used_at, s.id as session_id
    from sessions s join members m on (m.workspace_id, m.id) = (s.workspace_id, s.member_id)
    where s.secret_hash = app_credential() and s.expires_at > %(now)s and s.last_used_at > %(idle_since)s
      and m.removed_at is null
    """,
    PrincipalRow,
)

SESSION_USED = Command(
    """
    update sessions set last_used_at = %(now)s where workspace_id = %(workspace_id)s and id = %(session_id)s
    """
)

OWN_SESSIONS = Query(
    """
    select id, signed_in_at, last_used_at, expires_at, id is not distinct from %(session_id)s as is_current
    from sessions
    where workspace_id = %(workspace_id)s and member_id = %(member_id)s and expires_at > %(now)s
      and last_used_at > %(idle_since)s
    order by last_used_at desc, id
    """,
    OwnSession,
)

END_OWN_SESSION = Query(
    """
    delete from sessions
    where workspace_id = %(workspace_id)s and member_id = %(member_id)s and id = %(session_id)s
    returning workspace_id, id
    """,
    EndedSession,
)

END_OTHER_SESSIONS = Command(
    """
    delete from sessions
    where workspace_id = %(workspace_id)s and member_id = %(member_id)s and id is distinct from %(session_id)s
    """
)

END_SESSION = Query(
    "delete from sessions where secret_hash = app_credential() returning workspace_id, id", EndedSession
)

DELETE_EXPIRED = Command(
    """
    with old_links as (
      delete from sign_in_links where workspace_id = %(workspace_id)s and expires_at < %(now)s
    )
    delete from sessions
    where workspace_id = %(workspace_id)s and (expires_at < %(now)s or last_used_at < %(idle_since)s)
    """
)
