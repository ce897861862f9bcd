"""All SQL of write keys."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.identity.write_keys.model import WriteKey
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query


class IdRow(msgspec.Struct, frozen=True):
    """Just an id."""

    id: UUID


class UsedKey(msgspec.Struct, frozen=True):
    """A key that somebody has presented."""

    workspace_id: UUID
    id: UUID
    last_used_at: datetime | None


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

_COLUMNS: LiteralString = "select id, name, created_at, last_used_at, revoked_at"
_WRITE_KEYS: LiteralString = "from write_keys where workspace_id = %(workspace_id)s"

WRITE_KEYS = Query(f"{_COLUMNS} {_WRITE_KEYS} order by id", WriteKey)

PAGES = Keyset(_COLUMNS, _WRITE_KEYS, WriteKey, sorts={"created_at": SortKey("created_at", "timestamptz")})

WRITE_KEY = Query(f"{_COLUMNS} {_WRITE_KEYS} and id = %(id)s", WriteKey)

PRESENTED_KEY = Query(
    """
    select workspace_id, id, last_used_at from write_keys
    where secret_hash = app_credential() and revoked_at is null
    """,
    UsedKey,
)

KEY_USED = Command(
    "update write_keys set last_used_at = %(now)s where workspace_id = %(workspace_id)s and id = %(id)s"
)

REVOKE_WRITE_KEY = Query(
    """
    update write_keys set revoked_at = %(now)s
    where workspace_id = %(workspace_id)s and name = %(name)s and revoked_at is null
    returning id
    """,
    IdRow,
)

REVOKE_WRITE_KEY_BY_ID = Command(
    """
    update write_keys set revoked_at = %(now)s
    where workspace_id = %(workspace_id)s and id = %(id)s and revoked_at is null
    """
)
