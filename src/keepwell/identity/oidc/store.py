"""All SQL of members who sign in with a provider."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.platform.statements import Command, Query


class LinkedMemberRow(msgspec.Struct, frozen=True):
    """A member and their workspace."""

    workspace_id: UUID
    member_id: UUID


MEMBER_BY_SUBJECT = Query(
    """
    select workspace_id, id as member_id from members
    where oidc_issuer || ' ' || oidc_subject = app_credential() and removed_at is null
    """,
    LinkedMemberRow,
)

MEMBER_BY_EMAIL = Query(
    """
    select workspace_id, id as member_id from members
    where lower(email) = %(email)s and removed_at is null
    order by oidc_subject is not null, created_at, id limit 1
    """,
    LinkedMemberRow,
)

LINK_SUBJECT = Command(
    """
    update members set oidc_issuer = %(issuer)s, oidc_subject = %(subject)s
    where workspace_id = %(workspace_id)s and id = %(member_id)s and oidc_subject is null and removed_at is null
    """
)
