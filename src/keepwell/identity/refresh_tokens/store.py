"""All SQL of refresh tokens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from keepwell.identity.model import PrincipalRow
from keepwell.platform.statements import Command, Query


class RefreshTokenRow(msgspec.Struct, frozen=True):
    """A refresh token, locked until the transaction ends."""

    workspace_id: UUID
    id: UUID
    family_id: UUID
    expires_at: datetime
    used_at: datetime | None


class LiveSession(msgspec.Struct, frozen=True):
    """A session that has not ended."""

    id: UUID


# FOR KEY SHARE waits for a sign-out that is under way, and makes a later one wait, so that it finds the new family.
LOCKED_SESSION = Query(
    """
    select id from sessions
    where workspace_id = %(workspace_id)s and id = %(session_id)s and expires_at > %(now)s
    for key share
    """,
    LiveSession,
)

INSERT_FAMILY = Command(
    """
    insert into refresh_families (workspace_id, id, member_id, token_id, session_id, scopes, created_at)
    values (
      %(workspace_id)s, %(id)s, %(member_id)s, %(token_id)s, %(session_id)s, %(scopes)s, %(now)s)
    """
)

# An expired token proves nothing, used or not; a family goes with the last of its tokens.
SWEEP_EXPIRED = Command(
    """
    with expired as (
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

REVOKE_FAMILIES_OF_SESSION = Command(
    """
    update refresh_families set revoked_at = %(now)s
    where workspace_id = %(workspace_id)s and session_id = %(session_id)s and revoked_at is null
    """
)

# Only sessions and API tokens begin families. The column session_id is null in the oldest ones.
REVOKE_FAMILIES_OF_SESSIONS = Command(
    """
    update refresh_families set revoked_at = %(now)s
    where workspace_id = %(workspace_id)s and member_id = %(member_id)s and token_id is null and revoked_at is null
    """
)

PRINCIPAL_OF_FAMILY = Query(
    """
    select f.workspace_id, f.member_id, m.role, f.scopes, f.token_id, f.id as family_id,
           null::timestamptz as signed_in_at, null::timestamptz as used_at,
           null::uuid as session_id
    from refresh_families f join members m on (m.workspace_id, m.id) = (f.workspace_id, f.member_id)
    left join api_tokens t on (t.workspace_id, t.id) = (f.workspace_id, f.token_id)
    where f.workspace_id = %(workspace_id)s and f.id = %(family_id)s
      and f.revoked_at is null and f.created_at > %(begun_after)s and m.removed_at is null
      and (t.id is null or (t.revoked_at is null and (t.expires_at is null or t.expires_at > %(now)s)))
    """,
    PrincipalRow,
)
