"""All SQL of members."""

from __future__ import annotations

from typing import LiteralString

from keepwell.identity.members.model import MemberAccess, MemberItem
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query

INSERT_MEMBER = Command(
    """
    insert into members (workspace_id, id, name, role, email, created_at)
    values (%(workspace_id)s, %(id)s, %(name)s, %(role)s, %(email)s, %(now)s)
    """
)

_COLUMNS: LiteralString = "select id, name, role, email, version"
_MEMBERS: LiteralString = "from members where workspace_id = %(workspace_id)s and removed_at is null"

PAGES = Keyset(_COLUMNS, _MEMBERS, MemberItem, sorts={"name": SortKey("name", "text")})

MEMBER = Query(f"{_COLUMNS} {_MEMBERS} and id = %(member_id)s", MemberItem)

LOCKED_MEMBER = Query(f"{_COLUMNS} {_MEMBERS} and id = %(member_id)s for update", MemberItem)

ACCESS = Query(
    """
    select m.id as member_id, m.password_hash is not null as has_password, m.oidc_issuer as provider,
           (select max(l.expires_at) from sign_in_links l
            where (l.workspace_id, l.member_id) = (m.workspace_id, m.id) and l.used_at is null
              and l.expires_at > %(now)s) as invited_until,
           (select count(*) from sessions s
            where (s.workspace_id, s.member_id) = (m.workspace_id, m.id) and s.expires_at > %(now)s
              and s.last_used_at > %(idle_since)s) as sessions,
           m.last_signed_in_at
    from members m where m.workspace_id = %(workspace_id)s and m.removed_at is null order by m.name, m.id
    """,
    MemberAccess,
)

# Locks all owners, so that two who remove each other at the same time take turns.
LOCKED_OWNERS = Query(f"{_COLUMNS} {_MEMBERS} and role = 'owner' order by id for update", MemberItem)

UPDATE_MEMBER = Command(
    """
    update members set name = %(name)s, role = %(role)s, email = %(email)s, version = version + 1
    where workspace_id = %(workspace_id)s and id = %(member_id)s
    """
)

# The row stays, because records refer to it; every credential of the member goes.
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
    update members set password_hash = null, oidc_issuer = null, oidc_subject = null, removed_at = %(now)s
    where workspace_id = %(workspace_id)s and id = %(member_id)s
    """
)
