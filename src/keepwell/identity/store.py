"""All SQL of the identity room."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.identity.model import (
    Member,
    MemberItem,
    Principal,
    RoleName,
    SessionView,
    SignInLink,
    TokenItem,
    Workspace,
    WriteKey,
)
from keepwell.identity.permissions import Permission, Role
from keepwell.platform.database import Command, Query
from keepwell.platform.pagination.keyset import Keyset, SortKey


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
    role: RoleName
    email: str | None
    workspace_id: UUID
    slug: str
    name: str
    currency: str
    synthetic: bool

    def view(self, permissions: Iterable[Permission]) -> SessionView:
        """The row as clients see it."""
        return SessionView(
            member=Member(self.member_id, self.member_name, self.role, self.email),
            workspace=Workspace(self.workspace_id, self.slug, self.name, self.currency, self.synthetic),
            permissions=sorted(permissions),
        )


class RefreshTokenRow(msgspec.Struct, frozen=True):
    """A refresh token, held until the transaction ends."""

    workspace_id: UUID
    id: UUID
    family_id: UUID
    expires_at: datetime
    used_at: datetime | None


class PasswordRow(msgspec.Struct, frozen=True):
    """A member who signs in, and what their password hashes to; None where they have none."""

    workspace_id: UUID
    member_id: UUID
    password_hash: str | None


class PrincipalRow(msgspec.Struct, frozen=True):
    """Whose a secret is, and what it may do; `used_at` is when it was used last, where that is noted."""

    workspace_id: UUID
    member_id: UUID
    role: RoleName
    scopes: list[str] | None
    token_id: UUID | None
    family_id: UUID | None
    signed_in_at: datetime | None
    used_at: datetime | None

    def principal(self) -> Principal:
        """The row as requests carry it."""
        scopes = None if self.scopes is None else frozenset(map(Permission, self.scopes))
        return Principal(
            workspace_id=self.workspace_id,
            member_id=self.member_id,
            role=Role(self.role),
            scopes=scopes,
            token_id=self.token_id,
            family_id=self.family_id,
            signed_in_at=self.signed_in_at,
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
    insert into members (workspace_id, id, name, role, email, created_at)
    values (%(workspace_id)s, %(id)s, %(name)s, %(role)s, %(email)s, %(now)s)
    """
)

_MEMBER_COLUMNS: LiteralString = "select id, name, role, email, version"
_MEMBERS: LiteralString = "from members where workspace_id = %(workspace_id)s and removed_at is null"

FIRST_OWNER = Query(f"{_MEMBER_COLUMNS} {_MEMBERS} and role = 'owner' order by id limit 1", MemberItem)

MEMBER_PAGES = Keyset(_MEMBER_COLUMNS, _MEMBERS, MemberItem, sorts={"name": SortKey("name", "text")})

MEMBER = Query(f"{_MEMBER_COLUMNS} {_MEMBERS} and id = %(member_id)s", MemberItem)

LOCKED_MEMBER = Query(f"{_MEMBER_COLUMNS} {_MEMBERS} and id = %(member_id)s for update", MemberItem)

# All of them: two owners who remove one another at once must take turns.
LOCKED_OWNERS = Query(f"{_MEMBER_COLUMNS} {_MEMBERS} and role = 'owner' order by id for update", MemberItem)

UPDATE_MEMBER = Command(
    """
    update members set name = %(name)s, role = %(role)s, email = %(email)s, version = version + 1
    where workspace_id = %(workspace_id)s and id = %(member_id)s
    """
)

# The row stays, for what it did; what it could sign in with goes.
REMOVE_MEMBER = Command(
    """
    with ended_sessions as (
      delete from sessions where workspace_id = %(workspace_id)s and member_id = %(member_id)s
    ), ended_links as (
      delete from sign_in_links where workspace_id = %(workspace_id)s and member_id = %(member_id)s
    ), ended_families as (
      update refresh_families set revoked_at = %(now)s
      where workspace_id = %(workspace_id)s and member_id = %(member_id)s and revoked_at is null
    ), ended_tokens as (
      update api_tokens set revoked_at = %(now)s
      where workspace_id = %(workspace_id)s and member_id = %(member_id)s and revoked_at is null
    )
    update members set removed_at = %(now)s, password_hash = null, oidc_issuer = null, oidc_subject = null
    where workspace_id = %(workspace_id)s and id = %(member_id)s
    """
)

SESSION_OF_MEMBER = Query(
    """
    select m.id, m.name, m.role, m.email, w.id, w.slug, w.name, w.currency, w.synthetic
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
    insert into sessions (workspace_id, id, member_id, secret_hash, signed_in_at, expires_at)
    select %(workspace_id)s, %(id)s, %(member_id)s, %(secret_hash)s, %(now)s, %(expires_at)s
    from members
    where workspace_id = %(workspace_id)s and id = %(member_id)s and removed_at is null
    for share
    """
)

PRINCIPAL_OF_SESSION = Query(
    """
    select s.workspace_id, s.member_id, m.role, null::text[] as scopes, null::uuid as token_id,
           null::uuid as family_id, s.signed_in_at, null::timestamptz as used_at
    from sessions s join members m on (m.workspace_id, m.id) = (s.workspace_id, s.member_id)
    where s.secret_hash = app_credential() and s.expires_at > %(now)s and m.removed_at is null
    """,
    PrincipalRow,
)

END_SESSION = Command("delete from sessions where secret_hash = app_credential()")

INSERT_TOKEN = Command(
    """
    insert into api_tokens (
      workspace_id, id, member_id, parent_id, name, secret_hash, scopes, created_at, expires_at)
    values (
      %(workspace_id)s, %(id)s, %(member_id)s, %(parent_id)s, %(name)s, %(secret_hash)s, %(scopes)s, %(now)s,
      %(expires_at)s)
    """
)

PRINCIPAL_OF_TOKEN = Query(
    """
    select t.workspace_id, t.member_id, m.role, t.scopes, t.id as token_id, null::uuid as family_id,
           null::timestamptz as signed_in_at, t.last_used_at as used_at
    from api_tokens t join members m on (m.workspace_id, m.id) = (t.workspace_id, t.member_id)
    where t.secret_hash = app_credential() and t.revoked_at is null and m.removed_at is null
      and (t.expires_at is null or t.expires_at > %(now)s)
    """,
    PrincipalRow,
)

TOKEN_USED = Command(
    """
    update api_tokens set last_used_at = %(now)s where workspace_id = %(workspace_id)s and id = %(token_id)s
    """
)

_CREDENTIAL_COLUMNS: LiteralString = """
    select id, name, member_id, scopes, created_at, expires_at, last_used_at, revoked_at
"""
_CREDENTIALS: LiteralString = "from api_tokens where workspace_id = %(workspace_id)s"

TOKEN_PAGES = Keyset(
    _CREDENTIAL_COLUMNS, _CREDENTIALS, TokenItem, sorts={"created_at": SortKey("created_at", "timestamptz")}
)

TOKEN = Query(f"{_CREDENTIAL_COLUMNS} {_CREDENTIALS} and id = %(token_id)s", TokenItem)

TOKEN_BY_NAME = Query(
    f"{_CREDENTIAL_COLUMNS} {_CREDENTIALS} and name = %(name)s and revoked_at is null order by id desc",
    TokenItem,
)

# Locked before its children are listed: none is created meanwhile, since that takes a lock on the parent.
LOCKED_TOKEN = Query(f"{_CREDENTIAL_COLUMNS} {_CREDENTIALS} and id = %(token_id)s for update", TokenItem)

LIVE_PARENT_TOKEN = Query(
    f"{_CREDENTIAL_COLUMNS} {_CREDENTIALS} and id = %(token_id)s and revoked_at is null for share", TokenItem
)

CHILD_TOKENS = Query(
    f"{_CREDENTIAL_COLUMNS} {_CREDENTIALS} and parent_id = %(token_id)s order by id", TokenItem
)

REVOKE_TOKEN = Command(
    """
    update api_tokens set revoked_at = %(now)s
    where workspace_id = %(workspace_id)s and id = %(token_id)s and revoked_at is null
    """
)

INSERT_WRITE_KEY = Command(
    """
    insert into write_keys (workspace_id, id, name, secret_hash, created_at)
    values (%(workspace_id)s, %(id)s, %(name)s, %(secret_hash)s, %(now)s)
    """
)

ENSURE_WRITE_KEY = Command(
    """
    insert into write_keys (workspace_id, id, name, secret_hash, created_at)
    values (%(workspace_id)s, %(id)s, %(name)s, %(secret_hash)s, %(now)s)
    on conflict do nothing
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

INSERT_FAMILY = Command(
    """
    insert into refresh_families (workspace_id, id, member_id, token_id, scopes, created_at)
    values (%(workspace_id)s, %(id)s, %(member_id)s, %(token_id)s, %(scopes)s, %(now)s)
    """
)

# One that is over proves nothing, spent or not; its family goes with the last of its tokens.
SWEEP_REFRESH_TOKENS = Command(
    """
    with over as (
      delete from refresh_tokens where workspace_id = %(workspace_id)s and expires_at <= %(now)s
    )
    delete from refresh_families f
    where f.workspace_id = %(workspace_id)s and f.created_at <= %(begun_before)s
      and not exists (
        select from refresh_tokens r
        where r.workspace_id = f.workspace_id and r.family_id = f.id and r.expires_at > %(now)s)
    """
)

INSERT_REFRESH_TOKEN = Command(
    """
    insert into refresh_tokens (workspace_id, id, family_id, secret_hash, expires_at)
    values (%(workspace_id)s, %(id)s, %(family_id)s, %(secret_hash)s, %(expires_at)s)
    """
)

LOCK_REFRESH_TOKEN = Query(
    """
    select workspace_id, id, family_id, expires_at, used_at
    from refresh_tokens where secret_hash = app_credential() for update
    """,
    RefreshTokenRow,
)

SPEND_REFRESH_TOKEN = Command(
    "update refresh_tokens set used_at = %(now)s where workspace_id = %(workspace_id)s and id = %(id)s"
)

REVOKE_FAMILY = Command(
    """
    update refresh_families set revoked_at = %(now)s
    where workspace_id = %(workspace_id)s and id = %(family_id)s and revoked_at is null
    """
)

PRINCIPAL_OF_FAMILY = Query(
    """
    select f.workspace_id, f.member_id, m.role, f.scopes, f.token_id, f.id as family_id,
           null::timestamptz as signed_in_at, null::timestamptz as used_at
    from refresh_families f join members m on (m.workspace_id, m.id) = (f.workspace_id, f.member_id)
    left join api_tokens t on (t.workspace_id, t.id) = (f.workspace_id, f.token_id)
    where f.workspace_id = %(workspace_id)s and f.id = %(family_id)s
      and f.revoked_at is null and m.removed_at is null
      and (t.id is null or (t.revoked_at is null and (t.expires_at is null or t.expires_at > %(now)s)))
    """,
    PrincipalRow,
)

MEMBER_BY_EMAIL = Query(
    """
    select workspace_id, id as member_id, password_hash from members
    where lower(email) = lower(app_email()) and removed_at is null
    """,
    PasswordRow,
)

PASSWORD_HASH = Query(
    """
    select workspace_id, id as member_id, password_hash from members
    where workspace_id = %(workspace_id)s and id = %(member_id)s
    """,
    PasswordRow,
)

SET_PASSWORD = Command(
    """
    update members set password_hash = %(password_hash)s
    where workspace_id = %(workspace_id)s and id = %(member_id)s
    """
)

MEMBER_BY_OIDC = Query(
    """
    select workspace_id, id as member_id, password_hash from members
    where oidc_issuer || ' ' || oidc_subject = app_credential() and removed_at is null
    """,
    PasswordRow,
)

LINK_OIDC = Command(
    """
    update members set oidc_issuer = %(issuer)s, oidc_subject = %(subject)s
    where workspace_id = %(workspace_id)s and id = %(member_id)s and oidc_subject is null and removed_at is null
    """
)
