"""All SQL of passwords."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.platform.statements import Command, Query


class PasswordRow(msgspec.Struct, frozen=True):
    """A member and the hash of their password; None if they have none."""

    workspace_id: UUID
    member_id: UUID
    password_hash: str | None


class OwnPasswordRow(msgspec.Struct, frozen=True):
    """The name, e-mail and password hash of a member; a password must not be made of the first two."""

    name: str
    email: str | None
    password_hash: str | None


# One for each workspace that has invited the e-mail, the oldest first.
MEMBERS_BY_EMAIL = Query(
    """
    select workspace_id, id as member_id, password_hash from members
    where lower(email) = %(email)s and removed_at is null
    order by created_at, id
    """,
    PasswordRow,
)

OWN_PASSWORD = Query(
    """
    select name, email, password_hash from members
    where workspace_id = %(workspace_id)s and id = %(member_id)s
    """,
    OwnPasswordRow,
)

# Not if another request has changed it since `expected` was read.
SET_PASSWORD = Command(
    """
    update members set password_hash = %(password_hash)s
    where workspace_id = %(workspace_id)s and id = %(member_id)s and removed_at is null
      and password_hash is not distinct from %(expected)s
    """
)
