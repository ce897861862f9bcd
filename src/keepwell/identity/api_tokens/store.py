"""All SQL of API tokens."""

from __future__ import annotations

from typing import LiteralString

from keepwell.identity.api_tokens.model import TokenItem
from keepwell.identity.model import PrincipalRow
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query

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
           null::timestamptz as signed_in_at, t.last_used_at as used_at, null::uuid as session_id
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

_COLUMNS: LiteralString = """
    select id, name, member_id, scopes, created_at, expires_at, last_used_at, revoked_at
"""
_TOKENS: LiteralString = "from api_tokens where workspace_id = %(workspace_id)s"

PAGES = Keyset(_COLUMNS, _TOKENS, TokenItem, sorts={"created_at": SortKey("created_at", "timestamptz")})

TOKEN = Query(f"{_COLUMNS} {_TOKENS} and id = %(token_id)s", TokenItem)

TOKEN_BY_NAME = Query(
    f"{_COLUMNS} {_TOKENS} and name = %(name)s and revoked_at is null order by id desc", TokenItem
)

# Locked before its children are listed: creating one locks the parent too, so none can be missed.
LOCKED_TOKEN = Query(f"{_COLUMNS} {_TOKENS} and id = %(token_id)s for update", TokenItem)

LIVE_PARENT_TOKEN = Query(
    f"{_COLUMNS} {_TOKENS} and id = %(token_id)s and revoked_at is null for share", TokenItem
)

CHILD_TOKENS = Query(f"{_COLUMNS} {_TOKENS} and parent_id = %(token_id)s order by id", TokenItem)

REVOKE_TOKEN = Command(
    """
    update api_tokens set revoked_at = %(now)s
    where workspace_id = %(workspace_id)s and id = %(token_id)s and revoked_at is null
    """
)
