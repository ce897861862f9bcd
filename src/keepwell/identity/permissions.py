"""What somebody may do: permissions, and the roles and token scopes that are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """What a route asks for; a token's scopes are these too."""

    READ = "read"
    WRITE = "write"
    IMPORT = "import"
    EXPORT = "export"
    MANAGE_WEBHOOKS = "webhooks"
    READ_AUDIT = "audit"
    MANAGE_TOKENS = "tokens"
    MANAGE_MEMBERS = "members"


class Role(StrEnum):
    """What a member is to a workspace; there is always an owner."""

    OWNER = "owner"
    ADMIN = "admin"
    ANALYST = "analyst"
    AGENT = "agent"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the role may do."""
        return _OF_ROLE[self]


_EVERYTHING = frozenset(Permission)
_OF_ROLE: Mapping[Role, frozenset[Permission]] = {
    # An admin does all but decide who is in.
    Role.OWNER: _EVERYTHING,
    Role.ADMIN: _EVERYTHING - {Permission.MANAGE_MEMBERS},
    Role.ANALYST: frozenset({Permission.READ, Permission.EXPORT}),
    # Follows up with customers: sees and notes, but takes no lists away.
    Role.AGENT: frozenset({Permission.READ, Permission.WRITE}),
}
