"""All SQL of passwords."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.platform.database import Command, Query


class PasswordRow(msgspec.Struct, frozen=True):
    """A member and the hash of their password; None if they have none."""

    workspace_id: UUID
    member_id: UUID
    password_hash: str | None


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
