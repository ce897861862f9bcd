"""What clients send and get about members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from keepwell.identity.model import Email, Member
from keepwell.identity.permissions import Role
from keepwell.platform.values.fields import Text


class MemberItem(Member, frozen=True):
    """A member, with the version that a change of it must name."""

    version: int


class MemberAccess(msgspec.Struct, frozen=True):
    """How a member can sign in, and when they last did.

    `provider` is the issuer that they are linked to. `invited_until` is when the last link that they have not used stops
    working. `sessions` are the browsers in which they are signed in now. `last_signed_in_at` is null if they never signed in, or not
    since that is noted.
    """

    member_id: UUID
    has_password: bool
    provider: str | None
    invited_until: datetime | None
    sessions: int
    last_signed_in_at: datetime | None


class AccessOfMembers(msgspec.Struct, frozen=True):
    """How each member can sign in, by name; `provider` is the one that this server has, by which any member with an e-mail can."""

    items: Sequence[MemberAccess]
    provider: str | None


class MemberPage(msgspec.Struct, frozen=True):
    """A page of members, and the cursor of the next page, if any."""

    items: Sequence[MemberItem]
    next: str | None


class NewMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member to invite. With an `email`, they can also sign in with a password or an OpenID provider."""

    name: Text
    role: Role
    email: Email | None = None


class Invitation(MemberItem, frozen=True, kw_only=True):
    """A new member, and the path of a link that signs in once, within 30 minutes."""

    sign_in_path: str


class MemberChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Partial update: only the fields present in the body change."""

    name: Text | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    email: Email | UnsetType | None = UNSET
