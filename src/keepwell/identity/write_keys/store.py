"""All SQL of write keys."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.identity.write_keys.model import WriteKey
from keepwell.platform.database import Command, Query


class IdRow(msgspec.Struct, frozen=True):
    """Just an id."""

    id: UUID


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
    IdRow,
)

REVOKE_WRITE_KEY = Query(
    """
    update write_keys set revoked_at = %(now)s
    where workspace_id = %(workspace_id)s and name = %(name)s and revoked_at is null
    returning id
    """,
    IdRow,
)
