"""All SQL of the identity room."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.identity.model import Member, Principal, SessionView, SignInLink, Workspace, WriteKey
from keepwell.platform.database import Command, Query


class Identified(msgspec.Struct, frozen=True):
    """Just an id."""

    id: UUID


class Currency(msgspec.Struct, frozen=True):
    """Just a workspace's currency."""

    currency: str


class SessionRow(msgspec.Struct, frozen=True):
    """A member beside their workspace."""

    member_id: UUID
    member_name: str
    workspace_id: UUID
    slug: str
    name: str
    currency: str
    synthetic: bool

    def view(self) -> SessionView:
        """The row as clients see it."""
        return SessionView(
            member=Member(self.member_id, self.member_name),
            workspace=Workspace(self.workspace_id, self.slug, self.name, self.currency, self.synthetic),
        )


WORKSPACE_BY_SLUG = Query(
    "select id, slug, name, currency, synthetic from workspaces where slug = %(slug)s", Workspace
)

CURRENCY = Query("select currency from workspaces where id = app_workspace()", Currency)

INSERT_WORKSPACE = Command(
    """
    insert into workspaces (id, slug, name, currency, synthetic, created_at)
    values (%(id)s, %(slug)s, %(name)s, %(currency)s, %(synthetic)s, %(now)s)
    """
)

DESCRIBE_WORKSPACE = Command(
    """
    update workspaces set name = %(name)s, currency = %(currency)s, synthetic = %(synthetic)s
    where id = %(workspace_id)s
    """
)

INSERT_MEMBER = Command(
    """
    insert into members (workspace_id, id, name, created_at)
    values (%(workspace_id)s, %(id)s, %(name)s, %(now)s)
    """
)

FIRST_MEMBER = Query(
    "select id, name from members where workspace_id = %(workspace_id)s order by id limit 1", Member
)

SESSION_OF_MEMBER = Query(
    """
    select m.id, m.name, w.id, w.slug, w.name, w.currency, w.synthetic
    from members m join workspaces w on w.id = m.workspace_id
    where m.workspace_id = %(workspace_id)s and m.id = %(member_id)s
    """,
    SessionRow,
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

SPEND_SIGN_IN_LINK = Command(
    "update sign_in_links set used_at = %(now)s where workspace_id = %(workspace_id)s and id = %(id)s"
)

INSERT_SESSION = Command(
    """
    insert into sessions (workspace_id, id, member_id, secret_hash, expires_at)
    values (%(workspace_id)s, %(id)s, %(member_id)s, %(secret_hash)s, %(expires_at)s)
    """
)

PRINCIPAL_OF_SESSION = Query(
    """
    select workspace_id, member_id from sessions
    where secret_hash = app_credential() and expires_at > %(now)s
    """,
    Principal,
)

END_SESSION = Command("delete from sessions where secret_hash = app_credential()")

INSERT_TOKEN = Command(
    """
    insert into api_tokens (workspace_id, id, member_id, name, secret_hash, created_at)
    values (%(workspace_id)s, %(id)s, %(member_id)s, %(name)s, %(secret_hash)s, %(now)s)
    """
)

PRINCIPAL_OF_TOKEN = Query(
    "select workspace_id, member_id from api_tokens where secret_hash = app_credential()", Principal
)

INSERT_WRITE_KEY = Command(
    """
    insert into write_keys (workspace_id, id, name, secret_hash, created_at)
    values (%(workspace_id)s, %(id)s, %(name)s, %(secret_hash)s, %(now)s)
    """
)

WRITE_KEYS = Query(
    """
    select name, created_at, revoked_at from write_keys where workspace_id = %(workspace_id)s order by id
    """,
    WriteKey,
)

WORKSPACE_OF_WRITE_KEY = Query(
    """
    select workspace_id as id from write_keys
    where secret_hash = app_credential() and revoked_at is null
    """,
    Identified,
)

REVOKE_WRITE_KEY = Query(
    """
    update write_keys set revoked_at = %(now)s
    where workspace_id = %(workspace_id)s and name = %(name)s and revoked_at is null
    returning id
    """,
    Identified,
)

DELETE_EXPIRED = Command(
    """
    with old_links as (
      delete from sign_in_links where workspace_id = %(workspace_id)s and expires_at < %(now)s
    )
    delete from sessions where workspace_id = %(workspace_id)s and expires_at < %(now)s
    """
)
