"""All SQL of sign-in links by mail."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.platform.statements import Query


class MemberRow(msgspec.Struct, frozen=True):
    """A member and their workspace."""

    workspace_id: UUID
    member_id: UUID


# One for each workspace that has invited the e-mail, the oldest first.
MEMBERS_BY_EMAIL = Query(
    """
    select workspace_id, id as member_id from members
    where lower(email) = %(email)s and removed_at is null
    order by created_at, id
    """,
    MemberRow,
)
